"""Two entries that are one person become one: everything about them moves, nothing counts twice, and it can be undone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import audit, corrections, merged_memberships, merged_seats, person_locks
from organizer.db import AS_IT_IS, Base, search_key, sort_key
from organizer.merge_record import Record, Row, rows_of, take_back
from organizer.models import Correction, Event, Fee, Membership, Merge, MergedRow, Person
from organizer.people import now_is
from organizer.personal_register import Merging, Move, Personal, Register, Settle
from organizer.words import N_, Missing, Refused

FIELDS = {
    "first_name": N_("Förnamn"),
    "last_name": N_("Efternamn"),
    "member_number": N_("Medlemsnummer"),
    "membership": N_("Medlemskap"),
    "email": N_("E-post"),
    "language": N_("Språk"),
}
"""What has to be chosen when the two differ; everything else is kept from both."""
LATER_FIRST = N_("Personen har slagits ihop en gång till sedan dess. Ångra den sammanslagningen först.")
PEOPLE, TIMELINE, FEES = (Base.metadata.tables[one.__tablename__] for one in (Person, Event, Fee))


def merge(
    session: Session, register: Register, keep_id: int, gone_id: int, choices: Mapping[str, str], now: datetime,
    account_id: int | None = None, decided: tuple[datetime, int | None] | None = None,
) -> int:  # fmt: skip
    """Merge the second person into the first and return the merge's id.

    `choices` says "kept" or "gone" of each of FIELDS; what is not chosen is taken from the kept person, or from the
    other where the kept has nothing. Somebody merged before stands for who they are now. Refused for one and the same.
    `decided`: when and by whom, if that was before (the merge is done again).
    """
    keep_id, gone_id = now_is(session, keep_id), now_is(session, gone_id)
    if keep_id == gone_id:
        raise Refused(N_("Det är redan en och samma person. Inget har ändrats."))
    kept, gone = _two(session, keep_id, gone_id)
    answered = merged_seats.take(session, [keep_id, gone_id])
    at, by = decided or (now, account_id)
    merge_id = session.execute(
        sa.insert(Merge)
        .values(kept_id=keep_id, gone_id=gone_id, account_id=by, at=at, choices=_chosen(choices))
        .returning(Merge.id)
    ).scalar_one()
    record = Record(session, merge_id)
    merged_memberships.settle(session, record, keep_id, gone_id, wins=choices.get("membership", "kept"))
    _fields(session, record, kept, gone, choices, at, by)
    for personal in register.personal:
        if personal.person is not None and personal.model is not Membership:
            _table(session, record, personal, personal.person.key, keep_id, gone_id)
    merged_seats.pass_on(session, answered, now)
    audit.changed(session, account_id, "merge", "person", keep_id, now, gone=gone_id)
    audit.changed(session, account_id, "merged_into", "person", gone_id, now, kept=keep_id)
    return int(merge_id)


def undo(session: Session, merge_id: int, now: datetime, account_id: int | None = None) -> dict[str, int]:
    """Make two of them again, row by row; how many rows of each table have changed since and stay as they are.

    Refused while a later merge stands on this one (later_than): that is undone first.
    """
    merge = session.scalar(sa.select(Merge).where(Merge.id == merge_id).with_for_update().execution_options(**AS_IT_IS))
    if merge is None:
        raise Missing
    person_locks.take(session, [merge.kept_id, merge.gone_id])
    if merge.undone_at is not None:
        raise Refused(N_("Sammanslagningen är redan ångrad. Inget har ändrats."))
    if later_than(session, merge):
        raise Refused(LATER_FIRST)
    merged_seats.take(session, [merge.kept_id, merge.gone_id])
    back = merged_seats.removed(session, merge_id)
    left = take_back(session, merge_id)
    merged_seats.wait_for_one(session, back)
    session.execute(sa.update(Merge).where(Merge.id == merge_id).values(undone_at=now, undone_by=account_id))
    for person_id in (merge.kept_id, merge.gone_id):
        audit.changed(session, account_id, "undo_merge", "person", person_id, now)
    return left


def later_than(session: Session, merge: Merge) -> list[Merge]:
    """Later merges that stand and that these two people have come to take part in, the newest first."""
    people, found = {merge.kept_id, merge.gone_id}, []
    later = sa.select(Merge).where(Merge.id > merge.id, Merge.undone_at.is_(None)).order_by(Merge.id)
    for one in session.scalars(later):
        if people & {one.kept_id, one.gone_id}:
            people |= {one.kept_id, one.gone_id}
            found.append(one)
    return found[::-1]


def edited_since(session: Session, merge: Merge) -> set[str]:
    """Which of the chosen fields of the kept person somebody has changed after the merge."""
    written = session.execute(
        sa.select(MergedRow.key, MergedRow.after).where(
            MergedRow.merge_id == merge.id, MergedRow.table_name == PEOPLE.name, MergedRow.what == "changed"
        )
    )
    kept = rows_of(session, PEOPLE, PEOPLE.c.id == merge.kept_id)[0]
    after: dict[str, Any] = next((row.after for row in written if row.key["id"] == merge.kept_id), {})
    return {name for name in FIELDS if name in after and after[name] != kept[name]}


def _chosen(choices: Mapping[str, str]) -> dict[str, str]:
    return {name: side for name, side in choices.items() if name in FIELDS and side in {"kept", "gone"}}


def _two(session: Session, keep_id: int, gone_id: int) -> tuple[Row, Row]:
    """Both people, taken in one order whoever is kept."""
    person_locks.take(session, [keep_id, gone_id])
    found = {row["id"]: row for row in rows_of(session, PEOPLE, PEOPLE.c.id.in_([keep_id, gone_id]))}
    if len(found) < 2:
        raise Missing
    return found[keep_id], found[gone_id]


def _fields(
    session: Session, record: Record, kept: Row, gone: Row, choices: Mapping[str, str], now: datetime,
    account_id: int | None,
) -> None:  # fmt: skip
    """The chosen name and address; protection, death and a block hold for both when they held for one."""
    new: dict[str, Any] = {
        name: gone[name] if choices.get(name) == "gone" or not kept[name] else kept[name]
        for name in FIELDS if name != "membership"
    }  # fmt: skip
    for name in ("first_name", "last_name", "member_number", "email"):
        if kept[name] and new[name] != kept[name]:
            _correct(session, record, kept, name, new[name], now, account_id)
    new["protected"] = kept["protected"] or gone["protected"]
    new["deceased_on"] = kept["deceased_on"] or gone["deceased_on"]
    new["blocked_why"] = kept["blocked_why"] or gone["blocked_why"]
    new["sort_key"] = sort_key(f"{new['last_name']} {new['first_name']}")
    new["search_key"] = search_key(f"{new['first_name']} {new['last_name']}")
    into: dict[str, Any] = {"merged_into_id": kept["id"]}
    if new["member_number"] != kept["member_number"]:
        into["member_number"] = kept["member_number"]
        session.execute(sa.update(Person).where(Person.id.in_([kept["id"], gone["id"]])).values(member_number=None))
    record.change(PEOPLE, gone, into)
    record.change(PEOPLE, kept, new)


def _correct(
    session: Session, record: Record, kept: Row, name: str, new: str | None, now: datetime, account_id: int | None
) -> None:
    """What was chosen by hand outlives the next member file."""
    corrections.record(session, kept["id"], name, kept[name], new, "", account_id, now)
    made = session.scalar(sa.select(sa.func.max(Correction.id)).where(Correction.person_id == kept["id"]))
    if made is not None:
        record.added(Base.metadata.tables[Correction.__tablename__], made)


def _table(session: Session, record: Record, personal: Personal, person: str, keep_id: int, gone_id: int) -> None:
    """Every row of the one who goes to the one who is kept, and where only one row may be, one is."""
    table, how = personal.table, personal.merging
    column = table.c[person]
    mine = rows_of(session, table, column == gone_id)
    if how is Merging.DROP:
        for row in mine:
            record.remove(table, row)
    if not isinstance(how, Move) or not mine:
        return
    theirs = rows_of(session, table, column == keep_id) if how.one_per is not None else []
    for row in mine:
        rival = next((one for one in theirs if _same_place(row, one, how)), None)
        if rival is None:
            record.move(table, column.name, row, keep_id)
        elif _stays(rival, row, how):
            _let_go(session, record, personal, how, row, rival)
        else:
            _let_go(session, record, personal, how, rival, row)
            record.move(table, column.name, row, keep_id)


def _same_place(row: Row, other: Row, how: Move) -> bool:
    """Whether the database allows only one of the two rows for one person."""
    if how.open_column and (row[how.open_column] is not None or other[how.open_column] is not None):
        return False
    return all(row[name] is not None and row[name] == other[name] for name in how.one_per or ())


def _stays(kept: Row, gone: Row, how: Move) -> bool:
    """Whether the kept person's row is the one to stay."""
    if how.settle is Settle.KEPT:
        return True
    was, comes = kept[how.by], gone[how.by]
    if was is None or comes is None:
        return (comes is None) if how.settle is Settle.LATEST else (comes is None or was is not None)
    return bool(was >= comes) if how.settle is Settle.LATEST else bool(was <= comes)


