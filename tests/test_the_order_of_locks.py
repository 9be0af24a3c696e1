"""On PostgreSQL everybody takes a person first, then calls, holds and rows of queues: nobody waits for each other."""

import threading
import time
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from campaigns import call_queue, holds, merged_people, outcomes, place_closings, place_mergers, sweep, todo_work, todos
from campaigns.models import Call, Hold, QueueRow, Todo
from organizer import access, activities, bulk_tags, counted, erasure, imports, person_locks, personal_links
from organizer.access import Held, Viewer
from organizer.counted import Fact
from organizer.imports import questions
from organizer.models import Association, CountedPerson, CountedPlace, Import, Merge, Person, RoleName, SignUp, TagRun
from organizer.times import local_day
from organizer.words import Missing, Refused
from tests.calling import Evening
from tests.factories import NOW, make_activity, make_person
from tests.member_files import as_csv
from tests.visitor import Visitor

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
OVER = NOW + holds.LEASE + timedelta(minutes=1)


class Waiting(threading.Thread):
    """Somebody who does something in a transaction of their own, and has to wait for what somebody else is doing."""

    def __init__(self, database, work):
        super().__init__()
        self.database, self.work, self.answer = database, work, None

    def run(self):
        try:
            with self.database.writing() as session:
                self.answer = self.work(session)
        except Exception as error:  # noqa: BLE001  looked at by the test
            self.answer = error


@contextmanager
def meanwhile(database, work):
    """The block is done while `work` waits for its transaction; afterwards `work` has come to its end."""
    other = Waiting(database, work)
    other.start()
    until_somebody_waits(database)
    yield other


