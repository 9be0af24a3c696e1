"""The engine beside the pages: it empties the queues each minute, and at once when somebody waits for a code."""

from datetime import datetime

from sqlalchemy.orm import Session

from campaigns import sms_queue
from organizer.configuration import Configuration


class Worker:
    """The parts of one installation that work in the background; made once in app.py."""

    def __init__(self, configuration: Configuration) -> None:
        """Keep the settings; nothing is started or opened."""
        self.configuration = configuration

    def send_sms(self, session: Session, kind: str, e164: str, body: str, account_id: int | None, now: datetime) -> int:
        """Queue one SMS to an account (a code, a shift link) in the caller's transaction; returns the message's id."""
        provider = None if self.configuration.twilio_account_sid else "rehearsal"
        return sms_queue.enqueue(
            session, kind=kind, e164=e164, body=body, account_id=account_id, now=now, provider=provider
        )
