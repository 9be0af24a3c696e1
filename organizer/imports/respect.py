"""Corrections made by hand against the file: the old value never comes back, a third one is asked about."""

from dataclasses import dataclass, replace
from datetime import date

from organizer import phones
from organizer.corrections import Held
from organizer.imports.register import Known
from organizer.imports.rows import Row

_PLAIN = (("first_name", "first"), ("last_name", "last"), ("member_number", "member_number"), ("email", "email"))


@dataclass(slots=True)
class Respected:
    """A row with what somebody corrected by hand taken out of it."""

    row: Row
    place: int | None
    kept: list[str]
    """Fields where the file still has the old value."""
    asked: list[str]
    """Fields where the file has a third value: neither what was wrong nor what it was corrected to."""
    stays: bool = False
    """Whether the person's membership is as somebody left it by hand."""


def respect(row: Row, person: Known, held: Held, place: int | None, *, take: bool) -> Respected:
    """The row as it may be used on `person`; third values only when somebody has said `take`."""
    found = Respected(replace(row, phones=list(row.phones)), place, [], [])
    for name, slot in _PLAIN:
        said = getattr(row, slot)
        now_is = getattr(person, slot)
        if said and said != now_is and held.holds(name, now_is):
            used = _weigh(found, name, same_as_before=said == held.corrected_from(name), take=take)
            if not used:
                setattr(found.row, slot, now_is)
    _joined(found, person, held, take=take)
    _place(found, person, held, take=take)
    if held.added or held.removed:
        _phones(found, person, held, take=take)
    return found


def _weigh(found: Respected, name: str, *, same_as_before: bool, take: bool) -> bool:
    """Note the field; whether the file's value is used."""
    (found.kept if same_as_before else found.asked).append(name)
    return take and not same_as_before


def _joined(found: Respected, person: Known, held: Held, *, take: bool) -> None:
    said = found.row.joined
    if said is None or said == person.from_day or person.membership is None:
        return
    if held.holds("joined", _iso(person.from_day)):
        same = _iso(said) == held.corrected_from("joined")
        if not _weigh(found, "joined", same_as_before=same, take=take):
            found.row.joined = None


def _place(found: Respected, person: Known, held: Held, *, take: bool) -> None:
    """Moved by hand, or taken out of the register by hand."""
    here = str(person.place) if person.membership is not None else None
    place = found.place if found.place is not None else person.place
    if place is None or str(place) == here or not held.holds("association", here):
        return
    back = here is None and found.row.joined is not None and person.to_day is not None
    if back and found.row.joined >= person.to_day:  # type: ignore[operator]
        return  # the file itself says that they joined anew afterwards
    same = str(place) == held.corrected_from("association")
    if not _weigh(found, "association", same_as_before=same, take=take):
        found.place, found.stays = person.place, here is None


def _phones(found: Respected, person: Known, held: Held, *, take: bool) -> None:
    """A number taken away by hand stays away, one added by hand stays; another new one is asked about."""
    said = found.row.phones
    wanted = [one for one in said if one not in held.removed]
    if len(wanted) != len(said):
        found.kept.append("phone")
    fresh = [one for one in wanted if one not in person.phones]
    mine = [one for one in person.phones if one in held.added]
    rivals = {phones.classify(one) for one in mine}
    if not fresh:
        if said and mine and "phone" not in found.kept and said != person.phones:
            found.kept.append("phone")
        found.row.phones = []
        return
    if any(phones.classify(one) in rivals for one in fresh) or held.removed:
        found.asked.append("phone")
        if not take:
            found.row.phones = []
            return
        found.row.phones = wanted
        return
    found.row.phones = [*mine, *(one for one in wanted if one not in mine)]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
