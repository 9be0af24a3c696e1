"""Each outcome moves the figures of its association by exactly one person, and undo puts them back."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns import figures, outcomes
from campaigns.outcome_table import OUTCOMES
from organizer.activation import STEPS
from organizer.times import local_day
from organizer.words import Refused
from tests.calling import Evening
from tests.factories import NOW, make_activity

DETAILS = {"callback": {"at": "2026-11-20T18:00:00+01:00"}, "language": {"language": "fi"}}
SOUGHT, CONTACTED, REACHED = (1, 0, 0), (1, 1, 0), (1, 1, 1)
EXPECTED = dict.fromkeys(OUTCOMES, REACHED) | {
    "no_answer": SOUGHT, "busy": SOUGHT, "wrong_number": SOUGHT, "left_message": CONTACTED,
    "deceased": (0, 0, 0), "conflict": (0, 0, 0), "skip": (0, 0, 0),
}  # fmt: skip


def steps(evening: Evening) -> dict[str, tuple[int, int]]:
    evening.session.flush()
    found = figures.of_campaign(evening.session, evening.campaign, local_day(NOW)).get(evening.place.id)
    return {step: (getattr(found, step).part, getattr(found, step).whole) for step in STEPS} if found else {}


@pytest.mark.parametrize("code", sorted(OUTCOMES))
def test_every_outcome_counts_as_the_table_says_and_undo_returns_each_figure(session, code):
    evening = Evening(session)
    before = steps(evening)
    call = evening.call()
    evening.report(code, call, detail=DETAILS.get(code, {}))
    after = steps(evening)
    people = 2 if code == "deceased" else 3
    assert tuple(after[step] for step in STEPS[:3]) == tuple((part, people) for part in EXPECTED[code])
    outcomes.undo(session, call, evening.birgitta.id, NOW)
    assert steps(evening) == before


def test_a_sign_up_in_the_call_is_a_response_and_a_sign_up_and_both_go_with_undo(session):
    evening = Evening(session)
    activity = make_activity(session, evening.place)
    before = steps(evening)
    call = evening.call()
    evening.report("reached", call, sign_ups={activity.id}, invited={activity.id})
    after = steps(evening)
    assert (after["responded"], after["signed_up"]) == ((1, 3), (1, 3))
    outcomes.undo(session, call, evening.birgitta.id, NOW)
    assert steps(evening) == before


def test_a_change_counts_only_what_it_was_changed_to(session):
    evening = Evening(session)
    call = evening.call()
    evening.report("reached", call)
    outcomes.change(session, call, evening.birgitta.id, outcomes.Report("no_answer", "changed"), NOW)
    after = steps(evening)
    assert [after[step] for step in STEPS[:3]] == [(1, 3), (0, 3), (0, 3)]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=st.lists(st.tuples(st.sampled_from(sorted(OUTCOMES)), st.sampled_from(["keep", "undo", "no_answer", "reached"])),
                     max_size=6))  # fmt: skip
def test_reached_is_within_contacted_within_sought_within_t_after_any_evening(session, done):
    evening = Evening(session, people=4)
    for n, (code, then) in enumerate(done):
        call = None
        try:
            call = evening.call()
            evening.report(code, call, detail=DETAILS.get(code, {}), client_ref=f"{n}-{call}")
            if then == "undo":
                outcomes.undo(session, call, evening.birgitta.id, NOW)
            elif then != "keep":
                outcomes.change(session, call, evening.birgitta.id, outcomes.Report(then, f"{n}-{call}-2"), NOW)
        except (Refused, AssertionError):  # nobody left to ring, or nothing more to change
            continue
        found = steps(evening)
        parts = [found[step][0] for step in ("reached", "contacted", "sought")] if found else []
        assert parts == sorted(parts)
        assert all(part <= whole for part, whole in found.values())
    session.rollback()
