"""After erasure nothing tells who somebody was: no table, no queue, no log; the figures are what they were."""

import logging
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa

from campaigns import call_queue, figures, holds, outcomes, progress, replay, sms_queue, todos
from campaigns.effects import Report
from campaigns.models import Call, Message, MessageState, QueueRow, Thread, ThreadMessage
from campaigns.personal_data import EVERYTHING
from organizer import (
    activation,
    activities,
    district_figures,
    erasure,
    imports,
    membership,
    people,
    refusals,
    selections,
)
from organizer.corrections import record
from organizer.models import (
    Account,
    ActivityGuest,
    BlockedNumber,
    Import,
    ImportRow,
    Installation,
    KeptForm,
    Person,
    Refusal,
)
from organizer.periods import period
from organizer.times import local_day
from organizer.words import Missing, Refused
from tests.cast import make_cast
from tests.factories import NOW, add_number, make_activity, make_campaign, make_person

TELLING = ("Ottilia", "Kvarnström", "+46701740677", "070-174 06 77", "+46701740678", "ottilia@example.org", "M-77012")


@dataclass
class Scene:
    cast: object
    person: int
    neighbour: int
    campaign: object


@pytest.fixture
def scene(session) -> Scene:
    """Ottilia has been rung, has answered, been written about, had an SMS, come to something, and works here herself."""
    session.add(Installation(kind="real", refusal_key="a key of its own"))
    cast = make_cast(session, NOW)
    here = cast.harnosand
    person = make_person(
        session, here, "Ottilia Kvarnström", "+46701740677", member_number="M-77012", email="ottilia@example.org"
    )
    make_person(session, here, "Kvar Kvarsson", "+46701740650", member_number="M-1")
    for n in range(6):
        make_person(session, here, f"Nummer Sex{n}")
    neighbour = make_person(session, here, "Nils Granne", "+46701740650", member_number="M-2")
    add_number(session, person, "+46611200200", 1)
    add_number(session, neighbour, "+46611200200", 1)
    campaign = make_campaign(session, here, any_hour=True)
    activity = make_activity(session, here, starts_at=NOW + timedelta(hours=1))
    call_queue.fill(session, campaign, NOW)
    rung = call_queue.claim_next(session, cast.caller.id, campaign.id, NOW)
    while session.get_one(Call, rung).person_id != person.id:
        outcomes.report(session, rung, cast.caller.id, Report("no_answer", f"ref-{rung}", NOW), NOW)
        rung = call_queue.claim_next(session, cast.caller.id, campaign.id, NOW)
    outcomes.report(
        session, rung, cast.caller.id, Report("reached", f"ref-{rung}", NOW, note="Ottilia Kvarnström vill baka"), NOW
    )
    activities.sign_up(session, activity.id, person.id, NOW)
    activities.attend(session, activity.id, person.id, cast.organizer.id, NOW)
    sms_queue.enqueue(
        session,
        kind="confirmation",
        e164="+46701740677",
        body="Hej Ottilia!",
        now=NOW,
        person_id=person.id,
        call_id=rung,
    )
    todos.add(
        session, kind="wrong_number", person_id=person.id, association_id=here.id, now=NOW, text="Ottilia har bytt",
        new_number="+46701740678",
    )  # fmt: skip
    mended = todos.add(
        session, kind="wrong_number", person_id=person.id, association_id=here.id, now=NOW, campaign_id=campaign.id
    )
    todos.resolve(session, mended, cast.organizer.id, "number", NOW)
    record(session, person.id, "phone", "+46701740678", None, "Ottilia bytte", cast.organizer.id, NOW)
    session.add(Account(person_id=person.id, name="Ottilia Kvarnström", e164="+46701740677", created_at=NOW, speaks=[]))
    people.refuse(session, person.id, "call", "staff", NOW)
    people.refuse(session, None, "sms", "sms", NOW, e164="+46701740677")
    people.refuse(session, person.id, "sms", "sms", NOW, e164="+46611200200")
    session.add(BlockedNumber(e164="+46701740677", at=NOW))
    _known_by_number_alone(session, activity.id)
    waiting = Import(
        association_id=here.id, filename="f.csv", digest="0" * 64, created_at=NOW, state="checked",
        report={"problems": [[2, "Mobil", "070-174 06 77", "Fel", "cell", {}, person.id]]},
    )  # fmt: skip
    session.add(waiting)
    session.flush()
    cells = {"first": "Ottilia", "last": "Kvarnström", "phones": ["+46701740677"]}
    session.add(ImportRow(import_id=waiting.id, row=2, cells=cells))
    session.add(ImportRow(import_id=waiting.id, row=3, cells={"first": "Kvar", "last": "Kvarsson"}))
    session.add(
        KeptForm(
            account_id=cast.steward.id,
            address="/",
            fields=[["q", "Ottilia Kvarnström"]],
            expires_at=NOW + timedelta(hours=1),
        )
    )
    session.flush()
    return Scene(cast, person.id, neighbour.id, campaign)


