"""What becomes known through a call beside the call itself: written with the report, taken back with the undo."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import follow_ups, todos
from campaigns.models import Acquaintance, CallInvitation, Target, Todo
from campaigns.outcome_table import kinds
from organizer import activities, people, surveys, timeline
from organizer.models import Account, BlockedNumber, Kind, Person, Phone, Refusal
from organizer.timeline import Happening
from organizer.times import local_day


@dataclass(frozen=True, slots=True)
class Report:
    """What a caller says about a call, as the form or the phone's memory holds it."""

    outcome: str
    client_ref: str
    happened_at: datetime | None = None
    """When the caller tapped, by the phone's clock; None = now."""
    detail: dict[str, Any] = field(default_factory=dict)
    """What the outcome carries. callback: `at` (ISO moment), `who` ("me" or "anyone"), `asked` (default True);
    wrong_number: `phone_id` of the number rung (default the first), `new_number` (E.164); language: `language`
    (two letters); opt_out_*: `leaving` (True if the person also wants to leave)."""
    note: str = ""
    answers: dict[int, tuple[list[int], str]] = field(default_factory=dict)
    """Question id → chosen option indexes and text."""
    sign_ups: set[int] = field(default_factory=set)
    invited: set[int] = field(default_factory=set)
    withdrawn: set[int] = field(default_factory=set)
    declined: set[int] = field(default_factory=set)
    """*Kommer inte*: a no to an activity is an answer too, and meets the goal of a campaign for it (D3)."""
    follow_up: bool = False
    """*Någon ansvarig behöver höra av sig*."""
    base: str = ""
    """Where the links of the SMS that follow begin; without it none is sent. No part of what was said."""


def write(session: Session, call: Any, report: Report, at: datetime, now: datetime) -> dict[str, Any]:
    """Write what else became known; returns what was written over, for `take_back`. `at` is when it happened."""
    timeline.record_all(session, _invite(session, call, report.invited, at))
    before = _LEARNT[report.outcome](session, call, report, now) if report.outcome in _LEARNT else {}
    if report.detail.get("leaving") and report.outcome.startswith("opt_out"):
        before |= _leaving(session, call, report, now)
    if report.follow_up:
        _todo(session, call, "follow_up", now, report.note)
    _answer(session, call, report, now)
    follow_ups.queue(session, call, report.outcome, report.sign_ups, now, report.base)
    return before


def take_back(session: Session, call: Any, now: datetime) -> None:
    """Make everything as it was before the call was reported; what has already left stays as an event (D24)."""
    invitations = session.scalars(sa.select(CallInvitation.id).where(CallInvitation.call_id == call.id)).all()
    for invitation_id in invitations:
        timeline.retract(session, kind=Kind.INVITATION, table="call_invitations", source_id=invitation_id)
    timeline.retract_all(session, kinds(call.outcome, call.detail), "calls", call.id)
    for table in (CallInvitation, Todo, Refusal, BlockedNumber, Acquaintance):
        session.execute(sa.delete(table).where(table.call_id == call.id).execution_options(synchronize_session=False))
    activities.take_back(session, call.id, now)
    surveys.retract(session, call.id)
    follow_ups.take_back(session, call, now)
    _restore_person(session, call)


def _answer(session: Session, call: Any, report: Report, now: datetime) -> None:
    common = {"call_id": call.id, "campaign_id": call.campaign_id}
    for question_id, (choices, text) in report.answers.items():
        surveys.answer(session, question_id, call.person_id, choices, text, now, **common)
    for activity_id in sorted(report.sign_ups):
        activities.sign_up(session, activity_id, call.person_id, now, **common)
    for activity_id in sorted(report.withdrawn - report.sign_ups):
        activities.withdraw(session, activity_id, call.person_id, now, call_id=call.id)
    for activity_id in sorted(report.declined - report.sign_ups):
        activities.decline(session, activity_id, call.person_id, now, **common)


def _invite(session: Session, call: Any, invited: set[int], at: datetime) -> list[Happening]:
    """*Bjöd in* is its own fact, whatever the answer was (P§4.8)."""
    rows = [
        (activity_id, session.execute(
            sa.insert(CallInvitation).values(call_id=call.id, activity_id=activity_id).returning(CallInvitation.id)
        ).scalar_one())
        for activity_id in sorted(invited)
    ]  # fmt: skip
    return [
        Happening(
            Kind.INVITATION, "call_invitations", row_id, call.person_id, at, call.association_id, call.campaign_id,
            activity_id,
        )
        for activity_id, row_id in rows
    ]  # fmt: skip


def _refuse(channel: str) -> "Learnt":
    def learn(session: Session, call: Any, _report: Report, now: datetime) -> dict[str, Any]:
        people.refuse(session, call.person_id, channel, "call", now, account_id=call.account_id, call_id=call.id)
        return {}

    return learn


