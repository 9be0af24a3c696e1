"""`flask demo load` and `flask data generate`: fill an empty database with people nobody knows."""

import time
from datetime import datetime

import click
from flask import current_app
from flask.cli import AppGroup

from campaigns.demo import generate, loading, tonight
from organizer import installation
from organizer.commands import no
from organizer.db import Database
from organizer.words import Refused

demo_group = AppGroup("demo", help="The demo district.")
data_group = AppGroup("data", help="Synthetic data for measuring.")


@demo_group.command("load")
def load_command() -> None:
    """Fill an empty database with the demo district; only in demo mode."""
    if not current_app.extensions["configuration"].demo:
        raise click.ClickException(
            "The demo is loaded only without SECRET_KEY, or with RUNDAN_DEMO=1. Nothing was done."
        )
    if not fill_if_empty(_database(), current_app.extensions["clock"]()):
        raise click.ClickException("The database is not empty. Nothing was done.")


@data_group.command("generate")
@click.option("--people", type=int, required=True, help="How many members.")
@click.option("--associations", type=int, required=True, help="How many associations.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same people.")
def generate_command(people: int, associations: int, seed: int) -> None:
    """Fill an empty database with a synthetic district and mark it: it can never send anything for real."""
    begun = time.perf_counter()
    try:
        with _database().writing() as session:
            generate.generate(session, people, associations, seed, current_app.extensions["clock"]())
    except Refused as refusal:
        raise no(refusal) from None
    click.echo(f"{people} people in {associations} associations, in {time.perf_counter() - begun:.1f} s.")


def ready(database: Database, now: datetime) -> None:
    """What every start of a demo does: load the district into an empty database, and see that somebody rings tonight."""
    if fill_if_empty(database, now):
        return
    with database.writing() as session:
        if installation.kind(session) == "demo":
            tonight.ensure_tonight(session, now)


def fill_if_empty(database: Database, now: datetime) -> bool:
    """Load the demo district into an empty database, saying so; False when there is something in it."""
    with database.reading() as session:
        if not loading.empty(session):
            return False
    click.echo("Making the demo district: seven associations, three years of history. It takes less than a minute.")
    begun = time.perf_counter()
    with database.writing() as session:
        loaded = loading.load(session, now)
        tonight.ensure_tonight(session, now)
    click.echo(f"{loaded.people} people in {loaded.associations} associations, in {time.perf_counter() - begun:.0f} s.")
    return True


def _database() -> Database:
    database: Database = current_app.extensions["database"]
    return database
