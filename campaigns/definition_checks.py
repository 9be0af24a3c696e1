"""What must be true of a campaign before it is saved or started, said in words with the field each belongs to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import contents, script
from campaigns.models import Campaign, CampaignState, Template
from campaigns.ready_made import READY_MADE
from organizer import selections, surveys, typed_days
from organizer.models import Association
from organizer.times import local_day
from organizer.words import Refused

MOST_STEPS = 12
MOST_ACTIVITIES = 3
LONGEST = timedelta(days=730)
LONGEST_PAUSE = 60 * 24 * 30
"""Minutes: nobody waits longer than thirty days for the next attempt."""
PAUSED = ("no_answer", "left_message", "busy")


@dataclass(frozen=True, slots=True)
class What:
    """Whom a campaign is for and what the caller says and asks."""

    title: str
    target: dict[str, Any]
    opening: str
    steps: list[str]
    activity_ids: list[int]
    questions: list[surveys.Asked]
    goal: int | None
    asks_money: bool
    nix_checked: bool
    survey_id: int | None = None
    """A survey whose questions these are, to be answered in calls too."""


@dataclass(frozen=True, slots=True)
class When:
    """When it is rung, how often and with which pauses; None where nothing readable was written."""

    starts_on: date | None
    ends_on: date | None
    hours: dict[str, Any]
    max_attempts: int | None
    pauses: dict[str, Any]
    follow_ups: dict[str, Any]
    open_ended: bool = False
    """Goes on until somebody closes it."""
    link_survey_id: int | None = None
    """The survey whose link follows the calls of `follow_ups["survey_after"]`."""


def what(session: Session, campaign: Campaign, wanted: What, now: datetime) -> list[Refused]:
    """Everything that is wrong with whom and what, in the order of the form."""
    return [*_title(wanted), *_target(session, campaign, wanted.target), *_words(wanted),
            *_activities(session, campaign, wanted, now), *_questions(wanted), *_goal(wanted), *_money(wanted)]  # fmt: skip


def when(campaign: Campaign, wanted: When, now: datetime) -> list[Refused]:
    """Everything that is wrong with the dates, hours, attempts and pauses."""
    return [*_dates(campaign, wanted, now), *_hours(wanted.hours), *_attempts(wanted), *_links(wanted)]


def ready(session: Session, campaign: Campaign, now: datetime) -> list[Refused]:
    """What stands in the way of starting a saved draft."""
    saved_what = What(
        campaign.title, campaign.target, campaign.opening, list(campaign.steps), contents.activity_ids(session, campaign.id),
        contents.asked(session, campaign), campaign.goal, campaign.asks_money, campaign.nix_checked,
    )  # fmt: skip
    saved_when = When(
        campaign.starts_on, campaign.ends_on, campaign.hours, campaign.max_attempts, campaign.pauses, campaign.follow_ups,
        campaign.ends_on is None, campaign.link_survey_id,
    )  # fmt: skip
    found = what(session, campaign, saved_what, now) + when(campaign, saved_when, now)
    used = script.fields([campaign.opening, *campaign.steps]) & script.OF_ACTIVITY
    if not saved_what.activity_ids and used:
        found.append(Refused("Manuset nämner {%(name)s}, men ingen aktivitet är vald. Välj en aktivitet eller ta bort fältet.",
                             field="activities", name=min(used)))  # fmt: skip
    elif not saved_what.activity_ids and READY_MADE[Template(campaign.template)].needs_activity:
        found.append(Refused("Välj vilken aktivitet ni bjuder in till.", field="activities"))
    return found


def _title(wanted: What) -> Iterator[Refused]:
    if not wanted.title.strip():
        yield Refused("Skriv vad kampanjen ska heta.", field="title")
    elif len(wanted.title.strip()) > 120:
        yield Refused("Namnet är för långt: högst 120 tecken.", field="title")


def _target(session: Session, campaign: Campaign, target: dict[str, Any]) -> Iterator[Refused]:
    path = session.scalar(sa.select(Association.path).where(Association.id == campaign.association_id)) or "-"
    try:
        selections.reachable(target)
        selections.check_within(session, selections.conditions(target), [path])
    except Refused as refusal:
        yield refusal


def _words(wanted: What) -> Iterator[Refused]:
    if not wanted.opening.strip():
        yield Refused("Skriv vad ringaren säger först.", field="opening")
    if len(wanted.steps) > MOST_STEPS:
        yield Refused("Högst %(most)s punkter, annars hinner ingen läsa.", field="steps", most=MOST_STEPS)
    for field, text in (("opening", wanted.opening), ("steps", "\n".join(wanted.steps))):
        if len(text) > 4000:
            yield Refused("Texten är för lång: högst 4000 tecken.", field=field)
            continue
        try:
            script.check(text, field)
        except Refused as refusal:
            yield refusal


def _activities(session: Session, campaign: Campaign, wanted: What, now: datetime) -> Iterator[Refused]:
    if len(wanted.activity_ids) > MOST_ACTIVITIES:
        yield Refused("Välj högst tre aktiviteter.", field="activities")
    known = {one.id for one in contents.choices(session, campaign, now)} | set(
        contents.activity_ids(session, campaign.id)
    )
    if set(wanted.activity_ids) - known:
        yield Refused("En aktivitet finns inte längre. Välj en annan.", field="activities")


def _questions(wanted: What) -> Iterator[Refused]:
    try:
        surveys.check(wanted.title or "-", wanted.questions)
    except Refused as refusal:
        if wanted.questions and refusal.field != "title":
            yield refusal


def _goal(wanted: What) -> Iterator[Refused]:
    if wanted.goal is not None and not 1 <= wanted.goal <= 1_000_000:
        yield Refused("Skriv målet som ett helt tal, till exempel 80, eller lämna det tomt.", field="goal")


def _money(wanted: What) -> Iterator[Refused]:
    if wanted.asks_money and not wanted.nix_checked:
        yield Refused("Den som ber om pengar måste först kontrollera listan mot NIX. Kryssa i när det är gjort.",
                      field="nix_checked")  # fmt: skip


def _dates(campaign: Campaign, wanted: When, now: datetime) -> Iterator[Refused]:
    if not _believable(wanted.starts_on):
        yield Refused(typed_days.SENTENCE, field="starts_on")
    if wanted.open_ended and wanted.ends_on is None:
        return
    if not _believable(wanted.ends_on):
        yield Refused(typed_days.SENTENCE, field="ends_on")
    elif _believable(wanted.starts_on) and wanted.starts_on is not None and wanted.ends_on is not None:
        if wanted.ends_on < wanted.starts_on:
            yield Refused("Kampanjen slutar innan den börjar. Ändra slutdatumet.", field="ends_on")
        elif wanted.ends_on - wanted.starts_on > LONGEST:
            yield Refused("Kampanjen är längre än två år. Ändra slutdatumet.", field="ends_on")
        elif campaign.state == CampaignState.DRAFT and wanted.ends_on < local_day(now):
            yield Refused("Slutdatumet har redan varit. Välj ett som kommer.", field="ends_on")


def _believable(day: date | None) -> bool:
    return day is not None and 2000 <= day.year <= 2200


def _hours(hours: dict[str, Any]) -> Iterator[Refused]:
    for name in ("weekday", "weekend"):
        given = hours.get(name)
        if (
            not isinstance(given, list)
            or len(given) != 2
            or not all(isinstance(one, str) and _CLOCK.fullmatch(one) for one in given)
        ):
            yield Refused("Skriv tiden som timmar och minuter, till exempel 17:30.", field=f"{name}_from")
        elif given[0] >= given[1]:
            yield Refused("Ringtiden slutar innan den börjar. Ändra tiden.", field=f"{name}_to")


def _attempts(wanted: When) -> Iterator[Refused]:
    if wanted.max_attempts is None or not 1 <= wanted.max_attempts <= 20:
        yield Refused("Skriv antalet försök: 1 till 20.", field="max_attempts")
    for outcome in PAUSED:
        minutes = wanted.pauses.get(outcome)
        if not isinstance(minutes, int) or isinstance(minutes, bool) or not 1 <= minutes <= LONGEST_PAUSE:
            yield Refused("Skriv hur länge, som ett helt tal: högst 30 dygn.", field=f"pause_{outcome}")


def _links(wanted: When) -> Iterator[Refused]:
    if wanted.link_survey_id is not None and not wanted.follow_ups.get("survey_after"):
        yield Refused("Välj efter vilka samtal länken till enkäten ska skickas.", field="link_survey")


_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
