"""What the ledger says has happened with one person, newest first, one line for each happening."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.models import Activity, Association, Event, Kind
from organizer.words import N_

SAID: dict[str, str] = {
    Kind.ATTEMPT: N_("Sökt på telefon"),
    Kind.CONTACT: N_("Kontakt"),
    Kind.CONVERSATION: N_("Samtal"),
    Kind.INVITATION: N_("Bjöds in"),
    Kind.RESPONSE: N_("Svarade"),
    Kind.SIGN_UP: N_("Anmälde sig"),
    Kind.ATTENDANCE: N_("Var med"),
    Kind.TASK: N_("Gjorde en insats"),
    Kind.ASSIGNMENT: N_("Fick ett uppdrag"),
    Kind.CONTRIBUTION: N_("Bidrog"),
    Kind.RENEWAL: N_("Betalade medlemsavgiften"),
    Kind.MESSAGE: N_("Fick ett sms"),
}
"""What each kind of happening is called on the card."""
_STRONGEST = (Kind.CONVERSATION, Kind.CONTACT, Kind.ATTEMPT)
"""A call is one line, by the most that came of it."""


@dataclass(frozen=True, slots=True)
class CallLine:
    """What is known of a call: its outcome (for gettext), the campaign, and the note while it is kept."""

    outcome: str
    campaign: str
    note: str


@dataclass(frozen=True, slots=True)
class Line:
    """One happening: when, what (for gettext), of or in what, where, and a note."""

    at: datetime
    what: str
    about: str
    place: str
    note: str = ""
    by: str = ""
    """Who did it, if it was one of us."""
    words: tuple[str, ...] = ()
    """More of what, each for gettext."""


TOLD_ELSEWHERE = ("answers", "messages", "blasts")
"""Tables whose rows the stream shows themselves, with what was said."""


def lines(session: Session, person_id: int, calls: Mapping[int, CallLine], limit: int = 60) -> list[Line]:
    """The newest happenings of a person that the stream does not show in another way."""
    rows = session.execute(
        sa.select(Event.key, Event.kind, Event.at, Activity.title, Association.short_name)
        .outerjoin(Activity, Activity.id == Event.activity_id)
        .outerjoin(Association, Association.id == Event.association_id)
        .where(Event.person_id == person_id)
        .order_by(Event.at.desc(), Event.id.desc())
        .limit(limit * 3)
    ).all()
    strongest: dict[str, str] = {}
    for row in rows:
        source = row.key.partition(":")[2]
        if row.kind in _STRONGEST and _rank(row.kind) < _rank(strongest.get(source, "")):
            strongest[source] = row.kind
    found = []
    for row in rows:
        source = row.key.partition(":")[2]
        table, _, number = source.partition(":")
        if (row.kind in _STRONGEST and strongest[source] != row.kind) or table in TOLD_ELSEWHERE:
            continue
        call = calls.get(int(number)) if table == "calls" and row.kind in _STRONGEST and number.isdigit() else None
        found.append(
            Line(row.at, call.outcome, call.campaign, row.short_name or "", call.note)
            if call
            else Line(row.at, SAID.get(row.kind, row.kind), row.title or "", row.short_name or "")
        )
    return found[:limit]


def _rank(kind: str) -> int:
    return next((place for place, one in enumerate(_STRONGEST) if one == kind), len(_STRONGEST))
