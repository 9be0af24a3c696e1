"""Edit what is known of a person, with a reason that is kept; what was corrected by hand outlives the next file."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import audit, corrections, people
from organizer.db import search_key, sort_key
from organizer.models import Person
from organizer.words import N_, Refused

SPOKEN = {
    "sv": N_("Svenska"), "ar": N_("Arabiska"), "bcs": N_("Bosniska, kroatiska, serbiska"), "en": N_("Engelska"),
    "fa": N_("Persiska eller dari"), "fi": N_("Finska"), "ku": N_("Kurdiska"), "pl": N_("Polska"), "ru": N_("Ryska"),
    "so": N_("Somaliska"), "ti": N_("Tigrinja"), "tr": N_("Turkiska"), "uk": N_("Ukrainska"),
}  # fmt: skip
"""The languages somebody can be rung in."""
LENGTHS = {"first_name": 80, "last_name": 80, "member_number": 40}


def edit(
    session: Session, person_id: int, wanted: Mapping[str, str], *, protected: bool, reason: str, now: datetime,
    account_id: int | None = None,
) -> list[str]:  # fmt: skip
    """Change name, member number, e-mail, language and protection; returns the fields that changed.

    Refused without a reason, without a name, or when the member number is somebody else's.
    """
    person = session.get_one(Person, person_id)
    new = {name: " ".join(wanted.get(name, "").split()) for name in (*LENGTHS, "language")}
    _check(session, person_id, new, reason)
    email = wanted.get("email", "").strip()
    values: dict[str, Any] = {name: value or ("" if name.endswith("_name") else None) for name, value in new.items()}
    values["protected"] = protected
    changed = [name for name, value in values.items() if getattr(person, name) != value]
    for name in changed:
        old, is_ = (_said(value) for value in (getattr(person, name), values[name]))
        corrections.record(session, person_id, name, old, is_, reason, account_id, now)
    values["sort_key"] = sort_key(f"{new['last_name']} {new['first_name']}")
    values["search_key"] = search_key(f"{new['first_name']} {new['last_name']}")
    if email != (person.email or ""):
        people.set_email(session, person_id, email, now, account_id, reason)
        changed.append("email")
    session.execute(sa.update(Person).where(Person.id == person_id).values(**values))
    if changed:
        audit.changed(session, account_id, "edit", "person", person_id, now, fields=changed)
    return changed


def _check(session: Session, person_id: int, new: Mapping[str, str], reason: str) -> None:
    if not (new["first_name"] or new["last_name"]):
        raise Refused(N_("Skriv personens namn."), field="first_name")
    for name, most in LENGTHS.items():
        if len(new[name]) > most:
            raise Refused(N_("Skriv högst %(most)s tecken."), field=name, most=most)
    if new["language"] and new["language"] not in SPOKEN:
        raise Refused(N_("Välj ett språk i listan."), field="language")
    taken = sa.select(Person.id).where(Person.member_number == new["member_number"], Person.id != person_id)
    if new["member_number"] and session.scalar(taken) is not None:
        raise Refused(
            N_("Medlemsnumret hör till någon annan. Är det samma person, så slå ihop dem."), field="member_number"
        )
    if len(reason.strip()) < 3:
        raise Refused(N_("Skriv varför du ändrar, till exempel vem som bad om det."), field="reason")


def _said(value: Any) -> str | None:
    """A value as the correction keeps it."""
    return ("ja" if value else None) if isinstance(value, bool) else value
