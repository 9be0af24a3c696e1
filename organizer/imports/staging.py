"""A checked file on its way: its rows are kept until it is applied or thrown away, at most a day."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import bulk
from organizer.db import changed
from organizer.imports.changes import Change
from organizer.imports.checking import CHUNK, Source
from organizer.imports.report import Report
from organizer.imports.rows import Problem, Row
from organizer.models import Import, ImportFile, ImportRow, ImportSighting, Membership
from organizer.words import Missing

KEPT = timedelta(hours=24)
WAITING = ("mapping", "waiting", "checking", "checked", "refused")
"""The states of a file that has not been imported and can still be thrown away."""
DOES = ("new", "changed", "left")
"""What rows do that are looked at again when the file is applied; the others did nothing."""
_FIELDS = tuple(one.name for one in fields(Row) if one.name != "number")
_EMPTY = Row(0)


def begin(
    session: Session, file: BinaryIO, filename: str, association_id: int, account_id: int | None,
    missing_means: str, now: datetime,
) -> int:  # fmt: skip
    """A new import, with nothing done yet."""
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(1 << 20):
        digest.update(piece)
    return int(
        session.scalar(
            sa.insert(Import)
            .values(
                association_id=association_id, account_id=account_id, filename=filename[-200:], digest=digest.hexdigest(),
                created_at=now, state="checked", missing_means=missing_means, report={},
            )
            .returning(Import.id)
        )
        or 0
    )  # fmt: skip


class Keeper:
    """Keeps rows as they pass, and writes them when it is known what they do."""

    def __init__(self, import_id: int, *, again: bool = False) -> None:
        """Nothing has passed yet; `again`: the rows are kept already and only do something else."""
        self._import, self._again, self.passed = import_id, again, 0
        self._waiting: list[tuple[int, dict[str, Any]]] = []

    def passing(self, source: Source) -> Iterator[tuple[Row, list[Problem]]]:
        """The same rows."""
        for row, problems in source:
            self._waiting.append((row.number, _packed(row, problems)))
            yield row, problems

    def write(self, session: Session, changes: Iterable[Change]) -> None:
        """Write those that have passed since the last time; rows without a change were left out."""
        does = {one.row.number: _does(one) for one in changes}
        self.passed += len(self._waiting)
        if self._again:
            rows = [{"which": number, "now": does.get(number, "out")} for number, _ in self._waiting]
            if rows:
                session.connection().execute(_DOES_NOW, [one | {"file": self._import} for one in rows])
            self._waiting.clear()
            return
        bulk.insert(
            session, ImportRow, ("import_id", "row", "cells", "does"),
            [(self._import, number, cells, does.get(number, "out")) for number, cells in self._waiting],
        )  # fmt: skip
        self._waiting.clear()


def keep_missing(session: Session, import_id: int, leaving: Iterable[tuple[int, int, date | None]]) -> None:
    """Write down the memberships that end because their people are not in the file, instead of those from before."""
    session.execute(sa.delete(ImportRow).where(ImportRow.import_id == import_id, ImportRow.row < 0))
    gone: list[tuple[Any, ...]] = [(import_id, -membership_id, {}, "missing") for membership_id, _, _ in leaving]
    bulk.insert(session, ImportRow, ("import_id", "row", "cells", "does"), gone)


def missing(session: Session, import_id: int) -> list[tuple[int, int, date | None]]:
    """Those of them that still are open: id, person, first day."""
    rows = session.execute(
        sa.select(Membership.id, Membership.person_id, Membership.from_day)
        .join(ImportRow, sa.and_(ImportRow.import_id == import_id, ImportRow.row == -Membership.id))
        .where(ImportRow.does == "missing", Membership.to_day.is_(None))
        .order_by(Membership.id)
    )
    return [(row.id, row.person_id, row.from_day) for row in rows]


def rows(session: Session, import_id: int, does: tuple[str, ...] = ()) -> Iterator[tuple[Row, list[Problem]]]:
    """The kept rows in the file's order, a chunk at a time: all, or those that do one of these."""
    last = 0
    only = ImportRow.does.in_(does) if does else sa.true()
    while True:
        found = session.execute(
            sa.select(ImportRow.row, ImportRow.cells)
            .where(ImportRow.import_id == import_id, ImportRow.row > last, only)
            .order_by(ImportRow.row)
            .limit(CHUNK)
        ).all()
        if not found:
            return
        for number, cells in found:
            yield unpacked(number, cells)
        last = found[-1].row


