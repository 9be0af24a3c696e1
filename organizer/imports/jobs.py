"""Large files in the background: read in short transactions with progress, applied and taken back in one, now or at night."""

import logging
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from organizer import imports
from organizer.db import Database, changed
from organizer.imports import arrival, files, sightings, staging
from organizer.imports.checking import Source
from organizer.imports.reading import open_table
from organizer.models import Import
from organizer.times import local_day, moment
from organizer.words import N_, Missing, Refused

log = logging.getLogger("rundan.imports")
AT_ONCE = 2000
"""People whom an import may touch while somebody waits for the page; more are left to the worker."""
FELT = 10_000
"""People whom a file changes from which on everybody else notices, when the database is SQLite."""
NIGHT = time(3)
"""When nobody rings and no message leaves: what everybody would notice can wait until then."""
SILENT = timedelta(minutes=2)
"""A worker that has not been heard of for so long has died, and another begins anew."""
GONE_WRONG = N_(
    "Det gick fel i bakgrunden. Inget har ändrats. Försök igen, eller be den som sköter systemet titta i loggen."
)
Clock = Callable[[], datetime]


def wait_for_apply(session: Session, import_id: int, shown: int, answers: list[str], account_id: int) -> None:
    """Leave the import of a checked file to the worker."""
    _turn(
        session,
        import_id,
        "applying",
        answers=answers,
        progress={"shown": shown, "account": account_id},
        worked_at=None,
        not_before=None,
    )


def tonight(row: Import, now: datetime) -> datetime | None:
    """When the worker could import a checked file at night; None when the check would have become too old by then."""
    day = local_day(now)
    night = moment(day, NIGHT) if moment(day, NIGHT) > now else moment(day + timedelta(days=1), NIGHT)
    return night if night + timedelta(hours=1) < row.created_at + staging.KEPT else None


def wait_for_night(
    session: Session, row: Import, shown: int, answers: list[str], account_id: int, now: datetime
) -> None:
    """Leave the import of a checked file to the worker of the coming night; until then it can be taken back. Refused when too old."""
    at = tonight(row, now)
    if at is None:
        raise Refused(N_("Kontrollen hinner bli för gammal till i natt. Importera nu, eller läs in filen igen."))
    said = {"shown": shown, "account": account_id}
    _turn(session, row.id, "checked", only="checked", answers=answers, progress=said, not_before=at)


def not_at_night(session: Session, import_id: int) -> None:
    """Nothing is done at night after all; the file is checked as before."""
    _turn(session, import_id, "checked", only="checked", progress=None, not_before=None)


def wait_for_undo(session: Session, import_id: int, account_id: int) -> None:
    """Leave taking back a large import to the worker."""
    _turn(session, import_id, "undoing", progress={"account": account_id}, worked_at=None)


def work(database: Database, clock: Clock, stopped: Callable[[], bool]) -> None:
    """Everything that waits, one at a time, oldest first."""
    while not stopped() and (found := _claim(database, clock())):
        import_id, state = found
        try:
            {"applying": _apply, "undoing": _undo}.get(state, _check)(database, import_id, clock)
        except Missing:
            log.info("import %s is no longer waiting", import_id)
        except Refused as refusal:
            _give_up(database, import_id, state, refusal)
        except Exception:
            log.exception("import %s failed while %s", import_id, state)
            _give_up(database, import_id, state, Refused(GONE_WRONG))


def _claim(database: Database, now: datetime) -> tuple[int, str] | None:
    """The next import that nobody is at work on, now marked as ours."""
    silent = sa.or_(Import.worked_at.is_(None), Import.worked_at < now - SILENT)
    due = sa.and_(Import.state == "checked", Import.not_before <= now)
    free = sa.or_(due, sa.and_(Import.state.in_(("waiting", "checking", "applying", "undoing")), silent))
    with database.reading() as session:
        row = session.execute(sa.select(Import.id, Import.state).where(free).order_by(Import.id).limit(1)).first()
    if row is None:
        return None
    with database.writing() as session:
        state = {"waiting": "checking", "checked": "applying"}.get(row.state, row.state)
        mine = sa.update(Import).where(Import.id == row.id, Import.state == row.state, free)
        if not changed(session.execute(mine.values(state=state, worked_at=now, not_before=None))):
            return None
    return row.id, state


