"""What happened to a person is recorded once, in the association of that day, and can be taken back."""

from datetime import UTC, date, datetime

import sqlalchemy as sa

from organizer import timeline
from organizer.models import Event, Kind, Membership
from tests.factories import NOW, make_association, make_person


def ledger(session):
    return session.execute(sa.select(Event.key, Event.association_id, Event.day).order_by(Event.key)).all()


def sign_up(session, person, at=NOW, **more):
    timeline.record(session, kind=Kind.SIGN_UP, table="sign_ups", source_id=12, person_id=person.id, at=at, **more)


def test_recording_twice_counts_once(session):
    person = make_person(session, make_association(session, "Härnösand"))
    sign_up(session, person)
    sign_up(session, person)
    assert [row.key for row in ledger(session)] == ["sign_up:sign_ups:12"]


def test_a_happening_belongs_to_the_association_of_its_local_day(session):
    harnosand, timra = make_association(session, "Härnösand"), make_association(session, "Timrå")
    person = make_person(session, timra, joined=date(2026, 5, 1))
    session.add(
        Membership(
            person_id=person.id, association_id=harnosand.id, from_day=date(2020, 1, 1), from_why="joined",
            to_day=date(2026, 5, 1), to_why="moved",
        )
    )  # fmt: skip
    session.flush()
    # Half past ten in the evening UTC on the last of April is already the first of May in Stockholm.
    sign_up(session, person, at=datetime(2026, 4, 30, 22, 30, tzinfo=UTC))
    timeline.record(
        session, kind=Kind.TASK, table="shifts", source_id=1, person_id=person.id, at=datetime(2026, 4, 30, 12, tzinfo=UTC)
    )  # fmt: skip
    assert [(row.association_id, row.day) for row in ledger(session)] == [
        (timra.id, date(2026, 5, 1)), (harnosand.id, date(2026, 4, 30)),
    ]  # fmt: skip


def test_a_given_association_stands(session):
    harnosand, timra = make_association(session, "Härnösand"), make_association(session, "Timrå")
    sign_up(session, make_person(session, harnosand), association_id=timra.id)
    assert ledger(session)[0].association_id == timra.id


def test_somebody_who_was_no_member_that_day_has_no_association(session):
    person = make_person(session, make_association(session, "Härnösand"), joined=date(2026, 12, 1))
    sign_up(session, person)
    assert ledger(session)[0].association_id is None


def test_retracting_takes_back_exactly_that(session):
    person = make_person(session, make_association(session, "Härnösand"))
    sign_up(session, person)
    timeline.record(session, kind=Kind.RESPONSE, table="sign_ups", source_id=12, person_id=person.id, at=NOW)
    timeline.retract(session, kind=Kind.SIGN_UP, table="sign_ups", source_id=12)
    timeline.retract(session, kind=Kind.SIGN_UP, table="sign_ups", source_id=99)
    assert [row.key for row in ledger(session)] == ["response:sign_ups:12"]


def test_several_happenings_go_in_together(session):
    person = make_person(session, make_association(session, "Härnösand"))
    happenings = [timeline.Happening(kind, "calls", 7, person.id, NOW) for kind in (Kind.ATTEMPT, Kind.CONTACT)]
    timeline.record_all(session, happenings)
    timeline.record_all(session, happenings)
    assert len(ledger(session)) == 2
    timeline.retract_all(session, (Kind.ATTEMPT, Kind.CONTACT), "calls", 7)
    assert ledger(session) == []