def _wrong_number(session: Session, call: Any, report: Report, now: datetime) -> dict[str, Any]:
    """The number rung is never offered again; somebody is asked to find another if none is left."""
    wrong = sa.exists().where(BlockedNumber.e164 == Phone.e164)
    usable = session.execute(
        sa.select(Phone.id, Phone.e164)
        .where(Phone.person_id == call.person_id, ~wrong)
        .order_by(Phone.position, Phone.id)
    ).all()
    wanted = report.detail.get("phone_id")
    rung = next((one for one in usable if one.id == wanted), usable[0] if usable and wanted is None else None)
    if rung:
        session.execute(sa.insert(BlockedNumber).values(e164=rung.e164, call_id=call.id, at=now))
    new_number = report.detail.get("new_number")
    if new_number or len(usable) - bool(rung) == 0:
        _todo(session, call, "wrong_number", now, report.note, new_number)
    return {}


def _language(session: Session, call: Any, report: Report, now: datetime) -> dict[str, Any]:
    """Somebody is asked to find a caller, unless there is one who speaks it."""
    speakers = sa.cast(Account.speaks, sa.String).contains(f'"{report.detail["language"]}"', autoescape=True)
    if session.scalar(sa.select(Account.id).where(Account.disabled_at.is_(None), speakers).limit(1)) is None:
        _todo(session, call, "language", now)
    return {}


def _moved(session: Session, call: Any, report: Report, now: datetime) -> dict[str, Any]:
    _todo(session, call, "moved", now, report.note)
    return {}


def _leaving(session: Session, call: Any, report: Report, now: datetime) -> dict[str, Any]:
    _todo(session, call, "leaving", now, report.note)
    return _mark(session, call, blocked_why="leaving")


def _distress(session: Session, call: Any, report: Report, now: datetime) -> dict[str, Any]:
    _todo(session, call, "distress", now, report.note)
    return _mark(session, call, blocked_why="distress")


def _deceased(session: Session, call: Any, _report: Report, now: datetime) -> dict[str, Any]:
    _todo(session, call, "deceased", now)
    today = local_day(now)
    session.execute(
        sa.update(Target)
        .where(Target.person_id == call.person_id, Target.excluded_on.is_(None))
        .values(excluded_on=today, excluded_why="deceased")
        .execution_options(synchronize_session=False)
    )
    return _mark(session, call, deceased_on=today)


def _conflict(session: Session, call: Any, _report: Report, _now: datetime) -> dict[str, Any]:
    keys = {"account_id": call.account_id, "person_id": call.person_id}
    known = sa.select(Acquaintance.call_id).filter_by(**keys)
    if session.execute(known).first() is None:
        session.execute(sa.insert(Acquaintance).values(call_id=call.id, **keys))
    return {}


def _mark(session: Session, call: Any, **flags: Any) -> dict[str, Any]:
    """Set flags of the person; returns what they were."""
    columns = [getattr(Person, name) for name in flags]
    before = session.execute(sa.select(*columns).where(Person.id == call.person_id)).one()._asdict()
    session.execute(
        sa.update(Person).where(Person.id == call.person_id).values(**flags)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in before.items()}


def _restore_person(session: Session, call: Any) -> None:
    """Flags this call set go back to what they were, unless somebody has changed them since."""
    before = call.before
    if "blocked_why" in before:
        set_by_us = "distress" if call.outcome == "distress" else "leaving"
        session.execute(
            sa.update(Person).where(Person.id == call.person_id, Person.blocked_why == set_by_us)
            .values(blocked_why=before["blocked_why"]).execution_options(synchronize_session=False)
        )  # fmt: skip
    if "deceased_on" in before and before["deceased_on"] is None:
        session.execute(
            sa.update(Person).where(Person.id == call.person_id).values(deceased_on=None)
            .execution_options(synchronize_session=False)
        )  # fmt: skip
        session.execute(
            sa.update(Target)
            .where(Target.person_id == call.person_id, Target.excluded_why == "deceased")
            .values(excluded_on=None, excluded_why=None)
            .execution_options(synchronize_session=False)
        )


def _todo(session: Session, call: Any, kind: str, now: datetime, text: str = "", new_number: str | None = None) -> None:
    todos.add(
        session, kind=kind, person_id=call.person_id, association_id=call.association_id, now=now,
        campaign_id=call.campaign_id, call_id=call.id, text=text, new_number=new_number,
    )  # fmt: skip


Learnt = Callable[[Session, Any, Report, datetime], dict[str, Any]]
_LEARNT: dict[str, Learnt] = {
    "opt_out_calls": _refuse("call"),
    "opt_out_sms": _refuse("sms"),
    "opt_out_all": _refuse("all"),
    "wrong_number": _wrong_number,
    "language": _language,
    "moved": _moved,
    "leaving": _leaving,
    "distress": _distress,
    "deceased": _deceased,
    "conflict": _conflict,
}
"""What becomes known about the person by which outcome."""
