"""Goes through a file against the register as it is now: a Change for each row, and the report in figures."""

import zlib
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import bulk
from organizer.imports.changes import Change, change
from organizer.imports.matching import ELSEWHERE, Match, Matcher
from organizer.imports.places import Places
from organizer.imports.register import Known, Register
from organizer.imports.report import Report
from organizer.imports.rows import NO_SUCH_PLACE, UNKNOWN_PLACE, Problem, Row
from organizer.models import Membership
from organizer.words import N_

NO_PLACE = N_("Raden säger inte vilken förening personen hör till. Skriv föreningen.")
CHUNK = 2000
Source = Iterable[tuple[Row, list[Problem]]]


@dataclass(slots=True)
class Examination:
    """A walk through a file; `changes()` once, then the report is whole and `leaving` known."""

    session: Session
    places: Places
    today: date
    missing_means: str
    report: Report
    take: bool = False
    """Whether a third value in the file goes before what somebody corrected by hand."""
    leaving: list[tuple[int, int, date | None]] = field(default_factory=list)
    """The open memberships that end because their people are not in the file: id, person, first day."""
    seen: set[int] = field(default_factory=set)
    """Everybody from before whom the file holds, also on rows that are left out."""
    _numbers: dict[str, int] = field(default_factory=dict)
    """Each phone number in the file, and the first row that has it (0 when several have been counted)."""

    def changes(self, source: Source) -> Iterator[list[Change]]:
        """What the rows do, a chunk at a time, in the file's order."""
        with bulk.undisturbed():
            self._count_members()
            newest = yield from self._changes(source)
            self._who_is_missing(newest)
            self._sign_missing()
        self.report.out = sum(problem.effect == "row" for problem in self.report.problems)

    def again(self, source: Source, missing: list[tuple[int, int, date | None]]) -> Iterator[list[Change]]:
        """Only the rows that did something and the members who were missing; the report's figures are of those."""
        with bulk.undisturbed():
            yield from self._changes(source)
        self.leaving = missing
        self.report.left += len(missing)
        self._sign_missing()

    def _changes(self, source: Source) -> Generator[list[Change], None, int]:
        """The changes of the rows; then the newest person's id from before."""
        register = Register(self.session, self.places)
        matcher = Matcher(register)
        rows = iter(source)
        while chunk := list(islice(rows, CHUNK)):
            problems = {row.number: list(found) for row, found in chunk if found}
            matches = matcher.match([row for row, _ in chunk])
            found = [one for match in matches if (one := self._one(match, problems, register)) is not None]
            self._count_shared(found, register)
            for row, _ in chunk:
                self.report.problems.extend(problems.get(row.number, ()))
            yield found
        return register.newest

    def _one(self, match: Match, problems: dict[int, list[Problem]], register: Register) -> Change | None:
        """The change of one row, or None and a sentence when it is left out."""
        row, report = match.row, self.report
        who = [match.person] if match.person else match.maybe
        report.rows += 1
        row.protected = row.protected or any(one.protected for one in who)
        report.protected += row.protected
        self.seen.update([one.id for one in who])
        wrong_place = any(one.reason in {UNKNOWN_PLACE, NO_SUCH_PLACE} for one in problems.get(row.number, ()))
        report.elsewhere += match.reason == ELSEWHERE or wrong_place
        if row.out or match.reason:
            if match.reason:
                self._leave_out(row, match, problems)
            report.unknown_out += not who
        if row.number in problems:
            problems[row.number] = [_about(one, row, who) for one in problems[row.number]]
        if row.out or match.reason:
            return None
        if match.person is None and row.place is None:
            self._no_place(row, problems)
            return None
        if match.person is None and row.left:
            report.unchanged += 1  # somebody who was never here has left: nothing to do
            return None
        found = change(row, match.person, row.place, self.today, register.blocked, take=self.take)
        self._count(found, register)
        return found

    def _leave_out(self, row: Row, match: Match, problems: dict[int, list[Problem]]) -> None:
        value = "" if row.protected else f"{row.first} {row.last}".strip()
        values = {"other": match.other_row} if match.other_row else {}
        problems[row.number] = [Problem(row.number, "", value, match.reason, "row", values)]

    def _no_place(self, row: Row, problems: dict[int, list[Problem]]) -> None:
        """Somebody new cannot be placed: a bad association leaves the whole row out."""
        mine = problems.setdefault(row.number, [])
        bad = [one for one in mine if one.reason in {UNKNOWN_PLACE, NO_SUCH_PLACE}]
        if not bad:
            mine.append(Problem(row.number, "", "", NO_PLACE, "row"))
        problems[row.number] = [one._replace(effect="row") if one in bad else one for one in mine]

    def _count(self, found: Change, register: Register) -> None:
        report, person = self.report, found.person
        if person is None:
            report.created += 1
        elif not found.any:
            report.unchanged += 1
        elif found.end_why == "left":
            report.left += 1
        else:
            report.updated += 1
        if person is not None and found.any:
            report.moved += found.end_why == "moved"
            report.returned += found.open_why == "returned"
            report.new_numbers += found.new_phones
            report.new_names += found.name
            report.new_emails += found.email
            report.new_days += found.joined is not None
            report.new_others += found.number or found.birth_year or found.protected
        if person is not None:
            report.with_numbers += bool(person.phones)
            report.overwritten += found.phones is not None and not set(person.phones) <= set(found.phones)
            report.kept += bool(found.kept)
            report.asked += bool(found.asked)
        report.fees += len(found.fees)
        report.tagged += bool(found.tags)
        numbers = found.row.phones
        if (person and person.id in register.refused_people) or not register.refused_numbers.isdisjoint(numbers):
            report.refused += 1
        if found.asked:  # the same whatever is answered
            self._sign(f"{found.row.number} {person.id if person else 0} asked {found.asked}")
        elif found.any or person is None:
            before = _overwritten(found, person) if person else ""
            self._sign(
                f"{found.row.number} {person.id if person else 0} {before}{found.phones} {found.opens} {found.fees}"
            )

    def _count_shared(self, chunk: list[Change], register: Register) -> None:
        """Those in the file who share a number: with another row, or with somebody else in the register."""
        fresh = {
            one for found in chunk for one in found.row.phones
            if found.person is None or one not in found.person.phones
        }  # fmt: skip
        others = register.others_with(fresh) if fresh else {}
        for found in chunk:
            shares = 0
            for one in found.row.phones:
                first = self._numbers.setdefault(one, found.row.number)
                if first != found.row.number:
                    shares = max(shares, 2 if first > 0 else 1)
                    self._numbers[one] = -1
                elif others and others.get(one, set()) - {found.person.id if found.person else 0}:
                    shares = max(shares, 1)
                    self._numbers[one] = -1
            self.report.shared += shares

    def _count_members(self) -> None:
        """As they are before the first row is written."""
        here = sa.and_(Membership.association_id.in_(self.places.ids), Membership.to_day.is_(None))
        self.report.members = self.session.scalar(sa.select(sa.func.count()).where(here)) or 0

    def _who_is_missing(self, newest: int) -> None:
        """Members of the place who are not in the file; nobody is looked for unless missing means that they left."""
        rows = self.session.connection().execute(
            sa.select(Membership.id, Membership.person_id, Membership.from_day).where(
                Membership.association_id.in_(self.places.ids),
                Membership.to_day.is_(None),
                Membership.person_id <= newest,
            )
        )
        for membership_id, person_id, from_day in rows:
            if person_id not in self.seen:
                self.report.absent += 1
                if self.missing_means == "left":
                    self.leaving.append((membership_id, person_id, from_day))
        self.report.left += len(self.leaving)

    def _sign_missing(self) -> None:
        self._sign(f"left {len(self.leaving)} {sum(one[0] for one in self.leaving)}")

    def _sign(self, text: str) -> None:
        self.report.fingerprint = zlib.crc32(text.encode(), self.report.fingerprint)


def _overwritten(found: Change, person: Known) -> str:
    """What stands where the file writes: if somebody else has changed it since, the page must be shown anew."""
    phones, email = person.phones if found.phones is not None else "", person.email if found.email else ""
    return f"{phones} {email} {person.first} {person.last} " if found.name else f"{phones} {email} "


def _about(problem: Problem, row: Row, who: Sequence[Known]) -> Problem:
    """Whom a bad row is about; what stands on the row of somebody protected is nobody's business here (D19)."""
    person = who[0].id if len(who) == 1 else 0
    return problem._replace(person=person, value="" if row.protected else problem.value)
