"""What stood before a call changed it, row and ledger, so that undo can put it back exactly (promise 2)."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import timeline
from organizer.models import Event

KEPT = ("kind", "person_id", "association_id", "campaign_id", "activity_id", "mass", "at")


def remembered(session: Session, row: Any, table: str, source_id: int, kinds: Iterable[str]) -> dict[str, Any]:
    """A row (as columns) and its ledger entries, as JSON that `put_back` understands."""
    keys = [timeline.key(kind, table, source_id) for kind in kinds]
    columns = [getattr(Event, name) for name in KEPT]
    events = session.execute(sa.select(*columns).where(Event.key.in_(keys))).all()
    return {"row": _plain(row._asdict()), "events": [_plain(event._asdict()) for event in events]}


def columns_of(before: dict[str, Any]) -> dict[str, Any]:
    """The columns of the remembered row, ready for an UPDATE."""
    row = dict(before["row"])
    if "at" in row:
        row["at"] = datetime.fromisoformat(row["at"])
    return row


def put_back(session: Session, before: dict[str, Any] | None, table: str, source_id: int, kinds: Iterable[str]) -> None:
    """Make the ledger say again what it said; nothing remembered = these entries never were."""
    for kind in kinds:
        timeline.retract(session, kind=kind, table=table, source_id=source_id)
    for event in before["events"] if before else ():
        values = {**event, "at": datetime.fromisoformat(event["at"])}
        timeline.record(session, table=table, source_id=source_id, **values)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date | datetime) else value for name, value in values.items()}
