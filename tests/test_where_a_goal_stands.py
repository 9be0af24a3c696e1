"""Where a goal of the plan stands: every rule of P§6.7 against cases worked out by hand."""

from datetime import date

import pytest

from organizer.plan_status import Reading, Status, Wanted, judge, periods

FIRST, DUE = date(2027, 1, 1), date(2027, 12, 31)
HALF = date(2027, 7, 2)
"""The 183rd of 365 days: half of the year is gone, and a little."""
REACHED, ON_TRACK, NEEDS, NOT_BEGUN, PLANNED, UNKNOWN = (
    Status.REACHED, Status.ON_TRACK, Status.NEEDS_ACTION, Status.NOT_BEGUN, Status.PLANNED, Status.UNKNOWN,
)  # fmt: skip


def wanted(rule, target=None, **more):
    return Wanted(rule, target, FIRST, more.pop("due", DUE), **more)


@pytest.mark.parametrize(
    ("goal", "reading", "today", "status"),
    [
        # So many at least. Of 8 at half a year: 80 % of 8 x 183/365 is 3.2, so four are enough and three are not.
        (wanted("at_least", 8), Reading(8), HALF, REACHED),
        (wanted("at_least", 8), Reading(4), HALF, ON_TRACK),
        (wanted("at_least", 8), Reading(3), HALF, NEEDS),
        (wanted("at_least", 8), Reading(2, next_on=date(2027, 9, 1)), HALF, ON_TRACK),  # the next step is booked
        (wanted("at_least", 8), Reading(0), HALF, NEEDS),  # three should have been
        (wanted("at_least", 8), Reading(0), date(2027, 1, 31), NOT_BEGUN),  # 0.5: nothing should have been yet
        (wanted("at_least", 1), Reading(0), date(2027, 12, 30), NOT_BEGUN),
        (wanted("at_least", 1), Reading(0, next_on=date(2027, 12, 31)), date(2027, 12, 30), PLANNED),
        (wanted("at_least", 8), Reading(7), date(2028, 1, 1), NEEDS),  # the year is over
        # From 1 500 to 2 000: at half a year 80 % of 250.7 is 200.5.
        (wanted("at_least", 2000, baseline=1500), Reading(1701), HALF, ON_TRACK),
        (wanted("at_least", 2000, baseline=1500), Reading(1700), HALF, NEEDS),
        (wanted("at_least", 2000, baseline=1500), Reading(1400), HALF, NEEDS),
        (wanted("at_least", 2000, baseline=1500), Reading(), HALF, NOT_BEGUN),  # nobody has read it yet
        (wanted("at_least", 2000, baseline=1500), Reading(), date(2028, 1, 1), NEEDS),
        (wanted("at_least", 10, baseline=20), Reading(10), HALF, REACHED),  # downwards
        (wanted("at_least", 10, baseline=20), Reading(17), HALF, NEEDS),  # 3 of 10, and 4.01 are needed
        (wanted("at_least", 3, pace="level"), Reading(2), FIRST, NEEDS),  # 2.4 of 3 at every moment
        # Shares: 64 of 90 is 71 %; 12 of 14 is 86 %.
        (wanted("all", pace="level"), Reading(64, 90), HALF, NEEDS),
        (wanted("all", pace="level"), Reading(12, 14), HALF, ON_TRACK),
        (wanted("all", pace="level"), Reading(14, 14), HALF, REACHED),
        (wanted("all"), Reading(5, 7), date(2027, 11, 19), ON_TRACK),  # 80 % of 7 x 323/365 is 4.96
        (wanted("all"), Reading(3, 7), date(2027, 11, 19), NEEDS),
        (wanted("all"), Reading(0, 7), FIRST, NOT_BEGUN),
        (wanted("percent", 30), Reading(30, 100), HALF, REACHED),
        (wanted("percent", 30), Reading(29, 100), HALF, ON_TRACK),
        (wanted("percent", 30), Reading(12, 100), HALF, NEEDS),  # 12.03 are needed
        (wanted("percent", 30), Reading(13, 100), HALF, ON_TRACK),
        (wanted("all"), Reading(0, 0), HALF, UNKNOWN),
        # More than last year: shares against shares, people against people.
        (wanted("more"), Reading(83, 100, before=80, before_whole=100), HALF, REACHED),
        (wanted("more"), Reading(80, 100, before=80, before_whole=100), HALF, ON_TRACK),
        (wanted("more"), Reading(64, 100, before=80, before_whole=100), HALF, ON_TRACK),
        (wanted("more"), Reading(63, 100, before=80, before_whole=100), HALF, NEEDS),
        (wanted("more"), Reading(63, 100), HALF, UNKNOWN),
        (wanted("more", baseline=62), Reading(63, 100), HALF, REACHED),  # 62 per cent, written by hand
        (wanted("more", by_share=False), Reading(61, before=30, beat=60), HALF, REACHED),
        (wanted("more", by_share=False), Reading(24, before=30, beat=60), HALF, ON_TRACK),
        (wanted("more", by_share=False), Reading(23, before=30, beat=60), HALF, NEEDS),
        (wanted("more", by_share=False, pace="stock"), Reading(231, 900, before=190, beat=204), HALF, REACHED),
        (wanted("more", by_share=False, pace="stock"), Reading(204, 900, before=190, beat=204), HALF, ON_TRACK),
        (wanted("more", by_share=False, pace="stock"), Reading(189, 900, before=190, beat=204), HALF, NEEDS),
        (wanted("more", by_share=False), Reading(5), HALF, UNKNOWN),
        # Done or not.
        (wanted("done"), Reading(1), HALF, REACHED),
        (wanted("done"), Reading(0), HALF, NOT_BEGUN),
        (wanted("done", due=date(2027, 11, 28), planned=True), Reading(0), HALF, PLANNED),
        (wanted("done", due=date(2027, 11, 28), planned=True), Reading(0), date(2027, 11, 29), NEEDS),
        # Some in each quarter. The fourth begins on 1 October and is half gone on 15 November.
        (wanted("per_quarter", 1), Reading(4, days=tuple(date(2027, m, 3) for m in (1, 4, 7, 10))), HALF, REACHED),
        (wanted("per_quarter", 1), Reading(3, days=tuple(date(2027, m, 3) for m in (1, 4, 7))), date(2027, 11, 19), NEEDS),
        (wanted("per_quarter", 1), Reading(3, days=tuple(date(2027, m, 3) for m in (1, 4, 7))), date(2027, 10, 19), ON_TRACK),
        (wanted("per_quarter", 1), Reading(3, days=tuple(date(2027, m, 3) for m in (1, 4, 7)), next_on=date(2027, 12, 2)), date(2027, 11, 19), ON_TRACK),
        (wanted("per_quarter", 1), Reading(2, days=(date(2027, 1, 3), date(2027, 7, 3))), date(2027, 8, 1), NEEDS),  # the second passed
        (wanted("per_quarter", 1), Reading(0), date(2027, 1, 20), NOT_BEGUN),
        (wanted("per_quarter", 1), Reading(0, next_on=date(2027, 3, 1)), date(2027, 1, 20), PLANNED),
        (wanted("per_month", 2), Reading(1, days=(date(2027, 1, 3),)), date(2027, 1, 10), ON_TRACK),  # one of two
        # What has no source, and a year that has not begun.
        (wanted("all"), Reading(missing="Måttet finns inte längre."), HALF, UNKNOWN),
        (wanted("all"), Reading(0, 7), date(2026, 12, 31), PLANNED),
    ],
)  # fmt: skip
def test_a_goal_stands_where_the_rule_says(goal, reading, today, status):
    assert judge(goal, reading, today).status == status


def test_periods_follow_the_calendar_and_end_with_the_goal():
    halves = periods(Wanted("per_half", 1, FIRST, date(2027, 10, 31)))
    assert halves == [(FIRST, date(2027, 6, 30)), (date(2027, 7, 1), date(2027, 10, 31))]
    assert len(periods(Wanted("per_month", 1, FIRST, DUE))) == 12


def test_what_is_to_be_beaten_is_told():
    judged = judge(wanted("more", by_share=False), Reading(23, before=30, beat=60), HALF)
    assert judged.target == 61
    share = judge(wanted("more"), Reading(63, 100, before=161, before_whole=200), HALF)
    assert share.target == 81  # 80.5 per cent, halves upwards


@pytest.mark.parametrize(
    "reading", [Reading(5, 7, 4, 7, 9, (FIRST,), DUE, ("Ånge",), ""), Reading(missing="Nej."), Reading(0, 0)]
)
def test_a_reading_survives_being_kept(reading):
    assert Reading.of(reading.kept()) == reading
