"""Undo an import within 72 hours: every field exactly as it was, and in words what could not be restored and why."""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import audit, bulk
from organizer.db import AS_IT_IS, Base
from organizer.imports import alone, later_files, restoring
from organizer.imports.checking import CHUNK
from organizer.models import Change, Import, ImportChange, Membership, Person
from organizer.words import N_, Missing, Refused

WITHIN = timedelta(hours=72)
NOT_APPLIED = N_("Filen är inte importerad, så det finns inget att ångra.")
ALREADY = N_("Importen är redan ångrad. Importera filen igen om det var fel.")
TOO_LATE = N_("Det går att ångra en import i 72 timmar, och den tiden har gått. Ändra på personernas sidor i stället.")
REASONS = MappingProxyType({
    "edited": N_("har ändrats sedan dess"),
    "later": N_("finns i en senare fil och står kvar, tills den också ångras"),
    "moved": N_("är medlem på ett annat sätt nu"),
    "merged": N_("har slagits ihop med någon annan"),
    "taken": N_("medlemsnumret har någon annan nu"),
    "happened": N_("har ringts, svarat eller ändrats sedan dess och finns kvar"),
    "erased": N_("har raderats sedan dess"),
})  # fmt: skip
"""Why something could not be restored."""
_OF_THE_FILE = frozenset({
    "memberships", "phones", "fees", "person_tags", "refusals", "timeline", "import_changes", "import_sightings",
    "campaign_targets",
    "call_queue",
})  # fmt: skip
"""Tables whose rows about a new person come from the file itself, or only say that they wait to be called."""


def problem(row: Import, now: datetime) -> str:
    """Why the import cannot be undone, in words; empty when it can."""
    if row.state == "undone":
        return ALREADY
    if row.state not in {"applied", "undoing"} or row.applied_at is None:
        return NOT_APPLIED
    return TOO_LATE if row.applied_at <= now - WITHIN else ""


def may_undo(row: Import, now: datetime) -> None:
    """Refused in words when the import cannot be undone."""
    if said := problem(row, now):
        raise Refused(said)


def undo(session: Session, import_id: int, account_id: int, now: datetime) -> dict[str, Any]:
    """Take back everything the import wrote, in this transaction; what was restored and what was not, in figures.

    A newer file may lie on top: what it has changed stays as it says, and comes back when it too is undone.
    Refused in words when it was never applied, is undone already, or is too old.
    """
    mine = sa.select(Import).where(Import.id == import_id).with_for_update()
    row = session.scalar(mine.execution_options(**AS_IT_IS))
    if row is None:
        raise Missing
    may_undo(row, now)
    alone.claim(session, row.association_id, import_id)
    told: Counter[str] = Counter()
    with bulk.undisturbed():
        for chunk in _changes(session, import_id):
            later = later_files.changed_by(session, row, [one.person_id for one in chunk])
            for lost in restoring.restore(session, row, chunk, later).values():
                told["partly" if lost else "restored"] += 1
                told.update({"met", *lost.values()})
        told.update(_take_away_the_new(session, row))
    made = int(row.report.get("created", 0))
    changed = int(row.report.get("updated", 0)) + int(row.report.get("left", 0))
    told["erased"] = max(0, made + changed - told.pop("met", 0))
    figures = {"people": made + changed, **told}
    session.execute(
        sa.update(Import)
        .where(Import.id == import_id)
        .values(state="undone", undone_at=now, undone_by=account_id, undone=figures, progress=None)
        .execution_options(synchronize_session=False)
    )
    with bulk.undisturbed():
        if gone := later_files.restore_what_waited(session, row, _take_away_the_new):
            figures["removed_below"] = gone
            session.execute(sa.update(Import).where(Import.id == import_id).values(undone=figures))
    counts = {name: told[name] for name in ("restored", "removed", "partly")}
    audit.changed(session, account_id, "import_undone", "import", import_id, now, row.association_id, **counts)
    return figures


def _changes(session: Session, import_id: int) -> Iterator[list[Any]]:
    """The record in pieces: person, values before and after, and whether the person has been merged away."""
    last = 0
    while True:
        rows = session.execute(
            restoring.RECORD.where(ImportChange.import_id == import_id, ImportChange.person_id > last)
            .order_by(ImportChange.person_id)
            .limit(CHUNK)
        ).all()
        if not rows:
            return
        last = rows[-1].person_id
        yield list(rows)


def _take_away_the_new(session: Session, row: Import, only: Collection[int] | None = None) -> Counter[str]:
    """Those the file made go, unless something has happened with them since or they stand in a newer file."""
    told: Counter[str] = Counter()
    of_it = sa.exists().where(Membership.person_id == Person.id, Membership.import_id == row.id)
    made = sa.select(Person.id, Person.merged_into_id).where(Person.created_at == row.applied_at, of_it)
    new = list(session.execute(made if only is None else made.where(Person.id.in_(only))))
    for start in range(0, len(new), CHUNK):
        piece = new[start : start + CHUNK]
        kept = dict.fromkeys((one.id for one in piece if one.merged_into_id), "merged")
        ids = [one.id for one in piece if one.id not in kept]
        kept.update(
            dict.fromkeys(
                {*later_files.changed_by(session, row, ids), *later_files.seen_in(session, row, ids)}, "later"
            )
        )
        ids = [one for one in ids if one not in kept]
        kept.update(dict.fromkeys(_something_happened(session, ids, row) if ids else (), "happened"))
        gone = [one for one in ids if one not in kept]
        session.connection().execute(sa.delete(Person).where(bulk.among(session, Person.id, gone)))
        _keep_fates(session, row.id, kept)
        told.update(met=len(piece), removed=len(gone), partly=len(kept))
        told.update(kept.values())
    return told


def _keep_fates(session: Session, import_id: int, kept: dict[int, str]) -> None:
    """Why each of these new people is still here."""
    if not kept:
        return
    mine = bulk.among(session, ImportChange.person_id, list(kept))
    session.connection().execute(sa.delete(ImportChange).where(ImportChange.import_id == import_id, mine))
    rows = [(import_id, person_id, "created", f"created:{why}") for person_id, why in sorted(kept.items())]
    bulk.insert(session, ImportChange, ("import_id", "person_id", "what", "fate"), rows)


def _something_happened(session: Session, ids: list[int], row: Import) -> set[int]:
    """Who of these has a row in any table about people that the file did not write, or has been changed by hand."""
    found: set[int] = set()
    run = session.connection().execute
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table.name == "people" for key in column.foreign_keys) and table.name not in _OF_THE_FILE:
                found.update(run(sa.select(column).where(bulk.among(session, column, ids))).scalars())
    of_fees = sa.text("timeline.key NOT LIKE 'renewal:fees:%'")
    ledger = Base.metadata.tables["timeline"].c.person_id
    found.update(run(sa.select(ledger).where(bulk.among(session, ledger, ids), of_fees)).scalars())
    by_hand = sa.and_(Change.subject == "person", Change.at >= row.applied_at)
    edited = run(sa.select(Change.subject_id).where(by_hand, bulk.among(session, Change.subject_id, ids)))
    found.update(one for one in edited.scalars() if one)
    return found
