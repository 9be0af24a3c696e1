"""Two entries that are one person become one, nothing is lost or counted twice, and undoing puts every row back."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from campaigns import call_queue, merged_people, outcomes
from campaigns.effects import Report
from campaigns.models import Call, Hold, QueueRow
from organizer import activities, merging, people, person_edits, refusals, surveys, timeline
from organizer.db import Base
from organizer.models import (
    Account,
    Answer,
    Attendance,
    Event,
    Fee,
    Kind,
    Membership,
    Merge,
    MergedRow,
    Person,
    PersonTag,
    Phone,
    Refusal,
    RoleName,
    SignUp,
)  # fmt: skip
from organizer.words import Refused
from tests.factories import (
    NOW,
    add_number,
    make_account,
    make_activity,
    make_association,
    make_campaign,
    make_person,
    make_shift,
)  # fmt: skip

LOGS = {"changes", "merges", "merged_rows", "changed_people", "selection_news"}


class Twice:
    """Åsa stands twice in the register, and both of her have been rung, invited, asked and tagged."""

    def __init__(self, session):
        self.session = session
        self.district = make_association(session, "Västernorrland", kind="district")
        self.place = make_association(session, "Härnösand", self.district)
        self.caller = make_account(session, "Ringare", (RoleName.CALLER, self.place))
        self.a = make_person(session, self.place, "Åsa Öberg", "+46701740605", date(2023, 1, 1), member_number="17")
        self.b = make_person(session, self.place, "Aasa Öberg-Lind", "+46701740605", date(2020, 1, 1),
                             member_number="170", email="asa@example.org")  # fmt: skip
        add_number(session, self.b, "+46701740606", 1)
        self._history()

    def _history(self):
        session, a, b = self.session, self.a, self.b
        meeting = make_activity(session, self.place, starts_at=NOW + timedelta(hours=2))
        survey = surveys.create(session, self.place.id, "Enkät", [surveys.Asked("Vad?", "text")], NOW)
        question = surveys.questions(session, survey)[0].id
        for n, one in enumerate((a, b)):
            at = NOW + timedelta(minutes=n)
            activities.sign_up(session, meeting.id, one.id, at)
            activities.attend(session, meeting.id, one.id, None, at)
            surveys.answer(session, question, one.id, [], f"Svar {n}", at)
            people.tag(session, one.id, self.place.id, "Kör bil", at)
            session.add(Fee(person_id=one.id, year=2026, paid_on=date(2026, 3, 1 + n)))
            timeline.record(session, kind=Kind.RENEWAL, table="fees", source_id=one.id * 10_000 + 2026, person_id=one.id,
                            at=at)  # fmt: skip
            refusals.refuse(session, one.id, ("sms", "email")[n], "staff", at)
            make_account(session, f"Konto {n}", person_id=one.id)
        self.campaign = make_campaign(session, self.place, any_hour=True)
        shift = make_shift(session, self.campaign, self.caller)
        call_queue.fill(session, self.campaign, NOW)
        for n in (1, 2):
            call = call_queue.claim_next(session, self.caller.id, self.campaign.id, NOW, shift_id=shift.id)
            outcomes.report(session, call, self.caller.id, Report("no_answer", f"r{n}", NOW), NOW)
        session.flush()

    def rows(self, model, person):
        return self.session.scalar(sa.select(sa.func.count()).select_from(model).where(model.person_id == person.id))


@pytest.fixture
def twice(session):
    return Twice(session)


def everything(session):
    """Every row of every table but the logs; a correction made anew has an id of its own."""
    session.flush()
    return {
        table.name: sorted(map(repr, session.execute(sa.select(*table.c) if table.name != "corrections" else sa.select(
            *(one for one in table.c if one.name != "id"))).all()))
        for table in Base.metadata.sorted_tables if table.name not in LOGS
    }  # fmt: skip


def test_the_one_who_is_kept_has_everything_once_and_the_other_nothing(session, twice):
    a, b = twice.a, twice.b
    merged_people.merge(session, a.id, b.id, {"last_name": "gone", "email": "gone"}, NOW)
    session.expire_all()
    assert (a.first_name, a.last_name, a.search_key, a.email) == (
        "Åsa",
        "Öberg-Lind",
        "asa oberg-lind",
        "asa@example.org",
    )
    for model, number in ((Phone, 2), (Membership, 1), (SignUp, 1), (Attendance, 1), (Answer, 1), (PersonTag, 1), (Fee, 1),
                          (Refusal, 2), (QueueRow, 1), (Call, 2), (Account, 1)):  # fmt: skip
        assert (twice.rows(model, a), twice.rows(model, b)) == (number, 0), model
    assert session.scalars(sa.select(Membership.from_day)).one() == date(2020, 1, 1)
    assert session.scalars(sa.select(Answer.text)).one() == "Svar 1"
    assert session.scalars(sa.select(QueueRow.attempts)).one() == 2
    kinds = session.execute(sa.select(Event.kind, sa.func.count()).group_by(Event.kind)).all()
    assert {kind: number for kind, number in kinds} == {  # noqa: C416  a row is not a pair
        "sign_up": 1,
        "response": 2,
        "attendance": 1,
        "renewal": 1,
        "attempt": 2,
    }
    assert session.scalars(sa.select(Event.person_id).distinct()).all() == [a.id]


def test_what_protects_one_of_them_protects_whoever_they_are_now(session, twice):
    twice.b.protected, twice.b.blocked_why, twice.b.deceased_on = True, "distress", date(2026, 11, 1)
    session.flush()
    merged_people.merge(session, twice.a.id, twice.b.id, {}, NOW)
    session.refresh(twice.a)
    assert (twice.a.protected, twice.a.blocked_why, twice.a.deceased_on) == (True, "distress", date(2026, 11, 1))


def test_undoing_puts_every_row_of_every_table_back(session, twice):
    before = everything(session)
    merge = merged_people.merge(
        session, twice.a.id, twice.b.id, dict.fromkeys(merging.FIELDS, "gone"), NOW + timedelta(hours=1)
    )
    session.expire_all()
    assert (twice.a.member_number, twice.b.member_number) == ("170", "17")
    assert everything(session) != before
    assert merged_people.undo(session, merge, NOW + timedelta(hours=2)) == {}
    after = everything(session)
    assert {name: rows for name, rows in after.items() if rows != before[name]} == {}
    assert session.scalar(sa.select(sa.func.count()).select_from(MergedRow)) == 0
    with pytest.raises(Refused, match="redan ångrad"):
        merged_people.undo(session, merge, NOW)


def test_what_has_been_edited_since_stays_and_the_rest_comes_back(session, twice):
    merge = merged_people.merge(session, twice.a.id, twice.b.id, {"last_name": "gone", "email": "gone"}, NOW)
    people.set_email(session, twice.a.id, "ny@example.org", NOW)
    session.execute(sa.delete(Phone).where(Phone.e164 == "+46701740606"))
    assert merged_people.undo(session, merge, NOW) == {"people": 1, "phones": 1}
    session.expire_all()
    assert (twice.a.last_name, twice.a.email, twice.b.merged_into_id) == ("Öberg", "ny@example.org", None)
    assert twice.rows(SignUp, twice.b) == 1


def test_merged_people_are_merged_again_and_undone_in_the_opposite_order(session, twice):
    a, b = twice.a, twice.b
    c = make_person(session, twice.place, "Åsa Tredje", "+46701740607", date(2021, 1, 1))
    before = everything(session)
    first = merged_people.merge(session, a.id, b.id, {}, NOW)
    second = merged_people.merge(session, c.id, b.id, {}, NOW)
    assert session.get(Merge, second).gone_id == a.id
    assert people.now_is(session, b.id) == people.now_is(session, a.id) == c.id
    for one, other in ((a.id, b.id), (c.id, c.id), (b.id, c.id)):
        with pytest.raises(Refused, match="en och samma"):
            merged_people.merge(session, one, other, {}, NOW)
    assert (merged_people.undo(session, second, NOW), merged_people.undo(session, first, NOW)) == ({}, {})
    assert everything(session) == before


@pytest.mark.parametrize("chain", [("ab", "ca"), ("ab", "ac")], ids=["kept-is-gone-later", "kept-is-kept-again"])
def test_an_older_merge_is_undone_and_later_ones_stand_as_if_it_had_never_been(session, twice, chain):
    c = make_person(session, twice.place, "Åsa Tredje", "+46701740607", date(2021, 1, 1), member_number="171")
    surveys.answer(session, session.scalars(sa.select(Answer.question_id)).first(), c.id, [], "Svar 3", NOW)
    whom = {"a": twice.a, "b": twice.b, "c": c}
    choices = {"last_name": "gone", "membership": "gone"}
    ids = [[whom[letter].id for letter in pair] for pair in chain]
    before = everything(session)
    only = merged_people.merge(session, *ids[1], choices, NOW)
    wanted = everything(session)
    merged_people.undo(session, only, NOW)
    assert everything(session) == before
    first, second = (merged_people.merge(session, *pair, choices, NOW) for pair in ids)
    assert merged_people.undo(session, first, NOW + timedelta(hours=1), twice.caller.id) == {}
    session.expire_all()
    assert everything(session) == wanted
    again = session.scalars(sa.select(Merge).order_by(Merge.id.desc())).first()
    assert (again.at, again.account_id, session.get(Merge, second).undone_at) == (NOW, None, NOW + timedelta(hours=1))
    people.set_email(session, again.kept_id, "rattad@example.org", NOW)
    merged_people.undo(session, again.id, NOW)
    assert session.get(Person, again.kept_id).email == "rattad@example.org"


def test_what_was_edited_after_a_later_merge_outlives_undoing_an_older_one(session, twice):
    c = make_person(session, twice.place, "Cia Tredje", "+46701740607", date(2021, 1, 1))
    first = merged_people.merge(session, twice.a.id, twice.b.id, {}, NOW)
    merged_people.merge(session, c.id, twice.a.id, {"first_name": "gone", "last_name": "gone"}, NOW)
    person_edits.edit(
        session, c.id, {"first_name": "Cilla", "last_name": "Öberg"}, protected=False, reason="Sade det", now=NOW
    )
    merged_people.undo(session, first, NOW)
    session.expire_all()
    assert (c.first_name, c.last_name) == ("Cilla", "Öberg")
    assert (twice.a.merged_into_id, twice.b.merged_into_id) == (c.id, None)


def test_nobody_is_merged_while_a_caller_talks_to_them(session, twice):
    c = make_person(session, twice.place, "Åsa Tredje", "+46701740607")
    call_queue.fill(session, twice.campaign, NOW)
    call_queue.claim_next(session, twice.caller.id, twice.campaign.id, NOW)
    assert session.scalars(sa.select(Hold.person_id)).one() == c.id
    with pytest.raises(Refused, match="talar med personen"):
        merged_people.merge(session, twice.a.id, c.id, {}, NOW)
    merged_people.merge(session, twice.a.id, c.id, {}, NOW + timedelta(hours=2))


@pytest.mark.parametrize(
    ("kept", "gone", "wins", "wanted"),
    [
        ((0, 2023, None), (0, 2020, None), "kept", [(0, 2020, None)]),
        ((0, 2023, None), (1, 2020, None), "kept", [(1, 2020, 2023), (0, 2023, None)]),
        ((0, 2023, None), (1, 2020, None), "gone", [(1, 2020, None)]),
        ((0, 2010, 2015), (1, 2020, None), "kept", [(0, 2010, 2015), (1, 2020, None)]),
        ((0, None, None), (1, 2020, None), "kept", [(0, None, None)]),
        ((0, 2020, 2024), (0, 2023, None), "gone", [(0, 2020, None)]),
    ],
)  # fmt: skip
def test_nobody_is_a_member_twice_on_one_day_and_earlier_days_are_kept(session, kept, gone, wins, wanted):
    places = [make_association(session, name) for name in ("Härnösand", "Timrå")]
    persons = [make_person(session, None, f"Åsa {n}") for n in "ab"]

    def day(year):
        return date(year, 1, 1) if year else None

    for person, (place, start, end) in zip(persons, (kept, gone), strict=True):
        session.add(Membership(person_id=person.id, association_id=places[place].id, from_day=day(start),
                               from_why="joined", to_day=day(end), to_why="left" if end else None))  # fmt: skip
    before = everything(session)
    merge = merged_people.merge(session, persons[0].id, persons[1].id, {"membership": wins}, NOW)
    rows = session.execute(
        sa.select(Membership.association_id, Membership.from_day, Membership.to_day, Membership.person_id)
        .order_by(Membership.from_day)
    ).all()  # fmt: skip
    assert [tuple(row) for row in rows] == [
        (places[place].id, day(start), day(end), persons[0].id) for place, start, end in wanted
    ]
    merged_people.undo(session, merge, NOW)
    assert everything(session) == before


def test_a_seat_that_becomes_free_is_given_away_once(session):
    """Two who are one need one seat; when they are two again, whoever came into it keeps it."""
    place = make_association(session, "Härnösand")
    activity = make_activity(session, place, capacity=2).id
    a, b, waits, late = (make_person(session, place).id for _ in range(4))
    for n, person in enumerate((a, b, waits)):
        activities.sign_up(session, activity, person, NOW + timedelta(minutes=n))
    merge = merged_people.merge(session, a, b, {}, NOW + timedelta(hours=1))
    stands = sa.select(SignUp.person_id, SignUp.state).where(SignUp.activity_id == activity)
    assert dict(session.execute(stands).all()) == {a: "signed_up", waits: "signed_up"}
    activities.sign_up(session, activity, late, NOW + timedelta(hours=2))
    assert merged_people.undo(session, merge, NOW + timedelta(hours=3)) == {}
    states = dict(session.execute(stands).all())
    assert sorted(states.values()) == ["signed_up", "signed_up", "waiting", "waiting"]
    assert states[waits] == "signed_up"
    activities.withdraw(session, activity, waits, NOW + timedelta(hours=4))
    assert dict(session.execute(stands).all())[late] == "waiting", "the one who is back was there before"
