"""Erasing a person: what goes, what stays as figures without a person, and what is kept because it must be (P§4.9, D21)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import audit, name_index, person_locks, refusals, traces
from organizer.models import Account, Event, Kind, Membership, Person, Refusal, Role
from organizer.personal_register import Erasing, Keep, Personal, Register
from organizer.timeline import key
from organizer.times import local_day
from organizer.words import N_, Missing, Refused

REASONS = {
    "asked": N_("Personen har bett om det"),
    "objected": N_("Personen har invänt mot att vi behandlar uppgifterna"),
    "wrong": N_("Personen skulle aldrig ha lagts in"),
    "no_need": N_("Uppgifterna behövs inte längre"),
}
"""Why somebody is erased: chosen, not written, so that the log holds no words about a person."""
CONFIRMATION = N_("RADERA")


@dataclass(frozen=True, slots=True)
class Line:
    """So many rows of one kind."""

    title: str
    rows: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What erasing would do: `goes` is deleted, `stays` loses the person, `log` names nobody, `refused` is kept as a hash."""

    goes: tuple[Line, ...]
    stays: tuple[Line, ...]
    log: tuple[Line, ...]
    refused: tuple[str, ...]
    has_account: bool


def preview(session: Session, register: Register, person_id: int) -> Preview:
    """What would happen; changes nothing."""
    ids = everyone_in(session, person_id)
    who = traces.of(session, ids)
    lines: dict[Any, dict[str, int]] = {"goes": {}, "stays": {}, "log": {}}
    for one in register.personal:
        if _fate(one) == "log" and not one.shows:
            continue
        rows = session.scalar(sa.select(sa.func.count()).select_from(one.model).where(one.about(ids))) or 0
        _add(lines[_fate(one)], one.title, rows)
    for quoting in register.mentions:
        _add(lines["goes"], quoting.title, traces.count(session, quoting, who))
    for by_number in register.numbers:
        here = by_number.number.in_(traces.only_theirs(session, ids, who.numbers))
        _add(lines["goes"], by_number.title, session.scalar(sa.select(sa.func.count()).where(here)) or 0)
    goes, stays, log = (tuple(Line(title, rows) for title, rows in found.items()) for found in lines.values())
    own_account = session.scalar(sa.select(Account.id).where(Account.person_id.in_(ids)).limit(1))
    return Preview(goes, stays, log, tuple(refusals.standing(session, ids, who.numbers)), own_account is not None)


def erase(
    session: Session, register: Register, person_id: int, reason: str, confirmation: str, account_id: int, now: datetime
) -> None:
    """Erase a person and everybody merged into them, in the caller's one transaction.

    Figures of every day before today stay as they were: what they are counted from belongs to a stand-in who is
    nobody. What the person refused outlives them as a keyed hash (D21). Refused without a reason, without the word
    typed, while somebody talks to them, and for one's own person.
    """
    if reason not in REASONS:
        raise Refused(N_("Välj varför personen ska raderas."), field="reason")
    if confirmation.strip().casefold() not in {"radera", "erase"}:
        raise Refused(N_("Skriv RADERA i rutan för att bekräfta. Inget har raderats."), field="confirmation")
    ids = everyone_in(session, person_id)
    own = session.scalar(sa.select(Account.person_id).where(Account.id == account_id))
    if own in ids:
        raise Refused(N_("Du kan inte radera dig själv. Be någon annan som är ansvarig. Inget har raderats."))
    person_locks.take(session, ids)
    place = _place(session, ids)
    who = traces.of(session, ids)
    for prepare in register.before_erasing:
        prepare(session, ids, now)
    _remember_refusals(session, register, ids, who)
    _leave(session, ids, now)
    alone = traces.only_theirs(session, ids, who.numbers)
    for one in ids:
        _erase_one(session, register, one, now)
    _forget_numbers(session, register, alone)
    _close_accounts(session, ids, now)
    for quoting in register.mentions:
        traces.remove(session, quoting, who)
    session.execute(sa.delete(Person).where(Person.id.in_(ids)).execution_options(synchronize_session=False))
    name_index.forget(session)
    audit.changed(session, account_id, "erase", "person", person_id, now, place, reason=reason)


def everyone_in(session: Session, person_id: int) -> list[int]:
    """The person and everybody merged into them, those last merged first; Missing when there is no such person."""
    found, newest = [], [person_id]
    if session.scalar(sa.select(Person.id).where(Person.id == person_id)) is None:
        raise Missing
    while newest:
        found += newest
        merged = sa.select(Person.id).where(Person.merged_into_id.in_(newest), Person.id.not_in(found))
        newest = list(session.scalars(merged))
    return found[::-1]


