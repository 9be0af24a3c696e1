"""The line of the chair's page agrees, on every day, with the plain figure; months end where they should."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organizer import activation, membership
from organizer.activation import Share
from organizer.active_over_time import active_on_days, known_since, month_ends
from organizer.models import Event, Kind, Membership, Person
from organizer.settings import TOOK_PART
from tests.factories import make_association, make_person
from tests.ledger import happened, moved

DAYS = st.integers(0, 900).map(lambda n: date(2024, 6, 1) + timedelta(days=n))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.lists(
        st.tuples(st.none() | DAYS, st.none() | DAYS, st.lists(DAYS, max_size=4)), max_size=6
    ),
    asked=st.lists(DAYS, min_size=1, max_size=5),
)  # fmt: skip
def test_the_line_and_the_number_agree(session, people, asked):
    for table in (Event, Membership, Person):
        session.query(table).delete()
    place = session.query(membership.Association).first() or make_association(session, "Härnösand")
    for begins, ends, done in people:
        person = make_person(session, place, joined=begins, number=None)
        if ends and (begins is None or ends >= begins):
            moved(session, person, ends, None, "left")
        for day in done:
            happened(session, person, day, Kind.ATTENDANCE)
    line = active_on_days(session, place.id, asked)
    for day, share in zip(asked, line, strict=True):
        plain = activation.active_on(session, membership.members_on(day, [place.id]), day)
        assert share == plain.get(place.id, Share(0, 0))


def test_months_end_on_their_last_day_and_the_present_one_today():
    assert month_ends(2028, date(2028, 3, 5)) == [date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 5)]
    assert len(month_ends(2025, date(2026, 1, 1))) == 12
    assert month_ends(2026, date(2026, 1, 31)) == [date(2026, 1, 31)]
    assert month_ends(2026, date(2026, 12, 31))[-1] == date(2026, 12, 31)


def test_history_begins_with_the_first_activation_event(session):
    place = make_association(session, "Härnösand")
    person = make_person(session, place)
    happened(session, person, date(2025, 1, 1), Kind.CONVERSATION)
    assert known_since(session, place.id, TOOK_PART) is None
    happened(session, person, date(2025, 3, 1), Kind.TASK)
    happened(session, person, date(2025, 2, 1), Kind.ATTENDANCE)
    assert known_since(session, place.id, TOOK_PART) == date(2026, 2, 1)
