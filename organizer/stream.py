"""Everything that has happened with one person in one stream, newest first: calls, messages, answers, edits and files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import corrections, history, people, refusals
from organizer.history import CallLine, Line
from organizer.imports.telling import LABELS
from organizer.models import (
    Account,
    Answer,
    Association,
    Change,
    Import,
    ImportChange,
    Membership,
    Person,
    Question,
    Tag,
)  # fmt: skip
from organizer.person_edits import SPOKEN
from organizer.surveys import options_of
from organizer.times import moment
from organizer.words import N_

PAGE = 40
"""Lines on a page."""
ACTIONS = {
    "tag": N_("Fick en etikett"),
    "untag": N_("En etikett togs bort"),
    "refuse": N_("Sade nej"),
    "revoke_refusal": N_("Ett nej återtogs"),
    "consent": N_("Sade ja"),
    "revoke_consent": N_("Ett ja återtogs"),
    "merge": N_("Slogs ihop med en dubblett"),
    "undo_merge": N_("En sammanslagning ångrades"),
    "extract": N_("Fick ett registerutdrag"),
    "household": N_("Hushållet ändrades"),
}
"""What somebody has done to a person's entry, by the action of the change log."""
NOON = time(12)


@dataclass(frozen=True, slots=True)
class Stream:
    """One page of it; `more` when there are older lines."""

    lines: list[Line]
    number: int
    more: bool
    reached: bool
    """Whether anybody has been in touch, or the person has done anything."""


def of(
    session: Session, person_ids: Sequence[int], calls: Mapping[int, CallLine], others: Sequence[Line], number: int = 1
) -> Stream:
    """A page of the stream of a person; `person_ids` begins with who they are now, then those merged into them.

    `others` are lines that only campaigns know of (messages). Each source gives no more than the page needs.
    """
    number = max(1, min(number, 500))
    most = number * PAGE + 1
    person_id = person_ids[0]
    happened = history.lines(session, person_id, calls, most)
    found = [
        *happened,
        *_answers(session, person_id, most),
        *_memberships(session, person_id),
        *_corrections(session, person_id),
        *_changes(session, person_ids, most),
        *_files(session, person_ids, most),
        *_entered(session, person_id),
        *others,
    ]
    found.sort(key=lambda line: line.at, reverse=True)
    return Stream(
        found[(number - 1) * PAGE : number * PAGE], number, len(found) > number * PAGE, bool(happened or others)
    )


def _answers(session: Session, person_id: int, most: int) -> list[Line]:
    rows = session.execute(
        sa.select(
            Answer.at, Answer.choices, Answer.text, Question.text.label("question"), Question.kind, Question.options
        )
        .join(Question, Question.id == Answer.question_id)
        .where(Answer.person_id == person_id)
        .order_by(Answer.at.desc())
        .limit(most)
    )
    return [
        Line(row.at, N_("Svarade på en fråga"), row.question, "", _said(row.kind, row.options, row.choices, row.text))
        for row in rows
    ]


def _said(kind: str, options: Sequence[str], choices: Sequence[int], text: str) -> str:
    named = options_of(kind, options)
    return ", ".join([named[one] for one in choices if one < len(named)] or [text])


def _memberships(session: Session, person_id: int) -> list[Line]:
    """Beginnings and ends, at noon of their day; an unknown day is not in the stream (D20)."""
    rows = session.execute(
        sa.select(
            Membership.from_day, Membership.from_why, Membership.to_day, Membership.to_why, Association.short_name
        )
        .join(Association, Association.id == Membership.association_id)
        .where(Membership.person_id == person_id)
    ).all()
    begun = [(row.from_day, people.BEGAN.get(row.from_why, row.from_why), row.short_name) for row in rows]
    ended = [(row.to_day, people.ENDS.get(row.to_why or "", ""), row.short_name) for row in rows]
    return [Line(moment(day, NOON), what, "", place) for day, what, place in [*begun, *ended] if day]


def _corrections(session: Session, person_id: int) -> list[Line]:
    return [
        Line(
            one.at,
            corrections.FIELDS[one.field],
            _from_to(session, one.field, one.old, one.new),
            "",
            one.reason,
            one.by,
        )
        for one in corrections.of_person(session, person_id)
    ]


def _from_to(session: Session, field: str, old: str | None, new: str | None) -> str:
    """`old` → `new`, places by their names."""
    if field == "association":
        ids = [int(one) for one in (old, new) if one and one.isdigit()]
        asked = sa.select(Association.id, Association.short_name).where(Association.id.in_(ids))
        names = {str(row.id): row.short_name for row in session.execute(asked)}
        old, new = names.get(old or "", old), names.get(new or "", new)
    if field == "language":
        old, new = (SPOKEN.get(one or "", one) for one in (old, new))
    return f"{old or '–'} → {new or '–'}"


def _changes(session: Session, person_ids: Sequence[int], most: int) -> list[Line]:
    rows = session.execute(
        sa.select(Change.at, Change.action, Change.detail, sa.func.coalesce(Account.name, "").label("by"))
        .outerjoin(Account, Account.id == Change.account_id)
        .where(Change.subject == "person", Change.subject_id.in_(person_ids), Change.action.in_(ACTIONS))
        .order_by(Change.at.desc(), Change.id.desc())
        .limit(most)
    ).all()
    tags = {row.detail.get("tag") for row in rows} - {None}
    named = session.execute(sa.select(Tag.id, Tag.name).where(Tag.id.in_(tags))) if tags else ()
    names: dict[Any, str] = {row.id: row.name for row in named}
    return [
        Line(row.at, ACTIONS[row.action], names.get(row.detail.get("tag"), ""), "",
             refusals.CHANNELS.get(row.detail.get("channel", ""), "") if row.action == "refuse" else "", row.by)
        for row in rows
    ]  # fmt: skip


def _files(session: Session, person_ids: Sequence[int], most: int) -> list[Line]:
    """What member files changed, by the names of the fields; the values stand with the import as long as it is kept."""
    rows = session.execute(
        sa.select(Import.applied_at, ImportChange.what, sa.func.coalesce(Account.name, "").label("by"))
        .join(Import, Import.id == ImportChange.import_id)
        .outerjoin(Account, Account.id == Import.account_id)
        .where(ImportChange.person_id.in_(person_ids), Import.applied_at.is_not(None))
        .order_by(Import.applied_at.desc())
        .limit(most)
    )
    return [
        Line(
            row.applied_at,
            N_("Ändrades av en medlemsfil"),
            "",
            "",
            "",
            row.by,
            tuple(dict.fromkeys(LABELS.get(what, what) for what in row.what.split())),
        )
        for row in rows
    ]


def _entered(session: Session, person_id: int) -> list[Line]:
    at = session.scalar(sa.select(Person.created_at).where(Person.id == person_id))
    return [Line(at, N_("Kom in i registret"), "", "")] if at else []