def _erase_one(session: Session, register: Register, person_id: int, now: datetime) -> None:
    """Delete or empty the rows of one person, table by table, those first that point at others."""
    order = {table: place for place, table in enumerate(Person.metadata.sorted_tables)}
    tables = sorted(register.personal, key=lambda one: -order[one.table])
    kept = [one for one in tables if isinstance(one.erasure, Keep)]
    if any(session.scalar(sa.select(sa.literal(1)).where(one.about([person_id])).limit(1)) for one in kept):
        nobody = _stand_in(session, person_id, now)
        _rename_renewals(session, person_id, nobody)
    else:
        nobody = 0
    for one in tables:
        if one.model is Person:
            continue
        if one.erasure is Erasing.DELETE:
            session.execute(sa.delete(one.table).where(one.about([person_id])))
        elif isinstance(one.erasure, Keep):
            values = dict(one.erasure.blank)
            if one.person is not None:
                values[one.person.key] = nobody
            if values:
                session.execute(sa.update(one.table).where(one.about([person_id])).values(values))


def _forget_numbers(session: Session, register: Register, numbers: Sequence[str]) -> None:
    """What is kept under the person's own numbers without saying whose they are: an answer nobody has placed, a guest."""
    for one in register.personal:
        if "e164" not in one.table.columns or one.erasure is Erasing.STAY:
            continue
        here = one.table.columns["e164"].in_(numbers)
        if isinstance(one.erasure, Keep):
            session.execute(sa.update(one.table).where(here).values(one.erasure.blank))
        else:
            session.execute(sa.delete(one.table).where(here))


def _stand_in(session: Session, person_id: int, now: datetime) -> int:
    """A row without a name that figures can go on counting. Merged into itself: nobody finds, rings or edits it."""
    died = session.scalar(sa.select(Person.deceased_on).where(Person.id == person_id))
    values = {"first_name": "", "last_name": "", "sort_key": "", "search_key": "", "protected": False}
    nobody: int = session.execute(
        sa.insert(Person).values(**values, deceased_on=died, created_at=now).returning(Person.id)
    ).scalar_one()
    session.execute(sa.update(Person).where(Person.id == nobody).values(merged_into_id=nobody))
    return nobody


def _rename_renewals(session: Session, person_id: int, nobody: int) -> None:
    """The one key of the ledger that holds the person's id."""
    own = sa.select(Event.id, Event.key).where(Event.person_id == person_id, Event.kind == Kind.RENEWAL)
    for row in session.execute(own).all():
        number = row.key.rpartition(":")[2]
        if number.isdigit() and int(number) // 10_000 == person_id:
            renamed = key(Kind.RENEWAL, "fees", nobody * 10_000 + int(number) % 10_000)
            session.execute(sa.update(Event).where(Event.id == row.id).values(key=renamed))


def _remember_refusals(session: Session, register: Register, ids: Sequence[int], who: traces.Traces) -> None:
    """Hashes of what was refused; a STOPP on a number that others have too goes on holding for them."""
    alone = traces.only_theirs(session, ids, who.numbers)
    refusals.keep_after_erasure(session, ids, who.numbers, who.member_numbers)
    session.execute(
        sa.update(Refusal)
        .where(Refusal.person_id.in_(ids), Refusal.e164.is_not(None), Refusal.e164.not_in(alone))
        .values(person_id=None)
    )
    session.execute(sa.delete(Refusal).where(Refusal.e164.in_(alone)))
    for one in register.numbers:
        there = session.scalars(sa.select(one.number).where(one.number.in_(alone))).all()
        if one.remember:
            refusals.keep_hashes(session, there, one.remember)
        session.execute(sa.delete(one.model).where(one.number.in_(there)))


def _close_accounts(session: Session, ids: Sequence[int], now: datetime) -> None:
    """Whoever is erased no longer works here: the account is emptied and closed, what it did stays without a name."""
    own = list(session.scalars(sa.select(Account.id).where(Account.person_id.in_(ids))))
    if not own:
        return
    session.execute(
        sa.update(Account)
        .where(Account.id.in_(own))
        .values(
            person_id=None, name=N_("Raderad användare"), email=None, e164=None, password_hash=None, totp_secret=None,
            disabled_at=sa.func.coalesce(Account.disabled_at, now),
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    today = local_day(now)
    session.execute(sa.update(Role).where(Role.account_id.in_(own), Role.to_day.is_(None)).values(to_day=today))


def _leave(session: Session, ids: Sequence[int], now: datetime) -> None:
    """The open membership ends today, so that the stand-in is no member from now on; earlier days stay as they were."""
    today = local_day(now)
    later = sa.case((Membership.from_day > today, Membership.from_day), else_=today)
    session.execute(
        sa.update(Membership)
        .where(Membership.person_id.in_(ids), Membership.to_day.is_(None))
        .values(to_day=later, to_why="left")
        .execution_options(synchronize_session=False)
    )


def _place(session: Session, ids: Sequence[int]) -> int | None:
    latest = sa.select(Membership.association_id).where(Membership.person_id.in_(ids))
    return session.scalar(latest.order_by(Membership.to_day.is_(None).desc(), Membership.to_day.desc()).limit(1))


def _fate(one: Personal) -> str:
    if isinstance(one.erasure, Keep):
        return "stays"
    return "goes" if one.erasure is Erasing.DELETE else "log"


def _add(lines: dict[str, int], title: str, rows: int) -> None:
    if rows:
        lines[title] = lines.get(title, 0) + rows
