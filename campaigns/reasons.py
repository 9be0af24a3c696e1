"""Why nobody, or somebody, cannot be rung right now: how many for each reason, and when it opens."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.calling_hours import calling_hours_open, next_opening
from campaigns.models import Campaign, CampaignState, Hold, QueueRow, QueueState
from organizer.words import N_, Missing

LABELS: dict[str, str] = {
    "not_running": N_("Kampanjen ringer inte just nu"),
    "outside_hours": N_("Utanför ringtiderna"),
    "promised": N_("Har bett oss ringa en bestämd tid"),
    "waiting": N_("Väntar till nästa försök"),
    "held": N_("Talar med en ringare just nu"),
    "language": N_("Väntar på en ringare som talar språket"),
    "personal": N_("Väntar på den ringare som lovat ringa"),
    "no_number": N_("Saknar nummer som fungerar"),
    "exhausted": N_("Alla försök är gjorda"),
    "blocked": N_("Någon ansvarig behöver titta först"),
    "refused": N_("Vill inte bli uppringd"),
    "removed": N_("Är inte längre med i kampanjen"),
    "done": N_("Klara"),
}
"""Every reason in the order it is shown."""


@dataclass(frozen=True, slots=True)
class Reason:
    """So many people cannot be rung for this reason; `when` is the first moment at which one of them can."""

    key: str
    count: int
    when: datetime | None = None

    @property
    def label(self) -> str:
        """In Swedish, for gettext."""
        return LABELS[self.key]


def why_not_callable(session: Session, campaign_id: int, now: datetime) -> list[Reason]:
    """Everyone in the campaign's queue who cannot be handed to just any caller at this moment, by reason (P§4.6).

    Counts are of people, never names; nobody is counted twice. Missing when there is no such campaign.
    """
    campaign = session.get(Campaign, campaign_id)
    if campaign is None:
        raise Missing
    counted: dict[str, Reason] = {}
    for key, count, when in [*_resting(session, campaign, now), *_ready(session, campaign, now)]:
        before = counted.get(key)
        moments = [one for one in (when, before.when if before else None) if one is not None]
        counted[key] = Reason(key, count + (before.count if before else 0), min(moments, default=None))
    return [counted[key] for key in LABELS if key in counted]


def _ready(session: Session, campaign: Campaign, now: datetime) -> Iterator[tuple[str, int, datetime | None]]:
    """Those whose turn it is: everybody waits when the campaign does, otherwise only those who want a certain caller."""
    rows = session.execute(
        sa.select(QueueRow.callback_by.is_not(None), QueueRow.language.is_not(None), sa.func.count())
        .where(QueueRow.campaign_id == campaign.id, QueueRow.state == QueueState.READY)
        .group_by(sa.text("1"), sa.text("2"))
    ).all()
    for personal, language, count in rows:
        if campaign.state != CampaignState.RUNNING:
            yield "not_running", count, None
        elif not calling_hours_open(campaign, now):
            yield "outside_hours", count, next_opening(campaign, now)
        elif personal or language:
            yield ("personal" if personal else "language"), count, None


def _resting(session: Session, campaign: Campaign, now: datetime) -> Iterator[tuple[str, int, datetime | None]]:
    rows = session.execute(
        sa.select(QueueRow.state, QueueRow.why, sa.func.count(), sa.func.min(QueueRow.due_at), sa.func.min(Hold.expires_at))
        .outerjoin(Hold, Hold.queue_id == QueueRow.id)
        .where(QueueRow.campaign_id == campaign.id, QueueRow.state != QueueState.READY)
        .group_by(QueueRow.state, QueueRow.why)
    ).all()  # fmt: skip
    for state, why, count, due_at, expires_at in rows:
        if state == QueueState.WAITING:
            key, opens = ("promised" if why == "callback" else "waiting"), next_opening(campaign, max(due_at, now))
            yield key, count, opens
        elif state == QueueState.HELD:
            yield "held", count, expires_at
        else:
            yield (why if why in ("no_number", "refused") else str(state)), count, None
