"""What a district organizer needs to see first: who needs her, tonight's shifts, how the campaigns go, what is stale."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import archived_campaigns, association_table, figures, goals_shown, large_campaigns
from campaigns.models import Blast, BlastState, Campaign, CampaignState, Shift, ShiftCaller, Target, Todo
from organizer import access, after_mergers
from organizer.accounts import holds_on
from organizer.activation import Share
from organizer.models import Association, AssociationKind, Event, Import, Kind, Person, Role, RoleName
from organizer.plan_goals import Goal
from organizer.times import local_day, moment

STALE_DAYS = 45
"""A member register older than this is said to be stale (P§3.3)."""
RESPONSIBLE = 3
"""So many people should be responsible for the work (need 25: three in each district)."""
MOST_SHOWN = 5
UNDER_WAY = (BlastState.WAITING, BlastState.APPROVED, BlastState.SENDING, BlastState.PAUSED)
MANY_REASONS = 2
"""From so many reasons on an association is named on the start page."""


@dataclass(frozen=True, slots=True)
class Running:
    """A campaign that goes on: people reached, sought and meant."""

    id: int
    title: str
    paused: bool
    people: int
    sought: int
    reached: int


@dataclass(frozen=True, slots=True)
class Sending:
    """A blast that is being sent, is about to be, or waits for somebody."""

    id: int
    title: str
    state: str
    handed: int
    """How many have been taken up for hand-over, of `recipients`."""
    recipients: int | None
    send_at: datetime | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The page, ready for its template."""

    todos: list[Any]
    """The oldest few, the protected left out."""
    todo_count: int
    waiting: int
    longest_wait: int
    shifts: list[Any]
    running: list[Running]
    sending: list[Sending]
    late_goals: list[Goal]
    """Goals of the plan that need something."""
    goals: int
    """How many goals there are in all."""
    support: list[association_table.Row]
    """The associations with most reasons to get in touch."""
    registered_on: date | None
    stale: bool
    mergers: list[tuple[Association, int]]
    """Associations that are part of another, with how much somebody has to decide there still."""
    first_week: dict[str, bool]
    """The steps of the first week and whether each is done; empty when all are."""


def of(session: Session, viewer: access.Viewer, now: datetime) -> Overview:
    """Everything on the page, for the places the viewer organises."""
    today, places = local_day(now), access.reach(viewer, RoleName.ORGANIZER)
    numbers = _numbers(session, places, now)
    table = association_table.of_district(session, viewer, now, "reasons", with_campaign=False)
    registered_on = local_day(numbers.registered) if numbers.registered else None
    running = _running(session, places, today)
    late, goals = goals_shown.off_track(session, places, now)
    return Overview(
        _todos(session, places, now), numbers.todos, table.total.waiting, table.total.longest_wait,
        _tonight(session, places, now), running, _sending(session, places), late, goals,
        [row for row in table.rows if len(row.reasons) >= MANY_REASONS][:MOST_SHOWN],
        registered_on, registered_on is not None and registered_on < today - timedelta(days=STALE_DAYS),
        after_mergers.waiting(session, viewer, now), _first_week(numbers),
    )  # fmt: skip


def _numbers(session: Session, places: sa.Select[int], now: datetime) -> Any:
    """What the page knows a single number or a yes of, asked for together."""
    today, roles = local_day(now), (RoleName.CHAIR, RoleName.STEWARD, RoleName.ORGANIZER)
    association = (Association.id.in_(places), Association.kind == AssociationKind.ASSOCIATION)
    return session.execute(
        sa.select(
            sa.select(sa.func.count()).select_from(Todo).where(*_waits(places, now)).scalar_subquery().label("todos"),
            sa.select(sa.func.max(Import.applied_at))
            .where(Import.association_id.in_(places)).scalar_subquery().label("registered"),
            sa.select(sa.func.count(Role.account_id.distinct()))
            .where(Role.association_id.in_(places), Role.name.in_(roles), holds_on(today))
            .scalar_subquery().label("responsible"),
            sa.exists().where(*association).label("associations"),
            sa.exists().where(Campaign.association_id.in_(places)).label("campaigns"),
        )
    ).one()  # fmt: skip


