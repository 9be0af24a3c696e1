"""Texts to begin a blast with: some that come with Rundan, and those the district has saved."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import sms_text
from campaigns.inbox_answers import REPLY
from campaigns.models import Blast, BlastTemplate
from organizer import audit
from organizer.words import N_, Missing, Refused

OF_ACTIVITY = "Hej {förnamn}! Välkommen till {aktivitet} den {datum} kl. {tid}, {plats}. Anmäl dig: {anmälningslänk}"
"""What an activity's blast begins with; texts to members are in the language of the members (P§7.6)."""
READY = {
    "important": (N_("Viktig händelse"), "Hej {förnamn}! Det har hänt något viktigt: "),
    "meeting": (N_("Kallelse till möte"), "Hej {förnamn}! Välkommen på möte med {förening}. Tid och plats: "),
    "help": (N_("Vi behöver hjälp"), "Hej {förnamn}! Vi i {förening} behöver några till som kan hjälpa till. Svara på sms:et om du kan: "),
    "survey": (N_("Vad tycker du?"), "Hej {förnamn}! Vi vill veta vad du tycker. Svara här: {enkätlänk}"),
}  # fmt: skip
"""Key → name and text."""


def saved(session: Session, reach: sa.Select[int]) -> Sequence[Any]:
    """The saved texts within reach: id, name, body."""
    return session.execute(
        sa.select(BlastTemplate.id, BlastTemplate.name, BlastTemplate.body)
        .where(BlastTemplate.association_id.in_(reach), BlastTemplate.category != REPLY)
        .order_by(BlastTemplate.name, BlastTemplate.id)
    ).all()


def one(session: Session, reach: sa.Select[int], key: str) -> tuple[str, str] | None:
    """Name and text of a chosen one: a key of READY or the id of a saved one; None when nothing fits."""
    if key in READY:
        return READY[key]
    return next(((row.name, row.body) for row in saved(session, reach) if str(row.id) == key), None)


def save(session: Session, blast: Blast, name: str, account_id: int, now: datetime) -> None:
    """Keep a blast's text under a name; the same name again replaces it."""
    name = " ".join(name.split())
    if not name or len(name) > 60:
        raise Refused(N_("Skriv ett namn på mallen, högst 60 tecken."), "template_name")
    if not blast.body.strip():
        raise Refused(N_("Skriv en text först."), "body")
    here = (BlastTemplate.association_id == blast.association_id, BlastTemplate.name == name,
            BlastTemplate.category != REPLY)  # fmt: skip
    row = session.scalar(sa.select(BlastTemplate).where(*here))
    if row is None:
        row = BlastTemplate(association_id=blast.association_id, name=name, body="", category=blast.category)
        session.add(row)
    row.body = sms_text.clean(blast.body)
    session.flush()
    audit.changed(session, account_id, "save", "blast_template", row.id, now, blast.association_id)


def remove(session: Session, reach: sa.Select[int], template_id: int, account_id: int, now: datetime) -> None:
    """Throw a saved text away; Missing when it is not within reach."""
    if template_id not in {row.id for row in saved(session, reach)}:
        raise Missing
    session.execute(sa.delete(BlastTemplate).where(BlastTemplate.id == template_id))
    audit.changed(session, account_id, "delete", "blast_template", template_id, now)
