"""`flask retention preview`: what the worker would forget now, without forgetting it."""

import click
from flask import current_app
from flask.cli import AppGroup

from campaigns import retention
from organizer import figure_archive
from organizer.db import Database
from organizer.times import local_day

retention_group = AppGroup("retention", help="What is too old to keep.")


@retention_group.command("preview")
def preview() -> None:
    """Say how many rows would go or be emptied in the next round, and which periods would be archived first."""
    database: Database = current_app.extensions["database"]
    now = current_app.extensions["clock"]()
    with database.reading() as session:
        found = retention.preview(session, now)
        periods = figure_archive.waiting(session, local_day(now))
    if periods:
        click.echo(f"archive first: {', '.join(one.key for one in periods)}")
    for title, number in found:
        click.echo(f"{number:>9}  {title}")
    if not found:
        click.echo("Nothing is too old.")
