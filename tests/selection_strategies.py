"""Definitions drawn by hypothesis: every kind of condition with every choice it offers, alone and in steps."""

from typing import Any

from hypothesis import strategies as st

from tests.selection_district import District

whens = st.sampled_from([
    {"days": 1}, {"days": 90}, {"days": 365}, {"from": "2026-08-21"}, {"to": "2026-10-31"}, {"from": "2025-11-19", "to": "2026-11-18"},
])  # fmt: skip
ever = whens | st.just({})


def some(ids: list[Any], least: int = 1) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(ids), min_size=least, max_size=3, unique=True)


def conditions(place: District) -> dict[str, st.SearchStrategy[dict[str, Any]]]:
    """By kind."""
    so, match = st.booleans(), st.sampled_from(["any", "none"])
    options = [f"{question}:{n}" for question in place.questions for n in range(3)]
    kinds = {
        "association": {"ids": some(place.associations), "below": so},
        "joined": {"when": whens},
        "left": {"when": whens},
        "member_for": {"than": st.sampled_from(["at_least", "less_than"]), "months": st.sampled_from([1, 12, 36, 1200])},
        "renewed": {"year": st.sampled_from([2025, 2026]), "is": so},
        "tag": {"ids": some(place.tags), "match": st.sampled_from(["any", "all", "none"])},
        "age": {"least": st.sampled_from([0, 30]), "most": st.sampled_from([29, 64, 120])},
        "has_number": {"number": st.sampled_from(["any", "mobile", "landline", "only_landline", "none"])},
        "has_email": {"is": so},
        "contacted": {"is": so, "when": ever},
        "active": {"is": so, "when": ever},
        "participates": {
            "how": st.sampled_from(["signed_up", "took_part", "never"]), "activities": some(place.activities, 0),
            "kinds": some(["meeting", "course", "action"], 0), "when": ever,
        },
        "office": {"offices": some(["chair", "treasurer", "elected"]), "match": match},
        "interested": {"kinds": some(["meeting", "course", "action"]), "match": match},
        "answered": {"options": some(options), "match": match},
        "selection": {"ids": some(place.selections), "match": match},
        "sample": {"percent": st.sampled_from([1, 20, 50, 99]), "seed": st.sampled_from([1, 2, 2**31 - 1])},
        "called": {
            "how": st.sampled_from(["called", "reached", "not_reached", "not_called"]), "campaigns": some(place.campaigns, 0),
            "when": ever,
        },
        "call_outcome": {
            "outcomes": some(["reached", "no_answer", "busy"]), "is": so, "campaigns": some(place.campaigns, 0), "when": ever,
        },
        "messaged": {"is": so, "blasts": some(place.blasts, 0), "when": ever},
        "replied": {"is": so, "blasts": some(place.blasts, 0), "when": ever},
    }  # fmt: skip
    return {kind: st.fixed_dictionaries({"kind": st.just(kind), **inputs}) for kind, inputs in kinds.items()}


def definitions(place: District) -> st.SearchStrategy[dict[str, Any]]:
    """Up to three steps that add and remove, some of them limited; of members or of those who have left."""
    kinds = conditions(place)
    any_one = st.one_of(*kinds.values())
    for_former = st.one_of(*(one for kind, one in kinds.items() if kind != "member_for"))

    def step(one: st.SearchStrategy[Any], do: st.SearchStrategy[str], least: int) -> st.SearchStrategy[dict[str, Any]]:
        return st.fixed_dictionaries(
            {"do": do, "all": st.lists(one, min_size=least, max_size=3)},
            optional={"limit": st.integers(1, 30), "seed": st.sampled_from([1, 77])},
        )

    def whole(status: str, one: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
        later = step(one, st.sampled_from(["add", "remove"]), 1)
        return st.builds(
            lambda first, rest: {"version": 2, "status": status, "steps": [first, *rest]},
            step(one, st.just("add"), 0),
            st.lists(later, max_size=2),
        )

    return whole("members", any_one) | whole("members", any_one) | whole("former", for_former)
