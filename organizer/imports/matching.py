"""Who a row is: by member number, else by one name with the same phone or e-mail, else somebody must say (D20)."""

from collections.abc import Sequence
from typing import NamedTuple

from organizer.imports.register import Known, Register
from organizer.imports.rows import Row
from organizer.words import N_

SAME_NUMBER_TWICE = N_("Samma medlemsnummer står också på rad %(other)s. Ta bort den ena raden.")
SAME_PERSON_TWICE = N_("Samma person står också på rad %(other)s. Ta bort den ena raden.")
ELSEWHERE = N_("Personen hör till en förening utanför det du får ändra. Be distriktet flytta medlemskapet.")
SEVERAL_ALIKE = N_(
    "Det finns flera personer i registret med det namnet och samma telefon eller e-post. "
    "Skriv medlemsnumret så att det går att veta vem det är."
)
MAYBE_SAME = N_(
    "Det finns redan någon med det namnet men med annan telefon och e-post. Är det samma person? "
    "Skriv medlemsnumret i filen, eller ändra på personens sida."
)
OTHER_NUMBER = N_(
    "Det finns redan någon med samma namn och samma telefon eller e-post men med ett annat medlemsnummer. "
    "Kontrollera medlemsnumret."
)
DECEASED = N_("Enligt registret har personen avlidit. Kontrollera raden.")


class Match(NamedTuple):
    """Who the row is (None: somebody new), or why it is left out and who it might be."""

    row: Row
    person: Known | None
    reason: str = ""
    other_row: int = 0
    maybe: Sequence[Known] = ()


class Matcher:
    """Goes through a file's rows in order and remembers whom it has met."""

    def __init__(self, register: Register) -> None:
        """Nobody has been met yet."""
        self._register = register
        self._numbers: dict[str, int] = {}
        self._contacts: dict[tuple[str, str], int] = {}
        self._nameless: dict[str, int] = {}
        self._people: dict[int, int] = {}

    def match(self, rows: Sequence[Row]) -> list[Match]:
        """Each row with the person it is; people met before in the same file are duplicates."""
        by_number = self._register.by_number(rows)
        rest = [row for row in rows if not (row.member_number and row.member_number in by_number)]
        by_name = self._register.by_name(rest)
        return [
            self._one(row, named, [])
            if (named := by_number.get(row.member_number or ""))
            else self._one(row, None, by_name.get(row.key(), []) if by_name else [])
            for row in rows
        ]

    def _one(self, row: Row, named: Known | None, alike: list[Known]) -> Match:
        if row.out:
            maybe = [named] if named else alike
            return Match(row, None, maybe=maybe)
        if row.member_number and (other := self._numbers.setdefault(row.member_number, row.number)) != row.number:
            return Match(row, None, SAME_NUMBER_TWICE, other)
        found = self._of(row, named) if named else self._by_name(row, alike)
        if found.reason:
            return found
        if found.person:
            if (other := self._people.setdefault(found.person.id, row.number)) != row.number:
                return Match(row, None, SAME_PERSON_TWICE, other)
        elif not row.member_number and (other := self._met(row)):
            return Match(row, None, SAME_PERSON_TWICE, other)
        return found

    def _of(self, row: Row, person: Known) -> Match:
        """The person, unless a file from here may not change them."""
        if person.deceased:
            return Match(row, None, DECEASED, maybe=[person])
        if person.place is not None and person.place not in self._register.places.ids:
            return Match(row, None, ELSEWHERE, maybe=[person])
        return Match(row, person)

    def _by_name(self, row: Row, alike: list[Known]) -> Match:
        """D20, second and third rule."""
        alike = [one for one in alike if one.place is None or one.place in self._register.places.ids]
        same = [one for one in alike if _reached_alike(row, one)]
        maybe = same or alike
        if len(same) > 1:
            return Match(row, None, SEVERAL_ALIKE, maybe=maybe)
        if same:
            if row.member_number and same[0].member_number and not _same_number(row.member_number, same[0]):
                return Match(row, None, OTHER_NUMBER, maybe=maybe)
            return self._of(row, same[0])
        doubtful = [one for one in alike if not (row.member_number and one.member_number) and not one.deceased]
        return Match(row, None, MAYBE_SAME, maybe=maybe) if doubtful else Match(row, None)

    def _met(self, row: Row) -> int:
        """The earlier row of a new person without member number who has this name and a phone or e-mail in common."""
        name = row.key()
        contacts = [*row.phones, *([row.email] if row.email else [])]
        earlier = [self._contacts.setdefault((name, one), row.number) for one in contacts]
        if not contacts:
            earlier = [self._nameless.setdefault(name, row.number)]
        return next((number for number in earlier if number != row.number), 0)


def _reached_alike(row: Row, person: Known) -> bool:
    return bool(set(row.phones) & set(person.phones)) or bool(row.email and row.email == (person.email or "").lower())


def _same_number(number: str, person: Known) -> bool:
    """A spreadsheet eats leading zeros of member numbers too."""
    return number.lstrip("0") == (person.member_number or "").lstrip("0")
