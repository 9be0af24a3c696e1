"""A definition is typed and versioned: the schema says what it may be, and whatever else is refused in words."""

import contextlib
import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organizer import selection_definitions, selections
from organizer.conditions import CONDITIONS
from organizer.conditions.membership import months_before
from organizer.words import Refused
from tests.factories import NOW
from tests.json_schema import fits
from tests.selection_district import TODAY, District, make_district, steps
from tests.selection_strategies import conditions, definitions

SCHEMA = selection_definitions.schema()
PLACE = District([1, 2, 3], [1, 2], [1, 2], [1, 2], [1, 2], [1, 2], [1, 2], "1/")
QUICKLY = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def is_read(definition: object) -> bool:
    try:
        selection_definitions.read(definition)
    except Refused:
        return False
    return True


def test_the_published_schema_is_the_one_of_the_classes(app):
    published = Path(__file__).parent.parent / "docs" / "selection.schema.json"
    assert json.loads(published.read_text()) == SCHEMA, (
        "run: flask --app app selections schema > docs/selection.schema.json"
    )
    assert json.loads(app.test_cli_runner().invoke(args=["selections", "schema"]).output) == SCHEMA


@QUICKLY
@given(definition=definitions(PLACE), data=st.data())
def test_the_schema_and_the_reading_agree(definition, data):
    assert fits(definition, SCHEMA, SCHEMA)
    assert is_read(definition)
    broken = copy.deepcopy(definition)
    spots = [one for one in _objects(broken) if one]
    spot = data.draw(st.sampled_from(spots))
    name = data.draw(st.sampled_from([*sorted(spot), "unknown"]))
    spot[name] = data.draw(
        st.sampled_from([None, True, 0, -1, 10**12, 1.5, "", "x", "2026-13-01", [], ["x"], [1, 1], {}, {"x": 1}])
    )
    assert is_read(broken) == fits(broken, SCHEMA, SCHEMA), broken


def _objects(value: Any) -> list[dict[str, Any]]:
    """Every object in a definition, the definition itself included."""
    if isinstance(value, dict):
        return [value, *(one for inner in value.values() for one in _objects(inner))]
    return [one for inner in value for one in _objects(inner)] if isinstance(value, list) else []


@pytest.mark.parametrize("kind", CONDITIONS)
def test_a_condition_says_no_to_what_it_does_not_know(kind):
    @settings(max_examples=1, database=None, derandomize=True)
    @given(one=conditions(PLACE)[kind])
    def each(one):
        with pytest.raises(Refused, match="innehåller något som inte går att läsa: hemligt"):
            selection_definitions.read({"version": 2, "steps": [steps({**one, "hemligt": 1})]})

    each()


def test_version_one_is_still_read():
    old = {"version": 1, "all": [
        {"kind": "association", "ids": [1]}, {"kind": "tag", "ids": [2], "is": False}, {"kind": "joined_within", "days": 90},
        {"kind": "not_contacted_since", "days": 180}, {"kind": "not_active_since", "day": "2026-01-01"},
        {"kind": "renewed", "year": 2026}, {"kind": "has_number"},
    ]}  # fmt: skip
    new = {"version": 2, "status": "members", "steps": [steps(
        {"kind": "association", "ids": [1], "below": True}, {"kind": "tag", "ids": [2], "match": "none"},
        {"kind": "joined", "when": {"days": 90}}, {"kind": "contacted", "is": False, "when": {"days": 180}},
        {"kind": "active", "is": False, "when": {"from": "2026-01-01"}}, {"kind": "renewed", "year": 2026, "is": True},
        {"kind": "has_number", "number": "any"},
    )]}  # fmt: skip
    assert selection_definitions.read(old) == selection_definitions.read(new)
    assert selection_definitions.upgraded(old) == new
    assert fits(new, SCHEMA, SCHEMA)


def one_step(*all_of: Any, **more: Any) -> dict[str, Any]:
    return {"version": 2, "steps": [steps(*all_of, **more)]}


