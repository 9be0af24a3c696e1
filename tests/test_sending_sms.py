"""What is handed over, what comes back, and what everybody may be sure of whatever the provider answers."""

import dataclasses
import random
import ssl
from datetime import timedelta

import pytest
import requests
import sqlalchemy as sa
import urllib3

from app import create_app
from campaigns import blasts, sms_questions, sms_queue, sms_settings, telephony
from campaigns.models import Message, MessageEvent, MessageState
from organizer import refusals
from organizer.models import Event, Refusal
from tests.blasting import district, draft
from tests.factories import NOW, make_activity, make_association, make_person
from tests.fake_twilio import BEHAVIOUR, FakeTwilio, deliver, signature

S = MessageState
HOST = "https://rundan.example"


def number(last: str) -> str:
    return f"+467017406{last}"


def queue(database, e164="+46701740630", **values):
    given = {"kind": "confirmation", "body": "Du är anmäld.", "now": NOW, "e164": e164}
    with database.writing() as session:
        return sms_queue.enqueue(session, **{**given, **values})


def row(database, message_id):
    with database.reading() as session:
        return session.execute(sa.select(Message.__table__).where(Message.id == message_id)).one()


def code_for(behaviour: str) -> str:
    return next(number(last) for last, one in BEHAVIOUR.items() if one == behaviour)


def test_a_message_is_handed_over_with_our_own_address_for_news(database, worker, twilio):
    message = queue(database)
    worker.hand_over()
    after = row(database, message)
    assert (after.state, after.sid, after.parts) == (S.ACCEPTED, twilio.accepted[0]["sid"], 1)
    assert twilio.accepted[0]["callback"] == f"{HOST}/twilio/sms/{after.ref}#rc=3&rp=all"
    worker.hand_over()
    assert len(twilio.accepted) == 1


def test_a_proof_leaves_from_the_name_that_its_blast_will_leave_from(database, worker, twilio):
    with database.writing() as session:
        place, author, _approver, _people = district(session, 1)
        sms_settings.change(session, sms_settings.SmsSettings(names=("V Norrland",)), author.id, NOW)
        blast = draft(session, place, author)
        blasts.save_text(session, blast.id, blasts.Text("Hej {förnamn}!", sender="V Norrland"), author.id, NOW)
        blasts.send_proof(session, blast.id, author.id, HOST, NOW)
    worker.hand_over()
    (proof,) = twilio.accepted
    assert (proof["from"], proof["to"], proof["body"].startswith("PROV: Hej Disa!")) == (
        "V Norrland",
        number("05"),
        True,
    )
    assert "Slippa sms: https://rundan.example/stopp/" in proof["body"], "a name takes no replies"


def test_a_code_goes_first_is_blanked_at_hand_over_and_is_not_delivered_late(database, worker, twilio):
    queue(database)
    code = queue(database, kind="code", body="482913 är din kod.")
    worker.hand_over()
    assert [one["body"] for one in twilio.accepted if one["to"]][0:2].count("482913 är din kod.") == 1
    assert row(database, code).body == ""
    sent = next(one for one in twilio.accepted if "482913" in one["body"])
    assert int(sent["validity"]) == 600


@pytest.mark.parametrize(
    ("behaviour", "state", "accepted"),
    [
        ("refuse 21614", S.FAILED, 0),
        ("busy once", S.QUEUED, 0),
        ("no account", S.QUEUED, 0),
        ("500", S.UNKNOWN, 0),
        ("500 after accepting", S.UNKNOWN, 1),
        ("reset after accepting", S.UNKNOWN, 1),
        ("201 without a sid", S.UNKNOWN, 1),
        ("garbage after accepting", S.UNKNOWN, 1),
    ],
)
def test_every_answer_has_one_meaning_and_nothing_is_sent_twice(
    database, worker, twilio, clock, behaviour, state, accepted
):
    message = queue(database, code_for(behaviour))
    worker.hand_over()
    assert row(database, message).state == state
    assert len(twilio.accepted) == accepted
    worker.hand_over()
    assert len(twilio.accepted) == accepted, "handed over again by itself"
    clock.now = row(database, message).claimed_at + timedelta(minutes=3)
    for one in twilio.accepted:
        one["date_created"] = clock.now.strftime("%a, %d %b %Y %H:%M:%S +0000")
    worker.tick()
    known = row(database, message)
    if accepted:
        assert (known.state, known.sid) == (S.ACCEPTED, twilio.accepted[0]["sid"]), "could have been known"
    elif state == S.UNKNOWN:
        assert (known.state, known.looked_at is not None) == (S.UNKNOWN, True)
    assert max(twilio.per_receiver.values(), default=0) <= 1


