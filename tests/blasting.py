"""A blast and those it is for, made through the product's own functions."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import blast_approval, blast_progress, blast_review, blasts, sms_settings
from campaigns.models import Blast, Message
from campaigns.sms_settings import SmsSettings
from organizer.selections import EVERYONE
from tests.factories import NOW, make_account, make_association, make_person

BASE = "https://rundan.example"
FAST = SmsSettings(parts_per_second=500, look_first=False)


def number(n: int) -> str:
    """The n-th of the mobiles kept for fiction; their last two digits decide what the stand-in for the provider does."""
    return f"+467017406{n:02d}"


def district(session: Session, many: int = 0, first: int = 30):
    """A place, its author and its approver, and so many members with numbers of their own."""
    place = make_association(session, "Härnösand")
    author = make_account(session, "Disa Nordvall", ("organizer", place), e164=number(5))
    approver = make_account(session, "Gun Tallberg", ("approver", place), e164=number(6))
    people = [make_person(session, place, f"Medlem{n} Prov", number(first + n)) for n in range(many)]
    return place, author, approver, people


def draft(session: Session, place, author, now=NOW, *, body="Hej {förnamn}! Extra möte i kväll.", **to) -> Blast:
    """A draft for every member of the place."""
    blast_id = blasts.create(session, place.id, author.id, now, title="Extra möte")
    everyone = [{"name": "Alla", "definition": EVERYONE}]
    blasts.save_recipients(session, blast_id, blasts.To(**{"include": everyone, "exclude": [], **to}), author.id, now)
    blasts.save_text(session, blast_id, blasts.Text(body), author.id, now)
    return blasts.one(session, blast_id)


def seen(session: Session, blast: Blast, now=NOW, **how) -> str:
    return blast_review.review(session, blast, BASE, now, **how).seen


def send(session: Session, blast: Blast, author, now=NOW) -> Blast:
    """Let a blast below the limit go."""
    blasts.send(session, blast.id, author.id, BASE, now, seen=seen(session, blast, now))
    session.refresh(blast)
    return blast


def ask(session: Session, blast: Blast, author, now=NOW) -> None:
    blast_approval.ask(session, blast.id, author.id, BASE, now, seen=seen(session, blast, now))


def approve(session: Session, blast: Blast, approver, now=NOW) -> None:
    blast_approval.approve(session, blast.id, approver.id, BASE, now, seen=seen(session, blast, now))


def limit(session: Session, account, now=NOW, **values) -> None:
    """Let the owner's settings be so."""
    sms_settings.change(session, sms_settings.SmsSettings(**values), account.id, now)


def begin(database, clock, many=6, first=30, settings=FAST, **values):
    """A blast that is being sent, to so many numbers from `first` on; its id, its author's and its people's."""
    with database.writing() as session:
        place, author, _approver, members = district(session, many, first)
        sms_settings.change(session, settings, author.id, clock.now)
        blast = draft(session, place, author, clock.now)
        for name, value in {"look_first": False, **values}.items():
            setattr(blast, name, value)
        session.flush()
        send(session, blast, author, clock.now)
        return blast.id, author.id, [one.id for one in members]


def look(database, blast_id, clock):
    with database.reading() as session:
        blast = session.get_one(Blast, blast_id)
        return blast, blast_progress.progress(session, blast, clock.now)


def messages(database, *which):
    with database.reading() as session:
        return session.execute(
            sa.select(Message.__table__).where(Message.kind == "blast", *which).order_by(Message.id)
        ).all()
