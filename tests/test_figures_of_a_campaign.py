"""The funnel of a campaign, counted by hand: people not calls, T without the excluded, windows after the end."""

from datetime import date

import pytest

from campaigns import figures
from organizer.activation import STEPS, Share
from organizer.models import Kind
from tests.factories import NOW, make_association, make_campaign, make_person
from tests.ledger import CONVERSATION, happened, moved, target

START, TODAY = date(2026, 11, 1), date(2026, 11, 19)


@pytest.fixture
def places(session):
    district = make_association(session, "Norr", kind="district")
    return [make_association(session, name, district) for name in ("Härnösand", "Timrå")]


@pytest.fixture
def campaign(session, places):
    return make_campaign(session, places[0], starts_on=START, ends_on=date(2026, 11, 30))


def funnel(session, campaign, place, today=TODAY) -> dict[str, tuple[int, int]]:
    found = figures.of_campaign(session, campaign, today)[place.id]
    return {step: (getattr(found, step).part, getattr(found, step).whole) for step in STEPS}


def test_each_step_counts_people_once_and_only_in_their_own_association(session, places, campaign):
    ours, theirs = places
    one, two, three, four = (make_person(session, ours) for _ in range(4))
    stranger = make_person(session, theirs)
    target(session, campaign, ours, one, two, three, four)
    target(session, campaign, theirs, stranger)
    for _ in range(3):
        happened(session, one, START, Kind.ATTEMPT, campaign=campaign)
    happened(session, two, START, Kind.ATTEMPT, Kind.CONTACT, campaign=campaign)
    happened(session, three, START, *CONVERSATION, Kind.RESPONSE, Kind.SIGN_UP, campaign=campaign)
    happened(session, three, date(2026, 11, 10), Kind.ATTENDANCE)
    assert funnel(session, campaign, ours) == {
        "sought": (3, 4), "contacted": (2, 4), "reached": (1, 4), "responded": (1, 4), "signed_up": (1, 4),
        "attended": (1, 4), "activated": (1, 4),
    }  # fmt: skip
    assert set(funnel(session, campaign, theirs).values()) == {(0, 1)}


def test_calls_of_another_campaign_do_not_count(session, places, campaign):
    other = make_campaign(session, places[0], "En annan")
    person = make_person(session, places[0])
    target(session, campaign, places[0], person)
    happened(session, person, TODAY, *CONVERSATION, Kind.RESPONSE, campaign=other)
    assert set(funnel(session, campaign, places[0]).values()) == {(0, 1)}


def test_whoever_was_active_at_entry_is_not_in_the_denominator_of_activated(session, places, campaign):
    fresh, active = make_person(session, places[0]), make_person(session, places[0])
    target(session, campaign, places[0], fresh)
    target(session, campaign, places[0], active, active_at_entry=True)
    happened(session, active, TODAY, Kind.TASK)
    assert funnel(session, campaign, places[0])["activated"] == (0, 1)
    happened(session, fresh, TODAY, Kind.CONTRIBUTION)
    assert funnel(session, campaign, places[0])["activated"] == (1, 1)
    assert funnel(session, campaign, places[0])["attended"] == (0, 2)


def test_the_excluded_are_in_no_numerator_and_no_denominator(session, places, campaign):
    dead, alive = make_person(session, places[0]), make_person(session, places[0])
    target(session, campaign, places[0], alive)
    target(session, campaign, places[0], dead, excluded_on=TODAY, excluded_why="deceased")
    happened(session, dead, START, *CONVERSATION, campaign=campaign)
    assert funnel(session, campaign, places[0])["reached"] == (0, 1)


def test_leaving_or_moving_within_the_district_changes_nothing(session, places, campaign):
    ours, theirs = places
    leaver, mover = make_person(session, ours), make_person(session, ours)
    target(session, campaign, ours, leaver, mover)
    happened(session, mover, START, *CONVERSATION, campaign=campaign)
    moved(session, leaver, TODAY, None, "left")
    moved(session, mover, TODAY, theirs)
    assert funnel(session, campaign, ours)["reached"] == (1, 2)
    assert theirs.id not in figures.of_campaign(session, campaign, TODAY)


@pytest.mark.parametrize(
    ("kind", "day", "counts"),
    [
        (Kind.SIGN_UP, date(2026, 10, 31), 0),
        (Kind.SIGN_UP, date(2026, 11, 1), 1),
        (Kind.SIGN_UP, date(2026, 12, 14), 1),
        (Kind.SIGN_UP, date(2026, 12, 15), 0),
        (Kind.ATTENDANCE, date(2027, 1, 29), 1),
        (Kind.ATTENDANCE, date(2027, 1, 30), 0),
    ],
)
def test_sign_ups_count_to_14_days_after_the_end_and_attendance_to_60(session, places, campaign, kind, day, counts):
    person = make_person(session, places[0])
    target(session, campaign, places[0], person)
    happened(session, person, day, kind)
    step = "signed_up" if kind == Kind.SIGN_UP else "attended"
    assert funnel(session, campaign, places[0], date(2026, 11, 30))[step] == (counts, 1)


@pytest.mark.parametrize(("day", "counts"), [(date(2026, 5, 1), 1), (date(2026, 5, 2), 0)])
def test_in_a_standing_campaign_everyone_has_a_clock_of_90_days(session, places, day, counts):
    # entered 2026-01-01 + 90 = 1 April, + 60 days of effect = 31 May; settled 2 March gives 1 May.
    campaign = make_campaign(session, places[0], standing=True, starts_on=date(2025, 1, 1), started_at=NOW)
    person, settled = make_person(session, places[0]), make_person(session, places[0])
    target(session, campaign, places[0], person, entered_on=date(2026, 1, 1))
    target(session, campaign, places[0], settled, entered_on=date(2026, 1, 1), settled_on=date(2026, 3, 2))
    happened(session, settled, day, Kind.ATTENDANCE)
    assert funnel(session, campaign, places[0])["attended"] == (counts, 2)
    happened(session, person, date(2026, 6, 1), Kind.ATTENDANCE)
    assert funnel(session, campaign, places[0])["attended"] == (counts, 2)
    happened(session, person, date(2026, 5, 31), Kind.ATTENDANCE)
    assert funnel(session, campaign, places[0])["attended"] == (counts + 1, 2)


def test_a_campaign_that_goes_on_counts_to_today_and_a_closed_one_to_its_closing(session, places):
    open_end = make_campaign(session, places[0], ends_on=None)
    assert figures.last_day(open_end, TODAY) == TODAY
    open_end.state, open_end.closed_at = "closed", NOW
    assert figures.last_day(open_end, date(2027, 5, 1)) == date(2026, 11, 19)


def test_a_share_pools_and_rounds_half_upwards():
    assert Share(1, 8) + Share(2, 8) == Share(3, 16)
    assert [Share(1, 8).percent, Share(5, 8).percent, Share(0, 0).percent] == [13, 63, 0]
