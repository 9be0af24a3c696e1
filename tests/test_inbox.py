"""What people write to us: one thread for each number, STOPP at once, near-misses to a human, nobody guessed."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaigns import inbox, inbox_reading, inbox_threads, retention, sms_queue, sms_settings
from campaigns.models import Blast, BlastState, Meaning, Message, MessageState, Thread, ThreadMessage
from organizer import people, refusals
from organizer.models import Event, Kind, Phone, Refusal, SignUp
from organizer.words import Missing, Refused
from tests.factories import NOW, make_activity, make_person

OURS = "+46701740699"
ANDERS, STRANGER = "+46701740611", "+46701740612"
_sids = iter(f"SM{n:032x}" for n in range(10_000))


@pytest.fixture
def anders(session, cast):
    return make_person(session, cast.harnosand, "Anders Berg", number=ANDERS)


def write(session, body, sender=ANDERS, now=NOW, **how):
    thread_id = inbox.receive(session, sender, OURS, body, how.pop("sid", next(_sids)), now, **how)
    return session.get(Thread, thread_id) if thread_id else None


def sent(session):
    return [tuple(row) for row in session.execute(sa.select(Message.kind, Message.e164, Message.body))]


def standing(session):
    return session.execute(sa.select(Refusal.person_id, Refusal.e164).where(Refusal.revoked_at.is_(None))).all()


@pytest.mark.parametrize(
    ("body", "means"),
    [
        *((one, Meaning.STOP) for one in (
            "STOPP", "stopp!", " Stop ", "Stopp tack", "avsluta", "SLUTA", "Unsubscribe", "stopp nu tack", "STOPP.🛑",
            "avregistrera mig", "Opt out",
        )),
        *((one, Meaning.MAYBE_STOP) for one in (
            "stoop", "STPP", "stoppp", "sluta inte", "Jag vill slippa era sms", "ta bort mig från listan",
            "nej stopp", "Kan ni sluta skicka till det här numret", "vill inte ha fler sms tack",
            "Stopp för min del, men ring gärna",
        )),
        *((one, Meaning.TEXT) for one in (
            "", "Nej", "nej tack", "Ja", "Topp!", "Toppen", "Vi kommer två", "👍", "Vem är ni?", "Hej", "?",
        )),
        ("START", Meaning.START), ("start igen", Meaning.START),
    ],
)  # fmt: skip
def test_stopp_is_known_in_its_forms_and_never_guessed(body, means):
    assert inbox_reading.meaning(body) == means


def test_outside_the_office_hours_a_writer_is_told_once_a_day_and_never_after_stopp(session, cast, anders):
    night, morning = NOW.replace(hour=20), NOW.replace(hour=9)
    write(session, "Hallå?", now=night)
    assert sent(session) == [], "off until the owner has written something"
    sms_settings.change(session, sms_settings.SmsSettings(away_text="Vi svarar i morgon."), cast.owner.id, NOW)
    write(session, "Hej, är mötet kvar?", now=morning)
    write(session, "Hallå?", now=night)
    write(session, "Svara då", now=night + timedelta(hours=1))
    assert sent(session) == [("reply", ANDERS, "Vi svarar i morgon.")]
    write(session, "Hej", now=night + timedelta(days=1))
    assert len(sent(session)) == 2, "once a day"
    write(session, "kan ni sluta skicka till mig", now=night + timedelta(days=2))
    write(session, "STOPP", now=night + timedelta(days=2))
    write(session, "Hej igen", now=night + timedelta(days=3))
    assert [kind for kind, *_rest in sent(session)] == ["reply", "reply", "receipt"]


def test_yes_and_no_are_answers_only_where_something_was_asked():
    asked = [
        inbox_reading.meaning(one, asked=True) for one in ("Ja", "nej tack", "Ja, men jag kommer senare", "ja inte")
    ]
    assert asked == [Meaning.YES, Meaning.NO, Meaning.TEXT, Meaning.TEXT]
    assert inbox_reading.meaning("Vad som helst", opt_out="STOP") == Meaning.STOP


def test_a_reply_becomes_the_thread_of_its_person_and_place_and_counts_once(session, cast, anders):
    thread = write(session, "Kan jag ta med en vän?", sid="SM1")
    assert write(session, "Kan jag ta med en vän?", sid="SM1") is None
    write(session, "Hallå?", now=NOW + timedelta(hours=1))
    assert (thread.person_id, thread.association_id, thread.state) == (anders.id, cast.harnosand.id, "open")
    assert (thread.waiting_since, thread.last_at) == (NOW, NOW + timedelta(hours=1))
    assert session.scalar(sa.select(sa.func.count()).select_from(ThreadMessage)) == 2
    assert session.scalars(sa.select(Event.kind).where(Event.person_id == anders.id)).all() == [Kind.RESPONSE] * 2


def test_nobody_is_guessed_for_a_number_that_is_unknown_or_shared(session, cast, anders):
    unknown = write(session, "Vem är detta?", STRANGER)
    assert (unknown.person_id, unknown.association_id) == (None, None)
    make_person(session, cast.harnosand, "Britt Berg", number=ANDERS)
    shared = write(session, "Vi kommer")
    assert (shared.person_id, shared.association_id) == (None, cast.harnosand.id)
    make_person(session, cast.timra, "Sven Skild", number=STRANGER)
    assert write(session, "Hej igen", STRANGER).association_id == cast.timra.id, "known by now"


def test_stopp_holds_from_that_second_on_every_queue_and_is_answered_once(session, anders):
    waiting = sms_queue.enqueue(session, kind="notice", e164=ANDERS, body="Hej", now=NOW, person_id=anders.id)
    thread = write(session, "STOPP")
    write(session, "Stopp!!")
    assert [tuple(row) for row in standing(session)] == [(anders.id, ANDERS)]
    assert (thread.state, thread.stopped) == ("done", True)
    assert [kind for kind, *_ in sent(session)] == ["notice", "receipt"]
    claimed = sms_queue.claim(session, "rehearsal", NOW, 10)
    assert [one.kind for one in claimed] == ["receipt"], f"{waiting} was claimed"
    with pytest.raises(Refused, match="sagt nej"):
        inbox_threads.reply(session, row_of(session, thread), "Okej då", 1, NOW)


def test_start_takes_back_what_was_said_by_sms_and_nothing_else(session, anders):
    refusals.refuse(session, anders.id, "sms", "staff", NOW)
    thread = write(session, "avsluta")
    assert write(session, "START") is thread
    assert thread.stopped is False
    assert [tuple(row) for row in standing(session)] == [(anders.id, None)], "what was said to staff stands"
    assert [body[:15] for _, _, body in sent(session)] == ["Du får inga fle", "Nu får du sms f"]
    assert write(session, "start").state == "open", "a START that starts nothing is for a human"


def test_the_provider_answers_its_own_words_itself(session, anders):
    write(session, "STOP")
    write(session, "Hejdå", STRANGER, opt_out="STOP")
    assert sent(session) == []
    assert len(standing(session)) == 2


def test_what_may_be_a_stopp_waits_for_a_human_who_decides(session, cast, anders):
    thread = write(session, "stoop")
    assert (thread.state, thread.unclear, standing(session)) == ("open", True, [])
    inbox_threads.is_stop(session, row_of(session, thread), cast.steward.id, NOW, yes=True)
    assert (thread.state, thread.unclear, thread.stopped, len(standing(session))) == ("done", False, True, 1)
    assert session.scalar(sa.select(sa.func.count()).select_from(Event)) == 0, "not a response"


def test_yes_and_no_answer_the_question_of_the_last_blast(session, cast, anders):
    activity = make_activity(session, cast.harnosand, "Höstkonferensen")
    blast = Blast(
        association_id=cast.harnosand.id, title="Kallelse", state=BlastState.DONE, include=[], exclude=[], authors=[],
        asked_of=[], left_out={}, created_by=cast.organizer.id, created_at=NOW, asks=True, activity_id=activity.id,
    )  # fmt: skip
    session.add(blast)
    session.flush()
    question = sms_queue.enqueue(
        session, kind="notice", e164=ANDERS, body="Kommer du? JA/NEJ", now=NOW, person_id=anders.id
    )
    asked = sa.update(Message).where(Message.id == question)
    session.execute(asked.values(blast_id=blast.id, state=MessageState.DELIVERED))
    states = []
    for body in ("Ja!", "nej tyvärr"):
        assert write(session, body).state == "done"
        states.append(session.scalar(sa.select(SignUp.state).where(SignUp.person_id == anders.id)))
        session.expire_all()
    assert states == ["signed_up", "declined"]
    assert [body[:17] for kind, _, body in sent(session) if kind == "reply"] == [
        "Tack, du är anmäl",
        "Tack för svaret. ",
    ]
    activity.cancelled_at = NOW
    session.flush()
    assert write(session, "Ja").state == "open", "nothing to answer any more: a human reads it"


def test_a_thread_is_found_by_those_who_answer_for_its_place(session, cast, anders):
    mine, unknown = write(session, "Hej"), write(session, "Vem?", STRANGER)
    protected = make_person(session, cast.harnosand, "Hemlig Person", number="+46701740613", protected=True)
    hidden = write(session, "Hej", "+46701740613")
    here, there = sa.select(sa.literal(cast.harnosand.id)), sa.select(sa.literal(cast.timra.id))
    steward = inbox_threads.Scope(here, unknown=sa.false(), protected_in=(cast.harnosand.id,))
    organizer = inbox_threads.Scope(here, unknown=sa.true(), protected_in=())
    stranger = inbox_threads.Scope(there, unknown=sa.false(), protected_in=(cast.timra.id,))
    assert {one.id for one in inbox_threads.threads(session, steward, "att-svara")} == {mine.id, hidden.id}
    assert {one.id for one in inbox_threads.threads(session, organizer, "alla")} == {mine.id, unknown.id}
    assert inbox_threads.counts(session, stranger) == {"att-svara": 0, "alla": 0, "stopp": 0}
    for scope, thread in ((stranger, mine), (organizer, hidden), (steward, unknown)):
        with pytest.raises(Missing):
            inbox_threads.thread(session, scope, thread.id)
    inbox_threads.attach(session, row_of(session, unknown), anders.id, cast.organizer.id, NOW)
    assert (unknown.person_id, unknown.association_id, protected.protected) == (anders.id, cast.harnosand.id, True)


def test_what_was_said_is_forgotten_after_ninety_days_and_the_thread_after_a_year(session, anders):
    thread = write(session, "Hej")
    later = NOW + timedelta(days=91)
    assert (
        retention.apply(session, "answers", NOW + timedelta(days=89)),
        retention.apply(session, "answers", later),
    ) == (0, 1)
    session.expire_all()
    assert session.scalars(sa.select(ThreadMessage.body)).all() == [""]
    assert (
        retention.apply(session, "threads", later),
        retention.apply(session, "threads", thread.last_at + timedelta(days=366)),
    ) == (
        0,
        1,
    )
    assert session.scalar(sa.select(sa.func.count()).select_from(ThreadMessage)) == 0


def row_of(session, thread):
    everywhere = inbox_threads.Scope(
        sa.select(Phone.id).where(sa.false()).union_all(sa.select(sa.literal(thread.association_id))), sa.true(), ()
    )
    session.flush()
    return inbox_threads.thread(session, everywhere, thread.id)


def test_moving_a_number_never_shows_somebody_elses_thread(session, cast, anders):
    thread = write(session, "Hej")
    session.execute(sa.delete(Phone).where(Phone.person_id == anders.id))
    other = people.create(session, "Nya", "Ägaren", NOW)
    people.add_number(session, other, ANDERS, NOW)
    assert write(session, "Ja") is thread
    assert thread.person_id == anders.id, "it stays whose it was until a human says otherwise"
