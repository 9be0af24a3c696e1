"""Every table that holds something about a person says what extract, erasure, retention and merging do with it."""

import re

import pytest
import sqlalchemy as sa

from campaigns.personal_data import EVERYTHING
from organizer.db import Base, Utc
from organizer.personal_register import Erasing, Keep, Move

TABLES = {table.name: table for table in Base.metadata.sorted_tables}
TELLING = re.compile(
    r"(^|_)(number|name|body|note|text|e164|email|phone|detail|cells|report|fields|before|evidence|what|old|new|filename)"
)
"""A column called like this may hold something about a person."""
WHERE = "declare it in organizer/personal_data.py or campaigns/personal_data.py (what a declaration says: personal_register.py)"


@pytest.mark.parametrize("one", EVERYTHING.personal, ids=lambda one: one.table.name)
def test_what_is_said_of_a_table_is_true_of_it(one):
    columns = set(one.table.columns.keys())
    blank = set(one.erasure.blank) if isinstance(one.erasure, Keep) else set()
    said = {*one.shows, *blank, *one.harmless}
    if isinstance(one.merging, Move):
        said |= {*(one.merging.one_per or ()), *filter(None, [one.merging.by, one.merging.open_column])}
        for follower in one.merging.followers:
            table, _, column = follower.partition(".")
            assert column in TABLES[table].columns, f"no column {follower}"
    assert said <= columns, f"{one.table.name} has no column {sorted(said - columns)}"
    if one.erasure is not Erasing.DELETE:
        left = {name for name in columns if TELLING.search(name)} - blank - set(one.harmless)
        left -= {name for name in left if isinstance(one.table.columns[name].type, Utc | sa.Date | sa.Boolean)}
        assert not left, f"{one.table.name}.{sorted(left)} outlives erasure: blank it, or call it `harmless`; {WHERE}"


def test_merging_obeys_what_is_unique_in_the_database():
    for one, how in EVERYTHING.moving():
        person = one.person.key
        unique = [
            {column.name for column in key.columns} - {person}
            for key in (*one.table.constraints, *one.table.indexes)
            if (isinstance(key, sa.UniqueConstraint | sa.PrimaryKeyConstraint) or getattr(key, "unique", False))
            and person in {column.name for column in key.columns}
        ]
        wanted = [set(how.one_per)] if how.one_per is not None else []
        assert [one for one in unique if one not in wanted] == [], (
            f"{one.table.name} is unique on {unique} for each person: say `one_per` and which row stays"
        )
