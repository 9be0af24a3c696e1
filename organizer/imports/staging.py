"""A checked file on its way: its rows are kept until it is applied or thrown away, at most a day."""

import hashlib
from collections.abc import Iterator
from dataclasses import fields
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import bulk
from organizer.db import changed
from organizer.imports.checking import CHUNK, Source
from organizer.imports.report import Report
from organizer.imports.rows import Problem, Row
from organizer.models import Import, ImportRow
from organizer.words import Missing

KEPT = timedelta(hours=24)
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


def kept(session: Session, import_id: int, source: Source) -> Iterator[tuple[Row, list[Problem]]]:
    """The same rows, each kept in passing."""
    rows = iter(source)
    while chunk := list(islice(rows, CHUNK)):
        bulk.insert(
            session, ImportRow, ("import_id", "row", "cells"),
            [(import_id, row.number, _packed(row, problems)) for row, problems in chunk],
        )  # fmt: skip
        yield from chunk


def rows(session: Session, import_id: int) -> Iterator[tuple[Row, list[Problem]]]:
    """The kept rows in the file's order, a chunk at a time."""
    last = -1
    while True:
        found = session.execute(
            sa.select(ImportRow.row, ImportRow.cells)
            .where(ImportRow.import_id == import_id, ImportRow.row > last)
            .order_by(ImportRow.row)
            .limit(CHUNK)
        ).all()
        if not found:
            return
        for number, cells in found:
            yield _unpacked(number, cells)
        last = found[-1].row


def keep_report(session: Session, import_id: int, report: Report) -> None:
    """What the check found."""
    session.execute(sa.update(Import).where(Import.id == import_id).values(report=report.stored()))


def finish(session: Session, import_id: int, report: Report, now: datetime) -> None:
    """Applied: the rows are not needed any more."""
    session.execute(sa.delete(ImportRow).where(ImportRow.import_id == import_id))
    session.execute(
        sa.update(Import).where(Import.id == import_id).values(state="applied", applied_at=now, report=report.stored())
    )


def discard(session: Session, import_id: int) -> None:
    """Throw a checked file away; Missing when there is none waiting."""
    gone = session.execute(
        sa.update(Import).where(Import.id == import_id, Import.state == "checked").values(state="discarded", report={})
    )
    if not changed(gone):
        raise Missing
    session.execute(sa.delete(ImportRow).where(ImportRow.import_id == import_id))


def forget_old(session: Session, now: datetime) -> None:
    """After a day nothing of a file remains but its figures: not its rows, not what stood in its bad cells."""
    for import_id in session.scalars(
        sa.select(Import.id).where(Import.state == "checked", Import.created_at < now - KEPT)
    ).all():
        discard(session, import_id)
    forget_cells(session, now)


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


def _unpacked(number: int, cells: dict[str, Any]) -> tuple[Row, list[Problem]]:
    problems = [Problem(*one) for one in cells.get("problems", ())]
    said = {name: value for name, value in cells.items() if name != "problems"}
    for name in ("joined", "left"):
        if name in said:
            said[name] = date.fromisoformat(said[name])
    said["fees"] = [(year, date.fromisoformat(paid) if paid else None) for year, paid in said.get("fees", ())]
    said["tags"] = tuple(said.get("tags", ()))
    return Row(number, **said), problems
