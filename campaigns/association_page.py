"""Everything the chair's page shows of one association, own figures live and the district's as of last night."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import figures
from campaigns.models import Campaign
from organizer import (
    activation,
    active_over_time,
    district_figures,
    membership,
    own_figures,
    settings,
    small_groups,
    survey_parts,
    surveys,
)
from organizer.activation import ACTIVE_DAYS, STEPS, Figures, Share
from organizer.membership import Growth
from organizer.models import Association, Import, Kind
from organizer.own_figures import Own
from organizer.periods import Period, year_before
from organizer.small_groups import Change, Pool, beside
from organizer.times import local_day

COHORTS = ("new_n", "new_inv")
"""Figures of those who joined in the period: a shorter period inside a longer one is a smaller group."""


@dataclass(frozen=True, slots=True)
class Card:
    """One big number: own share, what it was, and the district; whatever may not or cannot be shown is None."""

    key: str
    own: Share | None
    before: Share | None = None
    change: Change | None = None
    district: Share | None = None
    comparable_from: date | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a funnel."""

    key: str
    own: Share | None
    district: Share | None


@dataclass(frozen=True, slots=True)
class Funnel:
    """What came of a campaign or a period among `people`; no rows when they are too few."""

    people: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """What people said to one question; a count of None is hidden."""

    text: str
    many: bool
    ours: bool
    """The options are our own words (yes, no, maybe), to be shown in the visitor's language."""
    answered: int | None
    """Empty where the rest of the survey's answers could be told from it."""
    counts: tuple[tuple[str, int | None], ...]
    """Empty while fewer than k have answered."""


