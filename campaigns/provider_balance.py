"""What is left on the account at the SMS provider: asked for now and then, and said where it may run out."""

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.models import Blast, BlastState, ProviderBalance
from campaigns.sms_settings import SmsSettings
from campaigns.telephony import Gateway, NotAccepted
from organizer.db import Database

OFTEN, SELDOM = timedelta(minutes=5), timedelta(hours=1)
"""How old it may be while a blast is being sent, and otherwise."""
KNOWN = timedelta(hours=6)
"""So long what was answered is still worth saying."""


def keep(database: Database, gateway: Gateway, clock: Callable[[], datetime]) -> None:
    """Ask the provider when the last answer is too old, outside any transaction; without an answer nothing changes."""
    with database.reading() as session:
        sending = session.scalar(sa.select(Blast.id).where(Blast.state == BlastState.SENDING).limit(1))
        at = session.scalar(sa.select(ProviderBalance.at).where(ProviderBalance.provider == gateway.name))
    if at is not None and timedelta() <= clock() - at < (OFTEN if sending else SELDOM):
        return
    try:
        found = gateway.balance()
    except NotAccepted:
        return
    if found is not None:
        with database.writing() as session:
            session.merge(ProviderBalance(provider=gateway.name, amount=found[0], currency=found[1], at=clock()))


def known(session: Session, provider: str, now: datetime) -> ProviderBalance | None:
    """What was last answered, if it is not too old to tell anything."""
    found = session.get(ProviderBalance, provider)
    return found if found and now - found.at < KNOWN else None


def low(session: Session, provider: str, settings: SmsSettings, now: datetime) -> ProviderBalance | None:
    """What is left, when that is less than the owner wants to be warned at."""
    found = known(session, provider, now) if settings.low_balance else None
    return found if found and found.amount < settings.low_balance * 100 else None
