"""What members of the demo reply to its texts: questions, STOPP, something that may be one, and somebody unknown."""

from datetime import datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import inbox, inbox_threads, sms_news
from campaigns.demo.district import District
from campaigns.demo.gatherings import Step
from campaigns.models import Message, MessageState, Thread
from campaigns.telephony import Receipt
from organizer import phones
from organizer.models import Account, Phone, RoleName
from organizer.times import local_day, moment

QUESTION = "Kan jag ta med en vän?"
REPLIES = (
    (5, QUESTION, timedelta(days=18, hours=4)),
    (8, "STOPP", timedelta(days=18, hours=3)),
    (14, "Jag kommer gärna men behöver skjuts från Ramvik", timedelta(hours=20)),
    (26, "stoop", timedelta(days=1, hours=5)),
    (31, "Vem ringer jag om jag vill hjälpa till?", timedelta(hours=2)),
)
"""Which of those who got a text reply, what they write, and how long ago."""


def texting(district: District, now: datetime) -> list[Step]:
    """The replies in the order they came, and the one that has been answered."""
    evening = moment(local_day(now), time(17))
    start = min(now, evening)

    def reply(n: int, text: str, ago: timedelta) -> Step:
        def step(session: Session, at: datetime) -> None:
            got = sa.select(Message.e164).where(Message.kind == "blast", Message.state == MessageState.DELIVERED)
            for e164 in session.scalars(got.order_by(Message.id).offset(n).limit(1)).all():
                inbox.receive(session, e164, "", text, f"DEMO{n:032d}", at)

        return start - ago, step

    def answer(session: Session, at: datetime) -> None:
        everywhere = inbox_threads.Scope(sa.select(Thread.association_id), unknown=sa.true(), protected_in=())
        rows = inbox_threads.threads(session, everywhere, "alla")
        for row in [one for one in rows if one.text == QUESTION]:
            text = "Ja, gärna! Alla är välkomna. Hälsningar Disa"
            made = inbox_threads.reply(session, row, text, district.by_role[RoleName.ORGANIZER], at)
            ref = session.scalars(sa.select(Message.ref).where(Message.id == made)).one()
            sms_news.heard(session, ref, Receipt(f"DEMO{ref}", MessageState.DELIVERED), at + timedelta(minutes=1))

    def unknown(session: Session, at: datetime) -> None:
        text = "Hej, jag har bytt nummer. Hälsningar Karin i Timrå"
        if number := _nobodys(session):
            inbox.receive(session, number, "", text, "DEMO" + "9" * 32, at)

    return [
        *(reply(*one) for one in REPLIES),
        (start - timedelta(days=17, hours=22), answer),
        (start - timedelta(hours=26), unknown),
    ]


def _nobodys(session: Session) -> str | None:
    """A number reserved for fiction that stands on nobody; none when the register has taken them all."""
    taken = set(session.scalars(sa.select(Phone.e164))) | set(session.scalars(sa.select(Account.e164)))
    numbers = (f"+{n}" for first, last in phones.FICTION for n in range(int(last), int(first) - 1, -1))
    return next((one for one in numbers if one not in taken), None)
