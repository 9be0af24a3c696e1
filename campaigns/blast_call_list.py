"""Those a blast cannot reach because they have only a landline become a draft of a call campaign (P§5.2)."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import blast_recipients, contents, definitions
from campaigns.blast_states import note
from campaigns.models import Blast, Campaign, Template
from organizer import audit
from organizer.models import PersonTag, Tag
from organizer.words import N_, Refused

TAG = "Ring: {title}"


def make(session: Session, blast: Blast, account_id: int, now: datetime) -> int:
    """A call campaign's draft for exactly those with only a landline, about the blast's activity; the draft's id.

    They are marked with a tag, so that the draft keeps to them whatever changes; asking again makes no second tag.
    Refused when there is nobody. Refusals of calls are heeded by the campaign as by every other.
    """
    ids = blast_recipients.audience(session, blast, now).left_out.get("landline", [])
    if not ids:
        raise Refused(N_("Ingen i urvalet har bara fast telefon. Ingen ringlista behövs."))
    tag_id = _tag(session, blast, ids)
    template = Template.MOBILISE if blast.activity_id else Template.HOW_ARE_YOU
    made = definitions.from_template(session, template, blast.association_id, account_id, now)
    campaign = session.get_one(Campaign, made)
    campaign.title = TAG.format(title=blast.title or campaign.title)[:120]
    campaign.target = {"version": 1, "all": [{"kind": "tag", "ids": [tag_id], "is": True}]}
    if blast.activity_id in {one.id for one in contents.choices(session, campaign, now)}:
        contents.invite_to(session, made, [blast.activity_id])
    session.flush()
    note(session, blast.id, "call_list", now, account_id, many=len(ids), campaign=made)
    audit.changed(session, account_id, "call_list", "blast", blast.id, now, blast.association_id, many=len(ids))
    return made


def _tag(session: Session, blast: Blast, ids: list[int]) -> int:
    """The blast's own tag on exactly these people; on whoever had it before and now has a mobile it is taken off."""
    name = TAG.format(title=blast.title or blast.id)[:52] + f" ({blast.id})"
    here = (Tag.association_id == blast.association_id, Tag.name == name)
    tag_id = session.scalar(sa.select(Tag.id).where(*here))
    if tag_id is None:
        made = sa.insert(Tag).values(association_id=blast.association_id, name=name).returning(Tag.id)
        tag_id = session.execute(made).scalar_one()
    session.execute(sa.delete(PersonTag).where(PersonTag.tag_id == tag_id))
    session.execute(sa.insert(PersonTag), [{"person_id": one, "tag_id": tag_id} for one in ids])
    return tag_id
