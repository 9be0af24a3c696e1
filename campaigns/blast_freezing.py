"""Freezing a blast: whom it goes to and every finished text become rows of the message queue, in one transaction."""

import secrets
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import blast_texts, sms_text
from campaigns.blast_recipients import Audience, Recipient
from campaigns.blast_texts import LASTS, LINKS, Writer
from campaigns.models import Blast, Message, MessageState
from campaigns.sms_settings import SmsSettings
from organizer import bulk, personal_links, survey_door
from organizer.models import PersonalLink

PRIORITY = 9
"""After everything else."""
LASTS_FOR = timedelta(days=14)
"""A blast that has been paused longer than this is no longer worth sending."""
AT_A_TIME = 5000
"""Rows written by one statement: what keeps a hundred thousand within little memory."""
COLUMNS = (
    "ref", "kind", "priority", "state", "e164", "body", "person_id", "association_id", "blast_id", "activity_id",
    "created_at", "not_before", "expires_at", "tries", "parts",
)  # fmt: skip


def freeze(session: Session, blast: Blast, found: Audience, base: str, now: datetime, settings: SmsSettings) -> None:
    """Write a row for each recipient, with the text that will be sent and the parts it takes.

    Unique on (blast, person) and (blast, number): however often it is tried, nobody stands there twice. Their first
    event is the freezing itself; every later change of state is an event of the message.
    """
    writer, total = Writer(session, blast, base, now), 0
    starts = max(now, blast.send_at or now)
    with bulk.undisturbed():
        for first in range(0, len(found.recipients), AT_A_TIME):
            some = found.recipients[first : first + AT_A_TIME]
            tokens = _links(session, blast, writer, some, starts)
            rows = []
            for one in some:
                text = writer.text(one, {kind: its[one.person_id] for kind, its in tokens.items()})
                size = sms_text.parts(text)
                total += size
                rows.append((
                    secrets.token_hex(16), "blast", PRIORITY, MessageState.QUEUED.value, one.e164, text, one.person_id,
                    one.association_id, blast.id, blast.activity_id, now, starts, starts + LASTS_FOR, 0, size,
                ))  # fmt: skip
            bulk.insert(session, Message, COLUMNS, rows)
    blast.frozen_at, blast.recipients, blast.parts = now, len(found.recipients), total
    blast.price, blast.prices_abroad, blast.left_out = settings.price, settings.prices_abroad, found.counts
    session.flush()


def thaw(session: Session, blast: Blast) -> None:
    """Take the rows of a blast that has not begun to leave away again, with their links."""
    for table in (Message, PersonalLink):
        session.execute(sa.delete(table).where(table.blast_id == blast.id).execution_options(synchronize_session=False))
    blast.frozen_at = blast.recipients = blast.parts = None
    blast.left_out = {}
    session.flush()


def _links(
    session: Session, blast: Blast, writer: Writer, some: list[Recipient], starts: datetime
) -> dict[str, dict[int, str]]:
    """Link kind → person id → token, for the links the text holds."""
    targets = {"activity": blast.activity_id, "survey": blast.survey_id, "stop": None}
    made: dict[str, dict[int, str]] = {}
    open_code = survey_door.open_code(session, blast.survey_id)
    for name in writer.links:
        kind = LINKS[name][0]
        if kind == "survey" and open_code:
            made[kind] = dict.fromkeys((one.person_id for one in some), open_code)
            continue
        made[kind] = personal_links.make_many(
            session, kind, [one.person_id for one in some], starts,
            expires_at=starts + LASTS[kind], target_id=targets[kind], blast_id=blast.id,
        )  # fmt: skip
    return made


def proof(session: Session, blast: Blast, base: str, now: datetime, example: Any) -> str:
    """The text for one's own phone, marked as a trial."""
    return f"PROV: {blast_texts.Writer(session, blast, base, now).text(example)}"
