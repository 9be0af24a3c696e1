"""Taking up the next messages of blasts: at the sender's pace, in their hours, nobody who may not get it by now."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from campaigns import blast_hours, sms_consent
from campaigns.models import Blast, BlastState, Category, Message, MessageState, SenderPace
from campaigns.sms_queue import Claimed, move, moving, note
from campaigns.sms_settings import SmsSettings
from organizer import consents, refusals
from organizer.db import Utc
from organizer.times import local_day

S = MessageState
FIRST = 20
"""So many go first, for a look (P§5.5)."""
LOOK = timedelta(seconds=60)
AHEAD = timedelta(seconds=1)
"""How far ahead of its pace a sender may be."""
LONGEST = timedelta(minutes=15)
"""No wait is longer: one that seems to be was written down before somebody set the machine's clock back."""
SLOWEST = 300
"""Seconds between two tries, at most, while the provider takes nothing."""
LATEST = sa.bindparam("latest", type_=Utc)
NOW, TODAY = sa.bindparam("now", type_=Utc), sa.bindparam("today", type_=sa.Date)
IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)


def claim(
    session: Session, provider: str, settings: SmsSettings, now: datetime, limit: int
) -> tuple[list[Claimed], float]:
    """Take up to `limit` messages of the blasts that may leave now; and how many seconds to wait for more, 0 = none.

    Whoever takes up messages holds the sender's pace and the blast until the transaction ends, so that several
    workers keep one pace together, and a stop or a pause that has been committed lets nothing more through. Who may
    still get it is asked in the claiming statement itself (promise 4).
    """
    any_hour = not blast_hours.may_leave(settings, now)
    moment = {"now": now, "latest": now + LONGEST}
    ids = session.scalars(_blasts(any_hour), moment).all()
    if not ids:
        return [], 0.0
    free_at, troubles = _held_pace(session, provider, now)
    free_at, limit = max(free_at, now), 1 if troubles else limit
    room = int((now + AHEAD - free_at).total_seconds() * settings.parts_per_second)
    if room < 1 or room < min(limit, settings.parts_per_second // 2):
        return [], 0.1 + max(0.0, (free_at - now).total_seconds() - 0.5)
    claimed: list[Claimed] = []
    parts = 0
    for blast_id in ids:
        if len(claimed) < limit and parts < room:
            blast = session.execute(_blast(any_hour), {**moment, "its_id": blast_id}).first()
            if blast:
                some, size = _of_blast(session, blast, provider, now, limit - len(claimed), room - parts)
                claimed, parts = claimed + some, parts + size
    if parts:
        push(session, provider, free_at + timedelta(seconds=parts / settings.parts_per_second))
    return claimed, 0.05 if claimed else 0.0


def push(session: Session, provider: str, until: datetime) -> None:
    """Let the sender take nothing before this moment, as the pace or the provider wants it."""
    session.connection().execute(_PUSH, {"its_sender": provider, "until": until})


def troubled(session: Session, provider: str, now: datetime, wait: int | None, code: int | None) -> int:
    """The provider took nothing: wait as long as it says (seconds), else longer for each time, then try with one.

    Returns how many times in a row it has taken nothing.
    """
    row = session.execute(_PACE, {"its_sender": provider}).one()
    seconds = min(wait or min(SLOWEST, 2 ** (row.troubles + 1)), LONGEST.total_seconds())
    session.execute(
        sa.update(_paces)
        .where(_paces.c.sender == provider)
        .values(troubles=row.troubles + 1, code=code, free_at=max(row.free_at, now + timedelta(seconds=seconds)))
    )
    return int(row.troubles) + 1


def works(session: Session, provider: str) -> None:
    """The provider takes messages again."""
    mended = sa.update(_paces).where(_paces.c.sender == provider, _paces.c.troubles > 0)
    session.execute(mended.values(troubles=0, code=None))


_paces: Any = SenderPace.__table__
_PUSH = (
    sa.update(_paces)
    .where(_paces.c.sender == sa.bindparam("its_sender"), _paces.c.free_at < sa.bindparam("until"))
    .values(free_at=sa.bindparam("until"))
)
_PACE = (
    sa.select(_paces.c.free_at, _paces.c.troubles)
    .where(_paces.c.sender == sa.bindparam("its_sender"))
    .with_for_update()
)


@cache
def _blasts(any_hour: bool) -> Any:
    """Those being sent that do not wait for the look after the first; outside the hours those that may any time."""
    rested = sa.or_(Blast.waits_until.is_(None), Blast.waits_until <= NOW, Blast.waits_until > LATEST)
    hours = [Blast.any_hour_by.is_not(None)] if any_hour else []
    return (
        sa.select(Blast.id)
        .where(Blast.state == BlastState.SENDING, rested, *hours)
        .order_by(Blast.important.desc(), Blast.started_at, Blast.id)
    )


@cache
def _blast(any_hour: bool) -> Any:
    """One of them, if it still is so, held until the end of the transaction."""
    columns = (Blast.id, Blast.handed, Blast.look_first, Blast.looked, Blast.recipients, Blast.category, Blast.sender)
    held = _blasts(any_hour).with_only_columns(*columns).order_by(None)
    return held.where(Blast.id == sa.bindparam("its_id")).with_for_update()


def _held_pace(session: Session, provider: str, now: datetime) -> tuple[datetime, int]:
    """When the sender is free, and its troubles; held until the transaction ends; the row is made the first time."""
    row = session.execute(_PACE, {"its_sender": provider}).first()
    if row is None:
        insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
        session.execute(insert(SenderPace).values(sender=provider, free_at=now).on_conflict_do_nothing())
        row = session.execute(_PACE, {"its_sender": provider}).one()
    if row.free_at > now + LONGEST:
        session.execute(sa.update(_paces).where(_paces.c.sender == provider).values(free_at=now))
        return now, row.troubles
    return row.free_at, row.troubles


def _of_blast(
    session: Session, blast: Any, provider: str, now: datetime, limit: int, room: int
) -> tuple[list[Claimed], int]:
    """Take up the next of one blast, in the order they were frozen; and the parts they take."""
    first = blast.look_first and not blast.looked and (blast.recipients or 0) > FIRST
    if first:
        limit = min(limit, FIRST - blast.handed)
    rows = session.execute(_NEXT, {"its_blast": blast.id, "at_most": max(0, limit)}).all()
    ids, size = _that_fit(rows, room)
    claimed = _take_up(session, ids, blast, provider, now)
    handed = blast.handed + len(claimed)
    if first and handed >= FIRST:
        values = {"handed": handed, "looked": True, "waits_until": now + LOOK}
        session.execute(sa.update(_table).where(_table.c.id == blast.id).values(values))
    elif claimed:
        session.connection().execute(_HANDED, {"its_id": blast.id, "so_many": handed})
    return claimed, size if claimed else 0


_table: Any = Blast.__table__
_HANDED = sa.update(_table).where(_table.c.id == sa.bindparam("its_id")).values(handed=sa.bindparam("so_many"))
_NEXT = (
    sa.select(Message.id, Message.parts)
    .where(Message.blast_id == sa.bindparam("its_blast"), Message.state == S.QUEUED)
    .order_by(Message.id)
    .limit(sa.bindparam("at_most", type_=sa.Integer))
)


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
    moment = {"now": now, "today": local_day(now), "ids": ids}
    rows = session.execute(
        _claiming(blast.category), {**moment, "new_attempt": secrets.token_hex(8), "its_provider": provider}
    ).all()
    claimed = sorted((replace(Claimed(*row), sender=blast.sender) for row in rows), key=lambda one: one.id)
    note(session, [one.id for one in claimed], S.SENDING, now, provider)
    if len(claimed) < len(ids):
        _leave_out(session, set(ids) - {one.id for one in claimed}, blast.category, moment)
    return _without_kept_refusals(session, claimed, now)


@cache
def _claiming(category: str) -> Any:
    """The claiming statement of a category, kept ready: it asks for everything that may have come in between."""
    columns = [getattr(Message, name) for name in Claimed.__slots__ if name != "sender"]
    hindered = [~which for _why, which in _hindrances(category)]
    return moving(
        S.SENDING, Message.id.in_(IDS), Message.state == S.QUEUED, *hindered, attempt=sa.bindparam("new_attempt"),
        claimed_at=NOW, looked_at=None, tries=Message.tries + 1, provider=sa.bindparam("its_provider"),
    ).returning(*columns)  # fmt: skip


def _leave_out(session: Session, ids: set[int], category: str, moment: dict[str, Any]) -> None:
    for why, which in _hindrances(category):
        here = (Message.id.in_(ids), Message.state == S.QUEUED, which)
        gone = session.scalars(moving(S.CANCELLED, *here, body="").returning(Message.id), moment).all()
        note(session, gone, S.CANCELLED, moment["now"], why)


@cache
def _hindrances(category: str) -> list[tuple[str, sa.ColumnElement[bool]]]:
    """Why somebody may not get it by now, though they were among the recipients when it was frozen."""
    consented = () if category == Category.INFORMATION else (
        ("no_consent", ~consents.given(Message.person_id, "sms", category).correlate(Message)),
    )  # fmt: skip
    return [
        ("refused", sms_consent.refused()),
        ("pointless", sms_consent.pointless(NOW)),
        ("left", ~sms_consent.still_member(TODAY)),
        ("number", ~sms_consent.still_theirs()),
        ("expired", Message.expires_at <= NOW),
        *consented,
    ]


def _without_kept_refusals(session: Session, claimed: list[Claimed], now: datetime) -> list[Claimed]:
    """Leave out numbers whose refusal outlived the person's erasure (D21)."""
    kept = refusals.kept(session, {one.e164 for one in claimed}) if claimed else {}
    no = [one.id for one in claimed if {"sms", "all"} & set(kept.get(one.e164, ()))]
    if no:
        move(session, S.FAILED, now, Message.id.in_(no), detail="refused", body="")
    return [one for one in claimed if one.id not in no]
