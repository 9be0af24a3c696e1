"""Member files: read, checked in words, applied whole or not at all, remembered, and taken back."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import audit
from organizer.db import AS_IT_IS
from organizer.imports import alone, applying, layouts, questions, sightings, staging
from organizer.imports.checking import Examination, Source
from organizer.imports.columns import recognise
from organizer.imports.places import places_under
from organizer.imports.reading import Table, open_table
from organizer.imports.report import Report, restored
from organizer.imports.rows import RowReader
from organizer.imports.undoing import may_undo, undo
from organizer.models import Import
from organizer.times import local_day
from organizer.words import N_, Missing

__all__ = [
    "Report", "apply_checked", "check", "check_kept", "confirmed", "discard", "examine", "examine_again", "import_file",
    "may_undo", "restored", "stage", "undo",
]  # fmt: skip


CHANGED_MEANWHILE = N_("Registret ändrades av någon annan under tiden. Inget har importerats. Försök igen.")


class _RegisterChangedError(Exception):
    """The file would do something else than the page said."""


def check(
    session: Session, file: BinaryIO, association_id: int, now: datetime, *, missing_means: str = "nothing"
) -> Report:
    """What the file would do; writes nothing. Raises Refused when the file cannot be read at all."""
    examination, source = examine(session, open_table(file), association_id, now, missing_means)
    for _ in examination.changes(source):
        pass
    confirmed(examination, now)
    return examination.report


def import_file(
    session: Session, file: BinaryIO, association_id: int, now: datetime, *, missing_means: str = "nothing",
    account_id: int | None = None, filename: str = "", answers: Collection[str] = (),
) -> Report:  # fmt: skip
    """Read and apply in one go, for commands and history; the report says what was done.

    Raises Refused when the file cannot be read, and when it is suspicious and `answers` do not say yes to that.
    """
    examination, source = examine(session, open_table(file), association_id, now, missing_means)
    examination.take = questions.FILE in answers
    alone.claim(session, association_id)
    import_id = staging.begin(session, file, filename, association_id, account_id, missing_means, now)
    applying.apply(examination, examination.changes(source), import_id, now)
    questions.check(examination.report, missing_means, answers)
    sightings.keep(session, import_id, confirmed(examination, now), now)
    staging.finish(session, import_id, examination.report, now)
    _log(session, account_id, import_id, association_id, examination.report, now)
    return examination.report


def stage(
    session: Session, file: BinaryIO, association_id: int, now: datetime, *,
    missing_means: str, account_id: int, filename: str,
) -> int:  # fmt: skip
    """Check a file and keep its rows until somebody says **Importera**; returns the import's id."""
    staging.forget_old(session, now)
    table = open_table(file)
    import_id = staging.begin(session, file, filename, association_id, account_id, missing_means, now)
    check_kept(session, import_id, table, now)
    return import_id


def check_kept(session: Session, import_id: int, table: Table | None, now: datetime) -> None:
    """Check the file, or its kept rows against the register as it is now, in this transaction."""
    row = session.execute(
        sa.select(Import.association_id, Import.missing_means, Import.report, Import.columns).where(
            Import.id == import_id
        )
    ).one()
    if table is None:
        again = restored(row.report)
        examination = examine_again(session, row.association_id, now, row.missing_means, again)
        source: Source = staging.rows(session, import_id)
    else:
        examination, source = examine(session, table, row.association_id, now, row.missing_means, row.columns)
    keeper = staging.Keeper(import_id, again=table is None)
    for chunk in examination.changes(keeper.passing(source)):
        keeper.write(session, chunk)
    staging.keep_missing(session, import_id, examination.leaving)
    sightings.keep(session, import_id, confirmed(examination, now), now)
    staging.keep_report(session, import_id, examination.report)


def confirmed(examination: Examination, now: datetime) -> list[int]:
    """Whom of those that recent files made this one holds too; the report then says how many."""
    found = sightings.of(examination.session, examination.seen, now)
    examination.report.confirmed = len(found)
    return found