def test_another_text_to_the_same_number_is_not_taken_for_the_one_that_is_lost(database, worker, twilio, clock):
    message = queue(database, code_for("500"))
    worker.hand_over()
    clock.now = row(database, message).claimed_at + timedelta(minutes=3)
    made = clock.now.strftime("%a, %d %b %Y %H:%M:%S +0000")
    twilio.accepted.append({
        "sid": "SM" + "0" * 32, "to": code_for("500"), "body": "Något annat", "status": "queued", "from": "",
        "date_created": made, "callback": "", "validity": "",
    })  # fmt: skip
    worker.tick()
    after = row(database, message)
    assert (after.state, after.sid, after.looked_at is not None) == (S.UNKNOWN, None, True)


def test_after_too_many_requests_we_wait_as_long_as_we_were_told(database, worker, twilio, clock):
    message = queue(database, code_for("busy once"))
    worker.hand_over()
    assert row(database, message).not_before == NOW + timedelta(seconds=7)
    clock.forward(seconds=8)
    worker.hand_over()
    assert (row(database, message).state, len(twilio.accepted)) == (S.ACCEPTED, 1)


def test_nobody_listens_is_not_the_same_as_nobody_knows(database, worker, twilio):
    message = queue(database)
    twilio.__exit__()
    worker.hand_over()
    assert row(database, message).state == S.QUEUED


def test_a_wrong_account_stops_the_round_and_says_why(database, worker, twilio):
    queue(database, code_for("no account"))
    others = [queue(database, number(f"4{n}")) for n in range(8)]
    worker.hand_over()
    assert len(twilio.accepted) == 3, "the four that were in hand, no more"
    assert sum(row(database, one).state == S.QUEUED for one in others) == 5


def test_stop_at_the_provider_is_stop_with_us(database, worker):
    with database.writing() as session:
        person = make_person(session, make_association(session, "Härnösand"))
    queue(database, code_for("refuse 21610"), person_id=person.id)
    worker.hand_over()
    with database.reading() as session:
        stopped = session.execute(sa.select(Refusal.channel, Refusal.e164, Refusal.person_id)).all()
    assert [tuple(one) for one in stopped] == [("sms", code_for("refuse 21610"), person.id)]


def test_a_refusal_holds_from_the_second_it_is_recorded_but_never_for_codes(database, worker, twilio):
    with database.writing() as session:
        place = make_association(session, "Härnösand")
        stopped, other = make_person(session, place, number=number("51")), make_person(session, place)
    mine = queue(database, number("51"), person_id=stopped.id)
    elsewhere = queue(database, number("52"), person_id=stopped.id)
    shared = queue(database, number("51"), person_id=other.id)
    code = queue(database, number("51"), kind="code", body="123456 är din kod.")
    with database.writing() as session:
        refusals.refuse(session, None, "sms", "sms", NOW, e164=number("51"))
    worker.hand_over()
    assert dict(twilio.per_receiver) == {number("51"): 1}, "the claim itself asks"
    worker.tick()
    assert [row(database, one).state for one in (mine, elsewhere, shared)] == [S.CANCELLED] * 3
    assert row(database, code).state == S.ACCEPTED
    assert dict(twilio.per_receiver) == {number("51"): 1}


@pytest.mark.parametrize(
    "change",
    [
        {"protected": True}, {"deceased_on": NOW.date()}, {"blocked_why": "distress"},
    ],
)  # fmt: skip
def test_nothing_reaches_the_dead_the_protected_or_the_distressed(database, worker, twilio, change):
    with database.writing() as session:
        person = make_person(session, make_association(session, "Härnösand"))
        message = sms_queue.enqueue(
            session, kind="confirmation", e164=number("33"), body="x", now=NOW, person_id=person.id
        )
        for name, value in change.items():
            setattr(person, name, value)
    worker.hand_over()
    assert twilio.accepted == [], "the claim itself asks"
    worker.tick()
    assert row(database, message).state == S.CANCELLED


def test_a_confirmation_of_a_cancelled_activity_stays_at_home(database, worker, twilio):
    with database.writing() as session:
        activity = make_activity(session, make_association(session, "Härnösand"), cancelled_at=NOW)
    message = queue(database, activity_id=activity.id)
    worker.tick()
    assert (row(database, message).state, twilio.accepted) == (S.CANCELLED, [])


