"""The campaigns of the demo: one standing, two that are over, and one that is running and rings tonight."""

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import call_queue, contents, definitions, sms_queue, todos
from campaigns.demo.district import HOME, District
from campaigns.demo.evenings import Deck, Evening, ring, think_again
from campaigns.demo.gatherings import Step
from campaigns.demo.member_file import file_days
from campaigns.models import Campaign, Template, Todo
from campaigns.telephony import Rehearsal
from organizer import people
from organizer.models import Activity, Membership, RoleName
from organizer.times import local_day, moment, red_day

PLACES = ("Folkets hus, Härnösand", "Kansliet, Sundsvall", "Hemifrån", "Folkets hus, Örnsköldsvik")
ENDS_MEMBERSHIP = {"deceased": "deceased", "leaving": "left"}
EVENING, ENDS = time(17, 30), time(20, 15)


def calling(dice: random.Random, district: District, start: date, now: datetime, scale: float) -> list[Step]:
    """Every campaign from its first day on, step by step."""
    today = local_day(now)
    deck = Deck(dice)

    def calls(count: int) -> int:
        return max(4, round(count * scale))

    renewing = _in_spring(today)
    return [
        *_standing(dice, district, Deck(dice, pleased=True), start, today, calls(6)),
        *_over(dice, district, deck, Template.ACTIVATE, today - timedelta(days=390), [calls(80)] * 6, goal=60),
        *_over(dice, district, deck, Template.RENEW, renewing, [calls(45)] * 3, goal=30),
        *_running(dice, district, deck, today, [calls(52), calls(34), calls(36)]),
    ]


def _standing(dice: random.Random, district: District, deck: Deck, start: date, today: date, calls: int) -> list[Step]:
    """New members are rung as soon as a file has brought them, by two callers, for ever."""
    made: list[int] = []

    def begin(session: Session, now: datetime) -> None:
        made.append(_made(session, district, Template.NEW_MEMBERS, now))
        definitions.start(session, made[0], district.by_role[RoleName.ORGANIZER], now)

    steps: list[Step] = [(moment(start + timedelta(days=2), time(12)), begin)]
    for n, day in enumerate(_when_new_ones_are_rung(start, today)):
        callers = district.callers[n % 3 :: 3]
        steps.append(_evening(dice, district, deck, made, day, callers, calls))
    return steps


def _when_new_ones_are_rung(start: date, today: date) -> list[date]:
    """Soon after each member file, twice after those of the last year."""
    files = [day for day in file_days(start, today)[1:-1] if day > start + timedelta(days=9)]
    first = [day + timedelta(days=2) for day in files]
    again = [day + timedelta(days=8) for day in files if day.day in {1, 15}]
    return sorted(day for day in (*first, *again) if day < today - timedelta(days=3))


def _over(
    dice: random.Random, district: District, deck: Deck, template: Template, first: date, evenings: list[int], goal: int
) -> list[Step]:
    """A campaign that began, was rung for some weeks, was closed, and whose loose ends have been tied up."""
    made: list[int] = []
    account = district.by_role[RoleName.ORGANIZER]

    def begin(session: Session, now: datetime) -> None:
        made.append(_made(session, district, template, now, goal=goal))
        definitions.start(session, made[0], account, now)

    def close(session: Session, now: datetime) -> None:
        definitions.close(session, made[0], account, now)
        handle(session, account, now, Todo.campaign_id == made[0])

    steps: list[Step] = [(moment(first, time(10)), begin)]
    for n, calls in enumerate(evenings):
        callers = dice.sample(district.callers, min(4, len(district.callers)))
        steps.append(_evening(dice, district, deck, made, first + timedelta(days=4 + 5 * n), callers, calls))
    return [*steps, (moment(first + timedelta(days=8 + 5 * len(evenings)), time(9)), close)]


def _running(dice: random.Random, district: District, deck: Deck, today: date, evenings: list[int]) -> list[Step]:
    """The campaign of today: three evenings done, one of them the own association's; tonight's is added by tonight.py."""
    made: list[int] = []

    def begin(session: Session, now: datetime) -> None:
        made.append(_made(session, district, Template.ACTIVATE, now, goal=80, lasts=35))
        session.get_one(Campaign, made[0]).any_hour = True
        definitions.start(session, made[0], district.by_role[RoleName.ORGANIZER], now)

    steps: list[Step] = [(moment(today - timedelta(days=16), time(10)), begin)]
    for back, calls in zip((13, 8, 2), evenings, strict=True):
        day = today - timedelta(days=back)
        home = district.places[HOME] if back == 8 else None
        who = district.callers
        luck = Deck(dice, pleased=True) if home else deck  # they ring their own
        steps.append(_evening(dice, district, luck, made, day, who, calls, unsure=back == 2, home=home))
    return steps


