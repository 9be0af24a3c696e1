"""Counts made with sets kept in memory are right to the last person, whatever has changed since, and by whomever."""

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from campaigns.models import Call, Message
from organizer import selection_trees, selections
from organizer.conditions import CONDITIONS
from organizer.db import Database
from organizer.models import PersonTag, SelectionNews
from organizer.selection_members import Among, members_anywhere
from organizer.selection_news import WATCHED
from tests.factories import NOW
from tests.selection_changes import CHANGES
from tests.selection_district import District, make_district, steps
from tests.selection_reference import Facts, found
from tests.selection_strategies import conditions, definitions

SLOWLY = settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)


@pytest.fixture
def place(database: Database) -> District:
    with database.writing() as session:
        return make_district(session)


def counts(database: Database, definition: dict[str, Any], path: str = "") -> list[int]:
    with database.reading() as session:
        total, left = selections.steps(session, definition, path, NOW)
        assert selections.count(session, definition, path, NOW) == left[-1].people
    each = ([*(one.left for one in step.conditions), step.found, step.people] for step in left)
    return [total, *(number for numbers in each for number in numbers)]


def expected(database: Database, definition: dict[str, Any], path: str = "") -> list[int]:
    with database.reading() as session:
        facts = Facts(session)

    def many(*given: dict[str, Any]) -> int:
        return len(found(facts, {**definition, "steps": list(given)}, path))

    numbers = [many(steps())]
    for n, step in enumerate(definition["steps"]):
        numbers += [many(steps(*step["all"][: k + 1])) for k in range(len(step["all"]))]
        numbers += [many({**step, "do": "add"}), many(*definition["steps"][: n + 1])]
    return numbers


@SLOWLY
@given(data=st.data())
def test_a_count_is_that_of_the_slow_way_after_every_change(database, place, data):
    definition, path = data.draw(definitions(place)), data.draw(st.sampled_from(["", place.path]))
    assert counts(database, definition, path) == expected(database, definition, path)
    with database.writing() as session:
        for change in data.draw(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=4)):
            change(session, place, data.draw(st.integers(0, 200)))
    assert counts(database, definition, path) == expected(database, definition, path)


def test_what_was_not_yet_committed_at_one_count_is_in_the_next(database, place):
    tagged = {"version": 2, "steps": [steps({"kind": "tag", "ids": place.tags, "match": "any"})]}
    before = counts(database, tagged)[-1]
    with database.writing() as session:
        session.execute(sa.delete(PersonTag))
        session.flush()
        assert counts(database, tagged)[-1] == before > 0
    assert counts(database, tagged)[-1] == 0


EVER = {"days": 3650}
BY_ROW = [
    (Call, {"kind": "call_outcome", "outcomes": ["reached"], "is": True, "campaigns": [], "when": EVER}, "reported"),
    (Message, {"kind": "messaged", "is": True, "blasts": [], "when": EVER}, "delivered"),
]


@pytest.mark.parametrize(("table", "condition", "counted"), BY_ROW, ids=["calls", "messages"])
def test_the_tables_of_a_crowd_are_noted_when_a_row_begins_or_ceases_to_matter(
    database, place, table, condition, counted
):
    definition = {"version": 2, "steps": [steps(condition)]}
    columns = {"outcome": "reached"} if table is Call else {}
    without = "released" if table is Call else "cancelled"
    for state in (without, counted, without, counted):
        before = counts(database, definition)
        with database.writing() as session:
            session.execute(sa.update(table).values(state=state, **columns))
        after = counts(database, definition)
        assert after == expected(database, definition)
        assert (after[-1] > before[-1]) == (state == counted)


def test_a_row_that_does_not_matter_leaves_no_note(database, place):
    with database.writing() as session:
        session.execute(sa.update(Call).values(state="open"))
        session.execute(sa.delete(SelectionNews))
        session.execute(sa.update(Call).values(state="released"))
        session.execute(sa.update(Message).where(Message.state == "sent").values(state="delivered"))
        session.execute(sa.delete(Call))
        assert session.scalar(sa.select(sa.func.count()).select_from(SelectionNews)) == 0


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_a_condition_asks_is_watched_so_that_its_set_is_kept(database, place, data):
    one = CONDITIONS[(raw := data.draw(st.one_of(*conditions(place).values())))["kind"]].read(raw)
    with database.reading() as session:
        at = selections._Others(session, NOW).asked()
        tree = selection_trees.tree(one.where(at), at.member, members_anywhere(Among(False, ""), at))
        asked = [each.tables for each in selection_trees.leaves(tree)]
        assert frozenset().union(*asked) <= WATCHED.keys()


def test_the_second_count_asks_only_what_has_changed(database, place):
    definition = {"version": 2, "steps": [
        steps({"kind": "renewed", "year": 2026, "is": False}, {"kind": "tag", "ids": place.tags, "match": "none"}),
    ]}  # fmt: skip
    counts(database, definition)
    asked: list[str] = []
    sa.event.listen(database.engine, "before_cursor_execute", lambda _c, _cursor, text, *_rest: asked.append(text))
    again = counts(database, definition)
    assert not [text for text in asked if "fees" in text or "person_tags" in text]
    with database.writing() as session:
        session.execute(sa.delete(PersonTag))
    assert counts(database, definition)[-1] >= again[-1]
    assert [text for text in asked if "person_tags" in text]
