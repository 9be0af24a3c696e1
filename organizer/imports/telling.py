"""A file's changes person by person, before and after it is applied; those with protected identity are only counted."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import imports, phones
from organizer.imports import records, staging
from organizer.imports.changes import Change
from organizer.imports.report import restored
from organizer.imports.undoing import REASONS
from organizer.models import Association, Import, ImportChange, ImportRow, Membership, Person, Tag
from organizer.words import N_

PER_PAGE = 50
KINDS = {"nya": N_("Nya"), "andrade": N_("Ändrade"), "slutat": N_("Har slutat"), "kvar": N_("Inte återställda")}
"""What can be listed, by the word in the address; the last only of an import that has been undone."""
_DOES = {"nya": ("new",), "andrade": ("changed",), "slutat": ("left", "missing")}
LABELS = {
    "name": N_("Namn"), "number": N_("Medlemsnummer"), "email": N_("E-post"), "phones": N_("Telefon"),
    "protected": N_("Skyddad identitet"), "ended": N_("Medlemskap"), "opened": N_("Medlemskap"),
    "joined": N_("Medlem sedan"), "fees": N_("Betald avgift"), "tags": N_("Etiketter"), "created": N_("Personen"),
    "birth_year": N_("Födelseår"),
}  # fmt: skip
_ENDS = {"left": N_("har slutat"), "moved": N_("flyttar därifrån")}
_BEGINS = {
    "joined": N_("Ny medlem i"), "unknown": N_("Medlem i"), "returned": N_("Kommer tillbaka till"),
    "moved_in": N_("Flyttar till"),
}  # fmt: skip
_OTHERS_STAY = N_("(övriga nummer finns kvar)")
_OTHER_ORDER = N_("(i ny ordning)")
_GOES = N_("tas bort")


@dataclass(frozen=True, slots=True)
class Part:
    """One changed field: its name, and the texts before and after (`word` is for gettext)."""

    label: str
    old: str = ""
    new: str = ""
    word: str = ""


@dataclass(slots=True)
class Line:
    """One person of the list; the id is 0 while the person is not in the register."""

    person_id: int
    name: str
    parts: list[Part] = field(default_factory=list)


@dataclass(slots=True)
class Listed:
    """One page of the list, and how many there are in all."""

    lines: list[Line]
    whole: int
    hidden: int
    """People with protected identity on this page, who are not shown (D19)."""


def people(session: Session, row: Import, kind: str, number: int, now: datetime) -> Listed:
    """Page `number` (from 1) of those whom the file makes, changes or ends; Line by Line."""
    skip = (max(1, number) - 1) * PER_PAGE
    if row.state == "checked":
        return _of_checked(session, row, kind, skip, now)
    if kind == "nya":
        return _made(session, row, skip)
    return _of_record(session, row, kind, skip)


def _of_checked(session: Session, row: Import, kind: str, skip: int, now: datetime) -> Listed:
    mine = sa.and_(ImportRow.import_id == row.id, ImportRow.does.in_(_DOES.get(kind, ())))
    whole = session.scalar(sa.select(sa.func.count()).where(mine)) or 0
    order = sa.func.abs(ImportRow.row)
    found = session.execute(
        sa.select(ImportRow.row, ImportRow.cells).where(mine).order_by(order).offset(skip).limit(PER_PAGE)
    ).all()
    gone = [-one.row for one in found if one.row < 0]
    rows = [staging.unpacked(one.row, one.cells) for one in found if one.row > 0]
    examination = imports.examine_again(session, row.association_id, now, row.missing_means, restored(row.report))
    changes = [one for chunk in examination.again(rows, []) for one in chunk]
    words = _Words(session)
    lines = [_of_change(one, words) for one in changes if not _hidden(one)]
    leaving, hidden = _leaving(session, gone, words)
    return Listed(lines + leaving, whole, hidden + sum(_hidden(one) for one in changes))


def _hidden(one: Change) -> bool:
    return one.row.protected or bool(one.person and one.person.protected)


def _of_change(one: Change, words: "_Words") -> Line:
    name = f"{one.row.first} {one.row.last}".strip()
    if one.person is None:
        return Line(0, name, words.of_new(one.opens, one.phones or (), one.row.email))
    before, after = records.values(one, {tag.casefold(): tag for tag in one.tags})
    kept = [Part(LABELS.get(_FIELD.get(what, what), what), word=_STANDS) for what in one.kept]
    asked = [Part(LABELS.get(_FIELD.get(what, what), what), word=_THIRD) for what in one.asked]
    return Line(one.person.id, f"{one.person.first} {one.person.last}".strip(), words.of(before, after) + kept + asked)


_STANDS = N_("rättad för hand, står kvar")
_THIRD = N_("rättad för hand, och filen har ett tredje värde")
_FIELD = {
    "first_name": "name",
    "last_name": "name",
    "member_number": "number",
    "phone": "phones",
    "association": "ended",
}


def _leaving(session: Session, memberships: Sequence[int], words: "_Words") -> tuple[list[Line], int]:
    found = session.execute(
        sa.select(Person.id, Person.first_name, Person.last_name, Person.protected, Membership.association_id)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.id.in_(memberships))
        .order_by(Person.sort_key, Person.id)
    ).all()
    lines = [
        Line(one.id, f"{one.first_name} {one.last_name}".strip(), [words.left(one.association_id)])
        for one in found if not one.protected
    ]  # fmt: skip
    return lines, len(found) - len(lines)


def _made(session: Session, row: Import, skip: int) -> Listed:
    """Those the file made: they were written at the moment it was applied, and their membership says which file."""
    mine = sa.and_(Person.created_at == row.applied_at, Membership.import_id == row.id)
    base = sa.select(Person.id).join(Membership, Membership.person_id == Person.id).where(mine)
    whole = session.scalar(sa.select(sa.func.count()).select_from(base.subquery())) or 0
    found = session.execute(
        sa.select(Person.id, Person.first_name, Person.last_name, Person.protected, Membership.association_id)
        .join(Membership, Membership.person_id == Person.id)
        .where(mine)
        .order_by(Person.sort_key, Person.id)
        .offset(skip)
        .limit(PER_PAGE)
    ).all()
    words = _Words(session)
    lines = [
        Line(one.id, f"{one.first_name} {one.last_name}".strip(), words.of_new(one.association_id, (), None))
        for one in found if not one.protected
    ]  # fmt: skip
    return Listed(lines, whole, len(found) - len(lines))


def _of_record(session: Session, row: Import, kind: str, skip: int) -> Listed:
    left = ImportChange.what.like("%ended%") & ImportChange.what.not_like("%opened%")
    which = {
        "slutat": left, "andrade": sa.not_(left) & (ImportChange.what != "created"),
        "kvar": sa.func.coalesce(ImportChange.fate, "") != "",
    }[kind]  # fmt: skip
    mine = sa.and_(ImportChange.import_id == row.id, which)
    whole = session.scalar(sa.select(sa.func.count()).where(mine)) or 0
    found = session.execute(
        sa.select(
            Person.id, Person.first_name, Person.last_name, Person.protected, ImportChange.what, ImportChange.before,
            ImportChange.after, ImportChange.fate,
        )
        .join(Person, Person.id == ImportChange.person_id)
        .where(mine)
        .order_by(Person.sort_key, Person.id)
        .offset(skip)
        .limit(PER_PAGE)
    ).all()  # fmt: skip
    words = _Words(session)
    lines = [
        Line(
            one.id, f"{one.first_name} {one.last_name}".strip(),
            _fates(one.fate) if kind == "kvar" else _told(words, one.what, one.before, one.after),
        )
        for one in found if not one.protected
    ]  # fmt: skip
    return Listed(lines, whole, len(found) - len(lines))


def _told(words: "_Words", what: str, before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[Part]:
    """Only which fields, once the values are forgotten."""
    if after is None:
        return [Part(LABELS.get(name, name)) for name in what.split()]
    return words.of(before or {}, after)


def _fates(fate: str | None) -> list[Part]:
    return [Part(LABELS.get(name, name), word=REASONS.get(why, why)) for name, why in records.fates(fate).items()]


class _Words:
    """Turns recorded values into texts."""

    def __init__(self, session: Session) -> None:
        self._session = session
        places = session.execute(sa.select(Association.id, Association.short_name)).all()
        self._places: dict[int, str] = {one.id: one.short_name for one in places}

    def of_new(self, place: int | None, numbers: Iterable[str], email: str | None) -> list[Part]:
        said = [", ".join(phones.display(one) for one in numbers), email or ""]
        labels = (LABELS["phones"], LABELS["email"])
        where = [Part(LABELS["opened"], new=self._places.get(place or 0, ""))]
        return where + [Part(label, new=text) for label, text in zip(labels, said, strict=True) if text]

    def left(self, place: int) -> Part:
        return Part(LABELS["ended"], old=self._places.get(place, ""), word=_ENDS["left"])

    def of(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Part]:
        """Each changed field; a move is told once, by where it leads."""
        moves = after.get("opened") and (after.get("ended") or ["", ""])[1] == "moved"
        return [
            self._part(name, before.get(name), value)
            for name, value in after.items() if not (moves and name == "ended")
        ]  # fmt: skip

    def _part(self, name: str, old: Any, new: Any) -> Part:
        """One changed field in words."""
        if name == "opened":
            return Part(_BEGINS.get(new[2], LABELS[name]), new=self._places.get(new[0], ""))
        if name == "phones":
            return _numbers(old or [], new)
        words: dict[str, Callable[[], tuple[str, str, str]]] = {
            "ended": lambda: (_day(new[0]), "", _ENDS.get(new[1], "")),
            "joined": lambda: (_day(old[1]), _day(new), ""),
            "tags": lambda: ("", ", ".join(self._tag(one) for one in new), ""),
            "protected": lambda: ("", "", ""),
            "name": lambda: (" ".join(old or ()).strip(), " ".join(new).strip(), ""),
            "fees": lambda: ("", ", ".join(map(str, new)), ""),
        }
        plain = (str(old or ""), str(new or ""), "")
        return Part(LABELS.get(name, name), *(words[name]() if name in words else plain))

    def _tag(self, one: Any) -> str:
        return (
            one if isinstance(one, str) else str(self._session.scalar(sa.select(Tag.name).where(Tag.id == one)) or "")
        )


def _numbers(old: Sequence[str], new: Sequence[str]) -> Part:
    """Which numbers go and which come; those that stay are not struck out."""
    gone, fresh = [one for one in old if one not in new], [one for one in new if one not in old]
    if not gone and not fresh:
        return Part(LABELS["phones"], new=_written(new), word=_OTHER_ORDER)
    word = _GOES if not fresh else _OTHERS_STAY if len(new) > len(fresh) else ""
    return Part(LABELS["phones"], _written(gone), _written(fresh), word)


def _written(numbers: Sequence[str]) -> str:
    return ", ".join(map(phones.display, numbers))


def _day(text: str | None) -> str:
    return date.fromisoformat(text).isoformat() if text else ""
