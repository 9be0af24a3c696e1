"""A district of any size for measuring pages: made in the database itself, the same on both engines."""

from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.bare_tables import bare_tables
from bench.district import settle
from campaigns.models import Blast, BlastState, Campaign
from organizer.db import Database, Utc
from organizer.models import Account, Association, Plan, PlanGoal, RoleName
from organizer.times import local_day
from tests.factories import NOW, make_account, make_association, make_campaign

GOALS = (
    ("new_contacted", "all", "every"), ("active", "more", "every"), ("renewed", "more", "whole"), ("members", "more", "whole"),
    ("outward", "at_least", "whole"), ("responsible", "all", "whole"),
)  # fmt: skip


def associations(size: int) -> int:
    """How many associations a district of so many people has."""
    return 7 if size < 3000 else 300


def fill(database: Database, size: int) -> tuple[Account, Account]:
    """A district of `size` people, all in one campaign and one blast, with five calls and five messages each in the ledger."""
    with database.writing() as session:
        chair, organizer, campaign = _places(session, associations(size))
        _plan(session, campaign)
        day = local_day(NOW)
        values = {
            "size": size, "places": associations(size), "first": chair.first, "campaign": campaign, "now": NOW,
            "old": date(2020, 1, 1), "fresh": day - timedelta(days=30), "start": date(2026, 9, 1),
            "last_year": date(2025, 6, 1), "spring": date(2026, 3, 1), "autumn": date(2026, 10, 1), "account": organizer.account.id,
        }  # fmt: skip
    with bare_tables(database) as connection:
        for statement in STATEMENTS:
            connection.execute(bound(statement, values))
    settle(database)
    return chair.account, organizer.account


class _Seat:
    """An account and the first association's id."""

    def __init__(self, account: Account, first: int) -> None:
        self.account, self.first = account, first


def _places(session: Session, many: int) -> tuple[_Seat, _Seat, int]:
    national = make_association(session, "Riket", kind="national")
    district = make_association(session, "Distriktet", national, kind="district")
    places = [make_association(session, f"Förening {n}", district) for n in range(many)]
    campaign: Campaign = make_campaign(session, district, starts_on=date(2026, 9, 1))
    chair = make_account(session, "Ordförande", (RoleName.CHAIR, _named(places, "Förening 6")))
    organizer = make_account(session, "Distrikt", (RoleName.ORGANIZER, district))
    return _Seat(chair, places[0].id), _Seat(organizer, places[0].id), campaign.id


def _plan(session: Session, campaign_id: int) -> None:
    """The district's plan with goals of the kinds that cost something to count."""
    campaign = session.get_one(Campaign, campaign_id)
    plan = Plan(association_id=campaign.association_id, year=local_day(NOW).year, created_at=NOW)
    session.add(plan)
    session.flush()
    for n, (entry, rule, scope) in enumerate(GOALS):
        session.add(
            PlanGoal(
                plan_id=plan.id, position=n, text=f"Mål {n}", scope=scope, entry=entry, rule=rule, target=3,
                created_at=NOW,
            )
        )  # fmt: skip
    blast = make_blast(session, campaign)
    session.add(blast)
    session.flush()


def make_blast(session: Session, campaign: Campaign) -> Blast:
    """A blast that is being sent to everybody."""
    author = session.scalars(sa.select(Account.id).order_by(Account.id)).first()
    return Blast(
        association_id=campaign.association_id, title="Höstens utskick", state=BlastState.SENDING, include=[], exclude=[],
        body="Hej", created_by=author, created_at=NOW, authors=[], asked_of=[], left_out={}, started_at=NOW, handed=17,
    )  # fmt: skip


def _named(places: list[Association], name: str) -> Association:
    return next(place for place in places if place.name == name)


def bound(statement: str, values: dict[str, Any]) -> sa.TextClause:
    """A statement with those of the values that it names, each in its type."""
    types: dict[type, Any] = {date: sa.Date(), datetime: Utc(), int: sa.Integer(), str: sa.String()}
    names = [name for name in values if f":{name}" in statement]
    return sa.text(statement).bindparams(
        *(sa.bindparam(name, values[name], type_=types[type(values[name])]) for name in names)
    )


NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :size) "
_EVENT = (
    "INSERT INTO timeline (key, kind, person_id, association_id, campaign_id, mass, at, day) " + NUMBERS
    + "SELECT '{kind}:{what}:' || i, '{kind}', i, :first + i % :places, {campaign}, false, :now, {day} FROM n WHERE {which}"
)  # fmt: skip


def _events(kind: str, what: str, day: str, which: str, campaign: str = ":campaign") -> str:
    return _EVENT.format(kind=kind, what=what, day=day, which=which, campaign=campaign)


STATEMENTS = (
    "INSERT INTO people (id, first_name, last_name, sort_key, search_key, protected, created_at) " + NUMBERS
    + "SELECT i, 'Person', 'Nummer', 'nummer', 'person nummer', false, :now FROM n",
    "INSERT INTO memberships (person_id, association_id, from_day, from_why) " + NUMBERS
    + "SELECT i, :first + i % :places, CASE WHEN i / :places % 40 = 0 THEN :fresh ELSE :old END, 'joined' FROM n",
    "INSERT INTO fees (person_id, year, paid_on) " + NUMBERS + "SELECT i, 2026, :spring FROM n WHERE i % 4 < 3",
    "INSERT INTO campaign_targets (campaign_id, person_id, association_id, entered_on, active_at_entry) " + NUMBERS
    + "SELECT :campaign, i, :first + i % :places, :start, i % 5 = 0 FROM n",
    "INSERT INTO call_queue (campaign_id, person_id, association_id, state, priority, due_at, attempts, entered_at) " + NUMBERS
    + "SELECT :campaign, i, :first + i % :places, CASE WHEN i % 5 < 2 THEN 'done' ELSE 'ready' END, 5, :now, i % 3, :now FROM n",
    ("INSERT INTO calls (campaign_id, queue_id, person_id, association_id, account_id, state, assigned_at, outcome, detail,"
    " late, contested, note, before) SELECT campaign_id, id, person_id, association_id, :account, 'reported', :now,"
    " CASE WHEN state = 'done' THEN 'reached' ELSE 'no_answer' END, '{}', false, false, '', '{}' FROM call_queue WHERE attempts > 0"),
    *(_events("attempt", name, day, "true", campaign) for name, day, campaign in (
        ("one", ":start", ":campaign"), ("two", ":autumn", ":campaign"), ("three", ":autumn", ":campaign"),
        ("four", ":last_year", "NULL"), ("five", ":last_year", "NULL"))),
    _events("contact", "one", ":autumn", "i % 5 < 3"),
    _events("conversation", "one", ":autumn", "i % 5 < 2"),
    _events("response", "one", ":autumn", "i % 5 < 2"),
    _events("sign_up", "one", ":autumn", "i % 10 < 2"),
    *(_events("message", name, day, "true", "NULL") for name, day in (
        ("one", ":autumn"), ("two", ":autumn"), ("three", ":spring"), ("four", ":last_year"), ("five", ":last_year"))),
    _events("attendance", "one", ":autumn", "i % 10 < 2", "NULL"),
    _events("attendance", "two", ":last_year", "i % 10 < 3", "NULL"),
    _events("task", "one", ":spring", "i % 10 < 2", "NULL"),
    "INSERT INTO messages (ref, kind, priority, state, person_id, association_id, blast_id, e164, body, parts, tries, created_at, not_before, expires_at) "
    + NUMBERS + "SELECT 'r' || i, 'blast', 5, CASE WHEN i % 2 = 0 THEN 'delivered' ELSE 'queued' END, i, :first + i % :places, 1,"
    " '+46' || i, 'Hej', 1, 0, :now, :now, :now FROM n",
    "UPDATE blasts SET recipients = :size, handed = :size / 2",
)  # fmt: skip
"""What fills the tables, the same on both engines: five calls and five messages for each person, and what came of them."""
