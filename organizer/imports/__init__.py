"""Member files: read, checked in words, applied whole or not at all."""

from datetime import datetime
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import audit
from organizer.imports import applying, staging
from organizer.imports.checking import Examination
from organizer.imports.columns import recognise
from organizer.imports.places import places_under
from organizer.imports.reading import open_table
from organizer.imports.report import Report, restored
from organizer.imports.rows import RowReader
from organizer.models import Import
from organizer.times import local_day
from organizer.words import Missing

__all__ = ["Report", "apply_checked", "check", "discard", "import_file", "restored", "stage"]


class _RegisterChangedError(Exception):
    """The file would do something else than the page said."""


def check(
    session: Session, file: BinaryIO, association_id: int, now: datetime, *, missing_means: str = "nothing"
) -> Report:
    """What the file would do; writes nothing. Raises Refused when the file cannot be read at all."""
    examination, source = _open(session, file, association_id, now, missing_means)
    for _ in examination.changes(source):
        pass
    return examination.report


def import_file(
    session: Session, file: BinaryIO, association_id: int, now: datetime, *,
    missing_means: str = "nothing", account_id: int | None = None, filename: str = "",
) -> Report:  # fmt: skip
    """Read and apply in one go, for commands and history; the report says what was done."""
    examination, source = _open(session, file, association_id, now, missing_means)
    import_id = staging.begin(session, file, filename, association_id, account_id, missing_means, now)
    applying.apply(examination, source, import_id, now)
    staging.finish(session, import_id, examination.report, now)
    _log(session, account_id, import_id, association_id, examination.report, now)
    return examination.report


def stage(
    session: Session, file: BinaryIO, association_id: int, now: datetime, *,
    missing_means: str, account_id: int, filename: str,
) -> int:  # fmt: skip
    """Check a file and keep its rows until somebody says **Importera**; returns the import's id."""
    staging.forget_old(session, now)
    examination, source = _open(session, file, association_id, now, missing_means)
    import_id = staging.begin(session, file, filename, association_id, account_id, missing_means, now)
    for _ in examination.changes(staging.kept(session, import_id, source)):
        pass
    staging.keep_report(session, import_id, examination.report)
    return import_id


def apply_checked(session: Session, import_id: int, shown: int, now: datetime, account_id: int) -> tuple[Report, bool]:
    """Apply a checked file to the register as it is now; (report, True) when done.

    When the register has changed since the page with fingerprint `shown`, nothing is written but the new check:
    (report, False). Raises Missing when the import is not waiting, or has waited more than a day.
    """
    fresh = sa.and_(Import.state == "checked", Import.created_at > now - staging.KEPT)  # older ones may lack rows
    row = session.scalar(sa.select(Import).where(Import.id == import_id, fresh).with_for_update())
    if row is None:
        raise Missing
    before = restored(row.report)
    examination = _examination(session, row.association_id, now, row.missing_means, before)
    report = examination.report
    try:
        with session.begin_nested():
            _apply_as_shown(examination, import_id, shown, now)
    except _RegisterChangedError:
        staging.keep_report(session, import_id, report)
        return report, False
    staging.finish(session, import_id, report, now)
    _log(session, account_id, import_id, row.association_id, report, now)
    return report, True


def discard(session: Session, import_id: int) -> None:
    """Throw a checked file away."""
    staging.discard(session, import_id)


def _apply_as_shown(examination: Examination, import_id: int, shown: int, now: datetime) -> None:
    """Write, unless it turns out to be something else than the page said."""
    applying.apply(examination, staging.rows(examination.session, import_id), import_id, now)
    if examination.report.fingerprint != shown:
        raise _RegisterChangedError


def _open(
    session: Session, file: BinaryIO, association_id: int, now: datetime, missing_means: str
) -> tuple[Examination, applying.Source]:
    table = open_table(file)
    columns = recognise(table)
    places = places_under(session, association_id)
    reader = RowReader(columns, places, local_day(now))
    report = Report(
        encoding=table.encoding, delimiter=table.delimiter,
        dropped_columns=columns.dropped, ignored_columns=columns.ignored,
    )  # fmt: skip
    return Examination(session, places, local_day(now), missing_means, report), reader.read(table)


def _examination(
    session: Session, association_id: int, now: datetime, missing_means: str, before: Report
) -> Examination:
    """The same file again, against the register as it is now."""
    report = Report(
        encoding=before.encoding, delimiter=before.delimiter,
        dropped_columns=before.dropped_columns, ignored_columns=before.ignored_columns,
    )  # fmt: skip
    return Examination(session, places_under(session, association_id), local_day(now), missing_means, report)


def _log(
    session: Session, account_id: int | None, import_id: int, association_id: int, report: Report, now: datetime
) -> None:
    counts = {name: getattr(report, name) for name in ("rows", "created", "updated", "unchanged", "left", "out")}
    audit.changed(session, account_id, "import", "import", import_id, now, association_id, **counts)