def apply_checked(
    session: Session, import_id: int, shown: int, now: datetime, account_id: int, answers: Collection[str] = (), *,
    recheck: bool = True,
) -> tuple[Report, bool]:  # fmt: skip
    """Apply a checked file to the register as it is now; (report, True) when done.

    When the register has changed since the page with fingerprint `shown`, nothing is written but the new check
    (unless `recheck` is left to the caller): (report, False). Raises Missing when the import is not waiting, or has waited more than a day; Refused when a
    question about the file has no answer, or when somebody else is importing at this moment.
    """
    fresh = sa.and_(Import.state.in_(("checked", "applying")), Import.created_at > now - staging.KEPT)
    mine = sa.select(Import).where(Import.id == import_id, fresh).with_for_update()
    row = session.scalar(mine.execution_options(**AS_IT_IS))
    if row is None:
        raise Missing
    before = restored(row.report)
    questions.check(before, row.missing_means, answers)
    alone.claim(session, row.association_id, import_id)
    examination = examine_again(session, row.association_id, now, row.missing_means, before)
    examination.take = questions.FILE in answers
    try:
        with session.begin_nested():
            _apply_as_shown(examination, import_id, shown, before.confirmed, now)
    except _RegisterChangedError:
        if not recheck:
            return before, False
        check_kept(session, import_id, None, now)
        session.refresh(row)
        return restored(row.report), False
    report = examination.report.completed(before)
    staging.finish(session, import_id, report, now)
    session.execute(sa.update(Import).where(Import.id == import_id).values(answers=sorted(answers)))
    _log(session, account_id, import_id, row.association_id, report, now)
    return report, True


def discard(session: Session, import_id: int) -> None:
    """Throw a checked file away."""
    staging.discard(session, import_id)


def examine(
    session: Session, table: Table, association_id: int, now: datetime, missing_means: str,
    said: Mapping[str, str] | None = None,
) -> tuple[Examination, Source]:  # fmt: skip
    """A walk through a file that has been opened.

    `said` is what somebody has said that columns hold; else what is remembered of files with the same headers.
    """
    columns = recognise(table, said if said is not None else layouts.remembered(session, association_id, table))
    places = places_under(session, association_id)
    reader = RowReader(columns, places, local_day(now))
    report = Report(
        encoding=table.encoding, delimiter=table.delimiter, sheet=table.sheet, other_sheets=list(table.other_sheets),
        dropped_columns=columns.dropped, ignored_columns=columns.ignored,
    )  # fmt: skip
    return Examination(session, places, local_day(now), missing_means, report), reader.read(table)


def examine_again(
    session: Session, association_id: int, now: datetime, missing_means: str, before: Report
) -> Examination:
    """The same file once more, against the register as it is now."""
    report = Report(
        encoding=before.encoding, delimiter=before.delimiter, sheet=before.sheet, other_sheets=before.other_sheets,
        dropped_columns=before.dropped_columns, ignored_columns=before.ignored_columns,
    )  # fmt: skip
    return Examination(session, places_under(session, association_id), local_day(now), missing_means, report)


def _apply_as_shown(examination: Examination, import_id: int, shown: int, known: int, now: datetime) -> None:
    """Write, unless it turns out to be something else than the page said."""
    session = examination.session
    rows = staging.rows(session, import_id, staging.DOES)
    chunks: Iterable[Any] = examination.again(rows, staging.missing(session, import_id))
    applying.apply(examination, chunks, import_id, now)
    gone = known != sightings.how_many(session, import_id)
    if gone or examination.report.fingerprint != shown:
        raise _RegisterChangedError


def _log(
    session: Session, account_id: int | None, import_id: int, association_id: int, report: Report, now: datetime
) -> None:
    counts = {name: getattr(report, name) for name in ("rows", "created", "updated", "unchanged", "left", "out")}
    audit.changed(session, account_id, "import", "import", import_id, now, association_id, **counts)
