"""Guests: whoever signs up on the public page with a name and a number proved by a code, or comes without being known.

The page answers everybody alike, member or not; a human decides afterwards who it is.
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import activities, phones, seats, six_digits
from organizer.db import changed, search_key
from organizer.languages import say
from organizer.models import Activity, ActivityGuest, Association, Membership, Person, Phone, SignUp
from organizer.seats import COMING
from organizer.throttling import Limit
from organizer.words import N_, Missing, Refused

LASTS = timedelta(minutes=10)
TRIES = 5
PER_NUMBER = Limit("guest-number", 3, timedelta(minutes=15))
"""Codes to one number."""
PER_ADDRESS = Limit("guest-address", 20, timedelta(minutes=15))
"""Codes asked for from one network address: a meeting hall shares one."""
ALTOGETHER = Limit("guest-all", 300, timedelta(hours=1))
"""Codes of the whole installation: each costs the district money."""
GUESSES = Limit("guest-guess", 10, timedelta(minutes=15))
TEXT = N_(
    "Din kod för att anmäla dig är %(code)s. Den gäller i tio minuter. Har du inte anmält dig kan du strunta i det här."
)
KEPT = timedelta(days=30)
"""How long after an activity its guests are remembered."""
UNPROVED = timedelta(days=1)
ERASED = N_("Raderad gäst")

Send = Callable[[Session, str, str, str, int | None, datetime], object]


def ask(
    session: Session, activity_id: int, name: str, number: str, now: datetime, send: Send, *, secret: str,
    language: str = "sv",
) -> int:  # fmt: skip
    """Send a code to the number somebody wants to sign up with; the guest's id. Nothing is said of who has it.

    Refused with a field when the name or the number cannot be right.
    """
    name = " ".join(name.split())
    if not 2 <= len(name) <= 80:
        raise Refused("Skriv ditt namn.", field="name")
    e164 = phones.mobile(number, N_("Skriv ett mobilnummer, så att vi kan skicka en kod med sms."))
    seed = secrets.token_hex(16)
    new = sa.insert(ActivityGuest).values(
        activity_id=activity_id, name=name, e164=e164, created_at=now, seed=seed, tries=0, came=False
    )
    guest_id: int = session.execute(new.returning(ActivityGuest.id)).scalar_one()
    send(session, "code", e164, say(language, TEXT, code=six_digits.made(_about(seed), secret)), None, now)
    return guest_id


def readable_code(session: Session, guest_id: int, *, secret: str) -> str:
    """The code in digits, for the demo, where nothing is sent."""
    seed = session.scalar(sa.select(ActivityGuest.seed).where(ActivityGuest.id == guest_id))
    return six_digits.made(_about(seed), secret) if seed else ""


def prove(session: Session, guest_id: int, code: str, now: datetime, *, secret: str) -> int | None:
    """With the right code: the guest whose number it is, the earlier one if the number has signed up before. Else None.

    A wrong code costs one of five tries, a right one is used up.
    """
    mine = (ActivityGuest.id == guest_id, ActivityGuest.verified_at.is_(None), ActivityGuest.tries < TRIES)
    fresh = ActivityGuest.created_at > now - LASTS
    counted = session.execute(sa.update(ActivityGuest).where(*mine, fresh).values(tries=ActivityGuest.tries + 1))
    if changed(counted) != 1:
        return None
    row = session.execute(
        sa.select(ActivityGuest.seed, ActivityGuest.e164, ActivityGuest.activity_id).where(ActivityGuest.id == guest_id)
    ).one()
    if not six_digits.right(code, _about(row.seed), secret):
        return None
    seats.locked(session, row.activity_id)
    known = session.scalar(
        sa.select(ActivityGuest.id).where(
            ActivityGuest.activity_id == row.activity_id, ActivityGuest.e164 == row.e164,
            ActivityGuest.verified_at.is_not(None),
        )
    )  # fmt: skip
    if known is not None:
        session.execute(sa.delete(ActivityGuest).where(ActivityGuest.id == guest_id))
        return known
    session.execute(sa.update(ActivityGuest).where(ActivityGuest.id == guest_id).values(verified_at=now, seed=""))
    return guest_id


def standing(session: Session, activity_id: int, guest_id: int | None) -> Any:
    """A guest of this activity who has proved their number, and whom they have been matched to; None if nobody."""
    if guest_id is None:
        return None
    return session.execute(
        sa.select(ActivityGuest.id, ActivityGuest.person_id, ActivityGuest.name).where(
            ActivityGuest.id == guest_id,
            ActivityGuest.activity_id == activity_id,
            ActivityGuest.verified_at.is_not(None),
        )
    ).first()


def come(session: Session, guest: Any, activity_id: int, now: datetime, *, needs_lift: bool, lift_seats: int) -> str:
    """Sign the guest up, or the person a human has matched them to: "signed_up" or "waiting"."""
    lift: dict[str, Any] = {"needs_lift": needs_lift, "lift_seats": lift_seats}
    if guest.person_id is not None:
        return activities.sign_up(session, activity_id, guest.person_id, now, **lift)
    return activities.sign_up(session, activity_id, None, now, guest_id=guest.id, **lift)


def leave(session: Session, guest: Any, activity_id: int, now: datetime) -> bool:
    """Give the seat back."""
    if guest.person_id is not None:
        return activities.withdraw(session, activity_id, guest.person_id, now)
    return activities.withdraw(session, activity_id, None, now, guest_id=guest.id)


def state(session: Session, guest: Any, activity_id: int) -> Any:
    """The guest's row among the sign-ups, or None."""
    return seats.row(session, activity_id, guest.person_id, guest.id)