def _made(
    session: Session, district: District, template: Template, now: datetime, goal: int | None = None, lasts: int = 0
) -> int:
    """A campaign as the organizer makes it from the template in a few clicks."""
    account = district.by_role[RoleName.ORGANIZER]
    campaign_id = definitions.from_template(session, template, district.root, account, now)
    campaign = session.get_one(Campaign, campaign_id)
    campaign.goal = goal
    if lasts:
        campaign.ends_on = local_day(now) + timedelta(days=lasts)
    near = _open_to_everyone(session, campaign, now)
    for_all = set(session.scalars(sa.select(Activity.id).where(Activity.association_id == district.root)))
    contents.invite_to(session, campaign_id, sorted(near, key=lambda one: one not in for_all)[:3])
    session.flush()
    return campaign_id


def _evening(
    dice: random.Random, district: District, deck: Deck, made: list[int], day: date, callers: Sequence[int],
    calls: int, *, unsure: bool = False, home: int | None = None,
) -> Step:  # fmt: skip
    """A shift on the first ordinary weekday from `day` on, and the messages it led to."""
    while red_day(day) or day.weekday() >= 5:
        day -= timedelta(days=1)
    starts, ends = moment(day, EVENING), moment(day, ENDS)

    def step(session: Session, now: datetime) -> None:
        evening = Evening(made[0], now, ends, dice.choice(PLACES), callers, calls, home)
        invite_to_what_lies_ahead(session, made[0], now)
        call_queue.sweep(session, made[0], now)
        reported = ring(session, dice, district, deck, evening)
        if unsure:
            think_again(session, reported, ends)
        _send(session, ends + timedelta(minutes=20))

    return starts, step


def invite_to_what_lies_ahead(session: Session, campaign_id: int, now: datetime) -> None:
    """A standing campaign's activities pass; the organizer picks new ones."""
    campaign = session.get_one(Campaign, campaign_id)
    ahead = _open_to_everyone(session, campaign, now)
    if not set(contents.activity_ids(session, campaign_id)) & set(ahead):
        contents.invite_to(session, campaign_id, ahead[:2])


def _open_to_everyone(session: Session, campaign: Campaign, now: datetime) -> list[int]:
    """What lies ahead for ordinary members, the next first."""
    closed = set(session.scalars(sa.select(Activity.id).where(Activity.kind.in_(("chairs_meeting", "board")))))
    return [one.id for one in contents.choices(session, campaign, now) if one.id not in closed]


def _send(session: Session, now: datetime) -> None:
    """Hand over what the evening led to, to the twin that sends nothing."""
    nobody = Rehearsal()
    while waiting := sms_queue.claim(session, nobody.name, now, 50):
        for one in waiting:
            sms_queue.settle(session, one, nobody.send_sms(one.e164, one.body, "", 3600), now)


def handle(session: Session, account_id: int, now: datetime, *which: sa.ColumnElement[bool]) -> None:
    """Do what *Behöver dig* asks for: those who have died or want to leave are no longer members."""
    here = sa.select(Todo.id, Todo.kind, Todo.person_id).where(Todo.done_at.is_(None), Todo.visible_at <= now, *which)
    for todo in session.execute(here.order_by(Todo.id)).all():
        if todo.kind in ENDS_MEMBERSHIP and _is_member(session, todo.person_id):
            people.close_membership(session, todo.person_id, local_day(now), ENDS_MEMBERSHIP[todo.kind], now)
        todos.resolve(session, todo.id, account_id, "done", now)


def _is_member(session: Session, person_id: int) -> bool:
    here = sa.exists().where(Membership.person_id == person_id, Membership.to_day.is_(None))
    return bool(session.scalar(sa.select(here)))


def _in_spring(today: date) -> date:
    """The latest 20 April that is over since two months."""
    year = today.year if today >= date(today.year, 6, 25) else today.year - 1
    return date(year, 4, 20)
