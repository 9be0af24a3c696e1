"""The demo's blasts: one that arrived, one that was stopped halfway, one that waits for approval and one begun."""

from datetime import datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import (
    blast_approval,
    blast_claiming,
    blast_review,
    blast_sending,
    blast_watch,
    blasts,
    sms_news,
    sms_settings,
)
from campaigns.demo.district import District
from campaigns.demo.gatherings import Step
from campaigns.models import Blast, BlastState, Message, MessageState
from campaigns.sms_settings import SmsSettings
from campaigns.telephony import Rehearsal
from organizer.models import Activity, RoleName
from organizer.times import local_day, moment

BASE = "https://rundan.example"
LIMIT = 50
"""So that a district of this size needs four eyes (D25)."""
EVERYONE = [{"name": "Alla medlemmar", "definition": {"version": 1, "all": []}}]
ARRIVED = (
    "Hej {förnamn}! Regionen har i dag beslutat om akuten. Vi samlas till ett öppet möte på torsdag kl. 18 i Folkets hus. "
    "Hälsningar {avsändare}"
)
STOPPED = "Hej {förnamn}! Medlemsmötet är flyttat till den 31 juni. Hälsningar {avsändare}"
WAITS = "Hej {förnamn|du}! Kom på {aktivitet} {datum} kl. {tid}, {plats}. Anmäl dig här: {anmälningslänk}"
BEGUN = "Hej {förnamn}! Vi söker fler som kan ringa medlemmar i vinter."


def blasting(district: District, now: datetime) -> list[Step]:
    """What happens with them, and when."""
    today = local_day(now)
    return [
        (moment(today - timedelta(days=19), time(17)), lambda session, at: _sent(session, district, at)),
        (moment(today - timedelta(days=9), time(17)), lambda session, at: _stopped(session, district, at)),
        (now - timedelta(minutes=20), lambda session, at: _waits(session, district, at)),
        (now - timedelta(minutes=10), lambda session, at: _begun(session, district, at)),
    ]  # fmt: skip


def _sent(session: Session, district: District, at: datetime) -> None:
    sms_settings.change(session, SmsSettings(approval_above=LIMIT), district.by_role[RoleName.OWNER], at)
    blast = _approved(session, district, at, "Beskedet om akuten", ARRIVED)
    _hand_over(session, blast, at, 10_000)


def _stopped(session: Session, district: District, at: datetime) -> None:
    """Somebody saw, while the first twenty were looked at, that June has no thirty-first."""
    blast = _approved(session, district, at, "Mötet flyttas", STOPPED)
    _hand_over(session, blast, at, 1)
    if blast.state != BlastState.SENDING:  # a district so small that all of it had gone
        return
    blasts.stop(session, blast.id, district.by_role[RoleName.ORGANIZER], at + timedelta(seconds=40))
    while blast_watch.cancel_stopped(session, at + timedelta(seconds=41)):
        pass


def _waits(session: Session, district: District, at: datetime) -> None:
    blast = _draft(session, district, at, "Medlemsdagen", WAITS)
    ahead = sa.select(Activity).where(
        Activity.association_id == district.root, Activity.starts_at > at + timedelta(days=2),
        Activity.cancelled_at.is_(None), Activity.kind.in_(("meeting", "course", "conference")),
    )  # fmt: skip
    activity = session.scalars(ahead.order_by(Activity.starts_at).limit(1)).first()
    if activity is None:
        return
    organizer = district.by_role[RoleName.ORGANIZER]
    blasts.save_text(session, blast.id, blasts.Text(WAITS, important=True, activity_id=activity.id), organizer, at)
    seen = blast_review.review(session, blast, BASE, at)
    if not seen.problems:
        blast_approval.ask(session, blast.id, organizer, BASE, at, seen=seen.seen)


def _begun(session: Session, district: District, at: datetime) -> None:
    _draft(session, district, at, "Fler som ringer", BEGUN)


def _draft(session: Session, district: District, at: datetime, title: str, body: str) -> Blast:
    organizer = district.by_role[RoleName.ORGANIZER]
    blast_id = blasts.create(session, district.root, organizer, at, title=title)
    blasts.save_recipients(session, blast_id, blasts.To(EVERYONE, [], with_recent=True), organizer, at)
    blasts.save_text(session, blast_id, blasts.Text(body), organizer, at)
    return blasts.one(session, blast_id)


def _approved(session: Session, district: District, at: datetime, title: str, body: str) -> Blast:
    """Written by the organizer, approved by the approver, and let go."""
    organizer, approver = district.by_role[RoleName.ORGANIZER], district.by_role[RoleName.APPROVER]
    blast = _draft(session, district, at - timedelta(minutes=12), title, body)
    looked = blast_review.review(session, blast, BASE, at)
    if looked.needs_approval:
        blast_approval.ask(session, blast.id, organizer, BASE, at - timedelta(minutes=6), seen=looked.seen)
        blast_approval.approve(session, blast.id, approver, BASE, at - timedelta(minutes=2), seen=looked.seen)
    blasts.send(session, blast.id, organizer, BASE, at, seen=looked.seen)
    return blast


def _hand_over(session: Session, blast: Blast, at: datetime, turns: int) -> None:
    """To the twin that sends nothing, a second's worth at a time; what it says of each is heard a minute later."""
    nobody, clock = Rehearsal(), at
    settings = sms_settings.current(session, local_day(at))
    while blast.state == BlastState.SENDING and turns:
        claimed, _wait = blast_claiming.claim(session, nobody.name, settings, clock, 20)
        answers = [(one, nobody.send_sms(one.e164, one.body, "", 3600)) for one in claimed]
        blast_sending.settle_all(session, answers, clock)
        for one, receipt in answers:
            sms_news.heard(session, one.ref, nobody.fetch(receipt.sid), clock + timedelta(minutes=1), counts=True)
        left = session.scalar(
            sa.select(sa.func.count()).where(Message.blast_id == blast.id, Message.state == MessageState.QUEUED)
        )
        blast_watch.finish(session, clock)
        session.refresh(blast)
        waits = blast.waits_until or clock
        clock = max(clock + timedelta(seconds=1), waits)
        turns = turns - 1 if left else 0