def newcomer(session: Session, activity_id: int, name: str, number: str, now: datetime) -> int:
    """Write down somebody at the door who is not known: a name, and a number if they leave one."""
    name = " ".join(name.split())
    if not 2 <= len(name) <= 80:
        raise Refused("Skriv namnet på den som kom.", field="guest_name")
    try:
        e164 = phones.normalise(number) if number.strip() else ""
    except Refused as refusal:
        raise Refused(refusal.sentence, field="guest_number", **refusal.values) from refusal
    values = {"activity_id": activity_id, "name": name, "e164": e164, "created_at": now, "verified_at": now}
    new = sa.insert(ActivityGuest).values(tries=0, came=True, seed="", **values)
    return int(session.execute(new.returning(ActivityGuest.id)).scalar_one())


def came(session: Session, activity_id: int, guest_id: int, *, here: bool) -> None:
    """Tick or untick a guest at the door."""
    _one(session, activity_id, guest_id)
    session.execute(sa.update(ActivityGuest).where(ActivityGuest.id == guest_id).values(came=here))


def of_activity(session: Session, activity_id: int) -> list[Any]:
    """The guests who are not matched to anybody, those who wait for a decision first."""
    rows = session.execute(
        sa.select(
            ActivityGuest.id, ActivityGuest.name, ActivityGuest.e164, ActivityGuest.came, ActivityGuest.settled_at,
            SignUp.state, SignUp.needs_lift, SignUp.lift_seats,
        )
        .outerjoin(SignUp, SignUp.guest_id == ActivityGuest.id)
        .where(
            ActivityGuest.activity_id == activity_id, ActivityGuest.person_id.is_(None),
            ActivityGuest.verified_at.is_not(None),
        )
        .order_by(ActivityGuest.settled_at.is_not(None), ActivityGuest.created_at, ActivityGuest.id)
    )  # fmt: skip
    return list(rows)


def waiting(activity_id: Any) -> sa.ScalarSelect[int]:
    """How many guests of an activity wait for a human to say who they are."""
    return (
        sa.select(sa.func.count())
        .select_from(ActivityGuest)
        .where(
            ActivityGuest.activity_id == activity_id, ActivityGuest.verified_at.is_not(None),
            ActivityGuest.settled_at.is_(None),
        )
        .scalar_subquery()
    )  # fmt: skip


def perhaps(session: Session, guest: Any, reach: sa.Select[int]) -> list[Any]:
    """Members within reach who have the guest's number or name: a suggestion for a human, never shown to the guest."""
    same_number = sa.exists().where(Phone.person_id == Person.id, Phone.e164 == guest.e164)
    likely = Person.search_key == search_key(guest.name)
    rows = session.execute(
        sa.select(
            Person.id, Person.first_name, Person.last_name, Association.short_name.label("home"),
            same_number.label("same_number"),
        )
        .join(Membership, sa.and_(Membership.person_id == Person.id, Membership.to_day.is_(None)))
        .join(Association, Association.id == Membership.association_id)
        .where(
            Membership.association_id.in_(reach), Person.protected.is_(False), Person.deceased_on.is_(None),
            Person.merged_into_id.is_(None), sa.or_(same_number, likely) if guest.e164 else likely,
        )
        .order_by(Person.sort_key, Person.id)
        .limit(6)
    )  # fmt: skip
    return list(rows)


