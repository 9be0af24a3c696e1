"""A selection finds exactly the people its sentence describes, on both engines, and never anyone protected."""

import contextlib
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organizer import selections
from organizer.models import (
    ACTIVATION,
    Association,
    BlockedNumber,
    Event,
    Fee,
    Kind,
    Membership,
    Person,
    PersonTag,
    Phone,
    Tag,
)
from organizer.words import Refused
from tests.factories import NOW, add_number, make_association, make_person

TODAY = date(2026, 11, 19)


def is_member(membership: Membership) -> bool:
    return (membership.from_day is None or membership.from_day <= TODAY) and (
        membership.to_day is None or membership.to_day > TODAY
    )


def reference(session, definition: dict[str, Any]) -> set[tuple[int, int]]:
    """The slow and obvious way: look at every member in turn."""
    found = set()
    for membership in session.scalars(sa.select(Membership)):
        person = session.get(Person, membership.person_id)
        if not is_member(membership) or person.protected or person.deceased_on or person.merged_into_id:
            continue
        if all(fulfils(session, membership, one) for one in definition["all"]):
            found.add((membership.person_id, membership.association_id))
    return found


def fulfils(session, membership: Membership, condition: dict[str, Any]) -> bool:
    person_id, kind = membership.person_id, condition["kind"]
    if kind == "association":
        if not condition["below"]:
            return membership.association_id in condition["ids"]
        ancestors = session.get(Association, membership.association_id).path.strip("/").split("/")
        return any(str(one) in ancestors for one in condition["ids"])
    if kind == "tag":
        tags = set(session.scalars(sa.select(PersonTag.tag_id).where(PersonTag.person_id == person_id)))
        return bool(tags & set(condition["ids"])) == condition["is"]
    if kind == "joined_within":
        mine = session.scalars(sa.select(Membership).where(Membership.person_id == person_id))
        return any(
            one.from_why in {"joined", "returned"}
            and one.from_day
            and 0 <= (TODAY - one.from_day).days <= condition["days"]
            for one in mine
        )
    if kind in {"not_contacted_since", "not_active_since"}:
        first = date.fromisoformat(condition["day"]) if "day" in condition else TODAY - timedelta(condition["days"])
        counted = {Kind.CONTACT} if kind == "not_contacted_since" else set(ACTIVATION)
        events = session.scalars(sa.select(Event).where(Event.person_id == person_id))
        return not any(one.kind in counted and one.day >= first for one in events)
    if kind == "renewed":
        return (session.get(Fee, (person_id, condition["year"])) is not None) == condition["is"]
    phones = session.scalars(sa.select(Phone).where(Phone.person_id == person_id))
    good = [one.kind for one in phones if session.get(BlockedNumber, one.e164) is None]
    return bool(good) if condition["number"] == "any" else condition["number"] in good


