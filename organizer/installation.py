"""What kind of database this is: demo, synthetic or real; one started as another kind is refused (D25)."""

import secrets
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.models import Installation
from organizer.words import N_, Refused

Kind = Literal["demo", "synthetic", "real"]
ACCEPTS: dict[bool, frozenset[str]] = {True: frozenset({"demo", "synthetic"}), False: frozenset({"real", "synthetic"})}
"""Which kinds of database may be started in demo mode, and which outside it."""
IS_REAL = N_(
    "Databasen hör till en riktig installation och kan inte startas som demo. Inget har ändrats. Sätt SECRET_KEY."
)
IS_DEMO = N_(
    "Databasen innehåller demodistriktet och kan inte bli en riktig installation. Inget har ändrats. "
    "Välj en tom databas med DATABASE_URL, eller starta med RUNDAN_DEMO=1."
)


def kind(session: Session) -> str | None:
    """What the database says it is; None while it is still undecided."""
    return session.scalar(sa.select(Installation.kind))


def check(session: Session, *, demo: bool) -> None:
    """Raise Refused in words when the database is of another kind than it is being started as."""
    found = kind(session)
    if found is not None and found not in ACCEPTS[demo]:
        raise Refused(IS_REAL if demo else IS_DEMO)


def settle(session: Session, wanted: Kind) -> None:
    """Decide once and for all what the database is, and make the key of its kept refusals (D21)."""
    check(session, demo=wanted == "demo")
    found = kind(session)
    if found is None:
        session.add(Installation(kind=wanted, refusal_key=secrets.token_hex(32)))
        session.flush()
    elif "synthetic" in {found, wanted} and found != wanted:
        raise Refused("Databasen är inte tom. Påhittade mängder läses bara in i en tom databas.")
