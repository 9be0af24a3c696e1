"""The demo's calendar: the days of the year, a series, a full evening with people waiting, interests, and who holds office."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.demo.district import District
from organizer import activities, activity_series, assignments, guests, interests
from organizer.activity_drafts import Draft
from organizer.models import Account, Activity, Association, Membership, Person, Role, RoleName
from organizer.times import moment

Step = tuple[datetime, Callable[[Session, datetime], None]]
OFFICES = ("chair", "treasurer", "secretary", "studies", "nominating", "group_leader")
SERIES = "Studiecirkel: rätten till staden"
FULL = "Prova på att ringa"
OFF = "Stickcafé mot kriget"
INTERESTED = 11


def calendar(district: District, today: date) -> list[Step]:
    """Planned some weeks ago, answered since."""
    planned, answered = moment(today - timedelta(days=20), time(10)), moment(today - timedelta(days=3), time(19))
    return [
        (planned, lambda session, at: _plan(session, district, at, today)),
        (planned + timedelta(hours=1), lambda session, at: _offices(session, district, at, today)),
        (answered, lambda session, at: _answers(session, district, at)),
        (answered + timedelta(days=1), lambda session, at: _called_off(session, district, at, today)),
    ]


def _plan(session: Session, district: District, at: datetime, today: date) -> None:
    organizer, places = district.by_role[RoleName.ORGANIZER], list(district.places.values())
    for one in activity_series.YEARLY:
        day = activity_series.next_time(one, today)
        draft = _draft(one.title, "action", moment(day, time(12)), "Stora torget", travel_pool=True)
        activities.create(session, district.root, draft, at, organizers=places[:3], account_id=organizer)
    first = today + timedelta(days=7 - today.weekday() + 1)
    circle = _draft(SERIES, "course", moment(first, time(18)), "Biblioteket", capacity=14, theme="Bostad")
    days = activity_series.days(first, "week", first + timedelta(weeks=5))
    activity_series.repeat(session, district.places["Sundsvall"], circle, days, at, account_id=organizer)
    full = _draft(
        FULL, "introduction", moment(today + timedelta(days=5), time(18)), "Lokalen", capacity=6, travel_pool=True
    )
    activities.create(session, district.places["Härnösand"], full, at, account_id=organizer)


def _draft(title: str, kind: str, starts_at: datetime, place: str, **more: object) -> Draft:
    about = "Alla är välkomna, även den som inte varit med förut."
    values: dict[str, object] = {"public": True, "remind_hours": 24, "description": about, **more}
    return Draft(title, kind, starts_at, starts_at + timedelta(hours=2), place, **values)  # type: ignore[arg-type]


def _answers(session: Session, district: District, at: datetime) -> None:
    """Nine want six seats, two came in by the public page, and eleven want a course next time."""
    activity_id = session.scalars(sa.select(Activity.id).where(Activity.title == FULL)).one()
    for n, person in enumerate(_members(session, district.places["Härnösand"], 9)):
        when = at + timedelta(minutes=7 * n)
        activities.sign_up(session, activity_id, person, when, needs_lift=n in {1, 4}, lift_seats=3 if n == 2 else 0)
    first = session.scalars(sa.select(Activity.id).where(Activity.title == SERIES).order_by(Activity.starts_at)).first()
    if first is not None:
        guest = guests.newcomer(session, first, "Rut Ny-Fiken", "", at)
        guests.came(session, first, guest, here=False)
        activities.sign_up(session, first, None, at, guest_id=guest)
    for person in _members(session, district.root, INTERESTED):
        interests.add(session, person, "course", at)


def _called_off(session: Session, district: District, at: datetime, today: date) -> None:
    """Seven were coming; whoever has only a landline waits to be rung."""
    draft = _draft(OFF, "meeting", moment(today + timedelta(days=6), time(18)), "Lokalen")
    activity_id = activities.create(session, district.places["Härnösand"], draft, at)
    for person in _members(session, district.places["Härnösand"], 16)[9:]:
        activities.sign_up(session, activity_id, person, at)
    activities.cancel(session, activity_id, at)


def _offices(session: Session, district: District, at: datetime, today: date) -> None:
    """Elected at the annual meeting in spring."""
    spring = date(today.year if today.month > 3 else today.year - 1, 3, 1)
    for place in district.places.values():
        for office, person in zip(OFFICES, _members(session, place, len(OFFICES)), strict=False):
            assignments.add(session, person, place, office, spring, None, district.by_role[RoleName.ORGANIZER], at)
            if office == "chair":
                _logs_in(session, place, person)


def _logs_in(session: Session, place: int, person_id: int) -> None:
    """The one elected chair is the one who logs in as chair."""
    chairs = sa.select(Role.account_id).where(Role.association_id == place, Role.name == RoleName.CHAIR)
    account = session.scalar(sa.select(Account).where(Account.id.in_(chairs), Account.person_id.is_(None)))
    if account is not None:
        person = session.get_one(Person, person_id)
        account.name, account.person_id = f"{person.first_name} {person.last_name}", person_id
        session.flush()


def _members(session: Session, place: int, many: int) -> list[int]:
    """Members of a place or below it, in the order they came into the register."""
    path = session.scalar(sa.select(Association.path).where(Association.id == place)) or ""
    here = sa.select(Person.id).join(Membership, Membership.person_id == Person.id)
    here = here.join(Association, Association.id == Membership.association_id)
    alive = (Membership.to_day.is_(None), Person.protected.is_(False), Person.deceased_on.is_(None))
    return list(session.scalars(here.where(Association.path.like(path + "%"), *alive).order_by(Person.id).limit(many)))
