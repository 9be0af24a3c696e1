"""No to being contacted: recorded, taken back, and kept beyond erasure as a keyed hash (P§4.9, D21)."""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import audit
from organizer.db import changed
from organizer.models import Installation, KeptRefusal, Refusal
from organizer.words import N_, Missing, Refused

CHANNELS = {
    "call": N_("Vill inte bli uppringd"),
    "sms": N_("Vill inte ha sms"),
    "email": N_("Vill inte ha mejl"),
    "all": N_("Vill inte bli kontaktad alls"),
}
"""What someone can say no to, as pages say it."""
SOMEBODY_ELSE = "number"
"""Kept beside the channels: somebody else answers on this number (D14)."""
WAYS = {
    "call": N_("i ett samtal"),
    "import": N_("i en medlemsfil"),
    "sms": N_("genom att svara STOPP"),
    "link": N_("genom en länk"),
    "code": N_("på webben, med en kod till numret"),
    "staff": N_("till någon i föreningen eller distriktet"),
}
"""How the no reached us."""
LONGEST = 200


def refuse(
    session: Session,
    person_id: int | None,
    channel: str,
    how: str,
    now: datetime,
    account_id: int | None = None,
    call_id: int | None = None,
    e164: str | None = None,
    evidence: str = "",
) -> int:
    """Record a no that holds at once, everywhere; returns the refusal's id. `evidence` is what was said, or where.

    A no to calls binds the person on every number; one with `e164` (STOPP) binds that number and everyone on it.
    Saying the same no again in the same call, or outside calls, gives the id of the one that already holds.
    """
    if channel not in CHANNELS or how not in WAYS or (person_id is None and e164 is None):
        raise Refused(N_("Välj vad personen säger nej till."), field="channel")
    if len(evidence) > LONGEST:
        raise Refused(N_("Skriv högst %(most)s tecken."), field="evidence", most=LONGEST)
    standing = session.scalar(
        sa.select(Refusal.id).where(
            Refusal.person_id.is_not_distinct_from(person_id),
            Refusal.e164.is_not_distinct_from(e164),
            Refusal.call_id.is_not_distinct_from(call_id),
            Refusal.channel == channel,
            Refusal.revoked_at.is_(None),
        )
    )
    if standing is not None:
        return standing
    refusal_id = session.scalar(
        sa.insert(Refusal)
        .values(
            person_id=person_id, e164=e164, channel=channel, recorded_at=now,
            account_id=account_id, how=how, call_id=call_id, evidence=" ".join(evidence.split()),
        )
        .returning(Refusal.id)
    )  # fmt: skip
    audit.changed(session, account_id, "refuse", "person", person_id, now, channel=channel, how=how)
    return int(refusal_id or 0)


def revoke(session: Session, refusal_id: int, now: datetime, account_id: int | None = None, why: str = "") -> None:
    """Take a no back because the person asked for it; Missing when it is not there or already taken back."""
    if len(why) > LONGEST:
        raise Refused(N_("Skriv högst %(most)s tecken."), field="why", most=LONGEST)
    person_id = session.scalar(sa.select(Refusal.person_id).where(Refusal.id == refusal_id))
    taken_back = session.execute(
        sa.update(Refusal)
        .where(Refusal.id == refusal_id, Refusal.revoked_at.is_(None))
        .values(revoked_at=now, revoked_by=account_id, revoked_why=" ".join(why.split()))
    )
    if not changed(taken_back):
        raise Missing
    audit.changed(session, account_id, "revoke_refusal", "person", person_id, now, refusal=refusal_id)


def standing(session: Session, person_ids: Sequence[int], numbers: Iterable[str]) -> list[str]:
    """The channels these people, or somebody on their numbers (STOPP), have said no to and not taken back."""
    theirs = sa.or_(Refusal.person_id.in_(person_ids), Refusal.e164.in_(list(numbers)))
    rows = sa.select(Refusal.channel).where(theirs, Refusal.revoked_at.is_(None)).distinct()
    return sorted(session.scalars(rows))


def keep_after_erasure(
    session: Session, person_ids: Sequence[int], numbers: Iterable[str], member_numbers: Iterable[str]
) -> int:
    """Before people are erased: keep what they said no to as hashes of numbers and member numbers; how many."""
    numbers = list(numbers)
    identities = [*numbers, *(f"member:{one}" for one in member_numbers)]
    return sum(keep_hashes(session, identities, channel) for channel in standing(session, person_ids, numbers))


def keep_hashes(session: Session, identities: Iterable[str], channel: str) -> int:
    """Keep that these numbers (E.164) and member numbers ("member:123") refused a channel; how many were new.

    `channel` is one of CHANNELS or SOMEBODY_ELSE.
    """
    wanted = set(_hashes(session, identities).values())
    here = sa.select(KeptRefusal.hash).where(KeptRefusal.hash.in_(wanted), KeptRefusal.channel == channel)
    fresh = [{"hash": one, "channel": channel} for one in sorted(wanted - set(session.scalars(here)))]
    if fresh:
        session.execute(sa.insert(KeptRefusal), fresh)
    return len(fresh)


def kept(session: Session, identities: Iterable[str]) -> dict[str, list[str]]:
    """Which of these numbers (E.164) and member numbers ("member:123") once refused, and which channels."""
    if session.scalar(sa.select(KeptRefusal.hash).limit(1)) is None:
        return {}
    hashes = _hashes(session, identities)
    back = {one: identity for identity, one in hashes.items()}
    found: dict[str, list[str]] = {}
    for row in session.execute(
        sa.select(KeptRefusal.hash, KeptRefusal.channel).where(KeptRefusal.hash.in_(list(back)))
    ):
        found.setdefault(back[row.hash], []).append(row.channel)
    return found


def _hashes(session: Session, identities: Iterable[str]) -> dict[str, str]:
    """Keyed with the installation's own key, which does not rotate with SECRET_KEY; without one nothing is kept."""
    key = session.scalar(sa.select(Installation.refusal_key))
    if not key:
        return {}
    return {one: hmac.new(key.encode(), one.encode(), hashlib.sha256).hexdigest() for one in identities}
