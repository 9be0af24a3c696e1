"""Everything the chair's page shows of one association, own figures live and the district's as of last night."""

from collections.abc import Mapping, Sequence
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
    archived_figures,
    district_figures,
    figure_archive,
    membership,
    own_figures,
    periods,
    settings,
    small_groups,
    survey_interests,
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
    counts: tuple[tuple[str, int | None, str | None], ...]
    """Option, how many, and the kind of activity that whoever chose it wants. Empty while fewer than k have answered."""


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
    compared: Period | None
    """What the period is compared with; None when nothing is."""
    joined: tuple[str, ...]
    """Associations that have become part of this one: their members count as its own also before that (D22)."""
    means: str
    """What active means here (settings)."""
    in_time_days: int
    k: int
    members: int
    members_before: int | None
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


def of(
    session: Session,
    association: Association,
    period: Period,
    now: datetime,
    own: set[int] | None,
    choice: str = periods.BEFORE,
) -> Page:
    """The page of `association` for someone who knows the numbers of the associations `own`, or of all: None (D7).

    `choice` says what to compare with (`periods.compared`).
    """
    today = local_day(now)
    k = small_groups.smallest(session, today)
    district = district_figures.district_of(session, association)
    merged = own_figures.merged_into(session, association.id)
    here = [association.id, *merged]
    last, then = min(period.last_day, today), periods.compared(period, today, choice)
    means = settings.active_means(session, last)
    pools = pools_of_period(session, period, today, district, own, k)
    known = _own(session, here, period, last, then, district.path, means)
    everywhere = beside(pools.get(district_figures.active_key(means)))
    active, years = _active(session, here, last, then, known.line, everywhere, k, means)
    campaign = figures.current(session, association)
    registered = registered_on(session, association)
    return Page(
        period=period,
        compared=then,
        joined=tuple(merged.values()),
        means=means,
        in_time_days=membership.IN_TIME_DAYS,
        k=k,
        members=known.members,
        members_before=_members_before(known, then, registered, k),
        growth=membership.growth(session, period.first_day, last, here[:1]).get(association.id, Growth()),
        registered_on=registered[1] if registered else None,
        waiting=_waiting(session, today, here[:1]),
        active=active,
        new_n=_new("new_n", session, period, then, today, here, pools, k),
        new_inv=_new("new_inv", session, period, then, today, here, pools, k, Kind.INVITATION),
        renewed=_renewed(known, beside(pools.get("renewed")), k),
        years=years,
        in_period=_funnel(known.figures if known.members else None, pools, k),
        campaign=campaign,
        in_campaign=_of_campaign(session, campaign, here, today, district, own, k) if campaign else None,
        answers=_answers(session, campaign, association, k) if campaign else (),
    )


def pools_of_period(
    session: Session, period: Period, today: date, district: Association, own: set[int] | None, k: int
) -> Mapping[str, Pool]:
    """The whole district in a period as of last night, for someone who knows the numbers of `own`."""
    kept = district_figures.kept_pools(session, today, period.key, district, own, k)
    if not kept:
        archived = archived_figures.of_period(session, period, district_figures.below(district.path))
        if archived is None:
            archived = district_figures.of_period(session, period, today, district.path)
        kept = district_figures.pools(archived, own, k)
    # The new of 90 days are some of the year's, and so with a business year and the calendar year: who saw both could
    # subtract, and be left with one or two people.
    apart = period.key in ("year", "last_year") or period.scope is not None
    return {key: pool for key, pool in kept.items() if apart or key not in COHORTS}


def _own(
    session: Session, here: list[int], period: Period, last: date, then: Period | None, path: str, means: str
) -> Own:
    """The own figures of the association and those that have become part of it: kept, archived, or counted."""
    archived = archived_figures.of_period(session, period, here)
    if archived is not None:
        line = _line(session, here, last, then, means)
        return Own(_archived(archived, here), _of(archived, "renewed"), _renewed_on(session, here, then, path), line)
    today = last if period.key == "year" else None
    kept = [own_figures.counted_of(session, place, today, means) for place in here] if today else []
    parts = [one for one in kept if one] if len(kept) == len(here) and all(kept) else [
        counted(session, place, period, last, path, means) for place in here
    ]  # fmt: skip
    found = sum(parts[1:], parts[0])
    if then is not None and then.key == periods.BEFORE:
        return found
    line = _line(session, here, last, then, means)
    return Own(found.figures, found.renewed, _renewed_on(session, here, then, path), line)


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


def _archived(shares: Mapping[str, Mapping[int, Share]], here: list[int]) -> Figures:
    return Figures(here[0], _of(shares, "sought").whole, *(_of(shares, step) for step in STEPS))


def _of(shares: Mapping[str, Mapping[int, Share]], key: str) -> Share:
    return activation.pooled(shares.get(key, {}).values())


def _renewed_on(session: Session, here: list[int], then: Period | None, path: str) -> Share:
    found = membership.renewed(session, then.last_day, here, path) if then else {}
    return activation.pooled(found.values())


def _line(session: Session, here: list[int], last: date, then: Period | None, means: str) -> list[Share]:
    """Active members on each of `own_figures.line_days`; of months whose details are forgotten, as archived."""
    days = own_figures.line_days(last, then.last_day if then else None)
    lines = [active_over_time.active_on_days(session, place, days, means) for place in here]
    counted_now = [activation.pooled(shares) for shares in zip(*lines, strict=True)]
    kept = archived_figures.at_month_ends(session, here, days, district_figures.active_key(means))
    return [kept.get(day, share) for day, share in zip(days, counted_now, strict=True)]


