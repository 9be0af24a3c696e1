"""Personal links in messages: made singly or for thousands at once, stored hashed, expiring, harmless to look at."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import person_locks
from organizer.accounts import hashed
from organizer.db import changed
from organizer.models import PersonalLink
from organizer.words import N_, Missing, Refused

KINDS = ("activity", "survey", "stop")
"""What a link leads to: `/a/…`, `/e/…` and `/stopp/…`."""
LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Base 32 without i, l, o and u, so that a link can be read aloud and typed by hand."""
LENGTH = 12
"""60 bits: nobody guesses one (D16)."""
_READ_AS = str.maketrans("ilou", "110v")
"""What is easily read or typed instead; spaces, full stops and whatever else clings to a link are passed over."""


@dataclass(frozen=True, slots=True)
class Link:
    """Whose link it is and where it leads; `target_id` is the activity or survey."""

    id: int
    kind: str
    person_id: int
    target_id: int | None
    blast_id: int | None
    campaign_id: int | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


class Expired(Refused):
    """The link was real but its time is over; the page may still say where it led."""

    def __init__(self, link: Link) -> None:
        """Keep the link, so that a page can offer what comes next."""
        super().__init__(N_("Länken har gått ut. Svara på sms:et eller fråga den som skickade det."))
        self.link = link


def make(
    session: Session,
    kind: str,
    person_id: int,
    now: datetime,
    *,
    expires_at: datetime,
    target_id: int | None = None,
    blast_id: int | None = None,
    campaign_id: int | None = None,
) -> str:
    """A new link for one person; returns its token, which is kept nowhere else."""
    one = make_many(
        session, kind, [person_id], now,
        expires_at=expires_at, target_id=target_id, blast_id=blast_id, campaign_id=campaign_id,
    )  # fmt: skip
    return one[person_id]


def make_many(
    session: Session,
    kind: str,
    person_ids: Iterable[int],
    now: datetime,
    *,
    expires_at: datetime,
    target_id: int | None = None,
    blast_id: int | None = None,
    campaign_id: int | None = None,
) -> dict[int, str]:
    """A new link for each person, written by one statement; returns person id → token."""
    if kind not in KINDS:
        raise ValueError(kind)
    tokens = {person_id: new_token() for person_id in person_ids}
    shared = {
        "kind": kind, "target_id": target_id, "blast_id": blast_id, "campaign_id": campaign_id,
        "created_at": now, "expires_at": expires_at, "used_at": None,
    }  # fmt: skip
    rows = [{**shared, "person_id": one, "token_hash": hashed(token)} for one, token in tokens.items()]
    if rows:
        session.execute(sa.insert(PersonalLink), rows)
    return tokens


def new_token() -> str:
    """Twelve letters drawn at random: made for a preview too, where nothing is stored."""
    drawn = secrets.randbits(5 * LENGTH)
    return "".join(LETTERS[drawn >> 5 * place & 31] for place in range(LENGTH))


def find(session: Session, kind: str, token: str, now: datetime) -> Link:
    """The link with this token. Missing when there is none of this kind, Expired (a Refused) when its time is over.

    Looking changes nothing, so previews and prefetching are harmless; what a page does, it does on POST.
    """
    wanted = "".join(sign for sign in token.lower().translate(_READ_AS) if sign in LETTERS)
    if len(wanted) != LENGTH:
        raise Missing
    link = _read(session, kind, wanted)
    if person_locks.is_writing(session):
        person_locks.keep(session, link.person_id)
        link = _read(session, kind, wanted)  # whoever was just merged has another number now
    if link.expires_at <= now:
        raise Expired(link)
    return link


def used(session: Session, link_id: int, now: datetime) -> None:
    """Note that something was done through the link; the first time stands."""
    session.execute(
        sa.update(PersonalLink).where(PersonalLink.id == link_id, PersonalLink.used_at.is_(None)).values(used_at=now)
    )


def forget(session: Session, now: datetime, limit: int = 500) -> int:
    """Remove links whose time has been over for a while; how many, at most `limit` at a time."""
    old = sa.select(PersonalLink.id).where(PersonalLink.expires_at <= now).limit(limit)
    gone = session.execute(
        sa.delete(PersonalLink).where(PersonalLink.id.in_(old)).execution_options(synchronize_session=False)
    )
    return changed(gone)


def _read(session: Session, kind: str, token: str) -> Link:
    row = session.execute(
        sa.select(*(getattr(PersonalLink, name) for name in Link.__slots__)).where(
            PersonalLink.token_hash == hashed(token), PersonalLink.kind == kind
        )
    ).first()
    if row is None:
        raise Missing
    return Link(*row)
