"""`flask --app app selections schema`: what a saved selection may look like, for those who write their own."""

import json

import click
from flask.cli import AppGroup

from organizer import selection_definitions

selections_group = AppGroup("selections", help="Saved groups of people.")


@selections_group.command("schema")
def schema() -> None:
    """Print the JSON schema of a selection, made of the classes of the conditions."""
    click.echo(json.dumps(selection_definitions.schema(), indent=1, ensure_ascii=False))
