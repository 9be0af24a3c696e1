"""A selection finds exactly the people its sentence describes, on both engines, and never anyone protected."""

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from organizer import selections
from organizer.conditions import CONDITIONS
from organizer.models import Association, Person
from tests.factories import NOW
from tests.selection_district import District, make_district, saved, steps
from tests.selection_reference import KINDS, Facts, found
from tests.selection_strategies import conditions, definitions

SLOWLY = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
def place(session: Session) -> District:
    return make_district(session)


@pytest.fixture
def facts(session: Session, place: District) -> Facts:
    return Facts(session)


def in_one_step(*all_of: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"version": 2, "steps": [steps(*all_of, **more)]}


def of(session: Session, definition: dict[str, Any], path: str = "") -> set[tuple[int, int]]:
    return {(row[0], row[1]) for row in session.execute(selections.everyone(definition, NOW, path, session))}


def test_every_kind_finds_whom_the_slow_way_finds(session, place, facts):
    assert set(KINDS) == set(CONDITIONS)
    for kind, drawn in conditions(place).items():
        sizes = _sizes(session, facts, drawn)
        assert len(sizes) > 1, f"{kind} finds the same number whatever is asked: the district says nothing about it"


def _sizes(session: Session, facts: Facts, drawn: st.SearchStrategy[dict[str, Any]]) -> set[int]:
    sizes = set()

    @settings(max_examples=12, deadline=None, derandomize=True, database=None)
    @given(condition=drawn)
    def each(condition):
        expected = found(facts, in_one_step(condition))
        assert of(session, in_one_step(condition)) == expected, condition
        sizes.add(len(expected))

    each()
    return sizes


@SLOWLY
@given(data=st.data())
def test_every_combination_finds_whom_the_slow_way_finds(session, place, facts, data):
    definition = data.draw(definitions(place))
    path = data.draw(st.sampled_from(["", place.path]))
    expected = found(facts, definition, path)
    assert of(session, definition, path) == expected
    assert selections.count(session, definition, path, NOW) == len(expected)
    _total, left = selections.steps(session, definition, path, NOW)
    assert left[-1].people == len(expected)
    for n, step in enumerate(definition["steps"]):
        for k in range(len(step["all"])):
            alone = {**definition, "steps": [{"do": "add", "all": step["all"][: k + 1]}]}
            assert left[n].conditions[k].left == len(found(facts, alone, path))
        first = {**definition, "steps": definition["steps"][: n + 1]}
        assert left[n].people == len(found(facts, first, path))
    reached = {(row[0], row[1]) for row in session.execute(selections.people(definition, NOW, path, session))}
    assert reached == (set() if definition["status"] == "former" else expected)


def test_nobody_who_has_left_is_ever_reached(session, place, facts):
    former = {"version": 2, "status": "former", "steps": [steps()]}
    assert len(of(session, former)) > 3
    assert session.execute(selections.people(former, NOW, "", session)).all() == []
    with pytest.raises(selections.Refused, match="tidigare medlemmar"):
        selections.reachable(former)


def test_several_places_are_counted_as_one(session, place):
    path = session.scalar(sa.select(Association.path).where(Association.id == place.associations[2]))
    limited = in_one_step(limit=5)
    assert selections.count(session, limited, [place.path, path], NOW) == 5
    both = selections.count(session, selections.EVERYONE, [place.path, path], NOW)
    assert both == sum(selections.count(session, selections.EVERYONE, one, NOW) for one in (place.path, path))


def test_a_lot_is_the_same_every_time_and_another_with_another_seed(session, place):
    half = in_one_step({"kind": "sample", "percent": 50, "seed": 4})
    other = in_one_step({"kind": "sample", "percent": 50, "seed": 5})
    assert of(session, half) == of(session, half) != of(session, other)
    people = session.scalar(sa.select(sa.func.count()).select_from(Person))
    assert people / 5 < len(of(session, half)) < people
    seven, nine = of(session, in_one_step(limit=7, seed=4)), of(session, in_one_step(limit=9, seed=4))
    assert seven < nine


def test_a_selection_that_refers_to_itself_is_refused_in_words(session, place):
    first = saved(session, place.associations[0], "Första", selections.EVERYONE)
    second = saved(
        session, place.associations[0], "Andra", in_one_step({"kind": "selection", "ids": [first], "match": "any"})
    )
    row = session.get(selections.Selection, first)
    row.definition = in_one_step({"kind": "selection", "ids": [second], "match": "none"})
    session.flush()
    with pytest.raises(selections.Refused, match="bygger på sig självt: ”Andra” → ”Första” → ”Andra”"):
        of(session, in_one_step({"kind": "selection", "ids": [second], "match": "any"}))
    with pytest.raises(selections.Refused, match="finns inte längre"):
        of(session, in_one_step({"kind": "selection", "ids": [9999], "match": "none"}))
