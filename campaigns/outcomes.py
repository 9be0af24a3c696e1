"""What a call led to: reported exactly once, changed for a day, undone without a trace."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import effects, holds, replay, saying, todos
from campaigns.effects import Report
from campaigns.models import Call, CallState, Campaign, CampaignState, Hold, QueueRow, QueueState
from campaigns.outcome_table import OUTCOMES, Outcome, kinds
from campaigns.placing import Told
from campaigns.statements import giving, typed
from organizer.db import Utc
from organizer.times import local_day
from organizer.words import Missing, Refused

CHANGED_WITHIN = timedelta(hours=24)
"""How long a caller may undo or change a report (P§4.5)."""
LATE_WITHIN = timedelta(hours=12)
"""How long a report is still taken after the longest hold, which is counted from assignment: an ended one leaves no trace."""

__all__ = ["OUTCOMES", "Outcome", "Report", "Reported", "change", "report", "undo"]


@dataclass(frozen=True, slots=True)
class Reported:
    """What the caller is told: what was saved, and whether it was already, or came late."""

    call_id: int
    person_id: int
    queue_id: int
    campaign_id: int
    outcome: str
    repeated: bool
    """The same report had already been applied: nothing was done."""
    late: bool
    contested: bool
    """Somebody else has reported the same person in between; both are kept."""


def report(session: Session, call_id: int, account_id: int, said: Report, now: datetime) -> Reported:
    """Save what a call led to, with everything that follows from it, in the caller's transaction (P§4, D1).

    The same `client_ref` with the same content again changes nothing and gives the same answer; another content,
    or another report of a call already reported, is a change. Raises Missing for a call that is not the caller's
    or does not exist; Refused for content that cannot be, for a call undone, and when it is too late (LATE_WITHIN).
    """
    call = _own_call(session, call_id, account_id)
    if call.client_ref == said.client_ref and call.content_hash == _content(said):
        return _answer(call, said, repeated=True)
    _refuse_nonsense(said)
    if call.state == CallState.REPORTED:
        return _change(session, call, said, now)
    if call.state == CallState.UNDONE:
        raise Refused("Samtalet är ångrat och kan inte rapporteras igen. Personen finns på sidan Ring.")
    if not call.held and now > call.assigned_at + holds.LEASE_WHEN_RINGING + LATE_WITHIN:
        raise Refused("Det har gått för lång tid sedan samtalet, så det går inte att spara. Prata med passledaren.")
    _write(session, call, said, now, late=not call.held, contested=bool(call.contested_by))
    if call.contested_by:
        _tell_contested(session, call, now)
    return _answer(call, said, late=not call.held, contested=bool(call.contested_by))


def undo(session: Session, call_id: int, account_id: int, now: datetime) -> int | None:
    """Take a report back as if it had never been made, and give the person back to the caller: the new call's id.

    None when nobody may ring the person any more for another reason. Raises Missing for somebody else's call,
    Refused after 24 hours, when the campaign is closed, and while another caller holds the person.
    """
    call = _own_call(session, call_id, account_id)
    if call.state == CallState.UNDONE:
        return _given_back(session, call, account_id)
    _refuse_if_too_late(session, call, now)
    effects.take_back(session, call, now)
    _set(session, call, state=CallState.UNDONE, undone_at=now, before={}, note="")
    replay.person(session, call.person_id, now)
    row = session.execute(sa.select(QueueRow.state).where(QueueRow.id == call.queue_id)).one()
    if row.state == QueueState.REMOVED:
        return None
    return holds.hold_row(session, account_id, call.queue_id, now, shift_id=call.shift_id)


def change(session: Session, call_id: int, account_id: int, report: Report, now: datetime) -> Reported:
    """Say something else about a call reported within 24 hours; the person is not given back (P§4.5 *Ändra*)."""
    call = _own_call(session, call_id, account_id)
    _refuse_nonsense(report)
    return _change(session, call, report, now)


def _change(session: Session, call: Any, report: Report, now: datetime) -> Reported:
    """Retract and record (D5)."""
    _refuse_if_too_late(session, call, now)
    effects.take_back(session, call, now)
    _write(session, call, report, now, late=call.late, contested=call.contested)
    if call.contested:
        _tell_contested(session, call, now)
    return _answer(call, report, late=call.late, contested=call.contested)


def _write(session: Session, call: Any, report: Report, now: datetime, *, late: bool, contested: bool) -> None:
    """The call, its ledger entries, everything else that became known, where the person now stands; the hold ends."""
    at = call.happened_at or min(max(report.happened_at or now, call.assigned_at), now)
    before, detail = effects.write(session, call, report, at, now), _kept(report.detail)
    said = {
        "call": call.id, "was": call.state, "outcome": report.outcome, "detail": detail, "ref": report.client_ref,
        "content": _content(report), "at": at, "reported_at": call.reported_at or now, "late": late,
        "contested": contested, "note": report.note[:280], "before": before, "person": call.person_id,
        "association": call.association_id, "campaign": call.campaign_id, "day": local_day(at),
        "kinds": " ".join(kinds(report.outcome, report.detail)), "suffix": f":calls:{call.id}",
    }  # fmt: skip
    told = Told(call.campaign_id, call.account_id, report.outcome, detail, at)
    if not _said_once(session, said, replay.moves(session, call.person_id, now, (call.id, told))):
        raise Missing


def _said_once(session: Session, said: dict[str, Any], moves: list[dict[str, Any]]) -> bool:
    """Write the report; a reference that another call was reported with is a form that was copied or went stale."""
    try:
        return saying.say(session, said, moves)
    except sa.exc.IntegrityError as used:
        raise Refused("Sidan var för gammal. Ladda om den och försök igen. Inget har ändrats.") from used


def _set(session: Session, call: Any, **columns: Any) -> None:
    """The guarded UPDATE of a call: only from the state it was read in."""
    moved = session.execute(
        sa.update(Call)
        .where(Call.id == call.id, Call.state == call.state)
        .values(**columns)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Missing


def _own_call(session: Session, call_id: int, account_id: int) -> Any:
    """The call, with the person locked until the transaction ends; Missing unless it is the caller's own.

    A call whose person is merged into another while one waits is looked for once more, as it then stands.
    """
    lock = " FOR NO KEY UPDATE OF p, c" if session.get_bind().dialect.name == "postgresql" else ""
    for _ in range(2):
        row = session.execute(_OWN_CALL[lock], {"call": call_id, "account": account_id}).first()
        if row is not None:
            return row
    raise Missing


def _refuse_nonsense(report: Report) -> None:
    if report.outcome not in OUTCOMES or not 1 <= len(report.client_ref) <= 40:
        raise Refused("Välj hur det gick. Inget är sparat än.", field="outcome")
    if report.outcome == "callback":
        try:
            promised = datetime.fromisoformat(str(report.detail.get("at", "")))
        except ValueError:
            promised = None
        if promised is None or promised.tzinfo is None:
            raise Refused("Välj när vi ska ringa tillbaka. Inget är sparat än.", field="at")
    if report.outcome == "language" and not 2 <= len(str(report.detail.get("language", ""))) <= 8:
        raise Refused("Välj vilket språk personen talar. Inget är sparat än.", field="language")


def _refuse_if_too_late(session: Session, call: Any, now: datetime) -> None:
    if call.state != CallState.REPORTED:
        raise Refused("Samtalet är inte rapporterat, så det finns inget att ändra.")
    if now > call.reported_at + CHANGED_WITHIN:
        raise Refused("Det har gått mer än ett dygn. Be passledaren ändra.")
    if session.scalar(sa.select(Campaign.state).where(Campaign.id == call.campaign_id)) == CampaignState.CLOSED:
        raise Refused("Kampanjen är avslutad, så samtalet går inte att ändra.")


def _given_back(session: Session, call: Any, account_id: int) -> int | None:
    """The call an earlier press of *Ångra* gave back, if the caller still holds it."""
    return session.scalar(sa.select(Hold.call_id).where(Hold.queue_id == call.queue_id, Hold.account_id == account_id))


def _tell_contested(session: Session, call: Any, now: datetime) -> None:
    todos.add(
        session, kind="contested", person_id=call.person_id, association_id=call.association_id, now=now,
        campaign_id=call.campaign_id, call_id=call.id,
    )  # fmt: skip


def _answer(
    call: Any,
    report: Report,
    *,
    repeated: bool = False,
    late: bool | None = None,
    contested: bool | None = None,
) -> Reported:
    return Reported(
        call.id, call.person_id, call.queue_id, call.campaign_id, report.outcome, repeated,
        bool(call.late if late is None else late), bool(call.contested if contested is None else contested),
    )  # fmt: skip


def _kept(detail: dict[str, Any]) -> dict[str, Any]:
    """What a call remembers of its outcome: never a number, nothing nobody asked for."""
    return {name: detail[name] for name in ("at", "who", "asked", "language", "phone_id", "leaving") if name in detail}


def _content(report: Report) -> str:
    """Two reports with this in common say the same thing."""
    said = [
        report.outcome, sorted(report.detail.items()), report.note, sorted(report.answers.items()),
        sorted(report.sign_ups), sorted(report.invited), sorted(report.withdrawn), sorted(report.declined), report.follow_up,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, default=str).encode()).hexdigest()


_MINE = """
    SELECT c.id, c.campaign_id, c.queue_id, c.person_id, c.association_id, c.account_id, c.shift_id, c.state,
           c.assigned_at, c.outcome, c.detail, c.client_ref, c.content_hash, c.happened_at, c.reported_at,
           c.late, c.contested, c.before, k.follow_ups, k.link_survey_id,
           CASE WHEN h.call_id IS NULL THEN 0 ELSE 1 END AS held,
           (SELECT max(o.account_id) FROM calls o
            WHERE o.queue_id = c.queue_id AND o.account_id <> c.account_id AND o.state = 'reported'
              AND o.reported_at > c.assigned_at) AS contested_by
    FROM calls c JOIN people p ON p.id = c.person_id JOIN campaigns k ON k.id = c.campaign_id LEFT JOIN holds h ON h.call_id = c.id
    WHERE c.id = :call AND c.account_id = :account
"""
_OWN_CALL = {
    lock: giving(
        typed(_MINE + lock),
        "id campaign_id queue_id person_id association_id account_id shift_id state assigned_at outcome detail client_ref"
        " content_hash happened_at reported_at late contested before follow_ups link_survey_id held contested_by",
        assigned_at=Utc, happened_at=Utc, reported_at=Utc, detail=sa.JSON, before=sa.JSON, follow_ups=sa.JSON,
    )
    for lock in ("", " FOR NO KEY UPDATE OF p, c")
}  # fmt: skip
