"""The demo district's plan for the year: what the annual conference decided in March, and what has been noted since."""

from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.demo.district import HOME, District
from campaigns.demo.gatherings import Step
from organizer import plans
from organizer.models import Association, Plan, PlanGoal, RoleName
from organizer.plans import Draft
from organizer.times import moment

ORGANISING, DRIVE, SEEN = "Organisering och mobilisering", "Drivkraften i distriktet", "Att synas"
GOALS = (
    Draft("Varje ny medlem ska ha blivit kontaktad", "new_contacted", "all", ORGANISING, scope="every", office="Medlemsansvariga"),
    Draft("Andelen som förnyar sitt medlemskap ska öka", "renewed", "more", ORGANISING, scope="every", office="Kassören"),
    Draft("Fler aktiva medlemmar än förra årsskiftet", "active", "more", ORGANISING, scope="every", office="Styrelsen"),
    Draft("Ringkampanj tillsammans med alla föreningar", "called", "all", ORGANISING),
    Draft("Minst en ansvarig i varje förening", "responsible", "all", ORGANISING),
    Draft("Sms vid viktiga händelser", "important_sms", "at_least", ORGANISING, target=4, office="Kommunikation"),
    Draft("Minst ett ordförandemöte i kvartalet", "chairs_meetings", "per_quarter", DRIVE, target=1),
    Draft("Minst en fysisk aktivitet hos varje förening", "visits", "all", DRIVE, office="Styrelsen"),
    Draft("Stötta föreningar med få medlemmar eller liten aktivitet", "support_plans", "all", DRIVE),
    Draft("Varje förening ska ha ett öppet möte per halvår", "gathered", "per_half", DRIVE, scope="every", target=1),
    Draft("Samtliga medlemmar ska erbjudas utbildning under året", "offered", "all", DRIVE, office="Studieledaren"),
    Draft("Höstkonferens med medlemsaktivering som tema", "yes_no", "done", DRIVE),
    Draft("Fler följare på Facebook, från 1 500 till 2 000", "followers", "at_least", SEEN, target=2000, baseline=1500,
          baseline_from="Sidans statistik den 2 januari"),
    Draft("Minst två debattartiklar", "articles", "at_least", SEEN, target=2),
    Draft("Utåtriktade aktiviteter varje månad", "outward", "per_month", SEEN, target=1),
)  # fmt: skip
OWN = Draft("Hitta en lokal för studiecirklar", "yes_no", "done", "Lokalt")
READINGS = ((4, 1580, "Efter valet av ny styrelse"), (60, 1640, ""), (150, 1705, "Två inlägg i veckan"))
"""Days after the conference, followers, a sentence."""


def planning(district: District, today: date) -> list[Step]:
    """The plan on the day of the conference, and what was noted afterwards."""
    adopted = date(today.year, 3, 14)
    if adopted > today:
        adopted = date(today.year, 1, 2)
    day = min(adopted, today)
    return [
        (moment(day, time(17)), lambda session, at: _adopt(session, district, day, at)),
        *(_reading(district, day + timedelta(days=days), number, text) for days, number, text in READINGS),
        (moment(day + timedelta(days=50), time(19)), lambda session, at: _note(session, district, 13, "count", 1, "Sjukvården i glesbygd, i ortstidningen", at)),
        (moment(day + timedelta(days=90), time(19)), lambda session, at: _in_places(session, district, at)),
    ]  # fmt: skip


def _adopt(session: Session, district: District, day: date, now: datetime) -> None:
    root, who = session.get_one(Association, district.root), district.by_role[RoleName.ORGANIZER]
    answers = {"responsible_id": who}
    drafts = [
        Draft(**{**{name: getattr(one, name) for name in Draft.__slots__}, **({} if one.office else answers)})
        for one in GOALS
    ]
    plans.add(session, root, day.year, drafts, who, now)
    plan = session.scalars(sa.select(Plan).where(Plan.association_id == root.id, Plan.year == day.year)).one()
    plans.adopt(session, plan, day, who, now)
    home = session.get_one(Association, district.places[HOME])
    plans.add(session, home, day.year, [OWN], district.by_role[RoleName.CHAIR], now)


def _reading(district: District, day: date, number: int, text: str) -> Step:
    return moment(day, time(20)), lambda session, at: _note(session, district, 12, "number", number, text, at)


def _note(
    session: Session, district: District, which: int, kind: str, value: int, text: str, at: datetime, place: int = 0
) -> None:
    """Write something down about one of GOALS, at the district or at an association."""
    rows = session.execute(
        sa.select(*PlanGoal.__table__.columns, Plan.year)
        .join(Plan, Plan.id == PlanGoal.plan_id)
        .where(Plan.association_id == district.root, PlanGoal.text == GOALS[which].text)
    )
    where = session.get_one(Association, place or district.root)
    plans.note(
        session, rows.one(), where, kind, value, text, "", None, district.by_role[RoleName.ORGANIZER], at
    )  # fmt: skip


def _in_places(session: Session, district: District, at: datetime) -> None:
    for place in list(district.places.values())[:4]:
        _note(session, district, 9, "count", 1, "Öppet möte före sommaren", at, place)