def turn(session: Session, import_id: int, state: str) -> None:
    """Let the import be in another state, with nobody at work on it."""
    _set(session, import_id, state=state, worked_at=None)


def forget_rows(session: Session, import_id: int) -> None:
    """Before the same file is checked anew."""
    session.execute(sa.delete(ImportRow).where(ImportRow.import_id == import_id))


def keep_report(session: Session, import_id: int, report: Report) -> None:
    """What the check found; the file itself is not needed any more."""
    session.execute(sa.delete(ImportFile).where(ImportFile.import_id == import_id))
    _set(session, import_id, state="checked", report=report.stored())


def finish(session: Session, import_id: int, report: Report, now: datetime) -> None:
    """Applied: the rows are not needed any more."""
    session.execute(sa.delete(ImportRow).where(ImportRow.import_id == import_id))
    _set(session, import_id, state="applied", applied_at=now, report=report.stored(), progress=None)


def discard(session: Session, import_id: int) -> None:
    """Throw a checked file away; Missing when there is none waiting."""
    gone = session.execute(
        sa.update(Import)
        .where(Import.id == import_id, Import.state.in_(WAITING))
        .values(state="discarded", report={}, progress=None)
    )
    if not changed(gone):
        raise Missing
    for kept in (ImportRow, ImportFile, ImportSighting):
        session.execute(sa.delete(kept).where(kept.import_id == import_id))


def forget_old(session: Session, now: datetime) -> None:
    """After a day nothing of a file remains but its figures: not its rows, not what stood in its bad cells."""
    for import_id in session.scalars(
        sa.select(Import.id).where(Import.state.in_(WAITING), Import.created_at < now - KEPT)
    ).all():
        discard(session, import_id)
    forget_cells(session, now)


def throw_away_unread(session: Session, _person_ids: object, _now: datetime) -> None:
    """Before somebody is erased: no file that waits may bring them back or hold their name."""
    unread = sa.select(ImportFile.import_id).distinct()
    session.execute(sa.update(Import).where(Import.id.in_(unread)).values(state="discarded", progress=None))
    session.execute(sa.delete(ImportFile))


def forget_cells(session: Session, now: datetime) -> int:
    """Blank what stood in the bad cells of files older than a day; how many files had any."""
    old = session.execute(
        sa.select(Import.id, Import.report).where(Import.created_at < now - KEPT, Import.created_at > now - 30 * KEPT)
    ).all()
    blanked = 0
    for row in old:
        if any(problem[2] for problem in row.report.get("problems", [])):
            problems = [[*one[:2], "", *one[3:]] for one in row.report["problems"]]
            session.execute(
                sa.update(Import).where(Import.id == row.id).values(report={**row.report, "problems": problems})
            )
            blanked += 1
    return blanked


_rows: Any = ImportRow.__table__
_DOES_NOW = (
    sa.update(_rows)
    .where(_rows.c.import_id == sa.bindparam("file"), _rows.c.row == sa.bindparam("which"))
    .values(does=sa.bindparam("now"))
)


def _set(session: Session, import_id: int, **values: Any) -> None:
    session.execute(sa.update(Import).where(Import.id == import_id).values(**values))


def _does(one: Change) -> str:
    if one.person is None:
        return "new"
    if one.end_why == "left":
        return "left"
    return "changed" if one.any or one.asked else "same"


def _packed(row: Row, problems: list[Problem]) -> dict[str, Any]:
    """What the row says, without what it does not say."""
    cells: dict[str, Any] = {}
    for name in _FIELDS:
        value = getattr(row, name)
        if value != getattr(_EMPTY, name):
            cells[name] = value.isoformat() if isinstance(value, date) else value
    if row.fees:
        cells["fees"] = [(year, paid.isoformat() if paid else None) for year, paid in row.fees]
    if problems:
        cells["problems"] = problems
    return cells


def unpacked(number: int, cells: dict[str, Any]) -> tuple[Row, list[Problem]]:
    """A kept row as it was read."""
    problems = [Problem(*one) for one in cells.get("problems", ())]
    said = {name: value for name, value in cells.items() if name != "problems"}
    for name in ("joined", "left"):
        if name in said:
            said[name] = date.fromisoformat(said[name])
    said["fees"] = [(year, date.fromisoformat(paid) if paid else None) for year, paid in said.get("fees", ())]
    said["tags"] = tuple(said.get("tags", ()))
    return Row(number, **said), problems
