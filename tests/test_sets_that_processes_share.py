"""In a large register a process that has just started counts with the sets of the others, and still counts right."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from organizer import kept_sets, ready_sets, shared_sets
from organizer.db import Database
from organizer.models import Association, Fee, Membership, Person, PersonTag, Selection, SharedSet
from organizer.selection_news import in_time, point
from tests.conftest import scalar
from tests.factories import NOW, make_person
from tests.selection_district import District, make_district, saved, steps
from tests.test_counting_with_kept_sets import counts, expected


@pytest.fixture
def place(database: Database) -> District:
    """A little district whose latest member has an id as in a large one."""
    with database.writing() as session:
        made = make_district(session)
        session.execute(sa.insert(Person).values(
            id=shared_sets.LARGE, first_name="Åsa", last_name="Ek", sort_key="ek", search_key="asa ek", protected=False,
            created_at=NOW,
        ))  # fmt: skip
        session.add(Membership(person_id=shared_sets.LARGE, association_id=made.associations[1], from_why="joined"))
    return made


@pytest.fixture
def definition(place: District) -> dict[str, Any]:
    return {"version": 2, "status": "members", "steps": [
        steps({"kind": "renewed", "year": 2026, "is": False}, {"kind": "tag", "ids": place.tags, "match": "none"}),
        steps({"kind": "selection", "ids": place.selections, "match": "any"}, do="remove"),
    ]}  # fmt: skip


@contextmanager
def another_process(database: Database) -> Iterator[tuple[Database, list[str]]]:
    """One that has counted nothing yet, and what it asks."""
    other, asked = Database(database.engine.url.render_as_string(hide_password=False)), []
    sa.event.listen(other.engine, "before_cursor_execute", lambda _c, _cursor, text, *_rest: asked.append(text))
    yield other, asked
    other.dispose()


def of_everybody(asked: list[str]) -> list[str]:
    return [text for text in asked if "FROM fees" in text or "FROM person_tags" in text]


def test_another_process_asks_nothing_that_one_has_asked_already(database, place, definition):
    before = counts(database, definition)
    kept_sets.share_due(database)
    with another_process(database) as (other, asked):
        assert counts(other, definition) == before == expected(database, definition)
        assert of_everybody(asked) == []


def test_sets_of_several_moments_are_corrected_with_what_has_changed_since(database, place, definition):
    definition["steps"].pop()
    for n, one in enumerate(definition["steps"][0]["all"]):
        counts(database, {"version": 2, "steps": [steps(one)]})
        kept_sets.share_due(database)
        with database.writing() as session:
            session.execute(sa.delete(Fee).where(Fee.person_id % 5 == n))
            session.execute(sa.delete(PersonTag).where(PersonTag.person_id % 5 == n))
    with another_process(database) as (other, asked):
        assert counts(other, definition) == expected(database, definition)
        assert len([text for text in asked if "DISTINCT selection_news" in text]) == 1


@pytest.mark.parametrize(
    "change", [{"at": NOW - timedelta(days=4000)}, {"server": "another"}], ids=["old", "elsewhere"]
)
def test_what_is_too_old_or_of_another_server_is_made_anew(database, place, definition, change):
    counts(database, definition)
    kept_sets.share_due(database)
    with database.writing() as session:
        session.execute(sa.update(SharedSet).values(people=b"", **change))
    with another_process(database) as (other, _asked):
        assert counts(other, definition) == expected(database, definition)
    if "at" in change:
        with database.writing() as session:
            assert shared_sets.forget(session) > 3
            assert shared_sets.forget(session) == 0


def test_a_small_register_shares_nothing(database, definition):
    with database.writing() as session:
        session.execute(sa.delete(Membership).where(Membership.person_id == shared_sets.LARGE))
        session.execute(sa.delete(Person).where(Person.id == shared_sets.LARGE))
    counts(database, definition)
    kept_sets.share_due(database)
    assert scalar(database, sa.select(sa.func.count()).select_from(SharedSet)) == 0


def test_the_worker_makes_the_sets_of_saved_selections_before_anybody_asks(database, place, definition):
    with database.writing() as session:
        saved(session, place.associations[0], "Ej betalt", definition)
    made = ready_sets.keep(database, NOW, None, lambda: False)
    with another_process(database) as (other, asked):
        counts(other, definition, "1/")
        assert of_everybody(asked) == []
    assert ready_sets.keep(database, NOW + timedelta(minutes=1), made, lambda: False) is made
    for changed in (sa.update(Selection).values(name="Inget"), sa.update(Association).values(path=Association.path)):
        with database.writing() as session:
            session.execute(changed)
    assert ready_sets.keep(database, NOW + timedelta(minutes=1), made, lambda: False) is made
    tomorrow = ready_sets.keep(database, NOW + timedelta(days=1), made, lambda: False)
    with database.writing() as session:
        session.execute(sa.update(Association).where(Association.id == place.associations[3]).values(path="1/9/4/"))
    assert ready_sets.keep(database, NOW + timedelta(days=1), tomorrow, lambda: False) not in (made, tomorrow)


def test_moments_stand_in_the_order_they_were(database):
    points = []
    for _ in range(3):
        with database.reading() as session:
            points.append(point(session))
        with database.writing() as session:
            make_person(session, None)
    assert points == sorted(points, key=in_time)
    assert sorted(["7:7:", "5:7:5,6", "5:5:", "5:7:5"], key=in_time) == ["5:5:", "5:7:5,6", "5:7:5", "7:7:"]
