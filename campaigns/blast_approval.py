"""Four eyes: somebody who has written none of it says yes to exactly what they saw, within a time (P§5.4, D24)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import blast_review, blasts, sms_queue
from campaigns.blast_freezing import freeze
from campaigns.blast_states import locked, move, note
from campaigns.models import Blast, BlastState
from organizer import audit
from organizer.accounts import holds_on
from organizer.models import Account, Association, Role, RoleName
from organizer.times import local_day
from organizer.words import N_, Missing, Refused

S = BlastState
MAY = (RoleName.APPROVER, RoleName.ORGANIZER)
"""Who may approve, those with that task first."""
ESCALATES = timedelta(minutes=30)
"""An important event waits so long for one approver before the next is asked too."""
VALID = timedelta(days=7)
"""How long an approval holds when no time is set (D24)."""
PATH = "/utskick/{id}/granska"
"""Where the approver looks at it."""
ASK = "{who} ber dig godkänna ett sms-utskick. Titta och godkänn här: {link}"


def approvers(session: Session, blast: Blast, now: datetime) -> list[Any]:
    """Accounts (id, name, e164, role) that may approve it: a fitting role over its place, and no hand in it."""
    path = sa.select(Association.path).where(Association.id == blast.association_id).scalar_subquery()
    order = sa.case({role: n for n, role in enumerate(MAY)}, value=Role.name)
    rows = session.execute(
        sa.select(Account.id, Account.name, Account.e164, Role.name.label("role"))
        .join(Role, Role.account_id == Account.id)
        .join(Association, Association.id == Role.association_id)
        .where(
            Role.name.in_(MAY), holds_on(local_day(now)), Account.disabled_at.is_(None),
            Account.id.not_in(_hands(blast)), path.like(Association.path.concat("%")),
        )
        .order_by(order, sa.func.length(Association.path).desc(), Account.id)
    ).all()  # fmt: skip
    return list({row.id: row for row in reversed(rows)}.values())[::-1]


def waiting_for(session: Session, account_id: int, paths: Sequence[str]) -> list[int]:
    """The blasts that this account has been asked to approve and that still wait; `paths` = where it may approve."""
    if not paths:
        return []
    rows = session.execute(
        sa.select(Blast.id, Blast.asked_of)
        .join(Association, Association.id == Blast.association_id)
        .where(Blast.state == S.WAITING, sa.or_(*(Association.path.startswith(path) for path in paths)))
        .order_by(Blast.id)
    )
    return [row.id for row in rows if account_id in row.asked_of]


def ask(
    session: Session, blast_id: int, account_id: int, base: str, now: datetime, *, seen: str, confirmed: bool = False,
    of: int | None = None,
) -> None:  # fmt: skip
    """Ask for a yes: of the account `of`, else of the first who may; whoever is asked is told by SMS.

    Everybody else who may approve still may. Refused when something stops it or nobody else may say yes.
    """
    blast = locked(session, blast_id)
    if blast.state == S.WAITING:
        return
    blasts.looked_at(session, blast, base, now, seen, confirmed=confirmed)
    if account_id not in blast.authors:
        blast.authors = [*blast.authors, account_id]
    may = {row.id for row in approvers(session, blast, now)}
    if not may:
        raise Refused(N_("Ingen annan här får godkänna utskick. Be systemägaren ge någon rollen godkännare."))
    if of is not None and of not in may:
        raise Refused(N_("Den du valde får inte godkänna utskicket. Välj någon i listan."), "of")
    move(
        session, blast, S.WAITING, now, account_id, what="asked", asked_by=account_id, asked_at=now, asked_of=[],
        hash=blast_review.content_hash(blast),
    )  # fmt: skip
    _ask_next(session, blast, base, now, of)
    audit.changed(session, account_id, "ask", "blast", blast.id, now, blast.association_id)


def approve(session: Session, blast_id: int, account_id: int, base: str, now: datetime, *, seen: str) -> None:
    """Say yes to exactly what was seen, and freeze it.

    A scheduled blast leaves at its time, one that is to leave when it is approved at once, and any other waits at most
    seven days for somebody to press *Skicka*. Whether the account reaches the blast is asked here; whether it really is its owner (a code on the phone) by the page.
    """
    blast = locked(session, blast_id)
    if blast.state != S.WAITING:
        raise Refused(N_("Det går inte längre: utskicket har redan gått vidare. Ladda om sidan. Inget har ändrats."))
    may_decide(session, blast, account_id, now)
    if blast.hash != blast_review.content_hash(blast):
        raise Refused(N_("Utskicket är inte längre det som godkändes. Be om ett nytt godkännande. Inget har skickats."))
    looked = blasts.looked_at(session, blast, base, now, seen, confirmed=True)
    freeze(session, blast, looked.audience, base, now, looked.settings)
    move(
        session, blast, S.APPROVED, now, account_id, {"many": looked.recipients}, approved_by=account_id,
        approved_at=now, escalate_at=None, valid_until=blast.send_at + blasts.LATE if blast.send_at else now + VALID,
    )  # fmt: skip
    audit.changed(session, account_id, "approve", "blast", blast.id, now, blast.association_id, many=looked.recipients)
    if blast.on_approval and blast.send_at is None:
        blasts.begin(session, blast, now, account_id)


def send_back(session: Session, blast_id: int, account_id: int, comment: str, now: datetime) -> None:
    """Say no, with a comment: a draft again."""
    blast = locked(session, blast_id)
    comment = comment.strip()
    if not comment:
        raise Refused(N_("Skriv vad som behöver ändras."), "comment")
    if blast.state != S.WAITING:
        raise Refused(N_("Det går inte längre: utskicket har redan gått vidare. Ladda om sidan. Inget har ändrats."))
    may_decide(session, blast, account_id, now)
    blasts.to_draft(session, blast, now, account_id, "sent_back", {"comment": comment[:500]})
    audit.changed(session, account_id, "send_back", "blast", blast.id, now, blast.association_id)


def may_decide(session: Session, blast: Blast, account_id: int, now: datetime) -> None:
    """Missing for whoever may not approve it at all; Refused for those who have written any of it."""
    if account_id in _hands(blast):
        raise Refused(N_("Den som har skrivit i utskicket kan inte godkänna det. Någon annan behöver titta."))
    if account_id not in {row.id for row in approvers(session, blast, now)}:
        raise Missing


def escalate(session: Session, base: str, now: datetime) -> int:
    """Ask the next approver of important events that have waited half an hour; how many were asked."""
    due = session.scalars(
        sa.select(Blast).where(Blast.state == S.WAITING, Blast.escalate_at <= now).with_for_update(skip_locked=True)
    ).all()
    return sum(_ask_next(session, blast, base, now) for blast in due)


def expire(session: Session, now: datetime) -> int:
    """What was approved and not sent in time becomes a draft again; how many."""
    due = session.scalars(
        sa.select(Blast).where(Blast.state == S.APPROVED, Blast.valid_until < now).with_for_update(skip_locked=True)
    ).all()
    late = session.scalars(
        sa.select(Blast).where(Blast.state == S.WAITING, Blast.send_at < now).with_for_update(skip_locked=True)
    ).all()
    for blast in (*due, *late):
        blasts.to_draft(session, blast, now, None, "expired", {})
    return len(due) + len(late)


def _ask_next(session: Session, blast: Blast, base: str, now: datetime, of: int | None = None) -> bool:
    """Tell `of`, else the next who has not been asked; an important event asks on after half an hour."""
    waiting = [row for row in approvers(session, blast, now) if row.id not in blast.asked_of]
    if not waiting:
        blast.escalate_at = None
        session.flush()
        return False
    first = next((row for row in waiting if row.id == of), waiting[0])
    blast.asked_of = [*blast.asked_of, first.id]
    blast.escalate_at = now + ESCALATES if blast.important and len(waiting) > 1 else None
    session.flush()
    if first.e164:
        who = session.scalar(sa.select(Account.name).where(Account.id == blast.asked_by)) or ""
        sms_queue.enqueue(
            session, kind="notice", e164=first.e164, account_id=first.id, now=now,
            body=ASK.format(who=who, link=base + PATH.format(id=blast.id)), once=f"approve:{blast.id}:{first.id}:{now:%s}",
        )  # fmt: skip
    if len(blast.asked_of) > 1:
        note(session, blast.id, "escalated", now, None, many=len(blast.asked_of))
    return True


def _hands(blast: Blast) -> set[int]:
    return {*blast.authors, blast.created_by, *([blast.asked_by] if blast.asked_by else [])}
