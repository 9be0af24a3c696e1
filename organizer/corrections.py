"""Corrections made by hand: written down field by field, and what they mean for the next member file."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import bulk
from organizer.models import Account, Correction
from organizer.words import N_, Refused

FIELDS = MappingProxyType({
    "first_name": N_("Förnamn"),
    "last_name": N_("Efternamn"),
    "member_number": N_("Medlemsnummer"),
    "email": N_("E-post"),
    "phone": N_("Telefon"),
    "association": N_("Förening"),
    "joined": N_("Medlem sedan"),
    "protected": N_("Skyddad identitet"),
    "language": N_("Språk"),
})  # fmt: skip
"""The fields, and what pages call them. `phone` is one number in E.164 (added: no old, removed: no new);
`association` is an association's id, empty when the person is a member nowhere."""
REASONS = MappingProxyType({
    "said": N_("Personen sade det"),
    "known": N_("Någon som känner personen sade det"),
    "office": N_("Det står så i partiets register"),
    "broken": N_("Det gamla fungerar inte"),
    "typo": N_("Det var felskrivet"),
})  # fmt: skip
"""The usual reasons to choose between; anything else is written."""
OTHER = "other"
_SHORTEST, _LONGEST = 3, 200


@dataclass(frozen=True, slots=True)
class Line:
    """One correction as a page shows it."""

    field: str
    old: str | None
    new: str | None
    reason: str
    by: str
    """The name of whoever made it; empty when the account is gone."""
    at: datetime


@dataclass(slots=True)
class Held:
    """What stands corrected on one person: the last old and new value of each field, and every number touched."""

    values: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    added: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)

    def holds(self, name: str, now_is: str | None) -> bool:
        """Whether the field still has the value that somebody gave it by hand."""
        return name in self.values and (self.values[name][1] or None) == (now_is or None)

    def corrected_from(self, name: str) -> str | None:
        """The value that was wrong."""
        return self.values[name][0] or None


def record(
    session: Session, person_id: int, name: str, old: str | None, new: str | None, reason: str,
    account_id: int | None, now: datetime,
) -> None:  # fmt: skip
    """Write down that `name` (one of FIELDS) was changed by hand from `old` to `new`; nothing when they are the same.

    The field itself is the caller's to change. A member file that still says `old` then leaves it alone.
    """
    if name not in FIELDS:
        raise ValueError(f"{name} is no field that can be corrected")
    if (old or None) == (new or None):
        return
    session.execute(
        sa.insert(Correction).values(
            person_id=person_id, field=name, old=old or None, new=new or None, reason=" ".join(reason.split())[:200],
            account_id=account_id, at=now,
        )
    )  # fmt: skip


def reason(code: str, words: str) -> str:
    """Why something is changed: one of REASONS, with or instead of words of one's own. Refused when it is neither."""
    words = " ".join(words.split())
    if len(words) > _LONGEST:
        raise Refused(N_("Skriv högst %(most)s tecken."), field="reason", most=_LONGEST)
    chosen = REASONS.get(code, "")
    if not chosen and len(words) < _SHORTEST:
        raise Refused(N_("Välj eller skriv varför du ändrar. Det sparas med ändringen."), field="reason")
    return f"{chosen}. {words}"[:_LONGEST] if chosen and words else chosen or words


def of_person(session: Session, person_id: int) -> list[Line]:
    """Everything corrected by hand on a person, newest first."""
    rows = session.execute(
        sa.select(
            Correction.field, Correction.old, Correction.new, Correction.reason,
            sa.func.coalesce(Account.name, "").label("by"), Correction.at,
        )
        .outerjoin(Account, Account.id == Correction.account_id)
        .where(Correction.person_id == person_id)
        .order_by(Correction.id.desc())
    )  # fmt: skip
    return [Line(*row) for row in rows]


def of_people(session: Session, person_ids: Sequence[int]) -> dict[int, Held]:
    """What stands corrected on each of these people; only those with something."""
    found: dict[int, Held] = defaultdict(Held)
    rows: Any = session.connection().execute(
        sa.select(Correction.person_id, Correction.field, Correction.old, Correction.new)
        .where(bulk.among(session, Correction.person_id, person_ids))
        .order_by(Correction.id)
    )
    for person_id, name, old, new in rows:
        held = found[person_id]
        if name != "phone":
            held.values[name] = (old, new)
            continue
        for number, into, out_of in ((old, held.removed, held.added), (new, held.added, held.removed)):
            if number:
                into.add(number)
                out_of.discard(number)
    return dict(found)
