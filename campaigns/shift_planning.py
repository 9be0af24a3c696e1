"""Planning a shift: who may be asked to ring, who is, and the SMS with each caller's own link."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import shifts, sms_queue
from campaigns.models import Campaign, Shift, ShiftCaller
from organizer import audit
from organizer.languages import say
from organizer.models import Account, Association, Role, RoleName
from organizer.times import local, local_day
from organizer.words import N_

INVITATION = N_("Hej %(name)s! %(day)s kl. %(time)s ringer vi: %(title)s. Plats: %(place)s. Din länk: %(link)s")


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who may ring, or is invited to: `joined` when the link has been used."""

    id: int
    name: str
    has_mobile: bool
    joined: bool = False
    finished: bool = False


def possible(session: Session, campaign: Campaign, now: datetime, *roles: RoleName) -> list[Caller]:
    """Accounts with one of `roles` (callers, unless told) at, below or above the campaign's place, by name."""
    path = session.scalar(sa.select(Association.path).where(Association.id == campaign.association_id)) or "-"
    above = [int(one) for one in path.strip("/").split("/") if one.isdecimal()]
    today = local_day(now)
    reaching = (
        sa.select(Role.account_id)
        .join(Association, Association.id == Role.association_id)
        .where(
            Role.name.in_(roles or (RoleName.CALLER, RoleName.SHIFT_LEADER)),
            Role.from_day <= today,
            sa.or_(Role.to_day.is_(None), Role.to_day > today),
            sa.or_(Association.path.like(path + "%"), Association.id.in_(above)),
        )
    )
    rows = session.execute(
        sa.select(Account.id, Account.name, Account.e164)
        .where(Account.id.in_(reaching), Account.disabled_at.is_(None))
        .order_by(Account.name, Account.id)
    )
    return [Caller(row.id, row.name, row.e164 is not None) for row in rows]


def invited(session: Session, shift_id: int) -> list[Caller]:
    """The callers of a shift, by name."""
    rows = session.execute(
        sa.select(Account.id, Account.name, Account.e164, ShiftCaller.joined_at, ShiftCaller.finished_at)
        .join(ShiftCaller, ShiftCaller.account_id == Account.id)
        .where(ShiftCaller.shift_id == shift_id)
        .order_by(Account.name, Account.id)
    )
    return [
        Caller(row.id, row.name, row.e164 is not None, row.joined_at is not None, row.finished_at is not None)
        for row in rows
    ]


def change(
    session: Session, shift: Shift, starts_at: datetime, ends_at: datetime, place: str, leader_id: int | None, wanted: int,
    now: datetime, account_id: int,
) -> None:  # fmt: skip
    """Move a shift or change its place, leader or size; refused in words as when it is made."""
    shifts.check(starts_at, ends_at, place, wanted, now)
    shift.starts_at, shift.ends_at, shift.place = starts_at, ends_at, place.strip()[:120]
    shift.leader_id, shift.wanted = leader_id, wanted
    session.flush()
    audit.changed(session, account_id, "edit", "shift", shift.id, now)


def set_callers(session: Session, shift_id: int, account_ids: Iterable[int], now: datetime) -> None:
    """Invite these and no others; who has already joined stays."""
    wanted, have = set(account_ids), {one.id: one for one in invited(session, shift_id)}
    for account_id in sorted(wanted - set(have)):
        shifts.invite(session, shift_id, account_id, now)
    for gone in set(have) - wanted:
        remove(session, shift_id, gone)


def remove(session: Session, shift_id: int, account_id: int) -> None:
    """Take an invitation back: the link stops working. Who has already rung stays in the shift."""
    session.execute(
        sa.delete(ShiftCaller).where(
            ShiftCaller.shift_id == shift_id, ShiftCaller.account_id == account_id, ShiftCaller.joined_at.is_(None)
        )
    )


def send_links(session: Session, shift: Shift, title: str, base_url: str, now: datetime) -> tuple[int, int]:
    """SMS every invited caller a fresh link of their own (earlier links stop working); (sent, without a mobile)."""
    rows = session.execute(
        sa.select(Account.id, Account.name, Account.e164, Account.language)
        .join(ShiftCaller, ShiftCaller.account_id == Account.id)
        .where(ShiftCaller.shift_id == shift.id, ShiftCaller.finished_at.is_(None))
        .order_by(Account.id)
    ).all()
    starts = local(shift.starts_at)
    for row in rows:
        if row.e164 is None:
            continue
        body = say(
            row.language, INVITATION, name=row.name.split(" ")[0], day=f"{starts.day}/{starts.month}",
            time=f"{starts:%H.%M}" if row.language == "sv" else f"{starts:%H:%M}", title=title, place=shift.place,
            link=f"{base_url}/p/{shifts.invite(session, shift.id, row.id, now)}",
        )  # fmt: skip
        sms_queue.enqueue(session, kind="shift_link", e164=row.e164, body=body, now=now, account_id=row.id,
                          campaign_id=shift.campaign_id)  # fmt: skip
    sent = sum(row.e164 is not None for row in rows)
    return sent, len(rows) - sent
