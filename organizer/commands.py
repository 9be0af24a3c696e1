"""The command line: `flask --app app …`; each area adds its own group. Commands speak English, like their help."""

from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from organizer import languages
from organizer.db import Database
from organizer.words import Refused

MIGRATIONS = Path(__file__).parent.parent / "migrations"
db_group = AppGroup("db", help="The database's shape.")


def no(refusal: Refused) -> click.ClickException:
    """A refusal as a command says it: in English, whatever language the pages have."""
    return click.ClickException(languages.say("en", refusal.sentence, **refusal.values))


def migrations_for(database: Database) -> Any:
    """An Alembic configuration that works on our own connection. Alembic is heavy, so pages never load it."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["database"] = database
    return config


def bring_up_to_date(database: Database) -> None:
    """Bring the database to the newest shape; of several who do it at once, one does and the others wait."""
    from alembic import command

    command.upgrade(migrations_for(database), "head")


@db_group.command("upgrade")
def upgrade() -> None:
    """Bring the database to the newest shape."""
    bring_up_to_date(_database())
    click.echo("The database is up to date.")


@db_group.command("downgrade")
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Take the database back to REVISION."""
    from alembic import command

    command.downgrade(migrations_for(_database()), revision)


@db_group.command("check")
def check() -> None:
    """Fail if the tables and the models disagree."""
    from alembic import command

    command.check(migrations_for(_database()))


def _database() -> Database:
    database: Any = current_app.extensions["database"]
    return database
