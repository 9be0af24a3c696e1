"""Yes to what must not be sent without one: recorded with how we know, and taken back (P§5.2, sweden.md C2)."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from organizer import audit
from organizer.db import changed
from organizer.models import Consent
from organizer.words import N_, Missing, Refused

CHANNELS = {"sms": N_("Sms"), "call": N_("Samtal"), "email": N_("Mejl")}
PURPOSES = {
    "offer": N_("Erbjudanden"),
    "fundraising": N_("Insamling"),
    "under_16": N_("Under 16 år: vårdnadshavarens ja"),
}
"""What needs a yes of its own."""
WAYS = {
    "form": N_("i ett formulär"),
    "call": N_("i ett samtal"),
    "sms": N_("i ett sms"),
    "link": N_("genom en länk"),
    "paper": N_("på papper"),
    "import": N_("i en medlemsfil"),
}
"""How the yes reached us."""


def record(
    session: Session, person_id: int, channel: str, purpose: str, how: str, now: datetime, *,
    evidence: str = "", account_id: int | None = None,
) -> int:  # fmt: skip
    """Record a yes and return its id; saying the same yes again gives the one that already holds."""
    if channel not in CHANNELS or purpose not in PURPOSES or how not in WAYS:
        raise Refused(N_("Välj vad personen har sagt ja till och hur."), field="purpose")
    if len(evidence) > 200:
        raise Refused(N_("Skriv högst 200 tecken om var samtycket finns."), field="evidence")
    standing = session.scalar(
        sa.select(Consent.id).where(
            Consent.person_id == person_id, Consent.channel == channel, Consent.purpose == purpose,
            Consent.revoked_at.is_(None),
        )
    )  # fmt: skip
    if standing is not None:
        return standing
    made = session.scalar(
        sa.insert(Consent)
        .values(
            person_id=person_id, channel=channel, purpose=purpose, how=how, evidence=evidence.strip(), at=now,
            account_id=account_id,
        )
        .returning(Consent.id)
    )  # fmt: skip
    audit.changed(session, account_id, "consent", "person", person_id, now, channel=channel, purpose=purpose, how=how)
    return int(made or 0)


def revoke(session: Session, consent_id: int, now: datetime, account_id: int | None = None, why: str = "") -> None:
    """Take a yes back; Missing when it is not there or already taken back."""
    if len(why) > 200:
        raise Refused(N_("Skriv högst %(most)s tecken."), field="why", most=200)
    person_id = session.scalar(sa.select(Consent.person_id).where(Consent.id == consent_id))
    taken_back = session.execute(
        sa.update(Consent)
        .where(Consent.id == consent_id, Consent.revoked_at.is_(None))
        .values(revoked_at=now, revoked_by=account_id, revoked_why=" ".join(why.split()))
        .execution_options(synchronize_session=False)
    )
    if not changed(taken_back):
        raise Missing
    audit.changed(session, account_id, "revoke_consent", "person", person_id, now, consent=consent_id)


def given(
    person: InstrumentedAttribute[int] | InstrumentedAttribute[int | None], channel: str, purpose: str
) -> sa.ColumnElement[bool]:
    """Whether the person in this column has said yes and not taken it back, for use in a WHERE."""
    return sa.exists().where(
        Consent.person_id == person,
        Consent.channel == channel,
        Consent.purpose == purpose,
        Consent.revoked_at.is_(None),
    )
