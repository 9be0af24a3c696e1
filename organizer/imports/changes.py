"""What a row changes about a person; an empty cell changes nothing, and what is the same is left alone."""

from dataclasses import dataclass, replace
from datetime import date

from organizer import phones
from organizer.imports.register import Known
from organizer.imports.respect import Respected, respect
from organizer.imports.rows import Row


@dataclass(slots=True)
class Change:
    """Everything one row does, for the summary and for writing; `person` is None for somebody new."""

    row: Row
    person: Known | None
    name: bool = False
    number: bool = False
    """The member number."""
    email: bool = False
    protected: bool = False
    birth_year: bool = False
    phones: list[str] | None = None
    """All numbers in order, when they differ from before."""
    new_phones: bool = False
    """Whether a number is among them that the person did not have."""
    ends: date | None = None
    end_why: str = ""
    opens: int | None = None
    opens_on: date | None = None
    open_why: str = ""
    joined: date | None = None
    """A joining day that was unknown or is corrected."""
    fees: tuple[tuple[int, date | None], ...] = ()
    tags: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    """Fields that somebody has corrected by hand and where the file still has the old value."""
    asked: tuple[str, ...] = ()
    """Fields that somebody has corrected by hand and where the file has a third value."""

    any: bool = True
    """Whether the row changes anything at all."""


def change(
    row: Row, person: Known | None, place: int | None, today: date, blocked: frozenset[str], *, take: bool = False
) -> Change:
    """What `row` means for `person` (or somebody new) in the association `place` (None: it does not say).

    What somebody has corrected by hand stands; `take`: unless the file has a third value.
    """
    if person is None:
        return _new(row, place)
    by_hand = respect(row, person, person.held, place, take=take) if person.held else Respected(row, place, [], [])
    row, place = by_hand.row, by_hand.place
    row = _whole_name(row, person)
    found = Change(row, person, kept=tuple(by_hand.kept), asked=tuple(by_hand.asked))
    if row.first != person.first or row.last != person.last:
        found.name = True
    if row.member_number and row.member_number != person.member_number:
        found.number = len(row.member_number) >= len(person.member_number or "")
    if row.email and row.email != person.email:
        found.email = True
    found.protected = row.protected and not person.protected
    found.birth_year = bool(row.birth_year) and row.birth_year != person.birth_year
    if row.phones and row.phones != person.phones:
        _new_order(found, row.phones, person.phones, blocked)
    if not by_hand.stays:
        _membership(found, row, person, place, today)
    if row.fees:
        found.fees = tuple({year: (year, paid) for year, paid in row.fees if year not in person.fees}.values())
    if row.tags:
        found.tags = tuple(tag for tag in row.tags if tag.casefold() not in person.tags)
    found.any = bool(
        found.name or found.number or found.email or found.protected or found.birth_year or found.phones is not None
        or found.ends or found.opens is not None or found.joined or found.fees or found.tags
    )  # fmt: skip
    return found


def _whole_name(row: Row, person: Known) -> Row:
    """A name of which the file has only half: the other half is as before."""
    if row.first and row.last:
        return row
    if {row.first or row.last} <= {person.first, person.last}:
        return replace(row, first=person.first, last=person.last)
    return replace(row, first=row.first or person.first, last=row.last or person.last)


def _new(row: Row, place: int | None) -> Change:
    return Change(
        row, None, protected=row.protected, phones=row.phones or None, opens=place, opens_on=row.joined,
        open_why="joined" if row.joined else "unknown", ends=row.left, end_why="left" if row.left else "",
        fees=tuple({year: (year, paid) for year, paid in row.fees}.values()), tags=row.tags,
    )  # fmt: skip


def _new_order(found: Change, wanted: list[str], had: list[str], blocked: frozenset[str]) -> None:
    """The file's numbers first. An old number stays unless the file has another of its kind that can be rung."""
    replaced = {phones.classify(one) for one in wanted if one not in blocked}
    order = wanted + [one for one in had if one not in wanted and phones.classify(one) not in replaced]
    if order != had:
        found.phones = order
        found.new_phones = not set(order) <= set(had)


def _membership(found: Change, row: Row, person: Known, place: int | None, today: date) -> None:
    """Leaving, returning, moving, or a joining day that was not known (D20)."""
    if row.left:
        if person.membership is not None:
            found.ends, found.end_why = max(row.left, person.from_day or row.left), "left"
        return
    if person.membership is None:
        found.opens = place if place is not None else person.place
        if person.intervals:
            found.open_why = "returned"
            found.opens_on = row.joined if row.joined and row.joined >= (person.to_day or row.joined) else today
        else:
            found.open_why, found.opens_on = ("joined", row.joined) if row.joined else ("unknown", None)
        return
    if place is not None and place != person.place:
        moved_on = max(today, person.from_day or today)
        found.ends, found.end_why = moved_on, "moved"
        found.opens, found.opens_on, found.open_why = place, moved_on, "moved_in"
    elif row.joined and row.joined != person.from_day and person.intervals == 1 and person.from_why != "moved_in":
        found.joined = row.joined
