"""What an import will do, or did: the figures, the bad rows, and how the file was read."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from organizer import languages
from organizer.imports.rows import Problem

_DONE = (
    "created", "updated", "left", "moved", "returned", "new_numbers", "new_names", "new_emails",
    "new_days", "new_others", "fees", "tagged",
)  # fmt: skip
"""Figures that only rows that do something have a part in."""


@dataclass(slots=True)
class Report:
    """The figures count people, except `fees` and `rows`."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    left: int = 0
    moved: int = 0
    returned: int = 0
    new_numbers: int = 0
    new_names: int = 0
    new_emails: int = 0
    new_days: int = 0
    """People whose first day as a member becomes known or another."""
    new_others: int = 0
    """People who get another member number, a year of birth or a protected identity."""
    fees: int = 0
    tagged: int = 0
    protected: int = 0
    """Rows with protected identity, applied unseen (D19)."""
    refused: int = 0
    """People in the file who have said no to something; that still holds."""
    shared: int = 0
    """People in the file who share a phone number with somebody else."""
    out: int = 0
    """Rows left out."""
    unknown_out: int = 0
    """Rows left out of which nobody can say whom they are about."""
    members: int = 0
    """Members of the place before the import: the denominator of `left`."""
    with_numbers: int = 0
    """People in the file who have a number in the register: the denominator of `overwritten`."""
    overwritten: int = 0
    """People of whom a number goes away."""
    absent: int = 0
    """Members of the place who are not in the file, whatever that means."""
    elsewhere: int = 0
    """Rows about another association than the file is for."""
    kept: int = 0
    """People of whom something corrected by hand stands although the file has the old value."""
    asked: int = 0
    """People of whom something corrected by hand meets a third value in the file."""
    confirmed: int = 0
    """People in the file whom a recent file made (imports.sightings)."""
    encoding: str = ""
    delimiter: str | None = None
    sheet: str = ""
    other_sheets: list[str] = field(default_factory=list)
    """Of a workbook: the sheet that was read, and others with something in them that were not."""
    dropped_columns: list[str] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)
    fingerprint: int = 0
    """Different when the same file would do something else, because the register has changed."""
    problems: list[Problem] = field(default_factory=list)

    @property
    def changes_nothing(self) -> bool:
        """Whether the register would be the same afterwards."""
        return not (self.created or self.updated or self.left)

    def completed(self, shown: "Report") -> "Report":
        """The whole report after `shown`, when only the rows that do something were gone through again."""
        whole = replace(shown, **{name: getattr(self, name) for name in _DONE})
        people = shown.created + shown.updated + shown.left + shown.unchanged
        whole.unchanged = people - whole.created - whole.updated - whole.left
        return whole

    def stored(self) -> dict[str, Any]:
        """As kept with the import, problems in their untranslated form."""
        kept = {name.name: getattr(self, name.name) for name in fields(self) if name.name != "problems"}
        return kept | {"problems": [list(problem) for problem in self.problems]}

    def as_json(self) -> dict[str, Any]:
        """The object `members check --json` prints (architecture.md "Fixed names"); reasons in English, as commands speak."""
        return {
            "rows": self.rows,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "left": self.left,
            "problems": [
                {
                    "row": one.row,
                    "column": one.column,
                    "value": one.value,
                    "reason": languages.say("en", one.reason, **one.values),
                    "effect": one.effect,
                }
                for one in self.problems
            ],
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "dropped_columns": self.dropped_columns,
        }


def restored(stored: Mapping[str, Any]) -> Report:
    """A report as it was kept."""
    names = {name.name for name in fields(Report)} - {"problems"}
    problems = [Problem(*one) for one in stored.get("problems", [])]
    return Report(**{name: value for name, value in stored.items() if name in names}, problems=problems)
