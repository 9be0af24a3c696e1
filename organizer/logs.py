"""Reading the access log and the change log, within reach; no names of members stand in either."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from organizer.models import Account, Association, Change, Look, Person

PAGE = 50
"""Rows on a page; one more is fetched to know whether there is a next."""
Reach = tuple[str, ...] | None
"""Paths of the places whose log may be read; None = all."""


def looks(session: Session, reach: Reach, *, account_id: int | None, person_id: int | None, page: int) -> Sequence[Any]:
    """Looks, newest first: a page that showed many people is one row with how many (`people`) and one of them.

    Asked for one person, it tells of everybody merged into them too.
    """
    rows = (
        sa.select(
            Look.at,
            Look.page,
            Look.account_id,
            Account.name,
            sa.func.count().label("people"),
            sa.func.min(Look.person_id).label("person_id"),
        )
        .join(Account, Account.id == Look.account_id)
        .where(_within(Look.association_id, reach))
        .group_by(Look.at, Look.page, Look.account_id, Account.name)
        .order_by(Look.at.desc(), Look.account_id, Look.page)
    )
    if account_id is not None:
        rows = rows.where(Look.account_id == account_id)
    if person_id is not None:
        rows = rows.where(Look.person_id.in_(_same_as(person_id)))
    return session.execute(rows.limit(PAGE + 1).offset((page - 1) * PAGE)).all()


def changes(
    session: Session, reach: Reach, *, account_id: int | None, page: int, person_id: int | None = None
) -> Sequence[Any]:
    """Changes, newest first, with the place they concern; of one person those made to them."""
    rows = (
        sa.select(
            Change.at,
            Change.action,
            Change.subject,
            Change.subject_id,
            Account.name,
            Association.short_name.label("place"),
        )
        .outerjoin(Account, Account.id == Change.account_id)
        .outerjoin(Association, Association.id == Change.association_id)
        .where(_within(Change.association_id, reach))
        .order_by(Change.at.desc(), Change.id.desc())
    )
    if account_id is not None:
        rows = rows.where(Change.account_id == account_id)
    if person_id is not None:
        rows = rows.where(Change.subject == "person", Change.subject_id.in_(_same_as(person_id)))
    return session.execute(rows.limit(PAGE + 1).offset((page - 1) * PAGE)).all()


def who(session: Session, reach: Reach) -> Sequence[Any]:
    """The users who stand in the readable part of either log, by name."""
    seen = sa.union(
        sa.select(Look.account_id).where(_within(Look.association_id, reach)),
        sa.select(Change.account_id).where(_within(Change.association_id, reach)),
    ).subquery()
    found = sa.select(Account.id, Account.name).where(Account.id.in_(sa.select(seen.c.account_id)))
    return session.execute(found.order_by(Account.name, Account.id)).all()


def _same_as(person_id: int) -> sa.Select[int]:
    """The person's own number, which may lead to nobody any more, and those of everybody merged into them."""
    return sa.union(sa.select(sa.literal(person_id)), sa.select(Person.id).where(Person.merged_into_id == person_id))  # type: ignore[return-value]


def _within(column: InstrumentedAttribute[int | None], reach: Reach) -> sa.ColumnElement[bool]:
    """Whether a row concerns a place within reach."""
    if reach is None:
        return sa.true()
    here = sa.or_(sa.false(), *(Association.path.startswith(path) for path in reach))
    return column.in_(sa.select(Association.id).where(here))