def test_at_night_only_codes_leave_and_what_is_too_old_never_does(database, worker, twilio, clock):
    late, slept_through = queue(database, expires_in=timedelta(hours=1)), queue(database)
    clock.forward(hours=6)
    code = queue(database, kind="code", body="123456", now=clock.now)
    tonight = queue(database, now=clock.now)
    worker.tick()
    states = [row(database, one).state for one in (late, code, tonight, slept_through)]
    assert (states, len(twilio.accepted)) == ([S.CANCELLED, S.ACCEPTED, S.QUEUED, S.QUEUED], 1)


def test_news_in_any_order_end_in_the_same_state_and_count_once(app, database, worker, twilio):
    with database.writing() as session:
        person = make_person(session, make_association(session, "Härnösand"))
    chance = random.Random(7)
    for turn in range(6):
        message = queue(database, number(f"6{turn}"), person_id=person.id)
        worker.hand_over()
        calls = [twilio.tell(twilio.accepted[-1], status) for status in ("sent", "delivered", "sending", "delivered")]
        chance.shuffle(calls)
        assert {deliver(app, call) for call in calls} == {204}
        assert row(database, message).state == S.DELIVERED
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Event).where(Event.kind == "message")) == 6


def test_the_first_final_state_stands_and_the_second_is_kept_as_an_event(app, database, worker, twilio):
    message = queue(database)
    worker.hand_over()
    deliver(app, twilio.tell(twilio.accepted[0], "undelivered", ErrorCode="30003"))
    deliver(app, twilio.tell(twilio.accepted[0], "delivered"))
    after = row(database, message)
    assert (after.state, after.error_code) == (S.UNDELIVERED, 30003)
    with database.reading() as session:
        told = session.scalars(sa.select(MessageEvent.state).where(MessageEvent.message_id == message)).all()
    assert told == ["queued", "sending", "accepted", "undelivered", "delivered"]


def test_news_before_the_answer_prove_that_it_was_taken(app, configuration, database, worker):
    with FakeTwilio(lambda *call: deliver(app, call)) as early:
        app = create_app(dataclasses.replace(configuration, twilio_api_base_url=early.base), lambda: NOW)
        message = queue(database, code_for("news before the answer"))
        app.extensions["worker"].hand_over()
        after = row(database, message)
        assert (after.state, after.sid) == (S.DELIVERED, early.accepted[0]["sid"])
        app.extensions["database"].dispose()


def test_only_the_provider_is_believed_and_nothing_breaks(app, database, worker, twilio):
    message = queue(database)
    worker.hand_over()
    address, form, signed = twilio.tell(twilio.accepted[0], "delivered")
    path, client = address.removeprefix(HOST), app.test_client()
    wrong = [
        client.post(path, data=form),
        client.post(path, data=form, headers={"X-Twilio-Signature": "å" * 20}),
        client.post(path, data={**form, "MessageStatus": "failed"}, headers={"X-Twilio-Signature": signed}),
        client.post(path + "0", data=form, headers={"X-Twilio-Signature": signed}),
        client.post(path + "?a=å", data=form, headers={"X-Twilio-Signature": signed}),
        client.post("/twilio/sms/%00", data=form, headers={"X-Twilio-Signature": signed}),
        client.post(path, data=b"\xff\x00" * 100, headers={"X-Twilio-Signature": signed}),
    ]
    assert {one.status_code for one in wrong} <= {400, 403}
    assert client.post(path, data={"Body": "x" * 100_000}, headers={"X-Twilio-Signature": signed}).status_code == 413
    assert row(database, message).state == S.ACCEPTED
    assert client.post(path, data=form, headers={"X-Twilio-Signature": signed}).status_code == 204


def test_a_signature_holds_behind_a_proxy_that_ends_tls_and_with_letters_of_ours_in_the_address(app, database, worker):
    for path in ("/twilio/sms/ingen", "/twilio/sms/%C3%A5ngestr%C3%B6m", "/twilio/sms/ingen?plats=%C3%85nge%3A1"):
        form = {"MessageStatus": "delivered", "MessageSid": "SM" + "f" * 32}
        signed = {"X-Twilio-Signature": signature(HOST + path, form)}
        assert app.test_client().post(path, data=form, headers=signed).status_code == 404, "believed, and not ours"
        assert app.test_client().post(path + "x", data=form, headers=signed).status_code == 403