def _check(database: Database, import_id: int, clock: Clock) -> None:
    """Read the file against a snapshot of the register; what is found is kept a piece at a time, in short transactions."""
    with database.reading() as session:
        row = session.get_one(Import, import_id)
        said = row.progress or {}
        file = files.opened(session, import_id)
        if file is None:
            before = imports.restored(row.report)
            examination = imports.examine_again(session, row.association_id, clock(), row.missing_means, before)
            source: Source = staging.rows(session, import_id)
            total = before.rows
        else:
            table = open_table(file)
            with database.writing() as writer:
                staging.forget_rows(writer, import_id)
                if arrival.asks(writer, import_id, table, file):
                    return
            total = sum(1 for _ in table.rows()) - 1
            examination, source = imports.examine(
                session, table, row.association_id, clock(), row.missing_means, row.columns
            )  # fmt: skip
        keeper = staging.Keeper(import_id, again=file is None)
        for chunk in examination.changes(keeper.passing(source)):
            with database.writing() as writer:
                keeper.write(writer, chunk)
                told = {**said, "done": keeper.passed, "total": total}
                if not _turn(writer, import_id, "checking", only="checking", progress=told, worked_at=clock()):
                    raise Missing  # somebody threw the file away; nothing more of it is kept
        found = imports.confirmed(examination, clock())
    _keep_sightings(database, import_id, found, clock())
    with database.writing() as writer:
        if not _turn(writer, import_id, "checking", only="checking"):
            raise Missing
        staging.keep_missing(writer, import_id, examination.leaving)
        staging.keep_report(writer, import_id, examination.report)
        _turn(writer, import_id, "checked", progress={"stale": True} if "stale" in said else None, worked_at=None)


def _keep_sightings(database: Database, import_id: int, person_ids: list[int], now: datetime) -> None:
    with database.writing() as writer:
        sightings.forget_of(writer, import_id)
    for piece in sightings.pieces(person_ids):
        with database.writing() as writer:
            sightings.add(writer, import_id, piece, now)


def _apply(database: Database, import_id: int, clock: Clock) -> None:
    """One transaction; when the register has changed since the page was shown, the file is checked again instead."""
    with database.reading() as session:
        row = session.get_one(Import, import_id)
        said, answers = row.progress or {}, row.answers or []

    def apply(session: Session) -> None:
        _, done = imports.apply_checked(
            session, import_id, int(said["shown"]), clock(), int(said["account"]), answers, recheck=False
        )  # fmt: skip
        if not done:
            _turn(session, import_id, "waiting", progress={"stale": True}, worked_at=None)

    try:
        database.write(apply)
    except IntegrityError:
        raise Refused(imports.CHANGED_MEANWHILE) from None


def _undo(database: Database, import_id: int, clock: Clock) -> None:
    with database.reading() as session:
        said: dict[str, Any] = session.get_one(Import, import_id).progress or {}
    database.write(lambda session: imports.undo(session, import_id, int(said["account"]), clock()))


def _give_up(database: Database, import_id: int, state: str, refusal: Refused) -> None:
    """Say why, where the file is shown."""
    after = {"applying": "checked", "undoing": "applied"}.get(state, "refused")
    with database.writing() as session:
        said = {"refused": refusal.sentence, "values": refusal.values}
        _turn(session, import_id, after, only=state, progress=said, worked_at=None)
        if after == "refused":
            staging.forget_rows(session, import_id)


def _turn(session: Session, import_id: int, state: str, *, only: str = "", **values: Any) -> bool:
    """Another state; whether the import was in the state it had to be in."""
    here = sa.and_(Import.id == import_id, Import.state == only) if only else Import.id == import_id
    return bool(changed(session.execute(sa.update(Import).where(here).values(state=state, **values))))
