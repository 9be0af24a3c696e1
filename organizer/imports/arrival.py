"""A file arrives: a small one is read while one waits, a large one is kept for the worker, unknown columns are asked about."""

from collections.abc import Mapping
from datetime import datetime
from typing import BinaryIO, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import imports
from organizer.imports import files, layouts, staging
from organizer.imports.columns import FIELDS, Columns, examples, first_look
from organizer.imports.reading import Table, open_table
from organizer.models import Import
from organizer.words import Missing


class Unknown(NamedTuple):
    """A column that nobody has said anything about: its place, its header, and a value from it."""

    place: int
    header: str
    example: str


def receive(
    session: Session, file: BinaryIO, association_id: int, now: datetime, *,
    missing_means: str, account_id: int, filename: str,
) -> int:  # fmt: skip
    """Take a chosen file; the import's id. Raises Refused at once when a small file cannot be read.

    Afterwards the state is checked, mapping (columns must be explained) or waiting (for the worker).
    """
    staging.forget_old(session, now)
    import_id = staging.begin(session, file, filename, association_id, account_id, missing_means, now)
    if files.small(file):
        read(session, import_id, file, now)
    else:
        files.keep(session, import_id, file)
        staging.turn(session, import_id, "waiting")
    return import_id


def read(session: Session, import_id: int, file: BinaryIO, now: datetime) -> None:
    """Check a file in this transaction, or ask what its columns hold."""
    table = open_table(file)
    if asks(session, import_id, table, file):
        return
    imports.check_kept(session, import_id, table, now)


def asks(session: Session, import_id: int, table: Table, file: BinaryIO) -> bool:
    """Whether somebody must say what columns hold first; the file is then kept, without its personnummer."""
    row = session.execute(sa.select(Import.association_id, Import.columns).where(Import.id == import_id)).one()
    if row.columns is not None or layouts.remembered(session, row.association_id, table) is not None:
        return False
    found = first_look(table)
    if not found.ignored or not examples(table, found):
        return False
    files.keep(session, import_id, files.without_personnummer(table, found) if found.dropped else file)
    staging.turn(session, import_id, "mapping")
    return True


def unknown(session: Session, import_id: int) -> tuple[Columns, list[Unknown]]:
    """The columns of a file in state mapping that nobody knows; those that are known are in the first part."""
    table = _table(session, import_id)
    found = first_look(table)
    values = examples(table, found)
    return found, [Unknown(place, found.headers[place], values[place]) for place in sorted(values)]


def explain(session: Session, import_id: int, said: Mapping[str, str], account_id: int, now: datetime) -> None:
    """Use what somebody says that the unknown columns hold, and keep it for the next such file; then check the file.

    Refused when a field is said twice, when no column is the name, or when the association is needed and missing.
    """
    row = session.get_one(Import, import_id)
    file = files.opened(session, import_id)
    if file is None or row.state != "mapping":
        raise Missing
    table = open_table(file)
    before = first_look(table)
    said = {place: name if name in FIELDS else "" for place, name in said.items()}
    layouts.check(session, row.association_id, said, before, first_look(table, said))
    layouts.remember(session, row.association_id, before.headers, said, account_id, now)
    row.columns = dict(said)
    session.flush()
    if files.small(file):
        imports.check_kept(session, import_id, table, now)
    else:
        staging.turn(session, import_id, "waiting")


def _table(session: Session, import_id: int) -> Table:
    file = files.opened(session, import_id)
    if file is None:
        raise Missing
    return open_table(file)
