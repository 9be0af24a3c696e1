"""The words at the end of a line chart stand clear of the line they name."""

import pytest

from organizer import charts


@pytest.mark.parametrize("own", [[40, 45, 50, 48, 33], [30, 31, 32, 36, 40], [50, 10], [7]])
@pytest.mark.parametrize("width", [380, 620])
def test_the_words_stand_above_the_line_they_reach_back_over(own, width):
    chart = charts.months(own, [20] * 12, width, 240, 60)
    end = chart.end[0]
    points = [tuple(map(float, point.strip("ML ").split())) for point in chart.own.replace("L", ";").split(";")]
    under = [y for x, y in points if x >= end - charts.WORDS]
    assert chart.label < min(under)
    assert chart.label > 0


def test_an_empty_year_has_no_words_to_place():
    assert charts.months([], [3] * 12, 620, 240, 60).end is None


def test_the_words_of_the_goal_never_stand_on_those_of_the_other_year():
    for own in (20, 41, 42, 60):
        for goal in range(1, 70):
            chart = charts.months([own] * 11, [42] * 12, 620, 260, 84, goal)
            theirs = chart.end_before[1] + (-4 if 0 < chart.end[1] - chart.end_before[1] < 30 else 16)
            assert abs(chart.goal[1] - theirs) >= 16.5, (own, goal)
            assert chart.goal[2] == goal
