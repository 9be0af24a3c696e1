"""The full record of what a file changed about people who were here before, so that it can be told and taken back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import bulk
from organizer.imports.changes import Change
from organizer.models import Import, ImportChange

KEPT = timedelta(days=90)
"""How long the values of an import are kept; undo is possible for three days."""
_AT_ONCE = 100
_COLUMNS = ("import_id", "person_id", "what", "before", "after")


def keep(session: Session, import_id: int, changes: Iterable[Change], tags: dict[str, int]) -> None:
    """Write down each change of somebody who was here; those who are new are known by when they were made."""
    rows = []
    for one in changes:
        if one.person is not None:
            before, after = values(one, tags)
            rows.append((import_id, one.person.id, " ".join(after), before, after))
    bulk.insert(session, ImportChange, _COLUMNS, rows)


def keep_left(session: Session, import_id: int, ended: Sequence[tuple[int, int, date]]) -> None:
    """Write down who left by not being in the file: the membership, the person, the day."""
    bulk.insert(
        session, ImportChange, _COLUMNS,
        [
            (import_id, person_id, "ended", {"ended": membership_id}, {"ended": [day.isoformat(), "left"]})
            for membership_id, person_id, day in ended
        ],
    )  # fmt: skip


def values(one: Change, tags: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Each changed field as it was and as it became; `tags` are the ids (or names) of tags by their name in lower case."""
    person, row = one.person, one.row
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    if person is None:
        return before, after
    for changed, name, old, new in (
        (one.name, "name", [person.first, person.last], [row.first, row.last]),
        (one.number, "number", person.member_number, row.member_number),
        (one.email, "email", person.email, row.email),
        (one.protected, "protected", False, True),
        (one.birth_year, "birth_year", person.birth_year, row.birth_year),
        (one.phones is not None, "phones", person.phones, one.phones),
    ):
        if changed:
            before[name], after[name] = old, new
    if one.ends is not None:
        before["ended"], after["ended"] = person.membership, [one.ends.isoformat(), one.end_why]
    if one.opens is not None:
        after["opened"] = [one.opens, one.opens_on.isoformat() if one.opens_on else None, one.open_why]
    if one.joined is not None:
        old_day = person.from_day.isoformat() if person.from_day else None
        before["joined"], after["joined"] = [person.membership, old_day, person.from_why], one.joined.isoformat()
    if one.fees:
        after["fees"] = [year for year, _ in one.fees]
    if one.tags:
        after["tags"] = [tags[tag.casefold()] for tag in one.tags]
    return before, after


def fates(text: str | None) -> dict[str, str]:
    """The fields that an undo could not restore, each with the code of why (undoing.REASONS)."""
    return {name: why for name, _, why in (one.partition(":") for one in (text or "").split())}


def forget(session: Session, now: datetime) -> int:
    """Blank the values of changes older than ninety days, some at a time; which fields they were stays."""
    old = sa.select(Import.id).where(Import.applied_at < now - KEPT)
    whose = (
        sa.select(ImportChange.import_id, ImportChange.person_id)
        .where(ImportChange.import_id.in_(old), ImportChange.after.is_not(None), ImportChange.what != "created")
        .limit(_AT_ONCE)
    )
    found = session.execute(whose).all()
    for row in found:
        mine = sa.and_(ImportChange.import_id == row.import_id, ImportChange.person_id == row.person_id)
        session.execute(sa.update(ImportChange).where(mine).values(before=sa.null(), after=sa.null()))
    return len(found)
