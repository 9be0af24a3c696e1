"""How a campaign is going: the bar, the numbers beside it, the pace, its shifts, and why somebody is not rung."""

import math
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import archived_campaigns, figures, large_campaigns, outcome_table
from campaigns.models import NOT_RUNG_WORDS, Call, CallState, Campaign, Hold, QueueRow, Shift, ShiftCaller, Target, Todo
from organizer import small_groups
from organizer.activation import STEPS, Figures, Share
from organizer.db import there_is
from organizer.models import Association, Event, Kind
from organizer.times import local_day

Places = sa.Select[int] | None
"""The associations whose part is looked at; None = the whole campaign."""
REFUSALS = tuple(code for code in outcome_table.OUTCOMES if code.startswith("opt_out"))
"""The outcomes in which somebody asked not to be rung."""
NOT_RUNG = sa.text(NOT_RUNG_WORDS)
"""In the very words of the index that counts them."""
EVENINGS = 3
"""The pace is what the latest so many calling days came to."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Everyone in T in one of four groups, by people; `reached` is a conversation (P§6.1)."""

    people: int
    reached: int
    sought: int
    """Sought but not reached, and nobody has to act."""
    waiting: int
    """Sought, not reached, and blocked until somebody has acted."""

    @property
    def untouched(self) -> int:
        """Not sought yet."""
        return self.people - self.reached - self.sought - self.waiting


@dataclass(frozen=True, slots=True)
class Progress:
    """The numbers of a campaign, or of some associations' part of it."""

    bar: Bar
    total: Figures
    by_association: dict[int, Figures]
    calling: int
    """Callers who hold a person at this moment."""
    refused: int
    """People who asked in a call of this campaign not to be rung."""
    wrong: Share
    """Wrong numbers: mended of all."""
    not_callable: dict[str, int]
    """People who will not be rung, by why, who have not been sought either."""

    @property
    def left(self) -> int:
        """Who can be sought and have not been."""
        return max(0, self.bar.untouched - sum(self.not_callable.values()))


@dataclass(frozen=True, slots=True)
class Pace:
    """When everyone has been sought if it goes on like this; `missing` shifts are needed beyond those planned."""

    left: int
    day: date | None
    missing: int


@dataclass(frozen=True, slots=True)
class ShiftLine:
    """One shift with how many callers it has and wants."""

    id: int
    starts_at: datetime
    ends_at: datetime
    place: str
    association: str | None
    callers: int
    wanted: int

    @property
    def thin(self) -> bool:
        """Whether it has fewer callers than it wants."""
        return self.callers < self.wanted


def of(session: Session, campaign: Campaign, now: datetime, places: Places = None) -> Progress:
    """Everything the campaign page counts; each figure over T of `places`, people and not calls."""
    by_association = figures.of_campaign(session, campaign, local_day(now), places)
    total = _pooled(by_association)
    waiting = _waiting(session, campaign.id, places)
    return Progress(
        bar=Bar(total.people, total.reached.part, total.sought.part - total.reached.part - waiting, waiting),
        total=total,
        by_association=by_association,
        calling=_calling(session, campaign.id, now, places),
        refused=_refused(session, campaign.id, places) + _archived(session, campaign.id, "refused", places).part,
        wrong=_wrong(session, campaign.id, places) + _archived(session, campaign.id, "wrong", places),
        not_callable=_not_callable(session, campaign.id, places),
    )


def bar(session: Session, campaign: Campaign, now: datetime, places: Places = None) -> Bar:
    """The bar alone, for lists of campaigns."""
    return of(session, campaign, now, places).bar


def cards(session: Session, campaign_ids: list[int]) -> dict[int, tuple[int, int]]:
    """(reached, T) of several campaigns at once."""
    people = _pairs(
        session.execute(
            sa.select(Target.campaign_id, sa.func.count())
            .where(Target.campaign_id.in_(campaign_ids), Target.excluded_on.is_(None))
            .group_by(Target.campaign_id)
        ).all()
    )
    reached = _pairs(
        session.execute(
            sa.select(Event.campaign_id, sa.func.count(Event.person_id.distinct()))
            .where(Event.campaign_id.in_(campaign_ids), Event.kind == Kind.CONVERSATION, ~_excluded())
            .group_by(Event.campaign_id)
        ).all()
    )
    kept = archived_campaigns.totals(session, campaign_ids)
    earlier = {one: kept.get((one, "reached"), Share(0, 0)) for one in campaign_ids}
    return {
        one: (reached.get(one, 0) + earlier[one].part, people.get(one, 0) + earlier[one].whole) for one in campaign_ids
    }


def hidden(by_association: dict[int, Figures], k: int, total_shown: bool) -> set[tuple[int, str]]:
    """The cells (association, step) of the table whose denominator is under k; beside a total never exactly one.

    Where one alone would be hidden the next smallest is too, or it could be subtracted from the total (P§6.3).
    """
    found: set[tuple[int, str]] = set()
    for step in STEPS:
        places = list(by_association)
        sizes = [getattr(by_association[place], step).whole for place in places]
        shown = small_groups.cells(sizes, k, total_shown)
        found |= {(place, step) for place, size in zip(places, shown, strict=True) if size is None}
    return found


