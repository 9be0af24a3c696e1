"""Filling the queue: who the campaign is for goes into T, and everyone in T gets a row, in one statement each."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import goals, hindrances, rests
from campaigns.models import Campaign, Target
from campaigns.rests import Rests
from campaigns.statements import hours_after, is_postgresql, typed
from organizer import selections
from organizer.db import changed
from organizer.models import ACTIVATION, Association
from organizer.times import local_day


def fill(session: Session, campaign: Campaign, now: datetime) -> int:
    """Put everyone the campaign is for and who is not there yet into T and the queue; how many were new in T.

    Those who already meet the goal never enter. Those who refuse or have no number enter T, because the figures are
    about them too, but their row says why nobody rings them. Calling it again adds only those who have come since;
    a target that is drawn by lot is drawn once, or everybody who leaves it would be followed by somebody new.
    """
    session.execute(sa.select(Campaign.id).where(Campaign.id == campaign.id).with_for_update(key_share=True))
    entered = 0 if _drawn_before(session, campaign) else changed(session.execute(_into_target(session, campaign, now)))
    if entered:
        today = local_day(now)
        rest = rests.in_force(session, today)
        lately = today - rest.longest - timedelta(days=1)
        statement = _into_queue(is_postgresql(session), rest)
        session.execute(statement, {"campaign": campaign.id, "now": now, "today": today, "lately": lately})
    return entered


def _drawn_before(session: Session, campaign: Campaign) -> bool:
    if not selections.drawn(session, campaign.target):
        return False
    return session.scalar(sa.select(Target.person_id).where(Target.campaign_id == campaign.id).limit(1)) is not None


def _into_target(session: Session, campaign: Campaign, now: datetime) -> Any:
    today = local_day(now)
    path = session.scalar(sa.select(Association.path).where(Association.id == campaign.association_id)) or ""
    meant = selections.people(campaign.target, now, place_path=path, session=session).subquery("x")
    kinds = ", ".join(f"'{kind}'" for kind in ACTIVATION)
    year_ago = today - timedelta(days=365)
    active = sa.literal_column(
        "EXISTS (SELECT 1 FROM timeline e WHERE e.person_id = x.person_id"  # noqa: S608  constants and a date
        f" AND e.kind IN ({kinds}) AND e.day > '{year_ago}' AND e.day <= '{today}')",
        sa.Boolean,
    )
    here = sa.select(
        sa.literal(campaign.id), meant.c.person_id, meant.c.association_id, sa.literal(today, sa.Date), active
    ).where(
        ~sa.exists().where(Target.campaign_id == campaign.id, Target.person_id == meant.c.person_id),
        _not_met(campaign),
    )
    columns = ["campaign_id", "person_id", "association_id", "entered_on", "active_at_entry"]
    return (
        sa.insert(Target).from_select(columns, here, include_defaults=False).execution_options(preserve_rowcount=True)
    )


def _not_met(campaign: Campaign) -> Any:
    clause = typed(f"NOT {goals.BEFORE_ENTRY[campaign.template]}")
    asked = clause._bindparams  # noqa: SLF001
    return clause.bindparams(**{name: value for name, value in goals.parameters(campaign).items() if name in asked})


@cache
def _into_queue(postgresql: bool, rest: Rests) -> sa.TextClause:
    last = "(SELECT max(e.at) FROM timeline e WHERE e.person_id = t.person_id AND e.kind = '{}' AND e.day >= :lately)"
    tried = hours_after(postgresql, last.format("attempt"), int(rest.after_attempt.total_seconds() // 3600))
    talked = hours_after(postgresql, last.format("conversation"), int(rest.after_conversation.total_seconds() // 3600))
    later = "GREATEST" if postgresql else "MAX"
    stands = " ".join(f"WHEN f.why = '{why}' THEN '{state}'" for why, state in hindrances.STANDS.items())
    # Worked out once, and before the first row is written: flattened, SQLite asks the same of a person a dozen times.
    return typed(f"""
        WITH f AS MATERIALIZED (
            SELECT t.campaign_id, t.person_id, t.association_id, {hindrances.BEFORE_ENTRY} AS why,
                   {later}(:now, COALESCE({tried}, :now), COALESCE({talked}, :now)) AS due_at
            FROM campaign_targets t JOIN people p ON p.id = t.person_id
            WHERE t.campaign_id = :campaign
              AND t.person_id NOT IN (SELECT q.person_id FROM call_queue q WHERE q.campaign_id = :campaign)
        )
        INSERT INTO call_queue (campaign_id, person_id, association_id, state, why, priority, due_at, entered_at, attempts)
        SELECT f.campaign_id, f.person_id, f.association_id,
               CASE {stands} WHEN f.due_at > :now THEN 'waiting' ELSE 'ready' END, f.why, 5, f.due_at, :now, 0
        FROM f ORDER BY f.person_id
    """)  # noqa: S608  made of constants alone