def _waits(places: sa.Select[int], now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return Todo.association_id.in_(places), Todo.done_at.is_(None), Todo.visible_at <= now


def _todos(session: Session, places: sa.Select[int], now: datetime) -> list[Any]:
    rows = session.execute(
        sa.select(Todo.id, Todo.kind, Todo.person_id, Person.first_name, Person.last_name, Association.short_name,
                  Association.slug)
        .join(Person, Person.id == Todo.person_id)
        .join(Association, Association.id == Todo.association_id)
        .where(*_waits(places, now), Person.protected.is_(False))
        .order_by(Todo.created_at, Todo.id)
        .limit(MOST_SHOWN)
    ).all()  # fmt: skip
    return list(rows)


def _tonight(session: Session, places: sa.Select[int], now: datetime) -> list[Any]:
    """Shifts of today that are not over, with how many callers are invited and how many have come."""
    today = local_day(now)
    midnight = moment(today + timedelta(days=1), time(0))
    return list(
        session.execute(
            sa.select(
                Shift.id, Shift.starts_at, Shift.ends_at, Shift.place, Shift.wanted, Campaign.title,
                sa.func.count(ShiftCaller.account_id).label("invited"),
                sa.func.count(ShiftCaller.joined_at).label("joined"),
            )
            .join(Campaign, Campaign.id == Shift.campaign_id)
            .outerjoin(ShiftCaller, ShiftCaller.shift_id == Shift.id)
            .where(Campaign.association_id.in_(places), Campaign.state == CampaignState.RUNNING)
            .where(Shift.ends_at > now, Shift.starts_at < midnight)
            .group_by(Shift.id, Campaign.title)
            .order_by(Shift.starts_at, Shift.id)
        )
    )  # fmt: skip


def _running(session: Session, places: sa.Select[int], today: date) -> list[Running]:
    here = (Campaign.association_id.in_(places), Campaign.state.in_((CampaignState.RUNNING, CampaignState.PAUSED)))
    campaigns = session.scalars(
        sa.select(Campaign).where(*here).order_by(Campaign.standing, Campaign.starts_on.desc(), Campaign.id.desc())
    ).all()
    if not campaigns:
        return []
    kept = {one.id: large_campaigns.total(session, one, figures.ends(one, today)) for one in campaigns}
    small = [one for one, found in kept.items() if found is None]
    people, done = (dict(_people(session, small)), dict(_counted(session, small))) if small else ({}, {})
    for campaign_id, found in kept.items():
        if found is not None:
            people[campaign_id] = found.people
            done[campaign_id, Kind.ATTEMPT] = found.sought.part
            done[campaign_id, Kind.CONVERSATION] = found.reached.part
    earlier, none = archived_campaigns.totals(session, kept), Share(0, 0)
    return [
        Running(
            one.id, one.title, one.state == CampaignState.PAUSED,
            people.get(one.id, 0) + earlier.get((one.id, "sought"), none).whole,
            done.get((one.id, Kind.ATTEMPT), 0) + earlier.get((one.id, "sought"), none).part,
            done.get((one.id, Kind.CONVERSATION), 0) + earlier.get((one.id, "reached"), none).part,
        )
        for one in campaigns
    ]  # fmt: skip


def _sending(session: Session, places: sa.Select[int]) -> list[Sending]:
    rows = session.execute(
        sa.select(Blast.id, Blast.title, Blast.state, Blast.handed, Blast.recipients, Blast.send_at)
        .where(Blast.state.in_(UNDER_WAY), Blast.association_id.in_(places))
        .order_by(Blast.send_at, Blast.id)
        .limit(MOST_SHOWN)
    )
    return [Sending(*row) for row in rows]


def _people(session: Session, campaign_ids: list[int]) -> list[tuple[int, int]]:
    """How many there are in T of each campaign."""
    rows = session.execute(
        sa.select(Target.campaign_id, sa.func.count())
        .where(Target.campaign_id.in_(campaign_ids), Target.excluded_on.is_(None))
        .group_by(Target.campaign_id)
    )
    return [(campaign, number) for campaign, number in rows]


def _counted(session: Session, campaign_ids: list[int]) -> list[tuple[tuple[int | None, str], int]]:
    """People sought and reached by each campaign's own calls, of those in T."""
    rows = session.execute(
        sa.select(Event.campaign_id, Event.kind, sa.func.count(Event.person_id.distinct()))
        .join(Target, sa.and_(Target.campaign_id == Event.campaign_id, Target.person_id == Event.person_id))
        .where(Event.campaign_id.in_(campaign_ids), Event.kind.in_((Kind.ATTEMPT, Kind.CONVERSATION)))
        .where(Target.excluded_on.is_(None))
        .group_by(Event.campaign_id, Event.kind)
    )
    return [((campaign, kind), number) for campaign, kind, number in rows]


def _first_week(numbers: Any) -> dict[str, bool]:
    """The four steps that make a new district useful; nothing once they are all done."""
    steps = {
        "associations": bool(numbers.associations),
        "register": numbers.registered is not None,
        "responsible": numbers.responsible >= RESPONSIBLE,
        "campaign": bool(numbers.campaigns),
    }
    return {} if all(steps.values()) else steps
