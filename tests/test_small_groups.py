"""Nobody can read a small group, or a neighbouring association, out of what is shown."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from organizer import small_groups
from organizer.activation import Share
from organizer.models import Setting
from tests.factories import NOW, make_association

SHARES = st.integers(0, 60).flatmap(lambda whole: st.builds(Share, st.integers(0, whole), st.just(whole)))


@settings(max_examples=60, deadline=None)
@given(shares=st.dictionaries(st.integers(1, 9), SHARES, max_size=9), own=st.sets(st.integers(1, 9), max_size=3))
def test_a_pooled_figure_always_hides_at_least_three_others(shares, own):
    shown = small_groups.beside(small_groups.pool(shares, own, 5))
    others = [share for place, share in shares.items() if place not in own]
    large = [share for share in others if share.whole >= 5]
    if shown is None:
        assert len(large) < 3 or max(share.whole for share in others) * 10 > 7 * sum(share.whole for share in others)
        return
    left = Share(
        shown.part - sum(shares[place].part for place in own if place in shares),
        shown.whole - sum(shares[place].whole for place in own if place in shares),
    )
    assert len(large) >= 3
    assert all(share.whole * 10 <= 7 * left.whole for share in others), "one other is most of the rest"
    assert left == Share(sum(one.part for one in others), sum(one.whole for one in others))


@pytest.mark.parametrize(
    ("others", "is_shown"),
    [
        ((5, 5, 5), True),
        ((5, 5, 4), False),
        ((5, 5), False),
        ((14, 3, 3), False),
        ((23, 5, 5), True),
        ((24, 5, 5), False),
    ],
)
def test_the_limits_themselves(others, is_shown):
    shares = {0: Share(1, 50)} | {n: Share(1, whole) for n, whole in enumerate(others, 1)}
    assert (small_groups.beside(small_groups.pool(shares, {0}, 5)) is not None) is is_shown


def test_a_denominator_under_k_shows_no_numbers():
    assert small_groups.shown(Share(4, 4), 5) is None
    assert small_groups.shown(Share(0, 5), 5) == Share(0, 5)
    assert small_groups.shown(None, 5) is None


@pytest.mark.parametrize(
    ("numbers", "with_total", "without"),
    [
        ([19, 16, 12, 7, 3], [19, 16, 12, None, None], [19, 16, 12, 7, None]),
        ([9, 4, 3], [9, None, None], [9, None, None]),
        ([9, 8], [9, 8], [9, 8]),
        ([9, 0], [None, None], [9, None]),
        ([2], [None], [None]),
    ],
)  # fmt: skip
def test_exactly_one_hidden_cell_hides_the_next_smallest_too(numbers, with_total, without):
    assert small_groups.cells(numbers, 5, total_shown=True) == with_total
    assert small_groups.cells(numbers, 5, total_shown=False) == without


@settings(max_examples=60, deadline=None)
@given(numbers=st.lists(st.integers(0, 12), min_size=2, max_size=6), k=st.integers(5, 10))
def test_a_hidden_cell_cannot_be_subtracted_from_the_total(numbers, k):
    shown = small_groups.cells(numbers, k, total_shown=True)
    assert sum(cell is None for cell in shown) != 1
    assert all(cell is None or cell >= k for cell in shown)


@pytest.mark.parametrize(
    ("now", "then", "arrow"),
    [
        (Share(12, 40), Share(9, 40), True),
        (Share(10, 40), Share(9, 40), False),
        (Share(62, 200), Share(58, 200), False),
        (Share(9, 19), Share(3, 19), False),
        (Share(3, 40), Share(9, 40), True),
    ],
)  # fmt: skip
def test_an_arrow_needs_two_people_three_points_and_twenty_members(now, then, arrow):
    assert small_groups.change(now, then).arrow is arrow


def test_k_is_a_setting_of_the_root_from_a_day_and_never_outside_5_to_10(session):
    root = make_association(session, "Riket", kind="national")
    district = make_association(session, "Norr", root, kind="district")
    today = NOW.date()
    assert small_groups.smallest(session, today) == 5
    session.add(Setting(association_id=district.id, key="small_group", value={"k": 9}, from_day=date(2026, 1, 1)))
    session.add(Setting(association_id=root.id, key="small_group", value={"k": 8}, from_day=date(2026, 1, 1)))
    session.add(Setting(association_id=root.id, key="small_group", value={"k": 10}, from_day=date(2027, 1, 1)))
    session.flush()
    assert small_groups.smallest(session, today) == 8
    session.add(Setting(association_id=root.id, key="small_group", value={"k": 1}, from_day=date(2026, 2, 1)))
    session.flush()
    assert small_groups.smallest(session, today) == 5
