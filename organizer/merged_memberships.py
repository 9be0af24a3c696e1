"""The memberships of two entries that are one person: never twice a member on one day, and the earlier days kept."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from organizer.db import Base
from organizer.merge_record import Record, Row, rows_of
from organizer.models import Membership

TABLE = Base.metadata.tables[Membership.__tablename__]


def settle(session: Session, record: Record, keep_id: int, gone_id: int, *, wins: str) -> None:
    """Give the kept person the intervals of both; where two overlap, those of the one that `wins` stand ("kept"/"gone").

    What the other had before is kept: in the same association the membership began that day, in another the person
    has moved. Intervals are half open (D20).
    """
    kept = rows_of(session, TABLE, TABLE.c.person_id == keep_id)
    gone = rows_of(session, TABLE, TABLE.c.person_id == gone_id)
    stand = [dict(one) for one in (gone if wins == "gone" else kept)]
    yield_ = kept if wins == "gone" else gone
    stays: list[Row] = []
    for one in yield_:
        met = [other for other in stand if _overlap(one, other)]
        if not met:
            stays.append(one)
            continue
        first = min(met, key=lambda other: other["from_day"] or date.min)
        cut = _before(record, one, first)
        if cut is None:
            record.remove(TABLE, one)
        else:
            stays.append(cut)
    for one in stays if wins != "gone" else stand:
        record.move(TABLE, "person_id", one, keep_id)


def _before(record: Record, one: Row, first: dict[str, Any]) -> Row | None:
    """What is left of an interval that yields to `first`: its days before in another association, or nothing."""
    if one["from_day"] is None or first["from_day"] is None or one["from_day"] >= first["from_day"]:
        return None
    if one["association_id"] == first["association_id"]:
        values = {"from_day": one["from_day"], "from_why": one["from_why"]}
        record.change(TABLE, first, values)
        first.update(values)
        return None
    values = {"to_day": first["from_day"], "to_why": "moved"}
    record.change(TABLE, one, values)
    record.change(TABLE, first, {"from_why": "moved_in"})
    first["from_why"] = "moved_in"
    return {**one, **values}


def _overlap(one: Row, other: Row) -> bool:
    """Whether two half open intervals have a day in common; an empty end is open, an empty start unknown."""
    starts = max(one["from_day"] or date.min, other["from_day"] or date.min)
    ends = min(one["to_day"] or date.max, other["to_day"] or date.max)
    return starts < ends or (one["to_day"] is None and other["to_day"] is None)
