"""The calls of one person, for the card in the register: outcome, campaign, and the note as long as it is kept."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.models import Call, CallState, Campaign
from campaigns.outcome_table import OUTCOMES
from organizer.history import CallLine

NOTES_KEPT = timedelta(days=30)
"""After the campaign closes (D6)."""


def of_person(session: Session, person_id: int, now: datetime) -> dict[int, CallLine]:
    """Reported calls by id; a note older than it may be kept is not shown even if it has not been removed yet."""
    rows = session.execute(
        sa.select(Call.id, Call.outcome, Call.note, Campaign.title, Campaign.closed_at)
        .join(Campaign, Campaign.id == Call.campaign_id)
        .where(Call.person_id == person_id, Call.state == CallState.REPORTED)
    )
    return {
        row.id: CallLine(
            OUTCOMES[row.outcome].label if row.outcome in OUTCOMES else "",
            row.title,
            row.note if row.closed_at is None or row.closed_at > now - NOTES_KEPT else "",
        )
        for row in rows
    }