def _let_go(session: Session, record: Record, personal: Personal, how: Move, row: Row, stays: Row) -> None:
    """The row that cannot stay: unlinked, or removed with what it proved; what points at it points at the other."""
    table = personal.table
    if how.unlink and personal.person is not None:
        record.move(table, personal.person.key, row, None)
        return
    for other in Base.metadata.sorted_tables:
        for pointer in other.columns:
            if any(one.column.table is table and one.column.name == "id" for one in pointer.foreign_keys):
                for follower in rows_of(session, other, pointer == row["id"]):
                    record.change(other, follower, {pointer.name: stays["id"]})
    people = (row["person_id"], stays["person_id"])
    for event in rows_of(session, TIMELINE, TIMELINE.c.key.in_(_proved(session, table, row, how, people))):
        record.remove(TIMELINE, event)
    record.remove(table, row)


def _proved(session: Session, table: sa.Table, row: Row, how: Move, people: tuple[int, int]) -> list[str]:
    """The keys of what the ledger says because of the row (D5)."""
    if table is FEES:
        return [f"renewal:fees:{row['person_id'] * 10_000 + row['year']}"]
    if not how.proves:
        return []
    ending = f":{table.name}:{row['id']}"
    keys = sa.select(Event.key).where(Event.person_id.in_(people), Event.key.endswith(ending, autoescape=True))
    return list(session.scalars(keys))