def until_somebody_waits(database):
    ends = time.monotonic() + 60
    with database.reading() as session:
        while not session.scalar(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            assert time.monotonic() < ends, "nobody waits"
            time.sleep(0.01)


@pytest.fixture
def evening(database):
    with database.writing() as session:
        return Evening(session)


def hurried(session):
    """Whoever would have to wait is told so at once."""
    session.execute(sa.text("SET LOCAL lock_timeout = '2s'"))


def test_nobody_is_merged_while_somebody_is_just_beginning_to_ring_them(database, evening):
    kept, gone, _ = (one.id for one in evening.people)
    with database.writing() as session:
        call = call_queue.claim_next(session, evening.birgitta.id, evening.campaign.id, NOW)
        assert session.get_one(Call, call).person_id == kept
        with meanwhile(database, lambda other: merged_people.merge(other, kept, gone, {}, NOW)) as merging:
            session.commit()
    merging.join()
    assert isinstance(merging.answer, Refused), merging.answer
    with database.reading() as session:
        assert session.scalar(sa.select(Hold.person_id)) == kept


@pytest.mark.parametrize("way", ["the person's page", "a personal link"])
def test_whoever_is_merged_meanwhile_gets_no_more_rows(database, evening, way):
    kept, gone, _ = (one.id for one in evening.people)
    with database.writing() as session:
        activity = make_activity(session, evening.place).id
        token = personal_links.make(session, "activity", gone, NOW, expires_at=OVER, target_id=activity)
    viewer = Viewer(1, "Sara", "", "full", roles=(Held(RoleName.STEWARD, evening.place.id, evening.place.path),))

    def sign_up(session):
        if way == "a personal link":
            person_id = personal_links.find(session, "activity", token, NOW).person_id
        else:
            person_id = access.person(session, viewer, gone, RoleName.STEWARD).id
        return activities.sign_up(session, activity, person_id, NOW)

    with database.writing() as session:
        merged_people.merge(session, kept, gone, {}, NOW)
        with meanwhile(database, sign_up) as signing:
            session.commit()
    signing.join()
    with database.reading() as session:
        assert session.scalars(sa.select(SignUp.person_id).where(SignUp.person_id == gone)).all() == []
    assert isinstance(signing.answer, Missing) if way == "the person's page" else signing.answer == "signed_up"


def test_a_report_and_the_end_of_its_hold_do_not_wait_for_each_other(database, evening):
    with database.writing() as session:
        call = call_queue.claim_next(session, evening.birgitta.id, evening.campaign.id, NOW)
    with database.writing() as session:
        outcomes._own_call(session, call, evening.birgitta.id)
        with meanwhile(database, lambda other: holds.let_go(other, Hold.expires_at <= OVER)) as ending:
            hurried(session)
            outcomes.report(session, call, evening.birgitta.id, outcomes.Report("no_answer", "ref"), OVER)
            session.commit()
    ending.join()
    assert ending.answer == 0


def test_a_late_report_of_somebody_merged_meanwhile_is_kept(database, evening):
    kept, gone, _ = (one.id for one in evening.people)
    with database.writing() as session:
        call_queue.claim_next(session, evening.birgitta.id, evening.campaign.id, NOW)
        call = call_queue.claim_next(session, evening.nils.id, evening.campaign.id, NOW)
        holds.let_go(session, Hold.expires_at <= OVER)

    def report(session):
        said = outcomes.Report("no_answer", "late")
        return outcomes.report(session, call, evening.nils.id, said, OVER).person_id

    with database.writing() as session:
        merged_people.merge(session, kept, gone, {}, OVER)
        with meanwhile(database, report) as reporting:
            session.commit()
    reporting.join()
    assert reporting.answer == kept


def test_undoing_a_merge_takes_the_people_before_anything_of_theirs(database, evening):
    kept, gone, _ = (one.id for one in evening.people)
    with database.writing() as session:
        merge = merged_people.merge(session, kept, gone, {}, NOW)
        row = session.scalar(sa.select(QueueRow.id).where(QueueRow.person_id == kept))
    with database.writing() as session:
        person_locks.keep(session, kept)
        with meanwhile(database, lambda other: merged_people.undo(other, merge, NOW)) as undoing:
            hurried(session)
            call = holds.hold_row(session, evening.nils.id, row, NOW)
            holds.let_go(session, Hold.call_id == call)
            session.commit()
    undoing.join()
    assert isinstance(undoing.answer, dict), undoing.answer


def test_somebody_is_handed_out_while_the_worker_goes_its_round(database, evening):
    with database.writing() as session:
        sweep.sweep(session, evening.campaign.id, NOW)
        with database.writing() as other:
            hurried(other)
            assert call_queue.claim_next(other, evening.birgitta.id, evening.campaign.id, NOW)


def test_a_place_counted_anew_is_taken_before_its_people(database, evening):
    place, person = evening.place.id, evening.people[0].id
    facts = {(person, place): Fact(1)}
    with database.writing() as session:
        counted.announce(session, "s", [place])
    counted.build(database, "s", place, date(2026, 11, 19), lambda _session: facts)
    with database.writing() as session:
        session.execute(sa.select(CountedPlace).with_for_update())
        again = threading.Thread(target=counted.build, args=(database, "s", place, date(2026, 11, 19), lambda _: facts))
        again.start()
        until_somebody_waits(database)
        hurried(session)
        assert session.scalar(sa.select(CountedPerson.person_id).with_for_update()) == person
    again.join()


def test_nobody_is_erased_while_something_is_written_about_them(database, evening):
    person = evening.people[0].id
    with database.writing() as session:
        person_locks.keep(session, person)

        def erase(other):
            erasure.erase(
                other, merged_people.EVERYTHING, person, next(iter(erasure.REASONS)), "RADERA", evening.nils.id, NOW
            )

        with meanwhile(database, erase) as erasing:
            hurried(session)
            row = session.scalar(sa.select(QueueRow.id).where(QueueRow.person_id == person))
            holds.hold_row(session, evening.birgitta.id, row, NOW)
            session.commit()
    erasing.join()
    assert isinstance(erasing.answer, Refused)


@pytest.mark.parametrize("what", ["an import", "tags", "a merge", "something to be done"])
def test_what_somebody_has_just_taken_back_or_done_is_not_once_more_by_one_who_looked_before(database, evening, what):
    first, second, _ = (one.id for one in evening.people)
    account, place = evening.nils.id, evening.place
    with database.writing() as session:
        if what == "an import":
            imports.import_file(session, as_csv(), place.id, NOW, account_id=account, answers=questions.ALL)
            kind, undo = Import, partial(imports.undo, account_id=account)
        elif what == "tags":
            everybody = sa.select(Person.id.label("person_id"))
            bulk_tags.run(session, everybody, place.id, "Kör bil", NOW, put=True)
            kind, undo = TagRun, bulk_tags.undo
        elif what == "a merge":
            merged_people.merge(session, first, second, {}, NOW)
            kind, undo = Merge, merged_people.undo
        else:
            todos.add(session, kind="moved", person_id=first, association_id=place.id, now=NOW)
            kind, undo = Todo, partial(todo_work.done, account_id=account)
        row = session.scalar(sa.select(kind.id))
    with database.writing() as session:
        looked_at = session.get_one(kind, row)
        with database.writing() as other:
            undo(other, row, now=NOW)
        with pytest.raises(Refused):
            undo(session, looked_at.id, now=NOW)


@pytest.mark.parametrize("what", ["closed", "merged"])
def test_an_association_is_closed_or_merged_once_however_many_press(database, cast, clock, what):
    organizer = Viewer(
        cast.organizer.id, "Disa", "", "full",
        roles=(Held(RoleName.ORGANIZER, cast.district.id, cast.district.path),),
    )  # fmt: skip

    def press(session, timra):
        if what == "closed":
            place_closings.close(session, organizer, timra, clock.now)
        else:
            into = session.get_one(Association, cast.harnosand.id)
            place_mergers.merge(session, timra, into, local_day(clock.now), organizer.account_id, clock.now)

    with database.writing() as session:
        looked_at = session.get_one(Association, cast.timra.id)
        with database.writing() as other:
            press(other, other.get_one(Association, cast.timra.id))
        with pytest.raises(Refused):
            press(session, looked_at)


@pytest.mark.parametrize("way", ["/medlemmar/{0}/sla-ihop/{1}", "/medlemmar/{0}/radera"])
def test_two_who_press_at_once_do_not_both_keep_somebody_whom_both_want_to_take(app, database, cast, way):
    with database.writing() as session:
        people = [make_person(session, cast.harnosand).id for _ in range(2)]
    steward = Visitor(app).log_in_as(cast.steward)
    sent = {"csrf_token": steward.token()}
    pressed = threading.Thread(target=steward.client.post, args=(way.format(*people),), kwargs={"data": sent})
    with database.writing() as session:
        person_locks.keep(session, people[0])
        pressed.start()
        until_somebody_waits(database)
        hurried(session)
        person_locks.take(session, people)
    pressed.join()
