"""The worker's round of a campaign: late comers in, who is done or gone out, what is due back, broken promises freed."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import goals, holds, replay, todos
from campaigns.hindrances import HINDRANCE, STANDS
from campaigns.models import Campaign, CampaignState, Hold, QueueRow, QueueState
from campaigns.placing import PROMISE_KEPT_WITHIN
from campaigns.queue_filling import fill
from campaigns.queue_states import MOVES, listed
from campaigns.statements import typed
from organizer.models import Association, AssociationKind
from organizer.times import local_day

STANDING_DAYS = 90
"""The longest clock of a person in a standing campaign (D4)."""
AT_A_TIME = 50
"""How many people who can be rung again come back in one round: the next follows within a minute."""


Part = Callable[[Session, Campaign, datetime], object]


def sweep(session: Session, campaign_id: int, now: datetime, parts: Sequence[Part] | None = None) -> None:
    """Bring a campaign's queue up to what is known; doing it twice changes nothing. Nothing if it is closed or draft.

    Each of PARTS stands on its own, so that the worker may give each a short transaction (D26).
    """
    campaign = session.get(Campaign, campaign_id, with_for_update={"key_share": True})  # calls point at it meanwhile
    if campaign is None or campaign.state not in (CampaignState.RUNNING, CampaignState.PAUSED):
        return
    for part in PARTS if parts is None else parts:
        part(session, campaign, now)


def _let_in(session: Session, campaign: Campaign, now: datetime) -> None:
    if campaign.state == CampaignState.RUNNING:
        fill(session, campaign, now)


def _by_the_clock(session: Session, campaign: Campaign, now: datetime) -> None:
    free_broken_promises(session, campaign.id, now)
    put_back_due(session, campaign.id, now)


def put_back_due(session: Session, campaign_id: int, now: datetime) -> None:
    """Rows whose waiting time is over become callable, and holds that have run out are taken back."""
    holds.let_go(session, Hold.expires_at <= now)
    sources, _ = MOVES["come_due"]
    session.execute(
        sa.update(QueueRow)
        .where(QueueRow.state.in_(sources), QueueRow.due_at <= now, QueueRow.campaign_id == campaign_id)
        .values(state=QueueState.READY)
        .execution_options(synchronize_session=False)
    )


def settle(session: Session, campaign: Campaign, now: datetime) -> None:
    """Note who has met the goal since they entered, and take it back for whoever no longer does (D3, D4).

    Somebody who has been promised a call stays until it has been made.
    """
    today = local_day(now)
    asked = goals.parameters(campaign) | {"today": today}
    clauses = {"met": goals.AFTER_ENTRY[campaign.template], "time_up": "1 = 0"}
    if campaign.standing:
        asked["late_since"] = today - timedelta(days=STANDING_DAYS)
        clauses["time_up"] = "campaign_targets.entered_on <= :late_since"
    for statement in (_SETTLE, _UNSETTLE):
        text = typed(statement.format(**clauses))
        session.execute(text, {name: value for name, value in asked.items() if name in text._bindparams})  # noqa: SLF001


def exclude(session: Session, campaign: Campaign, now: datetime) -> None:
    """Take the dead, the protected and those who moved out of the district out of T, and let them in again (D2)."""
    path = session.scalar(sa.select(Association.path).where(Association.id == campaign.association_id)) or ""
    district = session.scalar(
        sa.select(Association.path).where(
            Association.kind == AssociationKind.DISTRICT, sa.literal(path).like(Association.path + "%")
        )
    )
    asked = {"campaign": campaign.id, "today": local_day(now), "path": (district or path) + "%"}
    session.execute(_EXCLUDE, asked)
    session.execute(_INCLUDE, asked)


def free_broken_promises(session: Session, campaign_id: int, now: datetime) -> None:
    """A personal callback a day late goes to anyone, and somebody responsible is told (P§4.7)."""
    broken = session.execute(
        sa.update(QueueRow)
        .where(
            QueueRow.campaign_id == campaign_id,
            QueueRow.callback_by.is_not(None),
            QueueRow.due_at < now - PROMISE_KEPT_WITHIN,
            QueueRow.state.in_([QueueState.READY, QueueState.WAITING]),
        )
        .values(callback_by=None)
        .returning(QueueRow.person_id, QueueRow.association_id)
        .execution_options(synchronize_session=False)
    ).all()
    for row in broken:
        todos.add(
            session, kind="callback_missed", person_id=row.person_id, association_id=row.association_id, now=now,
            campaign_id=campaign_id,
        )  # fmt: skip


def _take_out(session: Session, campaign: Campaign, now: datetime) -> None:
    """Rows of those who must not be rung any more: from the queue in one statement, from callers' hands one by one."""
    asked = {"campaign": campaign.id, "today": local_day(now)}
    for person_id in session.scalars(_HELD_BUT_HINDERED, asked).all():
        replay.person(session, person_id, now)
    session.execute(_fall_out(), asked)


