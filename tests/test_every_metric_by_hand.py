"""One association through a year that ends on a leap day: every metric against the number counted by hand."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from campaigns import all_figures
from organizer import settings
from organizer.activation import Share
from organizer.metrics import LIMITS, METRICS, NAMES, Measured
from organizer.models import Activity, Event, Kind, Membership
from organizer.periods import Period
from tests.factories import make_activity, make_association, make_person
from tests.ledger import CONVERSATION, happened, moved, paid
from tests.scene import TODAY

FIRST, LAST = date(2028, 1, 1), date(2028, 2, 29)
LONG_AGO = date(2020, 1, 1)

EXPECTED = {
    # On 29 February: stays, active, invited, last and came. Left, mover and dead are gone, merged never came.
    "members": Measured(number=5),
    "growth": Measured(number=-1, parts={
        "joined": 1, "moved_in": 1, "merged_in": 0, "left": 1, "moved_out": 1, "deceased": 1, "merged_out": 0,
    }),
    "joined": Measured(number=1),
    # active did something on 1 March 2027: 365 days before the leap day, which is a day too long; came on 2 March.
    "active": Measured(2, 5),
    # Seen on the leap day, the turn of the year 2028 has not come: the same day stands for it.
    "active_ye": Measured(2, 5),
    "paid_ye": Measured(2, 5),
    # Of stays, active, invited, left and mover, who moved inside the district; dead is not counted. Three have paid.
    "renewed": Measured(3, 5),
    # Who joined on the last day and was rung the same day is in time; nobody else is new.
    "new_n": Measured(1, 1),
    "new_inv": Measured(0, 0),
    "new_days": Measured(whole=1, number=0),
    "sought": Measured(2, 5),
    "contacted": Measured(2, 5),
    "reached": Measured(2, 5),
    "responded": Measured(1, 5),
    "signed_up": Measured(1, 5),
    "attended": Measured(1, 5),
    # On 31 December came had done something in 365 days, and active too (in March): three had not, one of them came along.
    "activated": Measured(1, 3),
    "offered": Measured(1, 5),
    "cover": Measured(1, 1),
}  # fmt: skip


@pytest.fixture
def place(session):
    district = make_association(session, "Norr", make_association(session, "Riket", kind="national"), kind="district")
    place, neighbour = make_association(session, "Härnösand", district), make_association(session, "Timrå", district)
    stays, active, invited, left, mover, dead = (make_person(session, place, joined=LONG_AGO) for _ in range(6))
    last = make_person(session, place, joined=LAST)
    came = make_person(session, neighbour, joined=LONG_AGO)
    for person, day, to, why in (
        (left, date(2028, 1, 31), None, "left"), (mover, date(2028, 2, 1), neighbour, "moved"),
        (dead, date(2028, 2, 28), None, "deceased"), (came, LAST, place, "moved"),
    ):  # fmt: skip
        moved(session, person, day, to, why)
    for person, day in ((stays, LAST), (mover, FIRST), (left, FIRST), (dead, FIRST), (last, LAST)):
        paid(session, person, day)
    happened(session, active, date(2027, 3, 1), Kind.ATTENDANCE)
    happened(session, came, date(2027, 3, 2), Kind.TASK)
    happened(session, last, LAST, *CONVERSATION)
    for day in (FIRST, LAST):  # twice is still one person
        happened(session, stays, day, *CONVERSATION, Kind.RESPONSE, Kind.SIGN_UP, Kind.ATTENDANCE)
    happened(session, dead, FIRST, *CONVERSATION, Kind.SIGN_UP, Kind.ATTENDANCE)  # counted no more
    happened(session, mover, FIRST, Kind.RESPONSE)
    course = session.get(Activity, make_activity(session, place).id)
    course.kind, course.starts_at = "course", settings.datetime(2028, 2, 29, 12, tzinfo=course.starts_at.tzinfo)
    course.ends_at = course.starts_at
    happened(session, invited, LAST, Kind.INVITATION)
    newest = session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
    newest.activity_id = course.id
    session.flush()
    return place


def test_each_metric_is_what_was_counted_by_hand(session, place):
    assert set(EXPECTED) == set(METRICS)
    for key, expected in EXPECTED.items():
        found = METRICS[key].compute(session, place, FIRST, LAST)
        assert found == expected or (found.value or 0, found.whole or 0) == (
            expected.value or 0,
            expected.whole or 0,
        ), (
            key,
            found,
        )


def test_a_period_to_come_has_nothing_to_tell_and_no_zeros(session, place):
    for metric in METRICS.values():
        found = metric.compute(session, place, date(2029, 1, 1), date(2029, 12, 31), LAST)
        assert (found.part, found.number) == (None, None) or metric.at_year_end, metric.key


def test_a_group_under_the_limit_shows_no_share_of_any_metric(session, cast, clock):
    for n in range(4):
        person = make_person(session, cast.harnosand, joined=TODAY - timedelta(days=20 + n))
        happened(session, person, TODAY, *CONVERSATION, Kind.RESPONSE, Kind.SIGN_UP, Kind.ATTENDANCE)
    period = Period("year", "", date(2026, 1, 1), TODAY)
    few = all_figures.of_period(session, cast.harnosand, period, clock.now, {cast.harnosand.id}, "before")
    for row in few.rows:
        assert row.own is None or row.own.whole is None, row.metric.key
    make_person(session, cast.harnosand, joined=TODAY - timedelta(days=30))
    enough = all_figures.of_period(session, cast.harnosand, period, clock.now, {cast.harnosand.id}, "before")
    shown = {row.metric.key: row.own for row in enough.rows if row.own}
    assert shown["active"] == Measured(4, 5)
    assert shown["reached"] == Measured(4, 5)
    assert session.scalar(sa.select(sa.func.count()).select_from(Membership)) == 5


def test_the_page_prints_what_counts_each_metric(visitor, cast):
    page = visitor.log_in_as(cast.chair).get("/sa-raknar-vi")
    for metric in METRICS.values():
        for said in (
            metric.label,
            metric.definition,
            metric.denominator,
            metric.formula,
            metric.example,
            metric.source,
        ):
            assert " ".join((said % LIMITS if "%(" in said else said).split()) in page.words, (metric.key, said)
        assert f'id="{metric.key}"' in page.html
    assert set(NAMES) > set(METRICS)


def test_a_step_is_told_as_a_share_of_the_one_before_where_both_are_shown():
    def row(key, part):
        return all_figures.Row(METRICS[key], None if part is None else Measured(part, 40), part is None)

    table = all_figures.Table((row("sought", 22), row("reached", 15), row("responded", 12)), 5)
    assert table.rate("reached") == Share(15, 22)
    assert table.rate("responded") == Share(12, 15)
    assert table.rate("sought") is None
    hidden = all_figures.Table((row("sought", 22), row("reached", None), row("responded", 12)), 5)
    assert hidden.rate("reached") is hidden.rate("responded") is None
    by_link = all_figures.Table((row("reached", 15), row("responded", 33)), 5)
    assert by_link.rate("responded") is None, "more have answered than were reached: a share would say nothing"
