"""Answers to begin with in the inbox: those that come with Rundan, and those the staff have written instead or beside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import sms_text
from campaigns.models import BlastTemplate
from organizer import audit
from organizer.models import Association
from organizer.words import N_, Missing, Refused

REPLY = "reply"
"""The category of a saved text that answers, beside those that begin a blast."""
FIELDS = ("förnamn", "avsändare")
MOST_PARTS = 3
READY = (
    (N_("Tack"), "Hej {förnamn|}! Tack för ditt svar. Vi hör av oss. Hälsningar {avsändare}"),
    (N_("Ring mig"), "Hej {förnamn|}! Tack för ditt svar. Vi ringer dig i veckan. Hälsningar {avsändare}"),
    (N_("Fel person"), "Hej! Tack för att du säger till. Vi tar bort numret hos oss. Hälsningar {avsändare}"),
)
"""Those that come with Rundan, by name; their texts are in the language of the members."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to begin with; `id` of a saved one, None of one that comes with Rundan."""

    id: int | None
    name: str
    body: str
    place: str = ""
    own: bool = False
    """Whether the viewer may change it."""

    @property
    def key(self) -> str:
        """What an address names it by."""
        return str(self.id) if self.id is not None else self.name


def usable(session: Session, paths: Sequence[str], reach: sa.Select[int]) -> list[Answer]:
    """The answers the holder of `paths` may use: of their places, below and above; a saved one hides the ready of its name."""
    near = [
        clause
        for path in paths
        for clause in (Association.path.startswith(path), sa.literal(path).startswith(Association.path))
    ]
    mine = set(session.scalars(reach))
    rows = session.execute(
        sa.select(BlastTemplate.id, BlastTemplate.name, BlastTemplate.body, BlastTemplate.association_id, Association.short_name)
        .join(Association, Association.id == BlastTemplate.association_id)
        .where(BlastTemplate.category == REPLY, sa.or_(sa.false(), *near))
        .order_by(BlastTemplate.name, BlastTemplate.id)
    )  # fmt: skip
    saved = [Answer(row.id, row.name, row.body, row.short_name, row.association_id in mine) for row in rows]
    taken = {one.name.casefold() for one in saved}
    return [*(Answer(None, name, body) for name, body in READY if name.casefold() not in taken), *saved]


def save(
    session: Session, place_id: int, name: str, body: str, account_id: int, now: datetime, *, changes: int | None = None
) -> None:  # fmt: skip
    """Keep an answer of the place, new or instead of `changes`; Refused with the field it is wrong in."""
    name, body = " ".join(name.split()), sms_text.cheapened(sms_text.clean(body)).strip()
    if not name or len(name) > 60:
        raise Refused(N_("Skriv ett namn på mallen, högst 60 tecken."), "name")
    if not body:
        raise Refused(N_("Skriv ett svar först."), "body")
    sms_text.check(body, FIELDS)
    if sms_text.parts(body) > MOST_PARTS:
        raise Refused(N_("Svaret är för långt: det tar %(parts)s sms. Korta det till högst tre."), "body",
                      parts=sms_text.parts(body))  # fmt: skip
    here = (BlastTemplate.association_id == place_id, BlastTemplate.category == REPLY)
    which = BlastTemplate.id == changes if changes else BlastTemplate.name == name
    row = session.scalar(sa.select(BlastTemplate).where(*here, which))
    if row is None:
        row = BlastTemplate(association_id=place_id, name=name, body=body, category=REPLY)
        session.add(row)
    row.name, row.body = name, body
    session.flush()
    audit.changed(session, account_id, "save", "blast_template", row.id, now, place_id)


def place_of(session: Session, reach: sa.Select[int], answer_id: int) -> int:
    """Whose a saved answer is; Missing when it is not within reach."""
    place = session.scalar(
        sa.select(BlastTemplate.association_id).where(
            BlastTemplate.id == answer_id, BlastTemplate.category == REPLY, BlastTemplate.association_id.in_(reach)
        )
    )
    if place is None:
        raise Missing
    return place


def remove(session: Session, reach: sa.Select[int], answer_id: int, account_id: int, now: datetime) -> None:
    """Throw a saved answer away; Missing when it is not within reach."""
    place = place_of(session, reach, answer_id)
    session.execute(sa.delete(BlastTemplate).where(BlastTemplate.id == answer_id))
    audit.changed(session, account_id, "delete", "blast_template", answer_id, now, place)
