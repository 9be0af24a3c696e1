"""What the associations have arranged and will arrange, who signed up and who came, and other efforts."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.demo.district import District
from campaigns.demo.register import YEARS, Member
from organizer import activities, seats
from organizer.activity_drafts import INNER
from organizer.models import Membership, Person, RoleName, SignUp
from organizer.times import moment, red_day
from organizer.words import Refused

Step = tuple[datetime, Callable[[Session, datetime], None]]
"""Something that happens at a moment; the loader takes them in order."""
ARRANGED = (
    ("Medlemsmöte", "meeting", "Folkets hus", None),
    ("Studiecirkel: så funkar kommunen", "course", "Biblioteket", 14),
    ("Torgmöte", "action", "Stora torget", None),
    ("Introduktion för nya medlemmar", "introduction", "Folkets hus", 20),
    ("Öppet fika", "meeting", "Lokalen", None),
    ("Flygbladsutdelning", "action", "Vid stationen", None),
    ("Årsmöte", "meeting", "Folkets hus", None),
    ("Filmkväll", "meeting", "Föreningslokalen", 30),
)
TOGETHER = (
    ("Distriktsårskonferens", "conference", "Hotell Fjällgård, Härnösand", 120),
    ("Ordförandemöte", "chairs_meeting", "På nätet", None),
    ("Höstkonferens", "conference", "Folkets hus, Sundsvall", 90),
    ("Valskola", "course", "Folkhögskolan, Kramfors", 25),
)
FOR_ALL = (
    (-4, ("Kom igång-kväll", "meeting", "På nätet", None)),
    (12, ("Medlemsdag för hela distriktet", "meeting", "Folkets hus, Härnösand", 120)),
)
"""What the running campaign invites to, by days from today."""
SOON = ("Härnösand", "Sundsvall", "Örnsköldsvik")
"""Where new members are introduced in the coming weeks."""
EFFORTS = (
    "Bakade till mötet", "Satte upp affischer", "Skjutsade till konferensen", "Skrev insändare", "Stod i valstugan",
    "Skötte hemsidan", "Var ordningsvakt på torget", "Ringde runt till nya",
)  # fmt: skip
EVERY_DAYS = 75
"""About how often an association arranges something."""


@dataclass(slots=True)
class Gathering:
    """One activity to be."""

    place: str
    title: str
    kind: str
    where: str
    seats: int | None
    on: datetime


def gatherings(
    dice: random.Random, district: District, register: Sequence[Member], start: date, today: date
) -> list[Step]:
    """Three years of them, and what lies ahead: announced three weeks before, answered, held, ticked."""
    by_home: dict[str, list[Member]] = {}
    for one in register:
        by_home.setdefault(one.home, []).append(one)
    steps: list[Step] = []
    for gathering in _planned(dice, district, start, today):
        near = by_home.get(gathering.place, list(register)) if gathering.place else list(register)
        if gathering.kind == "chairs_meeting":
            near = sorted(near, key=lambda one: -one.zeal)[:20]
        steps += _life(dice, district, gathering, near, start)
    steps += _efforts(dice, register, start, today)
    return steps


def _planned(dice: random.Random, district: District, start: date, today: date) -> list[Gathering]:
    found = []
    for place in district.places:
        day, n = start + timedelta(days=dice.randint(12, 60)), dice.randint(0, 7)
        while day < today + timedelta(days=70):
            title, kind, where, seats = ARRANGED[n % len(ARRANGED)]
            found.append(Gathering(place, title, kind, where, seats, _evening(dice, day)))
            day, n = day + timedelta(days=dice.randint(EVERY_DAYS - 25, EVERY_DAYS + 25)), n + 1
    for n, place in enumerate(SOON):
        title, kind, where, seats = ARRANGED[3]
        found.append(Gathering(place, title, kind, where, seats, _evening(dice, today + timedelta(days=9 + 3 * n))))
    for days, (title, kind, where, seats) in FOR_ALL:
        found.append(Gathering("", title, kind, where, seats, _evening(dice, today + timedelta(days=days))))
    day, n = start + timedelta(days=70), 0
    while day < today + timedelta(days=120):
        title, kind, where, seats = TOGETHER[n % len(TOGETHER)]
        found.append(Gathering("", title, kind, where, seats, _evening(dice, day)))
        day, n = day + timedelta(days=91), n + 1
    return found


def _evening(dice: random.Random, day: date) -> datetime:
    while red_day(day):
        day += timedelta(days=1)
    return moment(day, time(18, 0) if day.weekday() < 5 else time(dice.choice((11, 13))))


def _life(dice: random.Random, district: District, one: Gathering, near: Sequence[Member], start: date) -> list[Step]:
    """Announced, signed up to in the weeks before, and ticked at the door."""
    made: list[int] = []
    account = district.by_role[RoleName.ORGANIZER]
    place = district.places.get(one.place, district.root)
    ahead = timedelta(days=21 if one.place else 45)
    announced = max(one.on - ahead, moment(start, time(11)))
    lately = (one.on - moment(start, time())) / timedelta(days=365 * YEARS)
    share = (0.38 + 0.22 * lately) * (1 if one.place else 0.25)
    keen = [member for member in near if dice.random() < member.zeal * share]
    declined = [member for member in near if dice.random() < 0.02]
    early = {member.number: announced + (one.on - announced) * dice.uniform(0.1, 0.95) for member in keen + declined}

    def announce(session: Session, now: datetime) -> None:
        draft = activities.Draft(
            one.title, one.kind, one.on, one.on + timedelta(hours=2), one.where, one.seats,
            "Alla är välkomna, även den som inte varit med förut. Vi bjuder på kaffe.",
            public=one.kind not in INNER, travel_pool=one.kind == "conference", remind_hours=24,
        )  # fmt: skip
        made.append(activities.create(session, place, draft, now, account_id=account))

    def answer(member: Member, comes: bool) -> Callable[[Session, datetime], None]:
        def step(session: Session, now: datetime) -> None:
            person = person_of(session, member)
            if person is None or not member.member_on(now.date()):
                return
            if comes:
                activities.sign_up(session, made[0], person, now, needs_lift=dice.random() < 0.08)
            else:
                activities.decline(session, made[0], person, now)

        return step

    def tick(session: Session, now: datetime) -> None:
        _tick(session, dice, made[0], near, account, now)

    steps: list[Step] = [(announced, announce)]
    steps += [(early[member.number], answer(member, comes=True)) for member in keen]
    steps += [(early[member.number], answer(member, comes=False)) for member in declined if member not in keen]
    return [*steps, (one.on + timedelta(minutes=40), tick)]


def _tick(
    session: Session, dice: random.Random, activity_id: int, near: Sequence[Member], account_id: int, now: datetime
) -> None:
    """Most of those who signed up came, and a few more."""
    here = sa.select(SignUp.person_id).where(SignUp.activity_id == activity_id, SignUp.state == seats.SIGNED_UP)
    signed = {one for one in session.scalars(here) if one is not None}
    extra = [member for member in near if dice.random() < member.zeal * 0.06 and member.member_on(now.date())]
    people = [one for one in sorted(signed) if dice.random() < 0.84]
    people += [one for one in (person_of(session, member) for member in extra) if one and one not in signed]
    for person_id in people:
        activities.attend(session, activity_id, person_id, account_id, now)


def _efforts(dice: random.Random, register: Sequence[Member], start: date, today: date) -> list[Step]:
    """Every effort counts: logged by the chairs now and then."""
    steps: list[Step] = []
    for member in register:
        for _ in range(3):
            if dice.random() < member.zeal * 0.5:
                day = start + timedelta(days=dice.randint(20, (today - start).days - 1))
                steps.append((moment(day, time(20)), _effort(dice.choice(EFFORTS), member, day)))
    return steps


def _effort(what: str, member: Member, day: date) -> Callable[[Session, datetime], None]:
    def step(session: Session, now: datetime) -> None:
        person = person_of(session, member)
        if person is not None:
            try:
                activities.contribute(session, person, what, day, None, now)
            except Refused:
                return  # not a member yet or any more that day: nothing to log

    return step


def person_of(session: Session, member: Member) -> int | None:
    """The person the imports have made of a line of the register; None before the first import with it."""
    here = sa.select(Person.id).join(Membership, Membership.person_id == Person.id)
    return session.scalar(
        here.where(Person.member_number == member.number, Membership.to_day.is_(None), Person.deceased_on.is_(None))
    )
