"""Five hundred who sign up at once for a hundred places, and the feed of a calendar with thousands of activities."""

import multiprocessing
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app import Rundan, create_app
from bench.engines import Make
from bench.figures import Figure, seconds
from organizer import personal_links, shared_calendar
from organizer.configuration import Configuration
from organizer.db import Database
from organizer.models import Activity, Association, SignUp
from tests.factories import NOW, make_activity, make_association, make_person

PEOPLE = int(os.environ.get("RUNDAN_BENCH_SIGN_UPS", "500"))
PLACES = PEOPLE // 5
AT_ONCE = 8
EVENTS = int(os.environ.get("RUNDAN_BENCH_EVENTS", "5000"))
SLOWEST = 2.0
"""Seconds the unluckiest may wait for an answer when everybody comes in the same moment."""
FEED = 1.0
"""Seconds to write the whole feed."""


def measure(make: Make) -> Iterator[Figure]:
    """Everybody answers the same page at once; then the feed, against reading the same rows and nothing more."""
    with make() as database, tempfile.TemporaryDirectory() as folder:
        engine = "sqlite" if database.sqlite else "postgresql"
        tokens = _invite(database)
        slowest, taken = _all_at_once(database, Path(folder), tokens)
        right = _in_order(database)
        yield Figure("sign-ups beyond or short of the places", engine, PEOPLE, float(not right), 1.0, "wrong", "<= 0.0")
        yield Figure("sign-up page, all at once", engine, PEOPLE, PEOPLE / taken, 1.0, "sign-ups/s")
        yield Figure("sign-up page, the slowest answer", engine, PEOPLE, slowest, SLOWEST, "s", "<= 1.0")
    with make() as database:
        place = _calendar(database)
        with database.reading() as session:
            ours = seconds(lambda: shared_calendar.feed(session, "Distriktet", place, NOW, "https://x.se"))
            again = seconds(lambda: shared_calendar.mark(session, place, NOW, "Distriktet"))
        yield Figure("calendar feed", engine, EVENTS, ours, FEED, "s", "<= 1.0")
        yield Figure("calendar feed, nothing changed", engine, EVENTS, again, ours, "s", "<= 0.5")


def _invite(database: Database) -> list[str]:
    """A full house to be, and a personal link for each who is invited."""
    with database.writing() as session:
        place = make_association(session, "Distriktet", kind="district")
        activity = make_activity(session, place, capacity=PLACES)
        people = [make_person(session, place, number=None).id for _ in range(PEOPLE)]
        made = personal_links.make_many(
            session, "activity", people, NOW, target_id=activity.id, expires_at=activity.ends_at
        )
    return list(made.values())


Times = tuple[float, float]
"""The slowest answer, and how long all of them took."""


def _all_at_once(database: Database, folder: Path, tokens: list[str]) -> Times:
    """Real processes on PostgreSQL, threads on SQLite (D26); the slowest answer and the longest share, in seconds."""
    url = database.engine.url.render_as_string(hide_password=False)
    shares = [tokens[n::AT_ONCE] for n in range(AT_ONCE)]
    if not database.sqlite:
        context = multiprocessing.get_context("spawn")
        with context.Pool(AT_ONCE) as pool:
            return _worst(pool.starmap(_answer, [(url, str(folder), share) for share in shares]))
    found: list[Times] = []
    app = _app(url, str(folder))  # one process: the threads share its database, and with it the fair lock
    hands = [threading.Thread(target=lambda one=share: found.append(_answers(app, one))) for share in shares]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return _worst(found)


def _worst(found: list[Times]) -> Times:
    return max(one[0] for one in found), max(one[1] for one in found)


def _answer(url: str, folder: str, tokens: list[str]) -> Times:
    """One process of several."""
    return _answers(_app(url, folder), tokens)


def _app(url: str, folder: str) -> Rundan:
    configuration = Configuration(
        secret_key="a key for measuring only", database_url=url, instance=Path(folder), demo=False,
        public_base_url="http://127.0.0.1", testing=True, worker_url=f"sqlite:///{folder}/worker.db",
    )  # fmt: skip
    app = create_app(configuration, lambda: NOW + timedelta(microseconds=time.perf_counter_ns() // 1000 % 10**9))
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def _answers(app: Rundan, tokens: list[str]) -> Times:
    """Post *Jag kommer* through the page for each link, once the page has been looked at."""
    client, slowest = app.test_client(), 0.0
    client.get(f"/a/{tokens[0]}")
    first = time.perf_counter()
    for token in tokens:
        began = time.perf_counter()
        answer: Any = client.post(f"/a/{token}", data={"answer": "come"})
        slowest = max(slowest, time.perf_counter() - began)
        assert answer.status_code == 302, answer.status_code
    return slowest, time.perf_counter() - first


def _in_order(database: Database) -> bool:
    """Exactly as many seats as there are, everybody else in line, and nobody seated who came after one who waits."""
    with database.reading() as session:
        rows = session.execute(sa.select(SignUp.state).order_by(SignUp.id)).scalars().all()
    return rows == ["signed_up"] * PLACES + ["waiting"] * (PEOPLE - PLACES)


def _calendar(database: Database) -> str:
    """A district with years of activities; its path."""
    with database.writing() as session:
        place: Association = make_association(session, "Distriktet", kind="district")
        rows = [
            {"association_id": place.id, "title": f"Öppet möte {n} i Folkets hus", "kind": "meeting", "place": "Folkets hus",
             "starts_at": NOW + timedelta(hours=7 * n), "ends_at": NOW + timedelta(hours=7 * n + 2), "public": True,
             "description": "Alla är välkomna, även den som inte varit med förut.", "changed_at": NOW}
            for n in range(EVENTS)
        ]  # fmt: skip
        session.execute(sa.insert(Activity), rows)
        held = "INSERT INTO activity_organizers (activity_id, association_id) SELECT id, association_id FROM activities"
        session.execute(sa.text(held))
    return place.path
