"""Killing an import at any instant leaves the register as it was; the same file can then be imported (promise 10)."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from organizer.models import Import, Membership, Person, Phone
from tests.factories import make_person
from tests.member_files import as_csv

pytestmark = pytest.mark.slow
MANY = 2500


@pytest.fixture
def start(database, database_url, cast, tmp_path):
    with database.writing() as session:
        make_person(session, cast.harnosand, "Gammal Medlem", member_number="old", number="+46701740605")
    file = tmp_path / "medlemmar.csv"
    rows = [[str(n), "Åsa", f"Öberg{n}", f"0701{n:06d}", "", "Timrå", "2020-01-01"] for n in range(MANY)]
    file.write_bytes(as_csv(rows).getvalue())
    began = []

    def start():
        began.append(subprocess.Popen(
            [sys.executable, "-m", "tests.import_process", database_url, str(file)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent,
        ))  # fmt: skip
        return began[-1]

    yield start
    for process in began:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def found(database):
    with database.reading() as session:
        counts = [session.scalar(sa.select(sa.func.count()).select_from(one)) for one in (Person, Phone, Import)]
        still = session.scalar(sa.select(sa.func.count()).where(Membership.to_day.is_(None)))
    return [*counts, still]


def test_killed_with_everything_written_but_not_committed(start, database):
    process = start()
    assert process.stdout.readline() == f"about to commit {MANY + 1}\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert found(database) == [1, 1, 0, 1]


@pytest.mark.parametrize("after", [0.7, 1.2])
def test_killed_at_any_instant_nothing_is_half_imported(start, database, after):
    process = start()
    time.sleep(after)  # wherever it is by then: reading, matching, writing or waiting to commit
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert found(database) == [1, 1, 0, 1]


def test_the_same_file_is_imported_whole_afterwards(start, database):
    process = start()
    process.stdout.readline()
    process.kill()
    process.wait()
    again = start()
    again.stdout.readline()
    again.stdin.write("go\n")
    again.stdin.flush()
    assert again.stdout.readline() == "done\n"
    assert found(database) == [MANY + 1, MANY + 1, 1, MANY]
