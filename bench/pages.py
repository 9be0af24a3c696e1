"""Pages of figures, small and large: how long they take, how much they ask, how that grows, and how long a rebuild takes."""

import gc
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event

from app import Rundan, create_app
from bench.engines import Make
from bench.figures import Figure, seconds
from bench.filled import fill
from campaigns import keeping, report_work
from organizer import accounts, plan_keeping, reports
from organizer.configuration import Configuration
from organizer.db import Database
from organizer.models import Account, Association
from tests.factories import NOW

SIZES = tuple(int(one) for one in os.environ.get("RUNDAN_BENCH_PAGES", "800 30000 1000000").split())
"""People: what an ordinary district has, and the least and the most that the goals speak of."""
LARGE = 30_000
LIMIT = 50.0
"""Milliseconds of server time (performance.md)."""


def measure(make: Make) -> Iterator[Figure]:
    """Server time of each page against the goal, and how it grows from the smallest district to the largest."""
    before: dict[str, float] = {}
    for size in SIZES:
        with make() as database, tempfile.TemporaryDirectory() as folder:
            engine = "sqlite" if database.sqlite else "postgresql"
            chair, organizer = fill(database, size)
            counting = seconds(lambda: _keep(database), times=1)
            yield Figure("everything kept, counted anew", engine, size, counting, 60.0, "s")
            telling = seconds(lambda: _tell(database), times=1)
            yield Figure("yearly reports of a district and an association, counted", engine, size, telling, 60.0, "s")
            app = create_app(_configuration(database, Path(folder)), lambda: NOW)
            for name, account, path in (
                ("chair's page", chair, "/forening/forening-6"),
                ("all figures", chair, "/forening/forening-6/siffror"),
                ("association table", organizer, "/foreningar"),
                ("campaign page", organizer, "/kampanjer/1"),
                ("overview", organizer, "/oversikt"),
                ("yearly report of a district", organizer, f"/forening/distriktet/arsrapport/{NOW.year}"),
                ("yearly report of an association", chair, f"/forening/forening-6/arsrapport/{NOW.year}"),
            ):
                taken, worked, asked = _milliseconds(app, account, path)
                goal = "<= 1.0" if name != "all figures" else ""
                yield Figure(name, engine, size, taken, LIMIT, "ms", goal)
                yield Figure(f"{name}, processor time of ours", engine, size, worked, LIMIT, "ms")
                yield Figure(f"{name}, queries", engine, size, asked, asked, "")
                if name in before:
                    # From an ordinary district to a large one more is shown; the goal is of what comes after that.
                    least = "<= 3.0" if size > LARGE and goal else ""
                    yield Figure(f"{name}, growth", engine, size, taken, before[name], "ms", least)
                before[name] = taken
            app.extensions["database"].dispose()


def _keep(database: Database) -> None:
    """What the worker does at night and every ten minutes."""
    keeping.keep(database, NOW, again=True)
    keeping.keep_large(database, NOW, again=True)
    plan_keeping.keep(database, NOW)


def _tell(database: Database) -> None:
    """What the worker does when somebody asks for a yearly report, or wants its figures counted anew."""
    with database.writing() as session:
        for slug in ("distriktet", "forening-6"):
            place = session.scalars(sa.select(Association).where(Association.slug == slug)).one()
            reports.ask(session, place, NOW.year, None, NOW)
    report_work.work(database, lambda: NOW, lambda: False)


def _milliseconds(app: Rundan, account: Account, path: str) -> tuple[float, float, int]:
    """Milliseconds of server time and of our own processor time, and how many questions the database is asked.

    Processor time says more on a machine that is busy with other work; on SQLite it is all there is to it.
    """
    database: Database = app.extensions["database"]
    with database.writing() as session:
        token = accounts.open_login(session, account.id, "full", NOW)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    asked: list[str] = []

    def ask(*how: object) -> None:
        asked.append(str(how[2]))

    def get() -> None:
        assert client.get(path).status_code == 200, path

    get()
    event.listen(database.engine, "before_cursor_execute", ask)
    get()
    event.remove(database.engine, "before_cursor_execute", ask)
    gc.collect()
    # The quickest of many: what the page itself costs, whatever else the machine is doing.
    times = 60 if seconds(get, times=1) < 1 else 5
    taken, worked = [], []
    for _ in range(times):
        began = time.process_time()
        taken.append(seconds(get, times=1))
        worked.append(time.process_time() - began)
    return 1000 * min(taken), 1000 * min(worked), sum(one != "BEGIN" for one in asked)


def _configuration(database: Database, folder: Path) -> Configuration:
    return Configuration(
        secret_key="a key for measuring only", database_url=database.engine.url.render_as_string(hide_password=False),
        instance=folder, demo=False, public_base_url="http://127.0.0.1", testing=True,
        worker_url=f"sqlite:///{folder / 'worker.db'}",
    )  # fmt: skip
