"""All figures of an association or a district: every metric with its denominator, compared, for a period or a campaign."""

from dataclasses import replace

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from campaigns import all_figures, figures
from campaigns.models import Campaign
from organizer import access, page, periods
from organizer.periods import Period
from organizer.times import local_day
from organizer.views.period_chosen import ROLES, chosen_period, known_places

pages = Blueprint("all_figures", __name__)


@pages.get("/forening/<slug>/siffror")
@access.allow(*ROLES)
def table(slug: str) -> ResponseReturnValue:
    """Numbers and never names; small groups are protected here as everywhere."""
    session, now = page.session(), page.now()
    place = access.association(session, page.viewer(), slug, *ROLES)
    chosen, today = chosen_period(place), local_day(now)
    campaigns = {f"campaign:{one}": title for one, title in all_figures.campaigns_at(session, place).items()}
    chosen = replace(chosen, offered=chosen.offered | campaigns)
    asked, so_far = request.args.get("period", ""), False
    if asked in campaigns:
        campaign = session.get_one(Campaign, int(asked.removeprefix("campaign:")))
        found = all_figures.of_campaign(session, place, campaign, now, known_places(place))
        run = Period(asked, campaign.title, campaign.starts_on, figures.last_day(campaign, today))
        so_far = figures.goes_on_counting(campaign, today)
        chosen, compared = replace(chosen, period=run, choice=periods.NOTHING), None
    else:
        found = all_figures.of_period(session, place, chosen.period, now, known_places(place), chosen.choice)
        compared = periods.compared(chosen.period, today, chosen.choice)
    return render_template(
        "associations/figures.html", place=place, chosen=chosen, found=found, compared=compared, today=today,
        so_far=so_far, goes_on=chosen.period.last_day.year == today.year,
    )  # fmt: skip
