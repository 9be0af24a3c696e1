"""`members check FILE` and `members import FILE`: what the pages do, for files too large for a browser."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from organizer import imports, languages
from organizer.db import Database
from organizer.imports import files, questions
from organizer.imports.report import Report
from organizer.models import Association
from organizer.words import N_, Refused

members_group = AppGroup("members", help="The member register and the files it is made of.")
_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_PLACE = click.option(
    "--association", "slug", default="", help="The slug of the place the file is for; the district if left out."
)
_MISSING = click.option(
    "--missing", "missing", type=click.Choice(["nothing", "left"]), default="nothing", show_default=True,
    help="What it means that a member is not in the file.",
)  # fmt: skip
_YES = click.option(
    "--yes", "yes", multiple=True, type=click.Choice([*questions.ALL, questions.FILE]),
    help="Answer a question about the file: numbers, absent, elsewhere; keep or file for what was corrected by hand.",
)  # fmt: skip
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@members_group.command("check")
@_FILE
@_PLACE
@_MISSING
@_JSON
def check(file: Path, slug: str, missing: str, as_json: bool) -> None:
    """Say what FILE would do to the register. Writes nothing."""
    with _database().reading() as session, file.open("rb") as opened:
        try:
            report = imports.check(session, opened, _place(session, slug), _now(), missing_means=missing)
        except Refused as refusal:
            _give_up(refusal)
    _say(report, as_json, missing, done=False)


@members_group.command("import")
@_FILE
@_PLACE
@_MISSING
@_JSON
@_YES
def import_(file: Path, slug: str, missing: str, as_json: bool, yes: tuple[str, ...]) -> None:
    """Import FILE: everything that can be read, in one transaction. A suspicious file stops; --yes answers."""
    try:
        with tempfile.TemporaryFile() as copy:
            with file.open("rb") as opened:
                files.copied(opened, copy)
            with _database().writing() as session:
                place = _place(session, slug)
                report = imports.import_file(
                    session, copy, place, _now(), missing_means=missing, filename=file.name, answers=yes
                )  # fmt: skip
    except Refused as refusal:
        _give_up(refusal)
    except IntegrityError:
        _give_up(Refused(imports.CHANGED_MEANWHILE))
    _say(report, as_json, missing, done=True)


def _place(session: Session, slug: str) -> int:
    """The place the file is for: the one asked for, else the only district, else the top of the tree."""
    places = session.execute(
        sa.select(Association.id, Association.slug, Association.kind).order_by(
            sa.func.length(Association.path), Association.id
        )
    ).all()
    districts = [row.id for row in places if row.kind == "district"]
    if slug:
        named = [row.id for row in places if row.slug == slug]
        if named:
            return named[0]
        raise Refused(
            N_("Det finns ingen förening som heter %(slug)s. De som finns: %(all)s."),
            slug=slug,
            all=", ".join(row.slug for row in places),
        )
    if len(districts) == 1:
        return districts[0]
    if places:
        return int(places[0].id)
    raise Refused(N_("Det finns ingen förening i databasen än. Lägg upp distriktet först."))


def _say(report: Report, as_json: bool, missing: str, *, done: bool) -> None:
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False))
        return
    click.echo(
        f"{'Done' if done else 'This would happen'}: {report.rows} rows. {report.created} new, "
        f"{report.updated} changed, {report.unchanged} unchanged, {report.left} have left."
    )
    if report.dropped_columns:
        click.echo(f"Columns with personnummer, which were not read: {', '.join(report.dropped_columns)}.")
    for name, (part, whole) in questions.asked(report, missing).items():
        click.echo(
            f"{_question(name)} {part}/{whole}, --yes {name}" if not done else f"Answered: {name} {part}/{whole}"
        )
    for one in report.as_json()["problems"]:
        left_out = "the whole row is left out" if one["effect"] == "row" else "the cell is left out"
        click.echo(f"Row {one['row']} {one['column']}: {one['reason']} ({left_out})")


def _give_up(refusal: Refused) -> Any:
    click.echo(languages.say("en", refusal.sentence, **refusal.values), err=True)
    for name in refusal.values.get("open", ()):
        click.echo(f"{_question(name)} --yes {name}", err=True)
    sys.exit(1)


def _question(name: str) -> str:
    """What is odd, without its numbers; they stand in what `members check` prints."""
    return {
        questions.NUMBERS: "Many get a new number. If that is right:",
        questions.ABSENT: "Fewer than half of the members are in the file. If that is right:",
        questions.ELSEWHERE: "Most rows are about another association. If that is right:",
    }.get(name, "Corrected by hand and different in the file. Keep it (keep) or take the file's (file):")


def _database() -> Database:
    database: Any = current_app.extensions["database"]
    return database


def _now() -> Any:
    return current_app.extensions["clock"]()
