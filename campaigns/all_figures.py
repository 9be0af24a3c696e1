"""Every metric of a place for a period or a campaign, with what it was at the time compared with and the district (P§6.2, P§6.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import association_page, figures
from campaigns.models import Campaign, CampaignState, Target
from organizer import (
    activation,
    active_over_time,
    archived_figures,
    district_figures,
    membership,
    own_figures,
    periods,
    small_groups,
)
from organizer.activation import STEPS, TOUCH, Figures, Share
from organizer.measuring import ByPlace, Places, funnel
from organizer.metrics import METRICS, Measured, Metric, pooled
from organizer.models import ACTIVATION, Association, AssociationKind, Kind
from organizer.periods import Period
from organizer.small_groups import Change, Pool, beside
from organizer.times import local_day

MOST_CAMPAIGNS = 20
BEFORE = {"reached": "sought", "responded": "reached"}
"""The steps that are also told as a share of another (P§6.2). Who answers by a link need not have been reached."""
DAILY = ("members", "joined", "growth")
"""What is counted at once for a large district beside what is kept each night."""


@dataclass(frozen=True, slots=True)
class Row:
    """One metric as the table shows it; None where there is nothing to tell or it may not be told."""

    metric: Metric
    own: Measured | None
    hidden: bool
    """Whether there is something that too few people stand behind."""
    before: Measured | None = None
    change: Change | None = None
    district: Share | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The page, ready for its template."""

    rows: tuple[Row, ...]
    k: int
    of_night: bool = False
    """Whether the figures are those of last night: a large district is not counted at every look."""

    def rate(self, key: str) -> Share | None:
        """A step as a share of the one before it, where both are shown: reached ÷ sought, responded ÷ reached (P§6.2).

        None where more have answered, by link or on paper, than were reached: a share of them would say nothing.
        """
        shown = {row.metric.key: row.own.part for row in self.rows if row.own is not None}
        part, whole = shown.get(key), shown.get(BEFORE.get(key, ""))
        return Share(part, whole) if part is not None and whole and part <= whole else None


def of_period(
    session: Session, place: Association, period: Period, now: datetime, own: set[int] | None, choice: str
) -> Table:
    """Every metric of a place; `own` and `choice` as in `association_page.of`."""
    today, k = local_day(now), small_groups.smallest(session, local_day(now))
    district = district_figures.district_of(session, place)
    pools = association_page.pools_of_period(session, period, today, district, own, k)
    then = periods.compared(period, today, choice)
    if place.kind != AssociationKind.ASSOCIATION:
        members = membership.counted(session, today, district_figures.at_or_below(place))
        if sum(members.values()) >= district_figures.LARGE:
            return _of_night(session, place, period, today, pools, k)
    here = [place, *_merged(session, place)]
    is_district = place.id == district.id
    rows = []
    counts = {one.id: _Counts(session, one, today) for one in here}
    for metric in METRICS.values():
        if metric.people or place.kind != AssociationKind.ASSOCIATION:
            found = _measured(session, metric, here, period, today, counts)
            old = _then(session, metric, here, period, then, today, counts)
            rows.append(
                _row(metric, found, old, None if is_district else beside(pools.get(_pool_key(metric, pools))), k)
            )
    return Table(tuple(rows), k)


def of_campaign(session: Session, place: Association, campaign: Campaign, now: datetime, own: set[int] | None) -> Table:
    """The steps of a campaign. The district stands beside them only for the one that the place's own page is about."""
    today, k = local_day(now), small_groups.smallest(session, local_day(now))
    places = district_figures.at_or_below(place)
    found = list(figures.of_campaign(session, campaign, today, places).values())
    pools: Mapping[str, Pool] = {}
    current = figures.current(session, place)
    district = district_figures.district_of(session, place)
    if current is not None and current.id == campaign.id and place.id != district.id:
        pools = association_page.pools_of_campaign(session, campaign, today, district, own, k)
    rows = []
    for step in STEPS:
        share = sum((getattr(one, step) for one in found), Share(0, 0))
        rows.append(_row(METRICS[step], Measured(share.part, share.whole), None, beside(pools.get(step)), k))
    return Table(tuple(rows), k)


def campaigns_at(session: Session, place: Association) -> dict[int, str]:
    """The latest campaigns with anybody of the place in T, by id with their titles."""
    here = sa.exists().where(
        Target.campaign_id == Campaign.id, Target.excluded_on.is_(None),
        Target.association_id.in_(district_figures.at_or_below(place)),
    )  # fmt: skip
    rows: Any = session.execute(
        sa.select(Campaign.id, Campaign.title)
        .where(Campaign.state != CampaignState.DRAFT, here)
        .order_by(Campaign.starts_on.desc(), Campaign.id.desc())
        .limit(MOST_CAMPAIGNS)
    )
    return dict(rows.all())