def _known_by_number_alone(session, activity_id: int) -> None:
    """An answer nobody has placed, a message whose person was merged away, and guests at the door: her number or name."""
    thread = Thread(e164="+46701740677", state="open", last_at=NOW, created_at=NOW)
    session.add(thread)
    session.flush()
    session.add(ThreadMessage(thread_id=thread.id, incoming=True, body="Hälsningar Ottilia", at=NOW))
    session.add(ActivityGuest(activity_id=activity_id, name="Ottilia", e164="+46701740677", created_at=NOW))
    for name in ("ottilia  KVARNSTRÖM", "Otto Kvarn"):
        session.add(ActivityGuest(activity_id=activity_id, name=name, came=True, created_at=NOW, verified_at=NOW))
    sms_queue.enqueue(session, kind="notice", e164="+46701740677", body="Hej Ottilia!", now=NOW)


def everything_stored(session) -> dict[str, list[str]]:
    """Every value of every column of every table the database itself knows of, as text."""
    connection = session.connection()
    tables = sa.MetaData()
    tables.reflect(connection)
    return {
        f"{table.name}.{column.name}": [str(value) for value in connection.execute(sa.select(column)).scalars()]
        for table in tables.sorted_tables
        for column in table.columns
    }


def left(session) -> dict[str, list[str]]:
    escaped = {one.encode("unicode_escape").decode() for one in TELLING}
    return {
        where: hits
        for where, values in everything_stored(session).items()
        if (
            hits := [
                value for value in values if any(one.casefold() in value.casefold() for one in {*TELLING, *escaped})
            ]
        )
    }


def counted(session, scene) -> list[object]:
    """The figures of yesterday and of the campaign, everything a page may be made of."""
    today = local_day(NOW) + timedelta(days=1)
    here, path = [scene.cast.harnosand.id], scene.cast.district.path
    yesterday = today - timedelta(days=1)
    return [
        district_figures.of_period(session, period("year", today), today, path),
        membership.growth(session, date(2020, 1, 1), yesterday, here),
        activation.active_on(session, membership.members_on(yesterday, here), yesterday),
        membership.counted(session, yesterday - timedelta(days=1), here),
        figures.of_campaign(session, scene.campaign, today, None, today),
        progress.of(session, scene.campaign, NOW).wrong,
        progress.of(session, scene.campaign, NOW).refused,
    ]


def erase(session, scene, now=NOW) -> None:
    erasure.erase(session, EVERYTHING, scene.person, "asked", "radera", scene.cast.organizer.id, now)
    session.flush()
    session.expire_all()


def test_no_table_tells_who_it_was(session, scene):
    session.flush()
    assert len(left(session)) > 12, "the scene must write Ottilia into many tables for this test to say anything"
    erase(session, scene)
    assert left(session) == {}
    assert session.get(Person, scene.person) is None
    assert session.scalar(sa.select(sa.func.count()).select_from(ImportRow)) == 1
    assert MessageState.CANCELLED in set(session.scalars(sa.select(Message.state)))


def test_figures_are_what_they_were(session, scene):
    tomorrow = NOW + timedelta(days=1)
    before = counted(session, scene)
    erase(session, scene, tomorrow)
    assert counted(session, scene) == before
    assert len(membership.counted(session, local_day(tomorrow), [scene.cast.harnosand.id])) == 1
    members = membership.counted(session, local_day(tomorrow), [scene.cast.harnosand.id])
    assert members[scene.cast.harnosand.id] == 8


