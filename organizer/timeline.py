"""The ledger: record and retract what happened to a person; every figure is a SELECT over it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.db import Utc
from organizer.times import local_day


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened to a person, on its way into the ledger; `table` and `source_id` say what proves it."""

    kind: str
    table: str
    source_id: int
    person_id: int
    at: datetime
    association_id: int | None = None
    """Empty: the association the person belonged to that day."""
    campaign_id: int | None = None
    activity_id: int | None = None
    mass: bool = False

    @property
    def key(self) -> str:
        """What makes it the same happening (D5)."""
        return key(self.kind, self.table, self.source_id)


def key(kind: str, table: str, source_id: int) -> str:
    """The ledger's key, without the person: "sign_up:sign_ups:12" (D5)."""
    return f"{kind!s}:{table}:{source_id}"


def record(
    session: Session,
    *,
    kind: str,
    table: str,
    source_id: int,
    person_id: int,
    at: datetime,
    association_id: int | None = None,
    campaign_id: int | None = None,
    activity_id: int | None = None,
    mass: bool = False,
) -> None:
    """Write that something happened to a person; the same key twice counts once (promise 2)."""
    happening = Happening(
        kind, table, source_id, person_id, at, association_id, campaign_id, activity_id, mass
    )  # fmt: skip
    record_all(session, [happening])


def record_all(session: Session, happenings: Iterable[Happening]) -> None:
    """Write several happenings in one go, each once however often it is said."""
    rows = [_row(happening) for happening in happenings]
    if rows:
        session.execute(_RECORD, rows if len(rows) > 1 else rows[0])


def retract(session: Session, *, kind: str, table: str, source_id: int) -> None:
    """Take back what was recorded under this key; nothing happens if it was not."""
    session.execute(_RETRACT, {"key": key(kind, table, source_id)})


def retract_all(session: Session, kinds: Iterable[str], table: str, source_id: int) -> None:
    """Take back several kinds of happening that one thing proved."""
    keys = [{"key": key(kind, table, source_id)} for kind in kinds]
    if keys:
        session.execute(_RETRACT, keys)


def _row(happening: Happening) -> dict[str, Any]:
    return {
        "key": happening.key,
        "kind": str(happening.kind),
        "person": happening.person_id,
        "association": happening.association_id,
        "campaign": happening.campaign_id,
        "activity": happening.activity_id,
        "mass": happening.mass,
        "at": happening.at,
        "day": local_day(happening.at),
    }


# Text and not constructs: a report records several of these, and the sentence is the same in both databases.
_RECORD = sa.text("""
    INSERT INTO timeline (key, kind, person_id, association_id, campaign_id, activity_id, mass, at, day)
    VALUES (:key, :kind, :person,
            COALESCE(CAST(:association AS INTEGER),
                     (SELECT m.association_id FROM memberships m
                      WHERE m.person_id = :person AND (m.from_day IS NULL OR m.from_day <= :day)
                        AND (m.to_day IS NULL OR m.to_day > :day)
                      ORDER BY m.id DESC LIMIT 1)),
            :campaign, :activity, :mass, :at, :day)
    ON CONFLICT (key) DO NOTHING
""").bindparams(
    sa.bindparam("person", type_=sa.Integer),
    sa.bindparam("association", type_=sa.Integer),
    sa.bindparam("campaign", type_=sa.Integer),
    sa.bindparam("activity", type_=sa.Integer),
    sa.bindparam("mass", type_=sa.Boolean),
    sa.bindparam("at", type_=Utc),
    sa.bindparam("day", type_=sa.Date),
)
_RETRACT = sa.text("DELETE FROM timeline WHERE key = :key")
