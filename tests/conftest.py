"""What every test may ask for: a database of each kind, the clock, the application and a client."""

import dataclasses
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command as alembic
from hypothesis import settings
from sqlalchemy.orm import Session

import organizer.models  # noqa: F401
from app import Rundan, create_app
from organizer.commands import migrations_for
from organizer.configuration import Configuration
from organizer.db import Base, Database
from organizer.models import Installation
from tests import quick_applications, throwaway_postgres
from tests.fake_twilio import SID, TOKEN, FakeTwilio
from tests.visitor import Visitor

CI = os.environ.get("CI") == "true"
settings.register_profile("judge", derandomize=True, deadline=None)
if CI:  # CI judges one change: the same examples every time; everyone's own machine goes on looking for new ones
    settings.load_profile("judge")
quick_applications.keep()
SECRET = "a key for tests only"
"""Of every application in tests."""
CHILDREN_FIRST = sorted(Base.metadata.sorted_tables, key=lambda one: one.name != "selection_news")[::-1]
"""Emptied in this order; other tables' triggers write the news of selections, which are therefore emptied last."""
EMPTY = f"""CREATE OR REPLACE FUNCTION empty_everything() RETURNS void LANGUAGE plpgsql AS $$ DECLARE counter text; BEGIN
{"".join(f'IF EXISTS (SELECT FROM "{one.name}") THEN DELETE FROM "{one.name}"; END IF;' for one in CHILDREN_FIRST)}
FOR counter IN SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename) FROM pg_sequences WHERE last_value IS NOT NULL LOOP
PERFORM setval(counter, 1, false); END LOOP; END $$"""
"""Empties a PostgreSQL database and lets it count from 1 again, many times as fast as TRUNCATE."""


class Clock:
    """The one clock of the application, moved by hand."""

    def __init__(self) -> None:
        # Thursday 19 November 2026, 18.00 in Stockholm: inside everybody's calling hours.
        self.now = datetime(2026, 11, 19, 17, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **how_long: float) -> datetime:
        self.now += timedelta(**how_long)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("template") / "rundan.db"
    database = Database(f"sqlite:///{file}")
    alembic.upgrade(migrations_for(database), "head")
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return file


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A throwaway cluster, or TEST_DATABASE_URL; a machine without either skips, and CI then fails."""
    given = os.environ.get("TEST_DATABASE_URL")
    if not given and throwaway_postgres.binaries() is None:
        if CI:
            pytest.fail("CI must have PostgreSQL: .ci/run installs it")
        pytest.skip("no PostgreSQL server on this machine: the PostgreSQL half of this test was left out")
    if given:
        _migrated(given)
        yield given
    else:
        with throwaway_postgres.cluster() as url:
            _migrated(url)
            yield url


def _migrated(url: str) -> None:
    database = Database(url)
    alembic.upgrade(migrations_for(database), "head")
    database.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path, sqlite_template) -> Iterator[str]:
    """An empty, migrated database of each kind; asking for it runs the test on both."""
    if request.param == "sqlite":
        shutil.copy(sqlite_template, tmp_path / "rundan.db")
        yield f"sqlite:///{tmp_path / 'rundan.db'}"
        return
    yield from emptied_postgres(request.getfixturevalue("postgres_url"))


def emptied_postgres(url: str) -> Iterator[str]:
    """The PostgreSQL database, emptied after the test that used it."""
    yield url
    with _cleaner(url).engine.begin() as connection:
        connection.exec_driver_sql("SELECT empty_everything()")


@cache
def _cleaner(url: str) -> Database:
    """Connected the whole run: a new connection would have to learn every table first."""
    cleaner = Database(url)
    with cleaner.engine.begin() as connection:
        connection.exec_driver_sql(EMPTY)
    return cleaner


@pytest.fixture
def database(database_url) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.dispose()


@pytest.fixture
def session(database) -> Iterator[Session]:
    """A writing session for tests of rules; what it wrote is committed only when the test asks a page to look."""
    with Session(database.engine.execution_options(writing=True), expire_on_commit=False) as session:
        yield session


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    """The stand-in for the provider; whoever asks for it, or for the worker, gets a real installation that uses it."""
    with FakeTwilio() as fake:
        yield fake


@pytest.fixture
def configuration(request, database_url, tmp_path) -> Configuration:
    plain = _configuration(database_url, tmp_path)
    if "twilio" not in request.fixturenames:
        return plain
    fake: FakeTwilio = request.getfixturevalue("twilio")
    return dataclasses.replace(
        plain, twilio_account_sid=SID, twilio_auth_token=TOKEN, twilio_sender="Rundan", twilio_api_base_url=fake.base,
        public_base_url="https://rundan.example",
    )  # fmt: skip


def _configuration(database_url: str, tmp_path: Path) -> Configuration:
    return Configuration(
        secret_key=SECRET,
        database_url=database_url,
        instance=tmp_path,
        demo=False,
        public_base_url="http://127.0.0.1",
        testing=True,
        worker_url=f"sqlite:///{tmp_path / 'worker.db'}",
    )


@pytest.fixture
def worker(app, database, twilio):
    """The background of a real installation, its provider the stand-in."""
    with database.writing() as session:
        session.add(Installation(kind="real", refusal_key="k" * 64))
    return app.extensions["worker"]


@pytest.fixture
def app(configuration, clock) -> Iterator[Rundan]:
    app = create_app(configuration, clock)
    yield app
    app.extensions["database"].dispose()


@pytest.fixture
def visitor(app) -> Visitor:
    """A browser without JavaScript: follows forms, keeps cookies, checks every page it gets."""
    return Visitor(app)


@pytest.fixture
def cast(database, clock):
    """The cast of tests/cast.py, committed."""
    from tests.cast import make_cast

    with database.writing() as session:
        return make_cast(session, clock.now)


def scalar(database: Database, statement: sa.Select) -> object:
    """One value from the database, for tests that look behind a page."""
    with database.reading() as session:
        return session.scalar(statement)


@pytest.fixture
def world(database, clock):
    """The things of tests/world.py, committed."""
    from tests.world import make_world

    with database.writing() as session:
        return make_world(session, clock.now)
