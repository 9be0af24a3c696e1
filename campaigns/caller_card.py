"""What a caller sees of the person held, only while calling, and nothing else (P§4.9)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from campaigns.models import Call, CallState, Campaign, CampaignActivity, Hold, QueueRow, Template
from organizer import surveys
from organizer.activity_drafts import INNER
from organizer.membership import MOVED, joined_on
from organizer.models import (
    Account,
    Activity,
    ActivityOrganizer,
    Association,
    BlockedNumber,
    Fee,
    Membership,
    Person,
    Phone,
    Question,
    Refusal,
    SignUp,
)
from organizer.times import local_day
from organizer.words import Missing

MOST_ACTIVITIES = 5
"""Those the campaign chose and a few more: nobody brings up more in a call, and the page stays light (D12)."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number to ring: as the phone wants it and as people read it."""

    id: int
    e164: str
    national: str
    kind: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """A call before this one."""

    at: datetime
    outcome: str
    note: str
    by: str
    """First name and initial of whoever rang."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """An activity to bring up, and where the person stands with it."""

    id: int
    title: str
    starts_at: datetime
    place: str
    full: bool
    state: str
    """signed_up, waiting, declined, withdrawn or nothing."""
    chosen: bool
    """Chosen by the campaign, not merely on the association's calendar."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, worded as it should be said."""

    id: int
    text: str
    kind: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """The person held. Without the hold (a late report, a change) there are no numbers and only the initial."""

    call_id: int
    queue_id: int
    shift_id: int | None
    person_id: int
    first_name: str
    last_name: str
    association: str
    new_weeks: int | None
    since: int | None
    numbers: tuple[Number, ...]
    signed_up: tuple[Invitation, ...]
    activities: tuple[Invitation, ...]
    questions: tuple[Asked, ...]
    last: Earlier | None = None
    note: Earlier | None = None
    unpaid: bool = False
    refused: bool = False
    """Has asked to be spared calls since they were handed out."""
    shut: bool = False
    """Must not be rung for another reason, which callers never see (P§4.6)."""
    expires_at: datetime | None = None
    held: bool = True
    outcome: str | None = None
    """What the call is reported as, if it is."""
    client_ref: str = ""
    """The reference of that report."""

    @property
    def reported(self) -> bool:
        """Whether the call has been reported."""
        return self.outcome is not None

    @property
    def name(self) -> str:
        """The full name while held, otherwise first name and initial."""
        return f"{self.first_name} {self.last_name}".strip() if self.held else self.short

    @property
    def short(self) -> str:
        """Anders W."""
        return f"{self.first_name} {self.last_name[:1]}.".replace(" .", "")


def held(session: Session, account_id: int, now: datetime) -> Card | None:
    """The person this caller holds now, with what is needed to ring: five statements."""
    rows = session.execute(_person(now).where(Hold.account_id == account_id, Hold.expires_at > now)).all()
    return _card(session, rows, now) if rows else None


def of_call(session: Session, call_id: int, account_id: int, now: datetime) -> Card:
    """The person of the caller's own call: everything while held and to be rung, else first name and initial.

    Missing for a call that is not the caller's.
    """
    rows = session.execute(_person(now).where(Call.id == call_id, Call.account_id == account_id)).all()
    if not rows:
        raise Missing
    card = _card(session, rows, now)
    return card if rows[0].expires_at is not None and rows[0].expires_at > now and not card.shut else after_report(card)


def after_report(card: Card) -> Card:
    """What is left to see when the person is no longer held: first name and initial, never a number (P§4.9)."""
    return replace(
        card, held=False, numbers=(), last=None, note=None, signed_up=(), unpaid=False, since=None, new_weeks=None
    )


def _person(now: datetime) -> Any:
    refused = sa.exists().where(
        Refusal.person_id == Person.id, Refusal.channel.in_(["call", "all"]), Refusal.revoked_at.is_(None)
    )
    blocked = sa.exists().where(BlockedNumber.e164 == Phone.e164)
    paid = sa.exists().where(Fee.person_id == Person.id, Fee.year == local_day(now).year)
    return (
        sa.select(
            Call.id.label("call_id"), Call.queue_id, Call.shift_id, Call.outcome, Call.client_ref, Call.state.label("call_state"), Call.campaign_id, Call.association_id, Hold.expires_at,
            Person.id.label("person_id"), Person.first_name, Person.last_name, Person.protected, Person.deceased_on,
            Person.blocked_why, Person.merged_into_id, sa.func.coalesce(joined_on(), Membership.from_day).label("from_day"), Membership.from_why,
            Association.short_name, Association.path, Campaign.template, Campaign.survey_id, refused.label("refused"),
            paid.label("paid"), Phone.id.label("phone_id"), Phone.e164, Phone.national, Phone.kind,
        )
        .select_from(Call)
        .join(Person, Person.id == Call.person_id)
        .join(QueueRow, QueueRow.id == Call.queue_id)
        .join(Campaign, Campaign.id == Call.campaign_id)
        .join(Association, Association.id == Call.association_id)
        .outerjoin(Hold, Hold.call_id == Call.id)
        .outerjoin(Membership, sa.and_(Membership.person_id == Person.id, Membership.to_day.is_(None)))
        .outerjoin(Phone, sa.and_(Phone.person_id == Person.id, ~blocked))
        .order_by(Phone.position, Phone.id)
    )  # fmt: skip