def test_signed_nonsense_changes_nothing(app, database, worker, twilio):
    message = queue(database)
    worker.hand_over()
    address = twilio.accepted[0]["callback"].partition("#")[0]
    sid = twilio.accepted[0]["sid"]
    for form in (
        {}, {"MessageStatus": "delivered"}, {"MessageStatus": "eaten", "MessageSid": sid},
        {"MessageStatus": "delivered", "MessageSid": "SM" + "å" * 90},
        {"MessageStatus": "delivered", "MessageSid": "SM" + "f" * 32, "ErrorCode": "9" * 40},
    ):  # fmt: skip
        assert deliver(app, (address, form, signature(address, form))) == 204
    assert row(database, message).state == S.ACCEPTED
    unknown = f"{HOST}/twilio/sms/nobody"
    form = {"MessageStatus": "delivered", "MessageSid": sid}
    assert deliver(app, (unknown, form, signature(unknown, form))) == 404


def test_what_the_provider_does_not_tell_is_asked_for(database, worker, twilio, clock):
    message = queue(database)
    worker.hand_over()
    twilio.accepted[0]["status"] = "delivered"
    clock.forward(minutes=61)
    worker.tick()
    assert row(database, message).state == S.DELIVERED


@pytest.mark.usefixtures("twilio")
@pytest.mark.parametrize("kind", ["demo", "synthetic", None])
def test_whatever_is_not_surely_real_sends_nothing(configuration, kind):
    assert telephony.gateway(configuration, kind).name == "rehearsal"
    assert telephony.gateway(dataclasses.replace(configuration, demo=True), "real").name == "rehearsal"
    assert telephony.gateway(configuration, "real").name == "twilio"


def test_a_demo_takes_only_fictional_numbers_and_plays_deliveries_back(database, app, clock):
    inside, failing = queue(database, number("30")), queue(database, number("98"))
    outside = queue(database, "+46701234567")
    code = queue(database, kind="code", body="123456 är din kod.", account_id=None)
    for _ in range(2):
        app.extensions["worker"].tick()
    states = [row(database, one).state for one in (inside, failing, outside)]
    assert states == [S.DELIVERED, S.UNDELIVERED, S.FAILED]
    assert row(database, code).body != ""
    clock.forward(minutes=11)
    app.extensions["worker"].tick()
    assert row(database, code).body == "", "a code that opens nothing is not kept"


@pytest.mark.usefixtures("twilio")
def test_settings_that_cannot_work_are_said_in_a_sentence(configuration):
    def said(**values):
        return telephony.misconfigured(dataclasses.replace(configuration, **values)) or ""

    assert said() == ""
    assert "this machine" in said(twilio_api_base_url="https://evil.example")
    assert "TWILIO_SENDER" in said(twilio_sender="")
    assert "PUBLIC_BASE_URL" in said(twilio_api_base_url="", public_base_url="http://127.0.0.1")
    with pytest.raises(ValueError, match="this machine"):
        telephony.Twilio(dataclasses.replace(configuration, twilio_api_base_url="http://10.0.0.1"))


def test_stuck_hand_overs_become_unknown_and_are_never_sent_again_by_themselves(database, worker, twilio, clock):
    message = queue(database)
    with database.writing() as session:
        assert len(sms_queue.claim(session, "twilio", NOW, 4)) == 1
    clock.forward(seconds=119)
    worker.tick()
    assert row(database, message).state == S.SENDING
    for _ in range(5):
        clock.forward(minutes=2)
        worker.tick()
    assert (row(database, message).state, twilio.accepted) == (S.UNKNOWN, [])
    with database.writing() as session:
        assert sms_questions.release_stuck(session, clock.now) == 0


@pytest.mark.parametrize(
    ("broken", "after"),
    [(ssl.SSLCertVerificationError("not trusted"), S.QUEUED), (ssl.SSLError("bad record mac"), S.UNKNOWN)],
)
def test_encryption_that_breaks_may_have_broken_after_the_message_left(database, worker, monkeypatch, broken, after):
    """What requests makes of it looks the same before and after the request was written; only distrust comes before."""

    def breaks(_adapter, request, **_how):
        reason = urllib3.exceptions.SSLError(broken)
        raise requests.exceptions.SSLError(urllib3.exceptions.MaxRetryError(None, request.url, reason), request=request)

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", breaks)
    message = queue(database)
    worker.hand_over()
    assert row(database, message).state == after