def test_nobody_finds_or_rings_the_stand_in(session, scene):
    erase(session, scene)
    nobody = session.scalar(sa.select(Person.id).where(Person.first_name == ""))
    call_queue.fill(session, scene.campaign, NOW)
    call_queue.sweep(session, scene.campaign.id, NOW + timedelta(days=2))
    states = session.scalars(sa.select(QueueRow.state).where(QueueRow.person_id == nobody)).all()
    assert set(states) <= {"done", "removed"}
    everybody = selections.people({"version": 1, "all": []}, NOW).subquery()
    assert nobody is not None
    assert nobody not in set(session.scalars(sa.select(everybody.c.person_id)))


def test_what_was_refused_holds_for_whoever_comes_back_in_a_file(session, scene):
    erase(session, scene)
    file = b"Medlemsnummer;F\xc3\xb6rnamn;Efternamn;Mobil;F\xc3\xb6rening\r\nM-77012;Ottilia;Kvarnstr\xc3\xb6m;0701740677;H\xc3\xa4rn\xc3\xb6sand\r\n"
    imports.import_file(session, BytesIO(file), scene.cast.district.id, NOW)
    again = session.scalar(sa.select(Person.id).where(Person.member_number == "M-77012"))
    assert set(session.scalars(sa.select(Refusal.channel).where(Refusal.person_id == again))) == {"call", "sms"}
    assert session.scalar(sa.select(BlockedNumber.e164)) == "+46701740677"


def test_a_stopp_on_a_shared_number_goes_on_holding_for_the_others(session, scene):
    erase(session, scene)
    shared = session.execute(sa.select(Refusal.e164, Refusal.person_id)).all()
    assert shared == [("+46611200200", None)]
    assert refusals.kept(session, ["+46701740650"]) == {}


def test_it_is_refused_while_somebody_talks_to_them_or_without_the_word(session, scene):
    with pytest.raises(Refused, match="RADERA"):
        erasure.erase(session, EVERYTHING, scene.person, "asked", "ja", scene.cast.organizer.id, NOW)
    with pytest.raises(Refused, match="Välj varför"):
        erasure.erase(session, EVERYTHING, scene.person, "", "radera", scene.cast.organizer.id, NOW)
    talking = call_queue.claim_next(session, scene.cast.caller.id, scene.campaign.id, NOW + timedelta(minutes=1))
    scene.person = session.get_one(Call, talking).person_id
    with pytest.raises(Refused, match="talar med personen"):
        erase(session, scene)


def test_the_preview_says_what_goes_and_what_stays(session, scene):
    seen = erasure.preview(session, EVERYTHING, scene.person)
    assert {line.title: line.rows for line in seen.goes}["Telefonnummer"] == 2
    assert {line.title for line in seen.stays} >= {"Samtal", "Deltagande", "Sms", "Medlemskap"}
    assert seen.refused == ("call", "sms")
    assert seen.has_account


def test_neither_the_application_log_nor_the_workers_queue_holds_a_trace(session, scene, caplog, app, tmp_path):
    with caplog.at_level(logging.DEBUG):
        erase(session, scene)
        app.extensions["worker"].wake()
    queue = b"".join(file.read_bytes() for file in tmp_path.glob("worker.db*"))
    for one in TELLING:
        assert one not in caplog.text
        assert one.encode() not in queue


def test_nobody_erases_themselves_or_somebody_who_is_being_written_to_and_no_late_report_finds_them(session, scene):
    own = session.scalars(sa.select(Account.id).where(Account.person_id == scene.person)).one()
    with pytest.raises(Refused, match="radera dig själv"):
        erasure.erase(session, EVERYTHING, scene.person, "asked", "radera", own, NOW)
    theirs = sa.update(Message).where(Message.person_id == scene.person)
    session.execute(theirs.values(state=MessageState.SENDING))
    with pytest.raises(Refused, match="lämnas över just nu"):
        erase(session, scene)
    session.execute(theirs.values(state=MessageState.QUEUED))
    row = session.scalars(sa.select(QueueRow.id).where(QueueRow.person_id == scene.person)).one()
    caller, later = scene.cast.caller.id, NOW + timedelta(hours=2)
    people.revoke(session, session.scalars(sa.select(Refusal.id).where(Refusal.channel == "call")).one(), NOW)
    replay.person(session, scene.person, NOW)
    call = holds.hold_row(session, caller, row, NOW)
    erase(session, scene, later)
    with pytest.raises(Missing):
        outcomes.report(session, call, caller, Report("reached", "late", NOW), later)
