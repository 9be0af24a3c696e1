"""`members check` and `members import`: what the pages do, with one JSON object for other programs."""

import json

import pytest
import sqlalchemy as sa

from organizer.models import Person
from tests.conftest import scalar
from tests.member_files import HEADERS, ROWS, as_csv, as_xlsxwriter

KEYS = {
    "rows", "created", "updated", "unchanged", "left", "problems", "encoding", "delimiter", "dropped_columns",
}  # fmt: skip


@pytest.fixture
def run(app, cast, tmp_path):
    def run(command, content, *options):
        file = tmp_path / "medlemmar.fil"
        file.write_bytes(content.getvalue())
        return app.test_cli_runner().invoke(args=["members", command, str(file), *options])

    return run


def test_check_says_what_would_happen_and_writes_nothing(run, database):
    result = run("check", as_csv(), "--json")
    assert result.exit_code == 0
    told = json.loads(result.output)
    assert set(told) == KEYS
    assert (told["rows"], told["created"], told["encoding"], told["delimiter"]) == (3, 3, "utf-8", ";")
    assert scalar(database, sa.select(sa.func.count()).select_from(Person)) == 0


def test_import_does_it_and_a_second_time_changes_nothing(run, database):
    assert json.loads(run("import", as_xlsxwriter(), "--json").output)["created"] == 3
    told = json.loads(run("import", as_csv(), "--json").output)
    assert (told["created"], told["updated"], told["unchanged"], told["left"]) == (0, 0, 3, 0)
    told = json.loads(run("import", as_csv(ROWS[:2]), "--missing", "left", "--json").output)
    assert (told["unchanged"], told["left"]) == (2, 1)


def test_problems_have_row_column_value_reason_and_effect(run):
    headers = [*HEADERS, "Personnummer"]
    rows = [
        [*ROWS[0][:3], "4,67E+10", *ROWS[0][4:], "19900101-0017"],
        ["2", "", "", "", "", "Timrå", "", "19900101-0017"],
    ]
    told = json.loads(run("check", as_csv(rows, headers), "--json").output)
    assert told["dropped_columns"] == ["Personnummer"]
    assert [{**one, "reason": bool(one["reason"])} for one in told["problems"]] == [
        {"row": 2, "column": "Mobil", "value": "4,67E+10", "reason": True, "effect": "cell"},
        {"row": 3, "column": "Efternamn", "value": "", "reason": True, "effect": "row"},
    ]


def test_without_json_it_speaks_as_every_command(run):
    said = run("check", as_csv([["1", "Bo", "Ek", "fel", "", "Timrå", ""]])).output
    assert "This would happen: 1 rows. 1 new" in said
    assert "Row 2 Mobil: There are letters" in said
    assert "Done: 3 rows" in run("import", as_csv()).output


def test_what_cannot_be_read_is_refused_with_a_sentence_and_an_exit_code(run, database):
    from io import BytesIO

    result = run("import", BytesIO(b"%PDF-1.7"), "--json")
    assert result.exit_code == 1
    assert "not a table" in result.stderr
    assert run("check", as_csv(), "--association", "finns-inte").exit_code == 1
    told = json.loads(run("import", as_csv(ROWS[:1]), "--association", "harnosand", "--json").output)
    assert told["created"] == 1
