"""A process that imports a file and says when it has begun to write, so that a test can kill it in the middle."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from organizer import imports
from organizer.db import Database
from organizer.imports import questions
from organizer.models import Association, Person


def main(url: str, file: str) -> None:
    database = Database(url)
    with database.writing() as session, Path(file).open("rb") as opened:
        place = session.scalar(sa.select(Association.id).where(Association.kind == "district"))

        @sa.event.listens_for(session, "before_commit")
        def _(_session: object) -> None:
            print("about to commit", session.scalar(sa.select(sa.func.count()).select_from(Person)), flush=True)
            sys.stdin.readline()

        imports.import_file(
            session,
            opened,
            place,
            datetime(2026, 11, 19, 17, 0, tzinfo=UTC),
            missing_means="left",
            answers=questions.ALL,
        )
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
