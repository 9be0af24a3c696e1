"""Two people who press Importera in the same instant, in processes of their own: one file is applied, the other waits."""

from contextlib import suppress

import pytest
import sqlalchemy as sa

from organizer import imports
from organizer.db import Database
from organizer.models import Import, ImportChange, Phone
from organizer.words import Refused
from tests.factories import NOW, make_person
from tests.many_processes import at_once
from tests.member_files import as_csv

pytestmark = pytest.mark.slow


def press(url, import_id, account_id):
    """What the page does; a refusal in words is an answer, anything else fails the process."""
    database = Database(url)
    with database.reading() as session:
        shown = imports.restored(session.get_one(Import, import_id).report).fingerprint
    with suppress(Refused), database.writing() as session:  # in words: somebody else is importing at this moment
        imports.apply_checked(session, import_id, shown, NOW, account_id)
    database.dispose()


def test_one_file_is_applied_whole_and_the_other_is_checked_again(database, database_url, cast):
    numbers = ["+46701740606", "+46701740607"]
    with database.writing() as session:
        person = make_person(session, cast.timra, "Åsa Ek", member_number="1", number="+46701740605").id
        files = [
            imports.stage(
                session, as_csv([["1", "Åsa", "Ek", number, "", "Timrå", ""], [str(n), "Bo", f"Ny{n}", "", "", "Timrå", ""]]),
                cast.district.id, NOW, missing_means="nothing", account_id=account.id, filename="medlemmar.csv",
            )
            for n, (number, account) in enumerate(zip(numbers, (cast.organizer, cast.steward), strict=True), start=7)
        ]  # fmt: skip
    at_once(press, [(database_url, one, cast.organizer.id) for one in files])
    with database.reading() as session:
        states = {row.id: row.state for row in session.execute(sa.select(Import.id, Import.state))}
        assert sorted(states.values()) == ["applied", "checked"]
        first = next(one for one in files if states[one] == "applied")
        assert session.scalars(sa.select(Phone.e164).where(Phone.person_id == person)).all() == [
            numbers[files.index(first)]
        ]
        assert session.scalars(sa.select(ImportChange.import_id)).all() == [first]
