"""Which campaigns and blasts use a saved selection."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.models import Blast, Campaign, CampaignState
from organizer.models import Association, RoleName
from organizer.saved_selections import Use, builds_on
from organizer.words import N_


def in_campaigns(session: Session, selection_id: int) -> list[Use]:
    """Campaigns whose target builds on it; a closed one no longer needs it."""
    rows = session.execute(
        sa.select(Campaign.id, Campaign.title, Campaign.state, Campaign.target, Association.path)
        .join(Association, Association.id == Campaign.association_id)
        .order_by(Campaign.id)
    )
    return [
        Use(N_("Ringkampanj"), row.title, row.state != CampaignState.CLOSED, "campaigns.one", {"campaign_id": row.id},
            row.path, (RoleName.ORGANIZER,))
        for row in rows
        if builds_on(row.target, selection_id)
    ]  # fmt: skip


def in_blasts(session: Session, selection_id: int) -> list[Use]:
    """Blasts to or without it; they keep a copy of their own, unless the copy builds on it."""
    rows = session.execute(sa.select(Blast.id, Blast.title, Blast.include, Blast.exclude).order_by(Blast.id))
    found = []
    for row in rows:
        parts = [one for one in (*row.include, *row.exclude) if isinstance(one, dict)]
        needed = any(builds_on(one.get("definition"), selection_id) for one in parts)
        if needed or any(one.get("selection_id") == selection_id for one in parts):
            found.append(Use(N_("Utskick"), row.title, needed))
    return found