BROKEN: list[tuple[Any, str | None]] = [
    (None, None), ([], None), ("alla", None), ({}, None), ({"version": 3, "steps": []}, None), ({"version": 1}, None),
    ({"version": 1, "all": {}}, None), ({"version": 2, "steps": []}, None), ({"version": 2, "steps": [None]}, None),
    (one_step(do="remove"), None), ({"version": 2, "steps": [steps(), steps(do="remove")]}, "do-1"),
    (one_step(*[{"kind": "has_number", "number": "any"}] * 31), None), (one_step(limit=0), "limit-0"),
    ({"version": 1, "all": [{"kind": "tag", "ids": [1], "is": 1}]}, "match-0"), (one_step(7), "kind-0"),
    (one_step({"kind": ["tag"]}), "kind-0"), (one_step({"kind": "association", "ids": [True], "below": True}), "ids-0"),
    (one_step({"kind": "association", "ids": list(range(1, 700)), "below": True}), "ids-0"),
    (one_step({"kind": "joined", "when": {"days": True}}), "days-0"), (one_step({"kind": "joined", "when": {}}), "days-0"),
    (one_step({"kind": "joined", "when": {"from": "2026-02-01", "to": "2026-01-01"}}), "to-0"),
    (one_step({"kind": "has_number", "number": "any"}, {"kind": "joined", "when": {"from": "2026-W01-1"}}), "from-1"),
    ({"version": 2, "status": "former", "steps": [steps({"kind": "member_for", "than": "at_least", "months": 3})]}, "kind-0"),
    ({"version": 2, "status": "people", "steps": [steps()]}, "status"),
    (one_step({"kind": "answered", "options": ["1:x"], "match": "any"}), "options-0"),
]  # fmt: skip


@pytest.mark.parametrize(("broken", "field"), BROKEN, ids=str)
def test_a_tampered_definition_is_refused_at_its_field(broken, field):
    with pytest.raises(Refused) as refused:
        selections.people(broken, NOW)
    assert str(refused.value).endswith(".")
    assert refused.value.field == field


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["version", "steps", "all", "do", "kind", "ids", "is", "when", "limit", "match", "options"]
            ),
            inner | st.sampled_from([*CONDITIONS, "add"]),
            max_size=5,
        )
    ),
    max_leaves=12,
)


@QUICKLY
@given(definition=junk | st.builds(lambda every: one_step(*every), st.lists(junk, max_size=3)))
def test_no_definition_breaks_anything_but_patience(definition):
    with contextlib.suppress(Refused):
        selections.people(definition, NOW)


def test_it_reads_as_one_sentence(session):
    place = make_district(session, size=0)

    def read(*of_steps: dict[str, Any], status: str = "members") -> str:
        return selections.sentence(
            session, {"version": 2, "status": status, "steps": list(of_steps)}, selections.swedish
        )

    here, there = place.associations[1:3]
    assert read(steps()) == "Alla medlemmar"
    assert read(steps(limit=5)) == "Högst 5 lottade medlemmar"
    assert (
        read(steps({"kind": "association", "ids": [here, there], "below": True})) == "Medlemmar i Härnösand och Timrå"
    )
    assert (
        read(
            steps({"kind": "association", "ids": [here], "below": True}, {"kind": "joined", "when": {"days": 90}},
                  {"kind": "contacted", "is": False, "when": {"days": 30}}, {"kind": "has_number", "number": "mobile"}),
            steps({"kind": "tag", "ids": place.tags, "match": "all"}, limit=100),
            steps({"kind": "called", "how": "reached", "campaigns": place.campaigns[:1], "when": {}}, do="remove"),
        )
        == "Medlemmar i Härnösand som gått med de senaste 90 dagarna, inte kontaktats på 30 dagar och har mobilnummer"
        ", och dessutom högst 100 lottade medlemmar som har alla märkningarna kör gärna, kassör och student"
        ", men inte medlemmar som har nåtts i telefon någon gång i kampanjen Höst"
    )  # fmt: skip
    assert (
        read(steps({"kind": "participates", "how": "never", "kinds": ["course", "action"]}), status="former")
        == "Tidigare medlemmar som inte varit med på Utbildning eller Utåtriktat någonsin"
    )


def test_months_end_where_the_month_ends():
    assert months_before(TODAY.replace(month=5, day=31), 3).isoformat() == "2026-02-28"
    assert months_before(TODAY, 1200 * 12).isoformat() == "1900-01-01"
