"""Those a blast cannot reach become people to ring: a draft of a call campaign, or a saved selection (P§5.2)."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import blast_recipients, contents, definitions
from campaigns.blast_states import note
from campaigns.models import Blast, Campaign, Template
from organizer import audit
from organizer.models import PersonTag, Selection, Tag
from organizer.words import N_, Refused

TAG = "Ring: {title}"
CALLABLE = ("landline", "invalid", "failing")
"""Reasons for which a call may help."""


def make(session: Session, blast: Blast, account_id: int, now: datetime, why: str = "landline") -> int:
    """A call campaign's draft for exactly those left out for a reason, about the blast's activity; the draft's id.

    They are marked with a tag, so that the draft keeps to them whatever changes; asking again makes no second tag.
    Refused when there is nobody. Refusals of calls are heeded by the campaign as by every other.
    """
    ids, target = _marked(session, blast, why, now)
    template = Template.MOBILISE if blast.activity_id else Template.HOW_ARE_YOU
    made = definitions.from_template(session, template, blast.association_id, account_id, now)
    campaign = session.get_one(Campaign, made)
    campaign.title = TAG.format(title=blast.title or campaign.title)[:120]
    campaign.target = target
    if blast.activity_id in {one.id for one in contents.choices(session, campaign, now)}:
        contents.invite_to(session, made, [blast.activity_id])
    session.flush()
    note(session, blast.id, "call_list", now, account_id, many=len(ids), campaign=made)
    audit.changed(session, account_id, "call_list", "blast", blast.id, now, blast.association_id, many=len(ids))
    return made


def save_selection(session: Session, blast: Blast, account_id: int, now: datetime, why: str) -> tuple[str, int]:
    """The same people as a saved selection, for whoever may not make campaigns; its name and how many they are."""
    ids, definition = _marked(session, blast, why, now)
    name = TAG.format(title=blast.title or blast.id)[:60]
    here = (Selection.association_id == blast.association_id, Selection.name == name)
    if session.scalar(sa.select(Selection.id).where(*here)) is None:
        session.add(
            Selection(
                association_id=blast.association_id, name=name, definition=definition, created_by=account_id,
                created_at=now,
            )
        )  # fmt: skip
    session.flush()
    note(session, blast.id, "call_list", now, account_id, many=len(ids))
    audit.changed(session, account_id, "call_list", "blast", blast.id, now, blast.association_id, many=len(ids))
    return name, len(ids)


def _marked(session: Session, blast: Blast, why: str, now: datetime) -> tuple[list[int], dict[str, Any]]:
    """Those left out for the reason, and a selection of exactly them."""
    ids = blast_recipients.audience(session, blast, now).left_out.get(why, [])
    if not ids:
        raise Refused(N_("Ingen är kvar att ringa. Inget har ändrats."))
    condition = {"kind": "tag", "ids": [_tag(session, blast, why, ids)], "is": True}
    return ids, {"version": 1, "all": [condition]}


def _tag(session: Session, blast: Blast, why: str, ids: list[int]) -> int:
    """The blast's own tag on exactly these people; on whoever had it before and is no longer one of them it is taken off."""
    which = blast.id if why == "landline" else f"{blast.id} {why}"
    name = TAG.format(title=blast.title or blast.id)[:42] + f" ({which})"
    here = (Tag.association_id == blast.association_id, Tag.name == name)
    tag_id = session.scalar(sa.select(Tag.id).where(*here))
    if tag_id is None:
        made = sa.insert(Tag).values(association_id=blast.association_id, name=name).returning(Tag.id)
        tag_id = session.execute(made).scalar_one()
    session.execute(sa.delete(PersonTag).where(PersonTag.tag_id == tag_id))
    session.execute(sa.insert(PersonTag), [{"person_id": one, "tag_id": tag_id} for one in ids])
    return tag_id
