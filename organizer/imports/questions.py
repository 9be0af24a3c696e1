"""Suspicious files stop with a question; nothing is written until somebody has said yes to exactly that."""

from collections.abc import Collection
from types import MappingProxyType

from organizer.imports.report import Report
from organizer.words import N_, Refused

NUMBERS, ABSENT, ELSEWHERE = "numbers", "absent", "elsewhere"
KEEP, FILE = "keep", "file"
"""The two answers to what becomes of corrections made by hand where the file has a third value."""
ALL = (NUMBERS, ABSENT, ELSEWHERE, KEEP)
"""Yes to everything; what was corrected by hand stays."""
_MANY_NUMBERS, _A_FEW = 0.3, 3
"""More than three numbers in ten, and at least three people or rows: of two members one new number is no news."""
UNANSWERED = N_("Svara på frågorna om filen först. Inget har importerats.")
SENTENCES = MappingProxyType({
    NUMBERS: N_(
        "%(part)s av %(whole)s personer med nummer får sitt nummer utbytt. Så många byter sällan nummer samtidigt."
    ),
    ABSENT: N_(
        "Bara %(part)s av %(whole)s medlemmar finns i filen, och resten skulle markeras som utträdda. "
        "Är det rätt fil, och är den hel?"
    ),
    ELSEWHERE: N_("%(part)s av %(whole)s rader gäller en annan förening. Det kan vara fel fil."),
})  # fmt: skip
"""What is odd about the file, in words, with a part of a whole."""


def asked(report: Report, missing_means: str) -> dict[str, tuple[int, int]]:
    """What must be answered with yes before the file is applied: each question with its part and its whole."""
    found = {}
    if report.overwritten >= _A_FEW and report.overwritten > report.with_numbers * _MANY_NUMBERS:
        found[NUMBERS] = (report.overwritten, report.with_numbers)
    if missing_means == "left" and report.absent * 2 > report.members:
        found[ABSENT] = (report.members - report.absent, report.members)
    if report.elsewhere >= _A_FEW and report.elsewhere * 2 > report.rows:
        found[ELSEWHERE] = (report.elsewhere, report.rows)
    return found


def check(report: Report, missing_means: str, answers: Collection[str]) -> None:
    """Refused unless every question has an answer."""
    open_ones = [one for one in asked(report, missing_means) if one not in answers]
    if open_ones or (report.asked and not {KEEP, FILE} & set(answers)):
        raise Refused(UNANSWERED, field="questions", open=[*open_ones, *([KEEP] if report.asked else [])])