def _of_night(
    session: Session, place: Association, period: Period, today: date, pools: Mapping[str, Pool], k: int
) -> Table:
    rows = []
    for metric in METRICS.values():
        pool = pools.get(_pool_key(metric, pools))
        if metric.key in DAILY:
            found = _measured(session, metric, [place], period, today)
        elif pool is not None and place.kind == AssociationKind.DISTRICT:
            found = Measured(pool.share.part, pool.share.whole)
        else:
            continue
        rows.append(_row(metric, found, None, None, k))
    return Table(tuple(rows), k, of_night=True)


class _Counts:
    """What several figures of an association share: this year's as they are kept, and each funnel counted once."""

    def __init__(self, session: Session, place: Association, today: date) -> None:
        self._today, self._funnels = today, dict[tuple[date, date], list[Figures]]()
        alone = len(session.scalars(district_figures.at_or_below(place)).all()) == 1
        self._own = own_figures.counted_of(session, place.id, today) if alone else None
        self._place = place.id

    def instead(self, metric: Metric) -> ByPlace | None:
        """How the metric is counted from what is shared; None for one that shares nothing."""
        if metric.key in {"active", "renewed"} and self._own is not None:
            return partial(self._kept, metric)
        return partial(self._step, metric.key) if metric.key in STEPS else None

    def _kept(
        self, metric: Metric, session: Session, places: Places, first: date, last: date, today: date, path: str
    ) -> dict[int, Measured]:
        if self._own is None or last != self._today:
            return metric.by_place(session, places, first, last, today, path)
        share = self._own.renewed if metric.key == "renewed" else self._own.line[last.month - 1]
        return {self._place: Measured(share.part, share.whole)}

    def _step(
        self, name: str, session: Session, places: Places, first: date, last: date, _today: date, _path: str
    ) -> dict[int, Measured]:
        if self._own is not None and (first, last) == (date(self._today.year, 1, 1), self._today):
            return funnel(name, [self._own.figures])
        if (first, last) not in self._funnels:
            people = membership.members_on(last, places)
            self._funnels[first, last] = activation.by_association(session, people, first, last)
        return funnel(name, self._funnels[first, last])


def _measured(
    session: Session, metric: Metric, here: list[Association], period: Period, today: date,
    counts: Mapping[int, _Counts] | None = None,
) -> Measured:  # fmt: skip
    """As seen from today; of an association also what belongs to those that have become part of it (D22)."""
    wanted = here[:1] if metric.whole_place or metric.key == "growth" else here
    found = [
        metric.compute(
            session, place, period.first_day, period.last_day, today,
            instead=counts[place.id].instead(metric) if counts else None,
        )
        for place in wanted
    ]  # fmt: skip
    return found[0] if len(found) == 1 else pooled(found)


def _then(
    session: Session, metric: Metric, here: list[Association], period: Period, then: Period | None, today: date,
    counts: Mapping[int, _Counts],
) -> Measured | None:  # fmt: skip
    """The metric at the time compared with, seen from the same day; None where too little is known of it."""
    if then is None or not _comparable(session, metric, here[0], then):
        return None
    return _measured(session, metric, here, then, today if period.last_day < today else then.last_day, counts)


def _comparable(session: Session, metric: Metric, place: Association, then: Period) -> bool:
    if then.scope and archived_figures.of_metric(session, then.scope, metric.key, district_figures.at_or_below(place)):
        return True
    if not metric.term:
        first = association_page.registered_on(session, place)
        return first is None or first[0] <= then.last_day
    kinds = (*TOUCH, Kind.ATTEMPT) if metric.term == archived_figures.OUTCOMES else ACTIVATION
    day = then.first_day if metric.key not in {"active", "active_ye"} else then.last_day
    places = district_figures.at_or_below(place)
    return active_over_time.known_of(session, places, kinds, day - timedelta(days=metric.looks_back))


def _row(metric: Metric, found: Measured, then: Measured | None, district: Share | None, k: int) -> Row:
    few = metric.people and found.whole is not None and found.whole < k
    if few or (found.value is None and found.whole is None):
        return Row(metric, None, few, district=district)
    if then is not None and ((metric.people and then.whole is not None and then.whole < k) or then.value is None):
        then = None
    moved = small_groups.change(found.share, then.share) if found.share and then and then.share else None
    return Row(metric, found, hidden=False, before=then, change=moved, district=district)


def _pool_key(metric: Metric, pools: Mapping[str, Pool]) -> str:
    """Active members are kept under what active means."""
    return "paid" if metric.key == "active" and "paid" in pools else metric.key


def _merged(session: Session, place: Association) -> list[Association]:
    ids = own_figures.merged_into(session, place.id)
    return [session.get_one(Association, one) for one in ids]