def _active(
    session: Session, here: list[int], last: date, then: Period | None, shares: list[Share], district: Share | None,
    k: int, means: str,
) -> tuple[Card, Years]:  # fmt: skip
    """The card and the two lines; `shares` are of `own_figures.line_days`."""
    own_days = active_over_time.month_ends(last.year, last)
    own, before = shares[: len(own_days)], shares[len(own_days) : -1]
    enough = small_groups.shown(own[-1], k) is not None
    if then is None:
        return _card("active", own[-1], None, district, k), Years(tuple(own_days), tuple(own) if enough else (), ())
    since = _known_since(session, here, means, then.last_day)
    card = _card("active", own[-1], shares[-1] if since and since <= then.last_day else None, district, k)
    if since and since > then.last_day and card.own:
        card = Card(card.key, card.own, district=card.district, comparable_from=since + timedelta(days=ACTIVE_DAYS))
    first = date(then.last_day.year, 1, 31)
    comparable = since is not None and since <= first and min(share.whole for share in before) >= k
    return card, Years(
        tuple(own_days), tuple(own) if enough else (), tuple(before) if enough and comparable else ()
    )  # fmt: skip


def _known_since(session: Session, here: list[int], means: str, needed: date) -> date | None:
    """From which day the number of active members is the whole truth, also of what has been archived and forgotten."""
    found = [active_over_time.known_since(session, place, means) for place in here]
    since = min((day for day in found if day), default=None)
    if since is None or since <= needed:
        return since
    begun = figure_archive.begun(session)
    return min(since, begun + timedelta(days=ACTIVE_DAYS)) if begun else since


def _new(
    key: str, session: Session, period: Period, then: Period | None, today: date, here: list[int],
    pools: Mapping[str, Pool], k: int, *kinds: Kind,
) -> Card:  # fmt: skip
    own = _new_of(key, session, period, today, here, *kinds)
    before = None
    if then is not None and not kinds and active_over_time.reached_since(session, here, then.first_day):
        # Seen from the same day, where the period goes on: who had days left then had days left.
        before = _new_of(key, session, then, today if period.last_day < today else then.last_day, here, *kinds)
    return _card(key, own, before, beside(pools.get(key)), k)


def _new_of(key: str, session: Session, period: Period, today: date, here: list[int], *kinds: Kind) -> Share:
    archived = archived_figures.of_period(session, period, here)
    if archived is not None:
        return _of(archived, key)
    last = min(period.last_day, today)
    return activation.pooled(membership.new_in_time(session, period.first_day, last, today, here, *kinds).values())


def _members_before(known: Own, then: Period | None, registered: tuple[date, date] | None, k: int) -> int | None:
    """Members on the last day compared with; None where the register does not reach so far back."""
    if then is None or (registered and registered[0] > then.last_day):
        return None
    shown = small_groups.shown(known.line[-1], k)
    return shown.whole if shown else None


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
    session: Session,
    campaign: Campaign,
    here: list[int],
    today: date,
    district: Association,
    own: set[int] | None,
    k: int,
) -> Funnel:
    found = [one for place in here for one in figures.of_campaign(session, campaign, today, [place]).values()]
    pools = pools_of_campaign(session, campaign, today, district, own, k)
    return _funnel(sum(found[1:], found[0]) if found else None, pools, k)


def pools_of_campaign(
    session: Session, campaign: Campaign, today: date, district: Association, own: set[int] | None, k: int
) -> Mapping[str, Pool]:
    """The campaign in the whole district as of last night, for someone who knows the numbers of `own`."""
    pools: Mapping[str, Pool] = district_figures.kept_pools(
        session, today, figures.scope(campaign.id), district, own, k
    )
    if not pools:
        everywhere = figures.of_campaign(
            session, campaign, today, district_figures.below(district.path), today - timedelta(days=1)
        )
        pools = district_figures.pools(district_figures.by_step(list(everywhere.values())), own, k)
    return pools


def _answers(session: Session, campaign: Campaign, association: Association, k: int) -> tuple[Answers, ...]:
    if campaign.survey_id is None:
        return ()
    found = surveys.results(session, campaign.survey_id, path=association.path, campaign_id=campaign.id)
    shown = survey_parts.may_be_shown(session, campaign.survey_id, path=association.path, campaign_id=campaign.id, k=k)
    wants = survey_interests.of_options(session, campaign.survey_id)
    return tuple(
        _answer(result, k, wants.get(result.question_id, ()), apart=result.question_id in shown)
        for result in found
        if result.options
    )


def _answer(result: surveys.Result, k: int, wants: Sequence[str | None], *, apart: bool) -> Answers:
    many, ours = result.kind == "many", result.kind == "yes_no"
    if result.answered < k or not apart:
        return Answers(result.text, many, ours, result.answered if result.answered < k else None, ())
    counts = small_groups.cells(result.chosen, k, total_shown=not many)
    kinds = [*wants, *[None] * len(counts)][: len(counts)]
    rows = zip(result.options, counts, kinds, strict=True)
    ordered = sorted(rows, key=lambda row: (row[1] is None, -(row[1] or 0)))
    return Answers(result.text, many, ours, result.answered, tuple(ordered))


def _waiting(session: Session, today: date, here: list[int]) -> tuple[int, ...]:
    rows: list[Any] = list(session.execute(membership.waiting(today, here)).all())
    return tuple(sorted(((today - row.joined).days for row in rows), reverse=True))


def registered_on(session: Session, association: Association) -> tuple[date, date] | None:
    """When a member register was first and last read in for the association or a place above it."""
    line = [int(one) for one in association.path.strip("/").split("/")]
    first, latest = session.execute(
        sa.select(sa.func.min(Import.applied_at), sa.func.max(Import.applied_at)).where(Import.association_id.in_(line))
    ).one()
    return (local_day(first), local_day(latest)) if first and latest else None
