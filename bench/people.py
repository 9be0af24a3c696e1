"""Looking somebody up and opening their page, among a hundred thousand people and among a million."""

import gc
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from app import Rundan, create_app
from bench.engines import Make
from bench.figures import Figure, seconds
from bench.pages import _configuration
from organizer import accounts, bulk
from organizer.db import Database, search_key, sort_key
from organizer.models import Account, Association, Event, Membership, Person, Phone, RoleName
from organizer.times import local_day
from tests.factories import NOW, make_account, make_association

SIZES = tuple(int(one) for one in os.environ.get("RUNDAN_BENCH_PEOPLE", "100000").split())
"""People; a million is asked for by hand."""
LIMIT = 50.0
"""Milliseconds of server time (performance.md)."""
FIRST = ("Anna", "Åsa", "Bertil", "Cecilia", "Danuta", "Erik", "Fatima", "Göran", "Hanna", "Ingrid") * 4
LAST = ("Andersson", "Öberg", "Lind", "Bergström", "Nilsson", "Åkesson", "Ek", "Holm", "Ahmed", "Dahl", "Persson")
PLACES, CHUNK = 300, 50_000


def measure(make: Make) -> Iterator[Figure]:
    """Server time of each kind of search and of a person's page, against the goal."""
    for size in SIZES:
        with make() as database, tempfile.TemporaryDirectory() as folder:
            engine = "sqlite" if database.sqlite else "postgresql"
            organizer, steward = _fill(database, size)
            app = create_app(_configuration(database, Path(folder)), lambda: NOW)
            for name, account, ask in (
                ("search: first and last name", organizer, _searching("asa oberg17")),
                ("search: last four digits", organizer, _searching("4711")),
                ("search: member number", organizer, _searching(f"M{size // 2}")),
                ("search: too many", organizer, _searching("an")),
                ("search: name, steward of one place", steward, _searching("anna andersson1")),
                ("person page", organizer, ("get", f"/medlemmar/{size // 2}", {})),
            ):
                yield Figure(name, engine, size, _milliseconds(app, account, *ask), LIMIT, "ms", "<= 1.0")
            app.extensions["database"].dispose()


def _searching(words: str) -> tuple[str, str, dict[str, str]]:
    return "post", "/medlemmar", {"q": words}


def _milliseconds(app: Rundan, account: Account, how: str, path: str, form: dict[str, str]) -> float:
    """The quickest of several: what the page itself costs, whatever else the machine is doing."""
    app.config["WTF_CSRF_ENABLED"] = False
    with app.extensions["database"].writing() as session:
        token = accounts.open_login(session, account.id, "full", NOW)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    send: Callable[..., object] = getattr(client, how)

    def once() -> None:
        answer = send(path, data=form) if form else send(path)
        assert getattr(answer, "status_code", 0) == 200, path

    once()
    gc.collect()
    return 1000 * min(seconds(once, times=1) for _ in range(9))


def _fill(database: Database, size: int) -> tuple[Account, Account]:
    """So many members with names, numbers and three happenings each, in 300 associations."""
    with database.writing() as session:
        district = make_association(session, "Distriktet", kind="district")
        places = [make_association(session, f"Förening {n}", district).id for n in range(PLACES)]
        organizer = make_account(session, "Disa", (RoleName.ORGANIZER, district))
        steward = make_account(session, "Sara", (RoleName.STEWARD, session.get_one(Association, places[7])))
        for start in range(0, size, CHUNK):
            numbers = range(start + 1, min(start + CHUNK, size) + 1)
            names = [(FIRST[n % len(FIRST)], f"{LAST[n % len(LAST)]}{n % 997}") for n in numbers]
            people = [
                (n, f"M{n}", first, last, sort_key(f"{last} {first}"), search_key(f"{first} {last}"), False, NOW)
                for n, (first, last) in zip(numbers, names, strict=True)
            ]
            bulk.insert(session, Person, ("id", "member_number", "first_name", "last_name", "sort_key", "search_key",
                                          "protected", "created_at"), people)  # fmt: skip
            members = [(n, places[n % PLACES], date(2020, 1, 1), "joined") for n in numbers]
            bulk.insert(session, Membership, ("person_id", "association_id", "from_day", "from_why"), members)
            phones = [(n, f"+4670{n:07d}", f"070{n:07d}", "mobile", 0) for n in numbers]
            bulk.insert(session, Phone, ("person_id", "e164", "national", "kind", "position"), phones)
            events = [
                (f"{kind}:bench:{n}", kind, n, places[n % PLACES], False, NOW, local_day(NOW))
                for n in numbers for kind in ("attempt", "contact", "attendance")
            ]  # fmt: skip
            bulk.insert(session, Event, ("key", "kind", "person_id", "association_id", "mass", "at", "day"), events)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
        if not database.sqlite:
            connection.execute(sa.text("VACUUM ANALYZE people"))
    return organizer, steward
