"""The commands that begin an installation: `places add`, `users add`, and `health` to look at the whole."""

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from organizer import accounts, commands, health, installation, phones, places, roles, setup_links
from organizer.configuration import Configuration
from organizer.db import Database
from organizer.models import AssociationKind, RoleName
from organizer.words import Missing, Refused

NO_PLACE = "There is no such place. Add one with: flask --app app places add NAME"
users_group = AppGroup("users", help="Those who log in.")
places_group = AppGroup("places", help="The tree of associations.")


@places_group.command("add")
@click.argument("name")
@click.option("--kind", type=click.Choice([str(one) for one in AssociationKind]), default="association")
@click.option("--under", metavar="SLUG", help="The place it belongs to; none makes it the top of the tree.")
def add_place(name: str, kind: str, under: str | None) -> None:
    """Add the place NAME to the tree and print its short address."""
    settings: Configuration = current_app.extensions["configuration"]
    database: Database = current_app.extensions["database"]
    try:
        with database.writing() as session:
            installation.settle(session, "demo" if settings.demo else "real")
            above = places.by_slug(session, under) if under else None
            made = places.add(session, name, kind, above, None, current_app.extensions["clock"]())
            address = made.slug
    except Refused as refusal:
        raise commands.no(refusal) from refusal
    except Missing:
        raise click.ClickException(NO_PLACE) from None
    click.echo(address)


@users_group.command("add")
@click.argument("name")
@click.option("--email", help="For those who log in with a password.")
@click.option("--phone", help="A mobile number, for those who log in with a code.")
@click.option("--role", type=click.Choice([str(one) for one in RoleName]), required=True)
@click.option("--place", metavar="SLUG", help="The place the role holds at; the top of the tree unless told.")
def add(name: str, email: str | None, phone: str | None, role: str, place: str | None) -> None:
    """Add NAME with a role at a place, and print how they come in: a link that is good once, or their phone."""
    settings: Configuration = current_app.extensions["configuration"]
    database: Database = current_app.extensions["database"]
    now = current_app.extensions["clock"]()
    try:
        with database.writing() as session:
            installation.settle(session, "demo" if settings.demo else "real")
            account = accounts.add(session, name, email, phones.normalise(phone) if phone else None, now)
            roles.give(session, None, account, role, places.by_slug(session, place), now)
            link = setup_links.issue(session, account, None, now) if email else None
    except Refused as refusal:
        raise commands.no(refusal) from refusal
    except Missing:
        raise click.ClickException(NO_PLACE) from None
    if link:
        click.echo(
            f"{name} chooses a password here, once, within three days:\n{settings.public_base_url}/valkommen/{link}"
        )
    if phone:
        click.echo(f"{name} can log in by mobile at {settings.public_base_url}/logga-in")


@click.command("health")
@with_appcontext
def health_command() -> None:
    """Say whether the database answers, has the newest shape and may be started like this; else exit with 1."""
    settings: Configuration = current_app.extensions["configuration"]
    database: Database = current_app.extensions["database"]
    try:
        with database.reading() as session:
            health.check(session)
            installation.check(session, demo=settings.demo)
            kind = installation.kind(session)
    except Refused as refusal:
        raise commands.no(refusal) from refusal
    except SQLAlchemyError as error:
        raise click.ClickException(f"The database does not answer as it should ({type(error).__name__}). Run: flask --app app db upgrade") from error  # fmt: skip
    click.echo(f"ok: {'SQLite' if settings.sqlite else 'PostgreSQL'}, {kind or 'empty'}")
