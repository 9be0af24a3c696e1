"""One recipient's real text at a time, stepped through in order, with the cases worth looking at pointed out (P§5.3)."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import sms_text
from campaigns.blast_recipients import Audience, Recipient
from campaigns.blast_texts import Figures, Writer
from organizer.models import Association, Person
from organizer.words import N_

CASES = {
    "longest": N_("Längst"),
    "shortest": N_("Kortast"),
    "dearest": N_("Dyrast"),
    "without": N_("Saknar en uppgift"),
}
"""The cases that are always pointed out, by their name in Figures; the first is shown to begin with."""
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Preview:
    """The text that recipient number `number` of `of` gets."""

    number: int
    of: int
    person_id: int
    association_id: int
    text: str
    parts: int
    places: int
    shared: bool
    """The number is shared, so that nobody is greeted by name."""
    cases: tuple[tuple[str, int], ...]
    """What to call a case worth looking at, and the recipient's number."""


def preview(writer: Writer, found: Audience, figures: Figures, wanted: int | None = None) -> Preview | None:
    """The text of the recipient with that number, counted from one in the order of ids; None without recipients."""
    if not found.recipients:
        return None
    cases = tuple(
        (words, _number(found, letter.person_id))
        for name, words in CASES.items()
        if (letter := getattr(figures, name)) is not None
    )
    number = min(max(1, wanted or (cases[0][1] if cases else 1)), len(found.recipients))
    one = found.recipients[number - 1]
    text = writer.text(one)
    return Preview(
        number, len(found.recipients), one.person_id, one.association_id, text, sms_text.parts(text),
        sms_text.places(text), not one.first_name, cases,
    )  # fmt: skip


def getting(writer: Writer, found: Audience, field: str | None = None) -> list[Recipient]:
    """Those who get it; with a field, those for whom it has neither value nor fallback (P§5.3: they are listed)."""
    return [one for one in found.recipients if field is None or field in writer.missing(one)]


def names(session: Session, some: Sequence[Recipient]) -> list[Any]:
    """Rows (id, first_name, last_name, association) of these, in the order of names."""
    places: dict[int, int] = {one.person_id: one.association_id for one in some}
    short = dict(session.execute(sa.select(Association.id, Association.short_name).where(
        Association.id.in_(set(places.values())))).all())  # type: ignore[arg-type]  # fmt: skip
    rows = session.execute(
        sa.select(Person.id, Person.first_name, Person.last_name)
        .where(Person.id.in_(places), Person.protected.is_(False))
        .order_by(Person.sort_key, Person.id)
    ).all()
    return [{**row._asdict(), "association": short.get(places[row.id], "")} for row in rows]


def _number(found: Audience, person_id: int) -> int:
    return bisect_left(found.recipients, person_id, key=lambda one: one.person_id) + 1
