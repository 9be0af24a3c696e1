"""A shift as sent from a form: shared by a new campaign's second step and the shift's own page."""

from datetime import date, datetime, timedelta

from campaigns import calling_hours, shift_planning, shifts
from campaigns.models import Campaign, Shift
from campaigns.views import campaign_form
from campaigns.views.campaign_form import Form
from organizer import page
from organizer.models import RoleName
from organizer.times import local_day
from organizer.words import Refused


def next_evening(campaign: Campaign, now: datetime) -> date:
    """The first coming day, tomorrow or later, on which the campaign may ring at half past five."""
    first = max(local_day(now) + timedelta(days=1), campaign.starts_on)
    days = [first + timedelta(days=n) for n in range(14)]
    return next((day for day in days if calling_hours.kind_of_day(day) == "weekday"), first)


def leaders(campaign: Campaign) -> list[shift_planning.Caller]:
    """Those who may lead a shift."""
    roles = (RoleName.SHIFT_LEADER, RoleName.ORGANIZER)
    return shift_planning.possible(page.session(), campaign, page.now(), *roles)


def save_shift(campaign: Campaign, shift: Shift | None, form: Form) -> int:
    """Make or change a shift as sent; its id. Refused with the form's own field names."""
    session, now, account_id = page.session(), page.now(), page.viewer().account_id
    leader = campaign_form.whole(form.get("leader"), 0) or None
    if leader is not None and leader not in {one.id for one in leaders(campaign)} | {
        shift.leader_id if shift else None
    }:
        raise Refused("Välj bland dem som finns i listan.", field="leader")
    starts_at, ends_at = campaign_form.shift_times(form.values)
    place, wanted = form.get("place"), campaign_form.whole(form.get("wanted"), 0)
    try:
        if shift is None:
            return shifts.create(session, campaign.id, None, starts_at, ends_at, place, leader, wanted, now)
        shift_planning.change(session, shift, starts_at, ends_at, place, leader, wanted, now, account_id)
    except Refused as refusal:
        named = {"starts_at": "shift_day", "ends_at": "shift_to"}.get(refusal.field or "", refusal.field)
        raise Refused(refusal.sentence, field=named, **refusal.values) from refusal
    return shift.id


def save_callers(campaign: Campaign, shift_id: int, form: Form) -> None:
    """Invite those ticked and nobody else; only those who may ring, and those who already are."""
    session, now = page.session(), page.now()
    have = {one.id for one in shift_planning.invited(session, shift_id)}
    allowed = {one.id for one in shift_planning.possible(session, campaign, now)} | have
    wanted = {campaign_form.whole(one, -1) for one in form.values.getlist("caller")}
    if wanted - allowed:
        raise Refused("Välj bland dem som finns i listan.", field="callers")
    shift_planning.set_callers(session, shift_id, wanted, now)
