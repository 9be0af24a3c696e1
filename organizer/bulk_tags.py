"""One tag on many people, or off them: how many it would change, doing it, and undoing exactly that."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import audit
from organizer.db import AS_IT_IS, changed
from organizer.models import PersonTag, Tag, TagRun, TagRunPerson
from organizer.words import N_, Missing, Refused


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would do: of `total` people, `changes` get the tag (or lose it), and the rest stay as they are."""

    total: int
    changes: int


def preview(session: Session, people: Any, place: int, name: str, *, put: bool) -> Preview:
    """Count without doing; `people` is a SELECT (person_id, association_id). Refused for a name that is no tag."""
    name = _name(name)
    found = people.subquery()
    tag_id = _tag(session, place, name)
    has = sa.exists().where(PersonTag.person_id == found.c.person_id, PersonTag.tag_id == (tag_id or 0))
    having_it = sa.func.sum(sa.case((has, 1), else_=0))
    row = session.execute(sa.select(sa.func.count(), having_it).select_from(found)).one()
    total, having = row[0], row[1] or 0
    return Preview(total, total - having if put else having)


def run(
    session: Session, people: Any, place: int, name: str, now: datetime, *, put: bool, account_id: int | None = None
) -> int:
    """Put the tag on everybody who lacks it, or take it off everybody who has it; returns the run's id."""
    name = _name(name)
    tag_id = _tag(session, place, name)
    if tag_id is None and not put:
        raise Refused(N_("Det finns ingen etikett som heter så. Inget har ändrats."), field="tag")
    if tag_id is None:
        tag_id = session.scalar(sa.insert(Tag).values(association_id=place, name=name).returning(Tag.id))
    run_id = session.execute(
        sa.insert(TagRun)
        .values(tag_id=tag_id, association_id=place, account_id=account_id, at=now, put=put)
        .returning(TagRun.id)
    ).scalar_one()
    found = people.subquery()
    has = sa.exists().where(PersonTag.person_id == found.c.person_id, PersonTag.tag_id == tag_id)
    whom = sa.select(sa.literal(run_id), found.c.person_id).where(~has if put else has).distinct()
    whom = whom.order_by(found.c.person_id)  # the order in which everybody takes people (person_locks)
    session.execute(sa.insert(TagRunPerson).from_select(["run_id", "person_id"], whom))
    _turn(session, run_id, int(tag_id or 0), on=put)
    audit.changed(session, account_id, "tag_many", "tag", tag_id, now, place, run=run_id, put=put)
    return int(run_id)


def undo(session: Session, run_id: int, now: datetime, account_id: int | None = None) -> int:
    """Take back what the run did to those it changed; how many people that is. Refused when it is already undone."""
    found = session.scalar(sa.select(TagRun).where(TagRun.id == run_id).with_for_update().execution_options(**AS_IT_IS))
    if found is None:
        raise Missing
    if found.undone_at is not None:
        raise Refused(N_("Det är redan ångrat. Inget har ändrats."))
    session.execute(sa.update(TagRun).where(TagRun.id == run_id).values(undone_at=now))
    audit.changed(session, account_id, "undo", "tag", found.tag_id, now, found.association_id, run=run_id)
    return _turn(session, run_id, found.tag_id, on=not found.put)


def counted(session: Session, run_id: int) -> int:
    """How many people a run changed."""
    return session.scalar(sa.select(sa.func.count()).where(TagRunPerson.run_id == run_id)) or 0


def _turn(session: Session, run_id: int, tag_id: int, *, on: bool) -> int:
    """Put the tag on those of the run who lack it, or take it off those who have it."""
    mine = sa.select(TagRunPerson.person_id).where(TagRunPerson.run_id == run_id)
    if not on:
        gone = sa.delete(PersonTag).where(PersonTag.tag_id == tag_id, PersonTag.person_id.in_(mine))
        return changed(session.execute(gone.execution_options(synchronize_session=False)))
    has = sa.exists().where(PersonTag.person_id == TagRunPerson.person_id, PersonTag.tag_id == tag_id)
    new = sa.select(TagRunPerson.person_id, sa.literal(tag_id)).where(TagRunPerson.run_id == run_id, ~has)
    put = sa.insert(PersonTag).from_select(["person_id", "tag_id"], new)
    return changed(session.execute(put.execution_options(preserve_rowcount=True)))


def _tag(session: Session, place: int, name: str) -> int | None:
    rows = session.execute(sa.select(Tag.id, Tag.name).where(Tag.association_id == place))
    return next((row.id for row in rows if row.name.casefold() == name.casefold()), None)


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 60:
        raise Refused(N_("En etikett är ett eller några ord, högst 60 tecken."), field="tag")
    return name
