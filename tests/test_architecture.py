"""The house rules that a machine can hold: who imports whom, one place to commit, small explained files."""

import ast
import re
from pathlib import Path

import pytest

from campaigns.personal_data import EVERYTHING
from organizer.db import Base

ROOT = Path(__file__).parent.parent
CODE = sorted([ROOT / "app.py", *(ROOT / "organizer").rglob("*.py"), *(ROOT / "campaigns").rglob("*.py")])
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def name(file: Path) -> str:
    return str(file.relative_to(ROOT))


def imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def uses(file: Path, package: str) -> bool:
    return any(one == package or one.startswith(package + ".") for one in imported(file))


@pytest.mark.parametrize("file", CODE, ids=name)
def test_each_file_keeps_the_rules_of_the_house(file):
    here, source = name(file), file.read_text()
    if here.startswith("organizer/"):
        assert not uses(file, "campaigns"), (
            "organizer must not know that campaigns exist: pass values in, or move the page to campaigns/views"
        )
    if here != "campaigns/telephony.py":
        assert not uses(file, "twilio"), "only campaigns/telephony.py speaks to Twilio"
    if here != "organizer/phones.py":
        assert not uses(file, "phonenumbers"), "only organizer/phones.py parses numbers: call phones.normalise"
    if here != "app.py":
        assert "os.environ" not in source, "only app.py reads the environment: take it from the Configuration"
        assert "os.getenv" not in source, "only app.py reads the environment: take it from the Configuration"
    if here != "organizer/db.py":
        assert not re.search(r"\.commit\(\)", source), (
            "only organizer/db.py commits: return to commit, raise to roll back"
        )
    if source.strip():
        assert ast.get_docstring(ast.parse(source)), "open the file with one sentence saying what it is for"
    assert source.count("\n") <= 400, "split the file: 400 lines is the most anyone reads"
    assert not re.search(r"\.query\(", source), "one query style: select()"
    assert file.stem not in {"util", "utils", "helpers", "common", "misc"}, (
        "give the file a name that refuses something"
    )


RULES = [
    file for file in CODE
    if "views" not in file.parts and file.name not in {
        "app.py", "page.py", "front.py", "door.py", "menu.py", "languages.py", "writing.py", "commands.py", "forms.py",
    } and "command" not in file.name
]  # fmt: skip


@pytest.mark.parametrize("file", RULES, ids=name)
def test_rules_do_not_know_the_web(file):
    assert not uses(file, "flask"), (
        "rules take session, rows, values and now; only views and the page layer import Flask"
    )


@pytest.mark.parametrize("file", TEMPLATES, ids=name)
def test_each_template_is_short_explained_and_has_no_inline_style_or_script(file):
    source = file.read_text()
    assert source.count("\n") <= 150, "split the template: 150 lines is the most"
    assert source.startswith("{#"), "open the template with a comment saying what it shows"
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", source), (
        "no inline style or script: classes and static/ files"
    )
    assert not re.search(r"<script(?![^>]*\bsrc=)", source), "scripts stand in static/"


def test_each_table_is_declared_in_the_register_of_personal_data():
    where = "declare it in organizer/personal_data.py or campaigns/personal_data.py (personal_register.py says how)"
    personal = {one.table.name: one for one in EVERYTHING.personal}
    others = [one.model.__tablename__ for one in (*EVERYTHING.mentions, *EVERYTHING.numbers)]
    declared = [*personal, *others, *EVERYTHING.impersonal]
    for table in Base.metadata.sorted_tables:
        times = declared.count(table.name)
        assert times == 1, f"{table.name} is declared {times} times: {where}"
        points = [key.parent.name for key in table.foreign_keys if key.column.table.name == "people"]
        if points and table.name != "people":
            assert table.name in personal, f"{table.name}.{points[0]} points at a person: {where}"
            assert personal[table.name].person is not None, f"{table.name}: say `person`, so that merging finds it"