def pace(session: Session, campaign: Campaign, progress: Progress, now: datetime) -> Pace | None:
    """When all are sought at the pace of the latest calling days; None before the first, or when nobody is left."""
    latest = large_campaigns.evenings(session, campaign.id) or evenings(session, campaign.id)
    if not progress.left or not latest:
        return None
    needed = math.ceil(progress.left * len(latest) / sum(latest))
    days = sorted({local_day(shift.starts_at) for shift in shifts(session, campaign.id, now)})
    return Pace(progress.left, days[needed - 1] if needed <= len(days) else None, max(0, needed - len(days)))


def evenings(session: Session, campaign_id: int) -> list[int]:
    """How many people were sought for the first time on each of the latest calling days, newest first."""
    first = (
        sa.select(sa.func.min(Event.day).label("day"))
        .where(Event.campaign_id == campaign_id, Event.kind == Kind.ATTEMPT)
        .group_by(Event.person_id)
        .subquery()
    )
    by_day = sa.select(sa.func.count()).select_from(first).group_by(first.c.day)
    return list(session.scalars(by_day.order_by(first.c.day.desc()).limit(EVENINGS)))


def shifts(session: Session, campaign_id: int, now: datetime, places: Places = None) -> list[ShiftLine]:
    """The shifts that are not over, in order; with `places` those for everyone and those places' own."""
    statement = (
        sa.select(
            Shift.id, Shift.starts_at, Shift.ends_at, Shift.place, Association.short_name,
            sa.func.count(ShiftCaller.account_id), Shift.wanted,
        )
        .outerjoin(ShiftCaller, ShiftCaller.shift_id == Shift.id)
        .outerjoin(Association, Association.id == Shift.association_id)
        .where(Shift.campaign_id == campaign_id, Shift.ends_at > now)
        .group_by(Shift.id, Association.short_name)
        .order_by(Shift.starts_at, Shift.id)
        .limit(100)
    )  # fmt: skip
    if places is not None:
        statement = statement.where(sa.or_(Shift.association_id.is_(None), Shift.association_id.in_(places)))
    return [ShiftLine(*row) for row in session.execute(statement)]


def _pairs(rows: Any) -> dict[int, int]:
    return {row[0]: row[1] for row in rows}


def _excluded() -> sa.ColumnElement[bool]:
    """Of a ledger row: its person is no longer counted in its campaign (D2)."""
    return sa.exists().where(
        Target.campaign_id == Event.campaign_id, Target.person_id == Event.person_id, Target.excluded_on.is_not(None)
    )


def _pooled(by_association: dict[int, Figures]) -> Figures:
    """Sum over sum, never a mean of percentages (P§6.5)."""
    parts = {step: sum((getattr(one, step) for one in by_association.values()), Share(0, 0)) for step in STEPS}
    return Figures(0, sum(one.people for one in by_association.values()), **parts)


def _archived(session: Session, campaign_id: int, key: str, places: Places) -> Share:
    """What stands in the archive since those it was about were forgotten (D6)."""
    within = None if places is None else set(session.scalars(places))
    return archived_campaigns.beside(session, campaign_id, key, within)


def _within(column: Any, places: Places) -> sa.ColumnElement[bool]:
    return sa.true() if places is None else column.in_(places)


def _waiting(session: Session, campaign_id: int, places: Places) -> int:
    """People in T who were sought, not reached, and for whom somebody has to act."""

    def happened(kind: Kind) -> sa.ColumnElement[bool]:
        return sa.exists().where(
            Event.campaign_id == campaign_id, Event.kind == kind, Event.person_id == Todo.person_id
        )

    return session.scalar(
        sa.select(sa.func.count(Todo.person_id.distinct()))
        .join(Target, sa.and_(Target.campaign_id == Todo.campaign_id, Target.person_id == Todo.person_id))
        .where(
            Todo.campaign_id == campaign_id, Todo.done_at.is_(None), Target.excluded_on.is_(None),
            _within(Target.association_id, places), happened(Kind.ATTEMPT), ~happened(Kind.CONVERSATION),
        )
    ) or 0  # fmt: skip


def _calling(session: Session, campaign_id: int, now: datetime, places: Places) -> int:
    its = (QueueRow.id == Hold.queue_id, QueueRow.campaign_id == campaign_id)
    here = there_is(QueueRow.id, *its, _within(QueueRow.association_id, places))
    return session.scalar(sa.select(sa.func.count()).select_from(Hold).where(Hold.expires_at > now, here)) or 0


def _refused(session: Session, campaign_id: int, places: Places) -> int:
    return session.scalar(
        sa.select(sa.func.count(Call.person_id.distinct())).where(
            Call.campaign_id == campaign_id, Call.state == CallState.REPORTED, Call.outcome.in_(REFUSALS),
            _within(Call.association_id, places),
        )
    ) or 0  # fmt: skip


def _wrong(session: Session, campaign_id: int, places: Places) -> Share:
    row = session.execute(
        sa.select(sa.func.count().filter(Todo.done_at.is_not(None)), sa.func.count()).where(
            Todo.campaign_id == campaign_id, Todo.kind == "wrong_number", _within(Todo.association_id, places)
        )
    ).one()
    return Share(row[0], row[1])


def _not_callable(session: Session, campaign_id: int, places: Places) -> dict[str, int]:
    rows = session.execute(
        sa.select(QueueRow.why, sa.func.count())
        .where(
            QueueRow.campaign_id == campaign_id,
            NOT_RUNG,
            _within(QueueRow.association_id, places),
        )
        .group_by(QueueRow.why)
        .order_by(sa.func.count().desc(), QueueRow.why)
    )
    return {why or "other": count for why, count in rows}