def _card(session: Session, rows: Any, now: datetime) -> Card:
    first = rows[0]
    joined = first.from_day
    age = (local_day(now) - joined).days if joined else None
    invitations = _invitations(session, first, now)
    earlier = _earlier(session, first, now)
    return Card(
        call_id=first.call_id, queue_id=first.queue_id, shift_id=first.shift_id, person_id=first.person_id, first_name=first.first_name,
        last_name=first.last_name, association=first.short_name,
        new_weeks=max(age // 7, 0) if age is not None and age <= 90 and first.from_why in ("joined", *MOVED) else None,
        since=joined.year if joined else None,
        numbers=tuple(Number(row.phone_id, row.e164, row.national, row.kind) for row in rows if row.e164),
        signed_up=tuple(one for one in invitations if one.state in {"signed_up", "waiting"}),
        activities=tuple(invitations),
        questions=_questions(session, first.survey_id),
        last=earlier[0] if earlier else None,
        note=next((one for one in earlier if one.note), None),
        unpaid=first.template == Template.RENEW and not first.paid,
        refused=bool(first.refused),
        shut=bool(first.protected or first.deceased_on or first.blocked_why or first.merged_into_id),
        expires_at=first.expires_at,
        outcome=first.outcome if first.call_state == CallState.REPORTED else None,
        client_ref=first.client_ref or "",
    )  # fmt: skip


def _earlier(session: Session, first: Any, now: datetime) -> list[Earlier]:
    """The latest calls to the person, newest first; notes only from the last year of this campaign."""
    rows = session.execute(
        sa.select(Call.happened_at, Call.outcome, Call.note, Call.campaign_id, Account.name)
        .join(Account, Account.id == Call.account_id)
        .where(
            Call.person_id == first.person_id,
            Call.state == CallState.REPORTED,
            Call.id != first.call_id,
            Call.outcome.not_in(["skip", "conflict"]),
            Call.happened_at > now - timedelta(days=730),
        )
        .order_by(Call.happened_at.desc())
        .limit(5)
    )
    return [
        Earlier(
            row.happened_at, row.outcome, row.note if row.campaign_id == first.campaign_id else "", _initial(row.name)
        )
        for row in rows
    ]


def _initial(name: str) -> str:
    first, _, last = name.partition(" ")
    return f"{first} {last[:1]}." if last else first


def _invitations(session: Session, first: Any, now: datetime) -> list[Invitation]:
    """The campaign's activities in its order, what the person has answered about, the association's own, the district's.

    (P§4.8.) An answer stands there whoever holds the activity; inner meetings are offered only by a campaign, and of a
    series that nobody chose only the next occasion.
    """
    anybody = aliased(SignUp)
    taken = (
        sa.select(sa.func.count())
        .select_from(anybody)
        .where(anybody.activity_id == Activity.id, anybody.state == "signed_up")
        .scalar_subquery()
    )
    near = (
        sa.select(sa.func.min(sa.case((Association.id == first.association_id, 0), else_=1)))
        .select_from(ActivityOrganizer)
        .join(Association, Association.id == ActivityOrganizer.association_id)
        .where(ActivityOrganizer.activity_id == Activity.id, sa.literal(first.path).like(Association.path + "%"))
        .scalar_subquery()
    )
    offered = sa.and_(near.is_not(None), Activity.kind.not_in(INNER))
    rows = session.execute(
        sa.select(
            Activity.id, Activity.title, Activity.starts_at, Activity.place, Activity.capacity, Activity.series_id, SignUp.state,
            CampaignActivity.position, taken.label("taken"),
        )
        .outerjoin(SignUp, sa.and_(SignUp.activity_id == Activity.id, SignUp.person_id == first.person_id))
        .outerjoin(
            CampaignActivity,
            sa.and_(CampaignActivity.activity_id == Activity.id, CampaignActivity.campaign_id == first.campaign_id),
        )
        .where(
            Activity.starts_at > now,
            Activity.cancelled_at.is_(None),
            sa.or_(CampaignActivity.campaign_id.is_not(None), SignUp.id.is_not(None), offered),
        )
        .order_by(CampaignActivity.position.is_(None), CampaignActivity.position, SignUp.id.is_(None), near, Activity.starts_at)
        .limit(24)
    )  # fmt: skip
    return [
        Invitation(
            row.id, row.title, row.starts_at, row.place,
            row.capacity is not None and row.taken >= row.capacity, row.state or "", row.position is not None,
        )
        for row in _next_of_each_series(rows)[:MOST_ACTIVITIES]
    ]  # fmt: skip


def _next_of_each_series(rows: Iterable[Any]) -> list[Any]:
    kept, seen = [], set()
    for row in rows:
        if row.series_id not in seen or row.position is not None or row.state:
            kept.append(row)
        if row.series_id is not None:
            seen.add(row.series_id)
    return kept


def _questions(session: Session, survey_id: int | None) -> tuple[Asked, ...]:
    if survey_id is None:
        return ()
    rows = session.execute(
        sa.select(Question.id, Question.text, Question.kind, Question.options)
        .where(Question.survey_id == survey_id)
        .order_by(Question.position)
        .limit(5)
    )
    return tuple(
        Asked(row.id, row.text, row.kind, tuple(surveys.options_of(row.kind, row.options or ()))) for row in rows
    )
