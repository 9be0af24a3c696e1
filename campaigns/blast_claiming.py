"""Taking up the next messages of blasts: at the sender's pace, in their hours, nobody who may not get it by now."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from campaigns import blast_hours, sms_consent, sms_settings
from campaigns.models import Blast, BlastState, Category, Message, MessageState, SenderPace
from campaigns.sms_queue import Claimed, move, taken_up
from campaigns.sms_settings import SmsSettings
from organizer import consents, refusals
from organizer.times import local_day

S = MessageState
FIRST = 20
"""So many go first, for a look (P§5.5)."""
LOOK = timedelta(seconds=60)
AHEAD = timedelta(seconds=1)
"""How far ahead of its pace a sender may be."""


def claim(session: Session, provider: str, now: datetime, limit: int) -> tuple[list[Claimed], float]:
    """Take up to `limit` messages of the blasts that may leave now; and how many seconds to wait for more, 0 = none.

    Whoever takes up messages holds the sender's pace and the blast until the transaction ends, so that several
    workers keep one pace together, and a stop or a pause that has been committed lets nothing more through. Who may
    still get it is asked in the claiming statement itself (promise 4).
    """
    settings = sms_settings.current(session, local_day(now))
    ids = session.scalars(
        sa.select(Blast.id)
        .where(_may_leave(settings, now))
        .order_by(Blast.important.desc(), Blast.started_at, Blast.id)
    ).all()
    if not ids:
        return [], 0.0
    free_at = max(_held_pace(session, provider, now), now)
    room = int((now + AHEAD - free_at).total_seconds() * settings.parts_per_second)
    if room < 1 or room < min(limit, settings.parts_per_second // 2):
        return [], 0.1 + max(0.0, (free_at - now).total_seconds() - 0.5)
    claimed: list[Claimed] = []
    parts = 0
    for blast_id in ids:
        if len(claimed) < limit and parts < room:
            some, size = _of_blast(session, blast_id, provider, settings, now, limit - len(claimed), room - parts)
            claimed, parts = claimed + some, parts + size
    if parts:
        push(session, provider, free_at + timedelta(seconds=parts / settings.parts_per_second))
    return claimed, 0.05 if claimed else 0.0


def push(session: Session, provider: str, until: datetime) -> None:
    """Let the sender take nothing before this moment, as the pace or the provider wants it."""
    session.execute(
        sa.update(SenderPace)
        .where(SenderPace.sender == provider, SenderPace.free_at < until)
        .values(free_at=until)
        .execution_options(synchronize_session=False)
    )


def _may_leave(settings: SmsSettings, now: datetime) -> sa.ColumnElement[bool]:
    """Being sent, not waiting for the look after the first, and within its hours."""
    in_hours = sa.true() if blast_hours.may_leave(settings, now) else Blast.any_hour_by.is_not(None)
    rested = sa.or_(Blast.waits_until.is_(None), Blast.waits_until <= now)
    return sa.and_(Blast.state == BlastState.SENDING, rested, in_hours)


def _held_pace(session: Session, provider: str, now: datetime) -> datetime:
    """When the sender is free, held until the transaction ends; the row is made the first time."""
    held = sa.select(SenderPace.free_at).where(SenderPace.sender == provider).with_for_update()
    free_at = session.scalar(held)
    if free_at is None:
        insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
        session.execute(insert(SenderPace).values(sender=provider, free_at=now).on_conflict_do_nothing())
        free_at = session.scalar(held)
    return free_at or now


def _of_blast(
    session: Session, blast_id: int, provider: str, settings: SmsSettings, now: datetime, limit: int, room: int
) -> tuple[list[Claimed], int]:
    """Take up the next of one blast, in the order they were frozen; and the parts they take."""
    blast = session.execute(
        sa.select(
            Blast.id, Blast.handed, Blast.look_first, Blast.looked, Blast.recipients, Blast.category, Blast.sender
        )
        .where(Blast.id == blast_id, _may_leave(settings, now))
        .with_for_update()
    ).first()
    if blast is None:
        return [], 0
    first = blast.look_first and not blast.looked and (blast.recipients or 0) > FIRST
    if first:
        limit = min(limit, FIRST - blast.handed)
    rows = session.execute(
        sa.select(Message.id, Message.parts)
        .where(Message.blast_id == blast_id, Message.state == S.QUEUED)
        .order_by(Message.id)
        .limit(max(0, limit))
    ).all()
    ids, size = _that_fit(rows, room)
    claimed = _take_up(session, ids, blast, provider, now)
    values: dict[str, Any] = {"handed": blast.handed + len(claimed)}
    if first and values["handed"] >= FIRST:
        values |= {"looked": True, "waits_until": now + LOOK}
    if claimed or len(values) > 1:
        session.execute(
            sa.update(Blast).where(Blast.id == blast_id).values(**values).execution_options(synchronize_session=False)
        )
    return claimed, size if claimed else 0


def _that_fit(rows: Any, room: int) -> tuple[list[int], int]:
    """As many as there is room for in parts, at least one: a long text must not wait for ever."""
    ids: list[int] = []
    size = 0
    for row in rows:
        if ids and size + (row.parts or 1) > room:
            break
        ids.append(row.id)
        size += row.parts or 1
    return ids, size


def _take_up(session: Session, ids: list[int], blast: Any, provider: str, now: datetime) -> list[Claimed]:
    """Claim these rows, if they may still be sent; the others are cancelled, and it is written down why."""
    if not ids:
        return []
    mine = move(
        session, S.SENDING, now, Message.id.in_(ids), Message.state == S.QUEUED,
        *(~which for _why, which in _hindrances(blast.category, now)), detail=provider,
        attempt=secrets.token_hex(8), claimed_at=now, looked_at=None, tries=Message.tries + 1, provider=provider,
    )  # fmt: skip
    if len(mine) < len(ids):
        left = Message.id.in_(set(ids) - set(mine))
        for why, which in _hindrances(blast.category, now):
            move(session, S.CANCELLED, now, left, Message.state == S.QUEUED, which, detail=why, body="")
    rows = session.execute(taken_up().where(Message.id.in_(mine)).order_by(Message.id))
    return _without_kept_refusals(session, [replace(Claimed(*row), sender=blast.sender) for row in rows], now)


def _hindrances(category: str, now: datetime) -> list[tuple[str, sa.ColumnElement[bool]]]:
    """Why somebody may not get it by now, though they were among the recipients when it was frozen."""
    consented = () if category == Category.INFORMATION else (
        ("no_consent", ~consents.given(Message.person_id, "sms", category).correlate(Message)),
    )  # fmt: skip
    return [
        ("refused", sms_consent.refused()),
        ("pointless", sms_consent.pointless(now)),
        ("left", ~sms_consent.still_member(now)),
        ("number", ~sms_consent.still_theirs()),
        ("expired", Message.expires_at <= now),
        *consented,
    ]


def _without_kept_refusals(session: Session, claimed: list[Claimed], now: datetime) -> list[Claimed]:
    """Leave out numbers whose refusal outlived the person's erasure (D21)."""
    kept = refusals.kept(session, {one.e164 for one in claimed}) if claimed else {}
    no = [one.id for one in claimed if {"sms", "all"} & set(kept.get(one.e164, ()))]
    if no:
        move(session, S.FAILED, now, Message.id.in_(no), detail="refused", body="")
    return [one for one in claimed if one.id not in no]