def _bring_back(session: Session, campaign: Campaign, now: datetime) -> None:
    """A refusal taken back, a new number, a sign-up withdrawn: the person is rung again."""
    asked = {"campaign": campaign.id, "today": local_day(now)}
    for person_id in session.scalars(_NO_LONGER_HINDERED, asked).all():
        replay.person(session, person_id, now)


PARTS: tuple[Part, ...] = (_let_in, exclude, settle, _take_out, _bring_back, _by_the_clock)
"""What the round consists of, in this order."""

_SETTLE = """
    UPDATE campaign_targets SET settled_on = :today
    WHERE campaign_id = :campaign AND settled_on IS NULL AND EXISTS (
        SELECT 1 FROM call_queue x
        WHERE x.campaign_id = campaign_targets.campaign_id AND x.person_id = campaign_targets.person_id
          AND NOT (COALESCE(x.why, '') = 'callback' AND x.state IN ('waiting', 'ready', 'held')) AND ({met} OR {time_up}))
"""
_UNSETTLE = """
    UPDATE campaign_targets SET settled_on = NULL
    WHERE campaign_id = :campaign AND settled_on IS NOT NULL AND EXISTS (
        SELECT 1 FROM call_queue x
        WHERE x.campaign_id = campaign_targets.campaign_id AND x.person_id = campaign_targets.person_id
          AND NOT ({met} OR {time_up}))
"""
_AWAY = """
    EXISTS (SELECT 1 FROM memberships m JOIN associations a ON a.id = m.association_id
            WHERE m.person_id = p.id AND m.to_day IS NULL AND NOT a.path LIKE :path)
"""
_REASON = f"""
    (SELECT CASE WHEN p.deceased_on IS NOT NULL THEN 'deceased' WHEN p.protected THEN 'protected'
                 WHEN {_AWAY} THEN 'moved_out' END
     FROM people p WHERE p.id = campaign_targets.person_id)
"""  # noqa: S608  made of constants alone
_EXCLUDE = typed(f"""
    UPDATE campaign_targets SET excluded_on = :today, excluded_why = {_REASON}
    WHERE campaign_id = :campaign AND excluded_on IS NULL AND {_REASON} IS NOT NULL
""")  # noqa: S608  made of constants alone
_INCLUDE = typed(f"""
    UPDATE campaign_targets SET excluded_on = NULL, excluded_why = NULL
    WHERE campaign_id = :campaign AND excluded_on IS NOT NULL AND {_REASON} IS NULL
""")  # noqa: S608  made of constants alone

_HINDERED = f"""
    SELECT q.id, q.person_id, q.state, q.why, {HINDRANCE} AS hindrance
    FROM call_queue q
    JOIN people p ON p.id = q.person_id
    LEFT JOIN campaign_targets t ON t.campaign_id = q.campaign_id AND t.person_id = q.person_id
    WHERE q.campaign_id = :campaign
"""  # noqa: S608  made of constants alone
_STANDS = " ".join(f"WHEN h.hindrance = '{why}' THEN '{state}'" for why, state in STANDS.items())
_STOOD = _STANDS.replace("h.hindrance", "h.why")
_NAMES = ", ".join(f"'{why}'" for why in STANDS)
_HELD_BUT_HINDERED = typed(f"""
    SELECT h.person_id FROM ({_HINDERED} AND q.state = 'held') h
    WHERE h.hindrance IS NOT NULL AND h.hindrance NOT IN ('goal_met', 'no_number')
""")  # noqa: S608  made of constants alone
_NO_LONGER_HINDERED = typed(f"""
    SELECT h.person_id FROM ({_HINDERED} AND q.state IN ('removed', 'blocked', 'done') AND q.why IN ({_NAMES})) h
    WHERE h.state = CASE {_STOOD} END AND (h.hindrance IS NULL OR h.hindrance <> h.why) LIMIT {AT_A_TIME}
""")  # noqa: S608  made of constants alone


@cache
def _fall_out() -> sa.TextClause:
    # Worked out once for each row: flattened, PostgreSQL writes the whole question out a dozen times.
    return typed(f"""
        WITH h AS MATERIALIZED ({_HINDERED} AND q.state IN ({listed("fall_out")}))
        UPDATE call_queue SET state = CASE {_STANDS} END, why = h.hindrance
        FROM h WHERE call_queue.id = h.id AND h.hindrance IS NOT NULL AND call_queue.state IN ({listed("fall_out")})
    """)  # noqa: S608  made of constants alone
