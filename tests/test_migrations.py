"""Every migration goes up and down with data in the tables, and the tables agree with the models."""

import shutil

import pytest
import sqlalchemy as sa
from alembic import command as alembic
from alembic.script import ScriptDirectory

from campaigns.models import Campaign
from organizer import changed_people, selection_news
from organizer.commands import migrations_for
from organizer.db import Base, Database
from organizer.models import Association, Membership, Person
from tests import throwaway_postgres
from tests.factories import make_association, make_campaign, make_person, make_shift


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    """A database nobody has migrated yet."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
        yield database
        database.dispose()
        return
    if throwaway_postgres.binaries() is None:
        pytest.skip("no PostgreSQL server on this machine: the PostgreSQL half of this test was left out")
    with throwaway_postgres.cluster() as url:
        database = Database(url)
        yield database
        database.dispose()


def count(database: Database, model: type[Base]) -> int:
    with database.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def fill(database: Database) -> None:
    with database.writing() as session:
        here = make_association(session, "Härnösand")
        make_person(session, here, "Åsa Öberg", "")
        make_shift(session, make_campaign(session, here))


def test_models_and_migrations_agree(empty):
    alembic.upgrade(migrations_for(empty), "head")
    alembic.check(migrations_for(empty))


def test_the_database_notices_every_change_of_what_figures_are_made_of(empty):
    alembic.upgrade(migrations_for(empty), "head")
    with empty.engine.connect() as connection:
        assert changed_people.there(connection) == changed_people.ALL
        assert selection_news.there(connection) == 3 * len(selection_news.WATCHED)


def test_each_step_goes_down_and_up_again_and_keeps_what_it_does_not_own(empty):
    config = migrations_for(empty)
    steps = [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()]
    alembic.upgrade(config, "head")
    fill(empty)
    for below in [*steps[1:], "base"]:
        alembic.downgrade(config, below)
        left = set(sa.inspect(empty.engine).get_table_names())
        if "people" in left:
            assert count(empty, Person) == count(empty, Membership) == 1
    assert left <= {"alembic_version"}
    alembic.upgrade(config, "head")
    fill(empty)
    assert count(empty, Campaign) == count(empty, Association) == 1


def test_migrations_are_numbered_without_gaps():
    files = sorted(_numbers())
    assert files == [f"{n:04d}" for n in range(1, len(files) + 1)]


def _numbers() -> list[str]:
    from organizer.commands import MIGRATIONS

    return [file.name[:4] for file in (MIGRATIONS / "versions").glob("*.py")]


def test_this_machine_can_copy_a_database_file(tmp_path, sqlite_template):
    """Backing up the embedded database is copying a file; the copy opens and holds the same shape."""
    copy = tmp_path / "copy.db"
    shutil.copy(sqlite_template, copy)
    tables = sa.inspect(Database(f"sqlite:///{copy}").engine).get_table_names()
    assert set(Base.metadata.tables) <= set(tables)
