"""Real processes at once, and processes killed at the worst moment: nobody held twice, nobody lost, nothing repeated."""

import multiprocessing
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from campaigns import call_queue, outcomes
from campaigns.models import Call, Hold, HoldNumber, QueueRow, Todo
from organizer.models import Account, Event, Phone, Refusal
from tests.calling import put_in_queue
from tests.factories import NOW, make_account, make_association, make_campaign, make_person
from tests.queue_processes import REFS, ring_until_nobody_is_left

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.slow
CALLERS, PEOPLE = 8, 240


@pytest.fixture
def crowd(database):
    """Two campaigns for the same people, every fourth of whom shares a number with the one before."""
    with database.writing() as session:
        place = make_association(session, "Härnösand")
        campaigns = [make_campaign(session, place, title) for title in ("Aktivera", "Förnya")]
        people = [make_person(session, place, number=f"+46701{n - (n % 4 == 3):06d}") for n in range(PEOPLE)]
        for campaign in campaigns:
            put_in_queue(session, campaign, *people)
        callers = [make_account(session, f"Ringare {n}", email=f"r{n}@example.org") for n in range(CALLERS)]
        return [one.id for one in campaigns], [one.id for one in callers]


def test_eight_processes_hold_nobody_twice_and_lose_nobody(database, database_url, crowd, tmp_path):
    campaign_ids, account_ids = crowd
    database.dispose()
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(["tests.queue_processes"])
    folder = tmp_path / "witnesses"
    folder.mkdir()
    processes = [
        server.Process(target=ring_until_nobody_is_left, args=(database_url, account_id, campaign_ids, str(folder)))
        for account_id in account_ids
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(100)
    assert [process.exitcode for process in processes] == [0] * CALLERS
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Hold)) == 0
        # One attempt puts the person to rest in both campaigns, so everybody has been rung exactly once.
        rung = sa.select(Event.person_id, sa.func.count().label("n")).where(Event.kind == "attempt")
        assert sorted({row.n for row in session.execute(rung.group_by(Event.person_id))}) == [1]
        assert session.scalar(sa.select(sa.func.count(sa.distinct(Event.person_id)))) == PEOPLE
        by = session.scalars(sa.select(Call.account_id).where(Call.state == "reported").distinct()).all()
        assert len(by) > 1
        assert session.scalar(sa.select(sa.func.count()).where(QueueRow.state == "ready")) == 0


def test_the_database_itself_refuses_a_second_hold(database, crowd):
    campaign_ids, account_ids = crowd
    with database.writing() as session:
        first = call_queue.claim_next(session, account_ids[0], campaign_ids[0], NOW)
        held = session.execute(sa.select(Hold.queue_id, Hold.person_id)).one()
        number = session.scalar(sa.select(HoldNumber.e164).where(HoldNumber.call_id == first))
    with database.reading() as session:
        free = session.execute(
            sa.select(QueueRow.id, QueueRow.person_id).where(QueueRow.person_id != held.person_id).order_by(QueueRow.id)
        ).first()
        twin = session.scalar(
            sa.select(QueueRow.id).where(QueueRow.person_id == held.person_id, QueueRow.campaign_id == campaign_ids[1])
        )
    second = _another_call(database, account_ids[1], twin)
    once_more = {"call_id": second, "expires_at": NOW + timedelta(hours=1), "back_to": "ready"}
    for doubled in (
        {"queue_id": twin, "person_id": held.person_id, "account_id": account_ids[1]},  # same person, other campaign
        {"queue_id": free.id, "person_id": free.person_id, "account_id": account_ids[0]},  # same caller
        {"queue_id": held.queue_id, "person_id": free.person_id, "account_id": account_ids[1]},  # same row
    ):
        with pytest.raises(sa.exc.IntegrityError), database.writing() as session:
            session.execute(sa.insert(Hold).values(**once_more, **doubled))
    with pytest.raises(sa.exc.IntegrityError), database.writing() as session:  # same telephone
        session.execute(
            sa.insert(Hold).values(**once_more, queue_id=free.id, person_id=free.person_id, account_id=account_ids[1])
        )
        session.execute(sa.insert(HoldNumber).values(e164=number, call_id=second))


def _another_call(database, account_id, queue_id):
    with database.writing() as session:
        row = session.get(QueueRow, queue_id)
        call = Call(
            campaign_id=row.campaign_id, queue_id=row.id, person_id=row.person_id, association_id=row.association_id,
            account_id=account_id, state="open", assigned_at=NOW, detail={}, before={},
        )  # fmt: skip
        session.add(call)
        session.flush()
        return call.id


def killed(*command):
    """Start a process, wait until it says where it is, and kill it with signal 9."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.queue_processes", *map(str, command)],
        stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    assert process.stdout is not None
    said = process.stdout.readline().strip()
    process.kill()
    process.wait()
    process.stdout.close()
    return said


def test_whoever_was_held_by_a_killed_process_is_handed_out_again_when_the_hold_runs_out(database, database_url, crowd):
    campaign_ids, (first, second, *_) = crowd
    database.dispose()
    assert killed("claim", database_url, first, campaign_ids[0]) == "holding"
    with database.writing() as session:
        person = session.scalar(sa.select(Hold.person_id))
        other = call_queue.claim_next(session, second, campaign_ids[0], NOW)
        assert session.get(Call, other).person_id != person
        call_queue.release(session, second, NOW)
        later = NOW + timedelta(minutes=46)
        again = call_queue.claim_next(session, second, campaign_ids[0], later)
        assert session.get(Call, again).person_id == person


@pytest.mark.parametrize(("where", "applied"), [("inside", False), ("committed", True)])
def test_a_report_cut_off_by_a_kill_is_applied_exactly_once_when_sent_again(
    database, database_url, crowd, where, applied
):
    campaign_ids, (caller, *_) = crowd
    with database.writing() as session:
        call = call_queue.claim_next(session, caller, campaign_ids[0], NOW)
    database.dispose()
    assert killed(where, database_url, caller, call) == where
    with database.reading() as session:
        assert bool(session.scalar(sa.select(sa.func.count()).select_from(Refusal))) == applied
        assert session.scalar(sa.select(sa.func.count()).select_from(Hold)) == (0 if applied else 1)
    with database.writing() as session:
        again = outcomes.report(session, call, caller, outcomes.Report("opt_out_all", REFS), NOW + timedelta(minutes=2))
        assert again.repeated == applied
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Refusal)) == 1
        assert session.scalar(sa.select(sa.func.count()).select_from(Event)) == 3
        assert session.scalar(sa.select(sa.func.count()).select_from(Todo)) == 0
        assert session.scalar(sa.select(sa.func.count()).select_from(Account)) == CALLERS
        assert session.scalar(sa.select(sa.func.count()).select_from(Phone)) == PEOPLE
