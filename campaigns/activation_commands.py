"""`flask activation`: figures that are kept for the day can be counted anew from the ledger."""

import click
from flask import current_app
from flask.cli import AppGroup

from campaigns import keeping
from organizer.db import Database

activation_group = AppGroup("activation", help="The figures of associations.")


@activation_group.command("rebuild")
def rebuild() -> None:
    """Count today's district figures anew from the ledger, in place of what is kept."""
    database: Database = current_app.extensions["database"]
    now = current_app.extensions["clock"]()
    number = keeping.keep(database, now, again=True)
    keeping.keep_large(database, now, again=True)
    click.echo(f"Counted anew: {number} figures are kept for today.")
