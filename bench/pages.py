"""Pages of figures: the chair's page, a campaign's page and the table of associations, small and large."""

import gc
import os
import tempfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import Rundan, create_app
from bench.bare_tables import bare_tables
from bench.district import settle
from bench.engines import Make
from bench.figures import Figure, seconds
from campaigns import keeping
from campaigns.models import Campaign
from organizer import accounts
from organizer.configuration import Configuration
from organizer.db import Database, Utc
from organizer.models import Account, Association, RoleName
from organizer.times import local_day
from tests.factories import NOW, make_account, make_association, make_campaign

ASSOCIATIONS = 300
SIZES = tuple(int(one) for one in os.environ.get("RUNDAN_BENCH_PAGES", "30000 1000000").split())
"""People: the least and the most that the goals speak of."""
LIMIT = 50.0
"""Milliseconds of server time (performance.md)."""


def measure(make: Make) -> Iterator[Figure]:
    """Server time of each page against the goal, and how it grows from the smallest district to the largest."""
    first: dict[str, float] = {}
    for size in SIZES:
        with make() as database, tempfile.TemporaryDirectory() as folder:
            engine = "sqlite" if database.sqlite else "postgresql"
            chair, organizer = _fill(database, size)
            counting = seconds(lambda: _keep(database), times=1)
            yield Figure("nightly figures", engine, size, counting, 60.0, "s")
            app = create_app(_configuration(database, Path(folder)), lambda: NOW)
            for name, account, path in (
                ("chair's page", chair, "/forening/forening-7"),
                ("association table", organizer, "/foreningar"),
                ("campaign page", organizer, "/kampanjer/1"),
                ("overview", organizer, "/oversikt"),
            ):
                taken = _milliseconds(app, account, path)
                yield Figure(name, engine, size, taken, LIMIT, "ms", "<= 1.0")
                if size == SIZES[0]:
                    first[name] = taken
                else:
                    yield Figure(f"{name}, growth", engine, size, taken, first[name], "ms", "<= 3.0")
            app.extensions["database"].dispose()


def _keep(database: Database) -> None:
    """What the worker does at night and every ten minutes."""
    keeping.keep(database, NOW, again=True)
    keeping.keep_large(database, NOW, again=True)


def _milliseconds(app: Rundan, account: Account, path: str) -> float:
    database: Database = app.extensions["database"]
    with database.writing() as session:
        token = accounts.open_login(session, account.id, "full", NOW)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True

    def get() -> None:
        assert client.get(path).status_code == 200, path

    get()
    get()
    gc.collect()
    # The quickest of many: what the page itself costs, whatever else the machine is doing.
    return 1000 * min(seconds(get, times=1) for _ in range(60))


def _configuration(database: Database, folder: Path) -> Configuration:
    return Configuration(
        secret_key="a key for measuring only", database_url=database.engine.url.render_as_string(hide_password=False),
        instance=folder, demo=False, public_base_url="http://127.0.0.1", testing=True,
        worker_url=f"sqlite:///{folder / 'worker.db'}",
    )  # fmt: skip


def _fill(database: Database, size: int) -> tuple[Account, Account]:
    """A district of `size` people in 300 associations, all in one campaign, and seven ledger rows for each."""
    with database.writing() as session:
        chair, organizer, campaign = _places(session)
        day = local_day(NOW)
        values = {
            "size": size, "places": ASSOCIATIONS, "first": chair.first, "campaign": campaign, "now": NOW,
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


def _places(session: Session) -> tuple[_Seat, _Seat, int]:
    national = make_association(session, "Riket", kind="national")
    district = make_association(session, "Distriktet", national, kind="district")
    places = [make_association(session, f"Förening {n}", district) for n in range(ASSOCIATIONS)]
    campaign: Campaign = make_campaign(session, district, starts_on=date(2026, 9, 1))
    chair = make_account(session, "Ordförande", (RoleName.CHAIR, _named(places, "Förening 7")))
    organizer = make_account(session, "Distrikt", (RoleName.ORGANIZER, district))
    return _Seat(chair, places[0].id), _Seat(organizer, places[0].id), campaign.id


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
    _events("attempt", "one", ":start", "i % 5 < 4"),
    _events("attempt", "two", ":autumn", "i % 5 < 4"),
    _events("contact", "one", ":autumn", "i % 5 < 3"),
    _events("conversation", "one", ":autumn", "i % 5 < 2"),
    _events("response", "one", ":autumn", "i % 5 < 2"),
    _events("sign_up", "one", ":autumn", "i % 10 < 2"),
    _events("attempt", "three", ":last_year", "i % 5 < 3", "NULL"),
    _events("message", "one", ":autumn", "i % 5 < 4", "NULL"),
    _events("message", "two", ":spring", "true", "NULL"),
    _events("message", "three", ":last_year", "true", "NULL"),
    _events("attendance", "one", ":autumn", "i % 10 < 2", "NULL"),
    _events("attendance", "two", ":last_year", "i % 10 < 3", "NULL"),
    _events("task", "one", ":spring", "i % 10 < 2", "NULL"),
)  # fmt: skip
"""What fills the tables, the same on both engines: five calls and messages for each person, and what came of them."""
