"""When a campaign has reached what it is for with a person (D3): before entry they never enter, after it they are left alone."""

from datetime import timedelta
from typing import Any

from campaigns.models import Campaign, Template

_HAPPENED = """
    EXISTS (SELECT 1 FROM timeline e WHERE e.person_id = x.person_id AND e.kind IN ({kinds}) AND e.{when})
"""
_ANSWERED = """
    EXISTS (SELECT 1 FROM sign_ups s JOIN campaign_activities a ON a.activity_id = s.activity_id
            WHERE a.campaign_id = :campaign AND s.person_id = x.person_id
              AND s.state IN ('signed_up', 'waiting', 'declined'))
"""
_PAID = "EXISTS (SELECT 1 FROM fees f WHERE f.person_id = x.person_id AND f.year = :year)"
_ACTIVE = "'sign_up', 'attendance', 'task', 'assignment', 'contribution'"

_TALKED = _HAPPENED.format(kinds="'conversation'", when="day >= :since")
_INVITED = _HAPPENED.format(kinds="'invitation'", when="day >= :since")

BEFORE_ENTRY: dict[str, str] = {
    Template.NEW_MEMBERS: f"({_TALKED} AND {_INVITED})",
    Template.ACTIVATE: "(1 = 0)",  # only what happens after entry counts
    Template.RENEW: f"({_PAID})",
    Template.MOBILISE: f"({_ANSWERED})",
    Template.HOW_ARE_YOU: f"({_TALKED})",
}
"""SQL about a person `x` who is about to enter."""

AFTER_ENTRY: dict[str, str] = BEFORE_ENTRY | {
    Template.ACTIVATE: f"({_HAPPENED.format(kinds=_ACTIVE, when='at >= x.entered_at')})",
}
"""SQL about a person in the queue `x`."""


def parameters(campaign: Campaign) -> dict[str, Any]:
    """What the SQL asks for: the campaign, its year for fees, and the day from which conversations count.

    New members who were talked to and invited in the year before are done; "how are you" wants to know now.
    """
    back = 365 if campaign.template == Template.NEW_MEMBERS else 0
    return {
        "campaign": campaign.id,
        "year": campaign.starts_on.year,
        "since": campaign.starts_on - timedelta(days=back),
    }
