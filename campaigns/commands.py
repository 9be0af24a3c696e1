"""`flask worker` and `flask serve`: the two long-running commands."""

import logging
import sys

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import with_appcontext

from campaigns import serving, telephony
from campaigns.demo import commands as demo
from campaigns.worker import Worker
from organizer import demo_roles, installation
from organizer.commands import bring_up_to_date, no
from organizer.configuration import Configuration
from organizer.db import Database
from organizer.models import Installation
from organizer.words import Refused


@click.command("worker")
@click.option("-n", "--no-timetable", is_flag=True, help="Only what it is woken for: for every worker but one.")
@click.option("--follow", type=int, hidden=True)
@with_appcontext
def worker_command(no_timetable: bool, follow: int | None) -> None:
    """Empty the queues: send SMS, call back, tidy. Stops on Ctrl-C or SIGTERM when it has finished what it holds."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    _check(_configuration(), _database())
    engine: Worker = current_app.extensions["worker"]
    engine.run(periodic=not no_timetable, parent=follow)


@click.command("serve")
@click.option("--no-worker", is_flag=True, help="Only the web server; run `flask worker` beside it yourself.")
@with_appcontext
def serve_command(no_worker: bool) -> None:
    """Migrate, then run the web server and a worker until Ctrl-C; a demo with an empty database is filled first."""
    configuration, database = _configuration(), _database()
    try:
        serving.refuse_taken_port(configuration.host, configuration.port)
    except serving.PortTaken as taken:
        raise click.ClickException(
            f"Nothing can listen on {configuration.host} port {configuration.port} ({taken}). Nothing was started. "
            f"Choose another port, for example: PORT={configuration.port + 1} make run"
        ) from None
    _check(configuration, database)
    bring_up_to_date(database)
    if configuration.demo:
        demo.ready(database, current_app.extensions["clock"]())
    with database.reading() as session:
        roles = demo_roles.holders(session, current_app.extensions["clock"]())
    database.dispose()
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  Flask's way to the real one
    sys.argv = sys.argv[:1]  # gunicorn would read our arguments as its own
    serving.Server(app, configuration, database, lambda: _greet(configuration, roles), worker=not no_worker).run()


def _check(configuration: Configuration, database: Database) -> None:
    """Stop in words before anything can go wrong: settings that cannot work, a database of another kind (D25)."""
    wrong = telephony.misconfigured(configuration)
    if wrong:
        raise click.ClickException(wrong)
    if not sa.inspect(database.engine).has_table(Installation.__tablename__):
        return
    try:
        with database.reading() as session:
            installation.check(session, demo=configuration.demo)
    except Refused as refusal:
        raise no(refusal) from None


def _greet(configuration: Configuration, roles: list[demo_roles.Holder]) -> None:
    """Say where it is and how to get in."""
    host = "127.0.0.1" if configuration.host in {"0.0.0.0", "::"} else configuration.host  # noqa: S104  shown, not bound
    click.echo(f"\n  {configuration.site_name} is running: http://{host}:{configuration.port}")
    if configuration.demo:
        click.echo("  Demo: invented people, nothing leaves this computer. One click on the login page lets you in as:")
        for one in roles:
            click.echo(f"    {one.role:14} {one.name}, {one.place}")
    click.echo("  Ctrl-C stops it. What has been done is kept.\n")
    sys.stdout.flush()


def _configuration() -> Configuration:
    configuration: Configuration = current_app.extensions["configuration"]
    return configuration


def _database() -> Database:
    database: Database = current_app.extensions["database"]
    return database