def match(session: Session, activity_id: int, guest_id: int, person_id: int, account_id: int, now: datetime) -> None:
    """A human has said who the guest is: sign-up and attendance become the person's, name and number are forgotten."""
    activity = seats.locked(session, activity_id)
    guest = _one(session, activity_id, guest_id)
    row = seats.row(session, activity_id, None, guest_id)
    theirs = seats.row(session, activity_id, person_id)
    if row is not None:
        if theirs is None:
            session.execute(sa.update(SignUp).where(SignUp.id == row.id).values(person_id=person_id, guest_id=None))
            activities.tell_of_sign_up(session, row.id, activity_id, person_id, row)
        else:
            session.execute(sa.delete(SignUp).where(SignUp.id == row.id))
            if row.state in COMING and theirs.state not in COMING:
                kept = {"state": row.state, "call_id": None, "campaign_id": theirs.campaign_id}
                seats.write(session, theirs, activity_id, person_id, row.at, **kept)
                activities.tell_of_sign_up(session, theirs.id, activity_id, person_id, row)
            seats.promote(session, activity_id, activity.capacity, now)
    if guest.came:
        activities.attend(session, activity_id, person_id, account_id, now)
    known = {"person_id": person_id, "name": "", "e164": "", "settled_at": now}
    session.execute(sa.update(ActivityGuest).where(ActivityGuest.id == guest_id).values(**known))


def is_nobody(session: Session, activity_id: int, guest_id: int, now: datetime) -> None:
    """A human has looked: not a member. The guest keeps the seat."""
    _one(session, activity_id, guest_id)
    session.execute(sa.update(ActivityGuest).where(ActivityGuest.id == guest_id).values(settled_at=now))


def forget(session: Session, now: datetime, limit: int = 500) -> int:
    """Remove numbers never proved after a day, and guests a month after the activity; how many."""
    ended = sa.select(Activity.id).where(Activity.ends_at < now - KEPT)
    unproved = sa.and_(ActivityGuest.verified_at.is_(None), ActivityGuest.created_at < now - UNPROVED)
    old = sa.select(ActivityGuest.id).where(sa.or_(unproved, ActivityGuest.activity_id.in_(ended))).limit(limit)
    gone = sa.delete(ActivityGuest).where(ActivityGuest.id.in_(old))
    return changed(session.execute(gone.execution_options(synchronize_session=False)))


def forget_names(session: Session, person_ids: Sequence[int], now: datetime) -> None:  # noqa: ARG001
    """Before people are erased: guests known by nothing but such a name stay as a guest, without it.

    It may have been a namesake; then a list of those who came has lost a name, which is better than keeping it.
    """
    wanted = {
        search_key(f"{first} {last}")
        for first, last in session.execute(
            sa.select(Person.first_name, Person.last_name).where(Person.id.in_(person_ids))
        )
    }
    nameless = sa.select(ActivityGuest.id, ActivityGuest.name).where(
        ActivityGuest.e164 == "", ActivityGuest.person_id.is_(None)
    )
    same = [guest_id for guest_id, name in session.execute(nameless) if search_key(name) in wanted]
    session.execute(
        sa.update(ActivityGuest)
        .where(ActivityGuest.id.in_(same))
        .values(name=ERASED)
        .execution_options(synchronize_session=False)
    )


def _one(session: Session, activity_id: int, guest_id: int) -> Any:
    """A guest of this activity who has not been matched, else Missing."""
    row = session.execute(
        sa.select(ActivityGuest.id, ActivityGuest.name, ActivityGuest.e164, ActivityGuest.came).where(
            ActivityGuest.id == guest_id, ActivityGuest.activity_id == activity_id,
            ActivityGuest.person_id.is_(None), ActivityGuest.verified_at.is_not(None),
        )
    ).first()  # fmt: skip
    if row is None:
        raise Missing
    return row


def _about(seed: str) -> str:
    return f"guest:{seed}"