@dataclass(frozen=True, slots=True)
class Years:
    """Active members at the ends of months; `before` is empty while there is no year to compare with."""

    days: tuple[date, ...]
    own: tuple[Share, ...]
    before: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The page, ready for its template."""

    period: Period
    means: str
    """What active means here (settings)."""
    in_time_days: int
    k: int
    members: int
    growth: Growth
    registered_on: date | None
    waiting: tuple[int, ...]
    """How many days each new member has waited, longest first."""
    active: Card
    new_n: Card
    new_inv: Card
    renewed: Card
    years: Years
    in_period: Funnel
    campaign: Campaign | None
    in_campaign: Funnel | None
    answers: tuple[Answers, ...]


def of(session: Session, association: Association, period: Period, now: datetime, own: set[int] | None) -> Page:
    """The page of `association` for someone who knows the numbers of the associations `own`, or of all: None (D7)."""
    today, here = local_day(now), [association.id]
    k = small_groups.smallest(session, today)
    district = district_figures.district_of(session, association)
    last = min(period.last_day, today)
    means = settings.active_means(session, last)
    pools = _pools_of_period(session, period, today, district, own, k)
    known = own_figures.counted_of(session, association.id, today, means) if period.key == "year" else None
    known = known or counted(session, association.id, period, last, district.path, means)
    everywhere = beside(pools.get(district_figures.active_key(means)))
    active, years = _active(session, association.id, last, known.line, everywhere, k, means)
    campaign = figures.current(session, association)
    return Page(
        period=period,
        means=means,
        in_time_days=membership.IN_TIME_DAYS,
        k=k,
        members=known.members,
        growth=membership.growth(session, period.first_day, last, here).get(association.id, Growth()),
        registered_on=_registered_on(session, association),
        waiting=_waiting(session, today, here),
        active=active,
        new_n=_new("new_n", session, period, today, here, pools, k),
        new_inv=_new("new_inv", session, period, today, here, pools, k, Kind.INVITATION),
        renewed=_renewed(known, beside(pools.get("renewed")), k),
        years=years,
        in_period=_funnel(known.figures if known.members else None, pools, k),
        campaign=campaign,
        in_campaign=_of_campaign(session, campaign, association.id, today, district, own, k) if campaign else None,
        answers=_answers(session, campaign, association, k) if campaign else (),
    )


def _pools_of_period(
    session: Session, period: Period, today: date, district: Association, own: set[int] | None, k: int
) -> Mapping[str, Pool]:
    kept = district_figures.kept_pools(session, today, period.key, district, own, k)
    found = kept or district_figures.pools(district_figures.of_period(session, period, today, district.path), own, k)
    # The new of 90 days are some of the year's: who saw both could subtract, and be left with one or two people.
    return {key: pool for key, pool in found.items() if period.key != "days90" or key not in COHORTS}


def counted(session: Session, place: int, period: Period, last: date, path: str, means: str | None = None) -> Own:
    """The own figures, from the ledger itself."""
    people = membership.members_on(last, [place])
    found = activation.by_association(session, people, period.first_day, last)
    none = Figures(place, 0, *(Share(0, 0) for _ in STEPS))
    now, then = (
        membership.renewed(session, day, [place], path).get(place, Share(0, 0)) for day in (last, year_before(last))
    )
    line = active_over_time.active_on_days(session, place, own_figures.line_days(last), means)
    return Own(next(iter(found), none), now, then, line)


def _active(
    session: Session, place: int, last: date, shares: list[Share], district: Share | None, k: int, means: str
) -> tuple[Card, Years]:
    """The card and the two lines; `shares` are of `own_figures.line_days`."""
    own_days = active_over_time.month_ends(last.year, last)
    before_days = active_over_time.month_ends(last.year - 1, last)
    then = year_before(last)
    own, before = shares[: len(own_days)], shares[len(own_days) : -1]
    since = active_over_time.known_since(session, place, means)
    card = _card("active", own[-1], shares[-1] if since and since <= then else None, district, k)
    if since and since > then and card.own:
        card = Card(card.key, card.own, district=card.district, comparable_from=since + timedelta(days=ACTIVE_DAYS))
    enough = small_groups.shown(own[-1], k) is not None
    comparable = since is not None and since <= before_days[0] and min(share.whole for share in before) >= k
    return card, Years(
        tuple(own_days), tuple(own) if enough else (), tuple(before) if enough and comparable else ()
    )  # fmt: skip


def _new(
    key: str, session: Session, period: Period, today: date, here: list[int], pools: Mapping[str, Pool], k: int,
    *kinds: Kind,
) -> Card:  # fmt: skip
    last = min(period.last_day, today)
    found = membership.new_in_time(session, period.first_day, last, today, here, *kinds)
    return _card(key, found.get(here[0], Share(0, 0)), None, beside(pools.get(key)), k)


def _renewed(known: Own, district: Share | None, k: int) -> Card:
    then = known.renewed_then
    return _card("renewed", known.renewed, then if then.part else None, district, k)


def _card(key: str, own: Share, before: Share | None, district: Share | None, k: int) -> Card:
    shown, then = small_groups.shown(own, k), small_groups.shown(before, k)
    change = small_groups.change(shown, then) if shown and then else None
    return Card(key, shown, then if shown else None, change, district)


def _funnel(found: Figures | None, pools: Mapping[str, Pool], k: int) -> Funnel:
    if found is None:
        return Funnel(0, ())
    if found.people < k:
        return Funnel(found.people, ())
    return Funnel(
        found.people,
        tuple(Step(step, small_groups.shown(getattr(found, step), k), beside(pools.get(step))) for step in STEPS),
    )


def _of_campaign(
    session: Session, campaign: Campaign, place: int, today: date, district: Association, own: set[int] | None, k: int
) -> Funnel:
    found = figures.of_campaign(session, campaign, today, [place])
    pools: Mapping[str, Pool] = district_figures.kept_pools(
        session, today, figures.scope(campaign.id), district, own, k
    )
    if not pools:
        everywhere = figures.of_campaign(
            session, campaign, today, district_figures.below(district.path), today - timedelta(days=1)
        )
        pools = district_figures.pools(district_figures.by_step(list(everywhere.values())), own, k)
    return _funnel(found.get(place), pools, k)


def _answers(session: Session, campaign: Campaign, association: Association, k: int) -> tuple[Answers, ...]:
    if campaign.survey_id is None:
        return ()
    found = surveys.results(session, campaign.survey_id, path=association.path, campaign_id=campaign.id)
    shown = survey_parts.may_be_shown(session, campaign.survey_id, path=association.path, campaign_id=campaign.id, k=k)
    return tuple(_answer(result, k, apart=result.question_id in shown) for result in found if result.options)


def _answer(result: surveys.Result, k: int, *, apart: bool) -> Answers:
    many, ours = result.kind == "many", result.kind == "yes_no"
    if result.answered < k or not apart:
        return Answers(result.text, many, ours, result.answered if result.answered < k else None, ())
    counts = small_groups.cells(result.chosen, k, total_shown=not many)
    ordered = sorted(zip(result.options, counts, strict=True), key=lambda pair: (pair[1] is None, -(pair[1] or 0)))
    return Answers(result.text, many, ours, result.answered, tuple(ordered))


def _waiting(session: Session, today: date, here: list[int]) -> tuple[int, ...]:
    rows: list[Any] = list(session.execute(membership.waiting(today, here)).all())
    return tuple(sorted(((today - row.joined).days for row in rows), reverse=True))


def _registered_on(session: Session, association: Association) -> date | None:
    line = [int(one) for one in association.path.strip("/").split("/")]
    at = session.scalar(sa.select(sa.func.max(Import.applied_at)).where(Import.association_id.in_(line)))
    return local_day(at) if at else None
