"""Saying no without a link that works: a number, a code sent to it, and the no holds; everybody is answered alike."""

import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import phones, refusals, sealing, six_digits
from organizer.languages import say
from organizer.models import Account, ActivityGuest, Phone
from organizer.throttling import QUARTER, Limit
from organizer.words import N_, Refused

LASTS = timedelta(minutes=10)
PER_NUMBER = Limit("out-number", 3, QUARTER)
"""Codes to one number."""
PER_ADDRESS = Limit("out-address", 20, QUARTER)
"""Codes asked for from one network address."""
ALTOGETHER = Limit("out-all", 300, timedelta(hours=1))
"""Codes of the whole installation: each costs the district money."""
GUESSES = Limit("out-guess", 5, QUARTER)
"""Codes tried for one number."""
TEXT = N_(
    "Din kod för att slippa sms eller samtal är %(code)s. Den gäller i tio minuter. Har du inte bett om den kan du strunta i det här."
)

Send = Callable[[Session, str, str, str, int | None, datetime], object]


@dataclass(frozen=True, slots=True)
class Asked:
    """What waits for its code. It is kept by whoever asked, sealed, because nothing is known of them yet."""

    e164: str
    channel: str
    seed: str
    until: float

    def sealed(self, secret: str) -> str:
        """As it travels: nobody can read the number in it, or change it."""
        return sealing.seal(json.dumps(asdict(self)), "way out", secret=secret)


def ask(
    session: Session, number: str, channel: str, now: datetime, send: Send, *, secret: str, language: str = "sv"
) -> Asked:
    """Send a code to the number that wants to be left alone, if we have it; nobody but its owner can tell whether we do.

    A number we do not have is never contacted anyway, and a form that sends SMS to any number would be used for just
    that. Refused with a field when the number cannot be sent to, or nothing has been chosen to be spared.
    """
    if channel not in refusals.CHANNELS:
        raise Refused(N_("Välj vad du vill slippa."), field="channel")
    e164 = mobile(number)
    asked = Asked(e164, channel, secrets.token_hex(16), (now + LASTS).timestamp())
    if _is_kept(session, e164):
        send(session, "code", e164, say(language, TEXT, code=readable_code(asked, secret)), None, now)
    return asked


def _is_kept(session: Session, e164: str) -> bool:
    """Whether somebody here has the number: a member, a guest at an activity or somebody who logs in."""
    kept = sa.or_(*(sa.exists().where(one.e164 == e164) for one in (Phone, ActivityGuest, Account)))
    return bool(session.scalar(sa.select(kept)))


def mobile(number: str) -> str:
    """The number as it is sent to. Refused with the field `phone` when no code can reach it."""
    return phones.mobile(
        number, N_("Dit kan vi inte skicka en kod. Ring eller skriv till din förening, så lägger de in ditt nej.")
    )


def opened(sealed: str, now: datetime, *, secret: str) -> Asked | None:
    """What was asked for; None when its time is over or it is none of ours."""
    try:
        text = sealing.opened(sealed, "way out", secret=secret)
    except ValueError:
        return None
    asked = Asked(**json.loads(text)) if text else None
    return asked if asked and now.timestamp() < asked.until else None


def prove(session: Session, asked: Asked, code: str, now: datetime, *, secret: str) -> bool:
    """With the right code the no holds from this second, for the number and everybody who has it (D21)."""
    if not six_digits.right(code, _about(asked), secret):
        return False
    refusals.refuse(session, None, asked.channel, "code", now, e164=asked.e164)
    return True


def readable_code(asked: Asked, secret: str) -> str:
    """Six digits made from what was asked and the installation's key: what travels tells nothing."""
    return six_digits.made(_about(asked), secret)


def _about(asked: Asked) -> str:
    return f"out:{asked.seed}:{asked.e164}:{asked.channel}:{asked.until}"