@pytest.fixture
def place(session):
    """A little district with people of every sort."""
    district = make_association(session, "Västernorrland", kind="district")
    here, there = make_association(session, "Härnösand", district), make_association(session, "Timrå", district)
    tags = [Tag(association_id=district.id, name=name) for name in ("kör gärna", "kassör")]
    session.add_all(tags)
    session.flush()
    for n in range(24):
        person = make_person(
            session, (here, there, district)[n % 3], number=None, protected=n == 7, joined=TODAY - timedelta(days=n * 20),
            deceased_on=TODAY if n == 8 else None,
        )  # fmt: skip
        if n % 4:
            add_number(session, person, f"+46701740{600 + n}" if n % 4 < 3 else f"+46313906{n:02d}")
        if n % 5 == 0:
            session.add(PersonTag(person_id=person.id, tag_id=tags[n % 2].id))
        if n % 3 == 1:
            session.add(Fee(person_id=person.id, year=2026, paid_on=TODAY))
        if n % 2:
            kind = (Kind.CONTACT, Kind.ATTENDANCE, Kind.SIGN_UP, Kind.TASK)[n // 2 % 4]
            day = TODAY - timedelta(days=n * 15)
            session.add(Event(key=f"k{n}", kind=kind, person_id=person.id, at=NOW - timedelta(days=n * 15), day=day))
    session.add(BlockedNumber(e164="+46701740602", at=NOW))
    gone = make_person(session, None)
    session.add(Membership(person_id=gone.id, association_id=here.id, from_day=None, from_why="unknown", to_day=TODAY))
    moved = make_person(session, None)
    session.add(
        Membership(
            person_id=moved.id,
            association_id=here.id,
            from_day=TODAY - timedelta(9),
            from_why="joined",
            to_day=TODAY + timedelta(1),
        )
    )
    session.add(
        Membership(person_id=moved.id, association_id=there.id, from_day=TODAY + timedelta(1), from_why="moved_in")
    )
    session.flush()
    return {"associations": [district.id, here.id, there.id], "tags": [tag.id for tag in tags]}


condition = st.one_of(
    st.builds(
        lambda ids, below: {"kind": "association", "ids": sorted(ids), "below": below},
        st.sets(st.sampled_from([0, 1, 2]), min_size=1),
        st.booleans(),
    ),
    st.builds(
        lambda ids, so: {"kind": "tag", "ids": sorted(ids), "is": so},
        st.sets(st.sampled_from([0, 1]), min_size=1),
        st.booleans(),
    ),
    st.builds(lambda days: {"kind": "joined_within", "days": days}, st.sampled_from([1, 20, 40, 90, 365])),
    st.builds(
        lambda kind, days: {"kind": kind, "days": days},
        st.sampled_from(["not_contacted_since", "not_active_since"]),
        st.sampled_from([1, 15, 45, 90, 365]),
    ),
    st.builds(
        lambda kind, day: {"kind": kind, "day": day.isoformat()},
        st.sampled_from(["not_contacted_since", "not_active_since"]),
        st.dates(TODAY - timedelta(400), TODAY),
    ),
    st.builds(lambda so: {"kind": "renewed", "year": 2026, "is": so}, st.booleans()),
    st.builds(lambda number: {"kind": "has_number", "number": number}, st.sampled_from(["any", "mobile", "landline"])),
)


def in_place(conditions: list[dict[str, Any]], place: dict[str, list[int]]) -> dict[str, Any]:
    """The drawn conditions with the real numbers of associations and tags."""
    known = {"association": place["associations"], "tag": place["tags"]}
    return {
        "version": 1,
        "all": [
            {**one, "ids": [known[one["kind"]][n] for n in one["ids"]]} if "ids" in one else one for one in conditions
        ],
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(condition, max_size=4))
def test_a_selection_finds_whom_the_slow_way_finds(session, place, drawn):
    definition = in_place(drawn, place)
    expected = reference(session, definition)
    assert sorted(map(tuple, session.execute(selections.people(definition, NOW)))) == sorted(expected)
    total, steps = selections.steps(session, definition, "", NOW)
    assert (
        ([step.left for step in steps] or [total])[-1]
        == len(expected)
        == selections.count(session, definition, "", NOW)
    )


def test_a_place_keeps_the_count_to_itself(session, place):
    here = session.get(Association, place["associations"][1])
    mine = reference(session, {"all": [{"kind": "association", "ids": [here.id], "below": True}]})
    assert selections.count(session, selections.EVERYONE, here.path, NOW) == len(mine)


def test_the_condition_that_removes_the_last_is_seen(session, place):
    definition = in_place(
        [{"kind": "association", "ids": [1], "below": True}, {"kind": "renewed", "year": 2025, "is": True}], place
    )
    _total, steps = selections.steps(session, definition, "", NOW)
    assert steps[0].left > 0
    assert steps[1].left == 0


def test_it_reads_as_a_sentence(session, place):
    def read(*conditions: dict[str, Any]) -> str:
        return selections.sentence(session, in_place(list(conditions), place), selections.swedish)

    assert read() == "Alla medlemmar"
    assert read({"kind": "association", "ids": [1, 2], "below": True}) == "Medlemmar i Härnösand och Timrå"
    assert (
        read(
            {"kind": "association", "ids": [2], "below": False},
            {"kind": "joined_within", "days": 90},
            {"kind": "not_contacted_since", "days": 30},
            {"kind": "has_number", "number": "mobile"},
        )
        == "Medlemmar i Timrå som gått med de senaste 90 dagarna, inte kontaktats på 30 dagar och har mobilnummer"
    )
    assert (
        read({"kind": "tag", "ids": [0, 1], "is": False}, {"kind": "renewed", "year": 2026, "is": False})
        == "Medlemmar som inte har märkningen kör gärna eller kassör och inte har betalat avgiften för 2026"
    )


BROKEN: list[Any] = [
    None, [], "alla", {}, {"version": 2, "all": []}, {"version": 1}, {"version": 1, "all": {}},
    {"version": 1, "all": [{"kind": "joined_within", "days": 3}] * 13},
    *({"version": 1, "all": [one]} for one in (
        None, 7, {}, {"kind": "everyone"}, {"kind": None}, {"kind": ["tag"]}, {"kind": "association"},
        {"kind": "association", "ids": []}, {"kind": "association", "ids": "3"}, {"kind": "association", "ids": [True]},
        {"kind": "association", "ids": [1], "below": "ja"}, {"kind": "association", "ids": [2**70]}, {"kind": "tag", "ids": [1.5]},
        {"kind": "association", "ids": list(range(1, 700))}, {"kind": "tag", "ids": [[1]]},
        {"kind": "tag", "ids": [1], "is": 1}, {"kind": "joined_within"}, {"kind": "joined_within", "days": 0},
        {"kind": "joined_within", "days": True}, {"kind": "joined_within", "days": 10**9}, {"kind": "joined_within", "days": "90"},
        {"kind": "not_contacted_since"}, {"kind": "not_contacted_since", "day": "2026-13-01"}, {"kind": "not_active_since", "day": 5},
        {"kind": "not_active_since", "day": "0001-01-01"}, {"kind": "renewed", "year": "2026"}, {"kind": "renewed", "year": 12},
        {"kind": "has_number", "number": "fax"}, {"kind": "has_number", "number": {}},
    )),
]  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_a_tampered_definition_is_refused_in_words(broken):
    with pytest.raises(Refused) as refused:
        selections.people(broken, NOW)
    assert str(refused.value).endswith(".")


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["version", "all", "kind", "ids", "below", "is", "days", "day", "year", "number"]),
            inner
            | st.sampled_from(["tag", "association", "joined_within", "renewed", "not_active_since", "has_number"]),
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(definition=junk | st.builds(lambda conditions: {"version": 1, "all": conditions}, st.lists(junk, max_size=3)))
def test_no_definition_breaks_anything_but_patience(definition):
    with contextlib.suppress(Refused):
        selections.people(definition, NOW)
