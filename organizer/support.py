"""Support for an association: when the district was last in touch, and the steps it has planned."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import audit
from organizer.db import changed
from organizer.models import Account, Association, PlaceContact, Role, RoleName, SupportStep
from organizer.times import local_day
from organizer.words import N_, Missing, Refused

HOW = {"called": N_("Ringde"), "met": N_("Träffades"), "wrote": N_("Skrev")}
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Support:
    """What the page about one association shows."""

    contacts: list[Any]
    steps: list[Any]
    """Those left first, by their day; then the done."""
    chairs: list[Any]
    """Whom to ring: the chairs, with their numbers."""


def of(session: Session, place: Association, today: date) -> Support:
    """The contacts, newest first, the plan, and whom to ring."""
    contacts = session.execute(
        sa.select(PlaceContact.id, PlaceContact.how, PlaceContact.text, PlaceContact.at, Account.name)
        .join(Account, Account.id == PlaceContact.account_id)
        .where(PlaceContact.association_id == place.id)
        .order_by(PlaceContact.at.desc(), PlaceContact.id.desc())
        .limit(MOST_SHOWN)
    ).all()
    steps = session.execute(
        sa.select(SupportStep.id, SupportStep.text, SupportStep.due_on, SupportStep.done_at, Account.name)
        .outerjoin(Account, Account.id == SupportStep.account_id)
        .where(SupportStep.association_id == place.id)
        .order_by(SupportStep.done_at.is_not(None), SupportStep.due_on.is_(None), SupportStep.due_on, SupportStep.id)
        .limit(MOST_SHOWN)
    ).all()
    return Support(list(contacts), list(steps), _chairs(session, place.id, today))


def log(
    session: Session, place: Association, how: str, text: str, day: date | None, account_id: int, now: datetime
) -> None:
    """Write down that the district has been in touch, today or on an earlier day; Refused with a field."""
    text = " ".join(text.split())
    if how not in HOW:
        raise Refused("Välj hur ni hade kontakt.", "how")
    if len(text) > 300:
        raise Refused("Skriv högst %(most)s tecken.", "text", most=300)
    if day is None or day > local_day(now):
        raise Refused("Skriv dagen som år-månad-dag, till exempel 2026-11-19. Den kan inte vara i framtiden.", "day")
    at = now if day == local_day(now) else datetime.combine(day, now.timetz())
    new = {"association_id": place.id, "account_id": account_id, "how": how, "text": text, "at": at}
    session.execute(sa.insert(PlaceContact), [new])
    audit.changed(session, account_id, "place_contacted", "association", place.id, now, place.id)


def plan(
    session: Session,
    place: Association,
    text: str,
    due_on: date | None,
    who: int | None,
    account_id: int,
    now: datetime,
) -> None:
    """Add a step to the plan, for somebody who answers for the association or its district; Refused with a field."""
    text = " ".join(text.split())
    if not text or len(text) > 200:
        raise Refused("Skriv vad som ska göras, högst %(most)s tecken.", "step", most=200)
    if who is not None and who not in {row.id for row in helpers(session, place, local_day(now))}:
        raise Refused("Välj någon som har en roll för föreningen.", "who")
    new = {"association_id": place.id, "text": text, "due_on": due_on, "account_id": who, "created_at": now}
    session.execute(sa.insert(SupportStep), [new])
    audit.changed(session, account_id, "step_added", "association", place.id, now, place.id)


def done(session: Session, place: Association, step_id: int, account_id: int, now: datetime) -> None:
    """Tick a step off; Missing if it is not of this plan or is done already."""
    its = (SupportStep.id == step_id, SupportStep.association_id == place.id, SupportStep.done_at.is_(None))
    if not changed(session.execute(sa.update(SupportStep).where(*its).values(done_at=now))):
        raise Missing
    audit.changed(session, account_id, "step_done", "association", place.id, now, place.id)


def remove(session: Session, place: Association, step_id: int, account_id: int, now: datetime) -> None:
    """Take a step out of the plan; Missing if it is not there."""
    its = (SupportStep.id == step_id, SupportStep.association_id == place.id)
    if not changed(session.execute(sa.delete(SupportStep).where(*its))):
        raise Missing
    audit.changed(session, account_id, "step_removed", "association", place.id, now, place.id)


def helpers(session: Session, place: Association, today: date) -> list[Any]:
    """The accounts (id, name) that answer for the association: its chairs and stewards, and the district's organizers."""
    line = [int(one) for one in place.path.strip("/").split("/")]
    names = (RoleName.CHAIR, RoleName.STEWARD, RoleName.ORGANIZER)
    return list(
        session.execute(
            sa.select(Account.id, Account.name)
            .join(Role, Role.account_id == Account.id)
            .where(Role.association_id.in_(line), Role.name.in_(names), Role.from_day <= today)
            .where(sa.or_(Role.to_day.is_(None), Role.to_day > today), Account.disabled_at.is_(None))
            .group_by(Account.id, Account.name)
            .order_by(Account.name, Account.id)
        )
    )


def last_contact() -> sa.ScalarSelect[datetime]:
    """When the district was last in touch with the association of the question around it."""
    return (
        sa.select(sa.func.max(PlaceContact.at)).where(PlaceContact.association_id == Association.id).scalar_subquery()
    )


def has_plan() -> sa.ColumnElement[bool]:
    """Whether the association of the question around it has a step left in its plan."""
    return sa.exists().where(SupportStep.association_id == Association.id, SupportStep.done_at.is_(None))


def planned(session: Session, places: sa.Select[int]) -> set[int]:
    """Associations with a step left in their plan."""
    left = (SupportStep.association_id.in_(places), SupportStep.done_at.is_(None))
    return set(session.scalars(sa.select(SupportStep.association_id).where(*left).distinct()))


def _chairs(session: Session, place_id: int, today: date) -> list[Any]:
    holds = (Role.association_id == place_id, Role.name == RoleName.CHAIR, Role.from_day <= today)
    return list(
        session.execute(
            sa.select(Account.name, Account.e164)
            .join(Role, Role.account_id == Account.id)
            .where(*holds, sa.or_(Role.to_day.is_(None), Role.to_day > today), Account.disabled_at.is_(None))
            .order_by(Account.name)
        )
    )
