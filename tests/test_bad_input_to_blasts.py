"""What would do a blast harm: calls nobody signed or far too long, odd texts, other people's addresses, a clock set back."""

import dataclasses
import io
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from campaigns import blast_progress, inbox_reading, telephony
from campaigns.models import Blast, BlastState, Meaning, Message, MessageState, ThreadMessage
from campaigns.sms_settings import SmsSettings
from organizer.models import Refusal
from tests.blasting import approve, ask, begin, district, draft, limit, look, number, send
from tests.conftest import scalar
from tests.fake_twilio import deliver, segments, signature

BASE = "https://rundan.example"


def incoming(app, **form):
    form = {"From": number(30), "To": number(99), "MessageSid": "SM" + "a" * 32, "Body": "Hej", **form}
    return deliver(app, (f"{BASE}/twilio/inkommande", form, signature(f"{BASE}/twilio/inkommande", form)))


@pytest.mark.parametrize("path", ["/twilio/inkommande", "/twilio/sms/" + "a" * 32])
def test_a_call_that_is_too_long_is_refused_unread_whether_it_says_so_or_not(app, database, worker, path):
    del worker
    body = io.BytesIO(b"From=%2B46701740630&Body=" + b"x" * 200_000)
    unsaid = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    for how, status in (({"CONTENT_LENGTH": "200000"}, 413), (unsaid, 403)):
        body.seek(0)
        kind = "application/x-www-form-urlencoded"
        answer = app.test_client().post(path, input_stream=body, content_type=kind, environ_overrides=how)
        assert answer.status_code == status
        assert body.tell() <= 65_536
    assert scalar(database, sa.select(sa.func.count()).select_from(ThreadMessage)) == 0


def test_whatever_somebody_writes_to_us_is_taken_in(app, database, worker):
    del worker
    odd = ("x" * 1601, "\u202eolleh\u202c \ufeff", "{förnamn}" * 40, "👍🏽" * 300, "", "<script>%(x)s{{7*7}}")
    assert [incoming(app, Body=body, MessageSid=f"SM{n:032x}") for n, body in enumerate(odd)] == [200] * len(odd)
    kept = scalar(database, sa.select(sa.func.count()).select_from(ThreadMessage))
    assert kept == len(odd)
    assert incoming(app, Body="x" * 70_000) == 413
    assert incoming(app, From="", MessageSid="SM1") == 200
    assert incoming(app, MessageSid="../../etc") == 200
    assert scalar(database, sa.select(sa.func.count()).select_from(ThreadMessage)) == kept


def test_broken_letters_in_a_signed_call_are_nobodys_crash(app, worker):
    del worker
    form = {"From": number(30), "MessageSid": "SM" + "b" * 32, "Body": "Hej %ED%A0%80"}
    body = b"From=%2B467017406" + b"30&MessageSid=SM" + b"b" * 32 + b"&Body=Hej+%ED%A0%80"
    headers = {"X-Twilio-Signature": signature(f"{BASE}/twilio/inkommande", form)}
    kind = "application/x-www-form-urlencoded"
    answer = app.test_client().post("/twilio/inkommande", data=body, content_type=kind, headers=headers)
    assert answer.status_code == 200, "half a letter is read as it was sent"


@pytest.mark.parametrize("body", ["\u202eSTOPP", "ST\u200bOPP", "\ufeffstopp\u200f", "ＳＴＯＰＰ", "avanma\u0308l"])
def test_stopp_is_seen_through_marks_that_are_not_seen(body):
    assert inbox_reading.meaning(body) == Meaning.STOP


def test_a_strange_text_reaches_everybody_as_it_was_counted(database, worker, twilio, clock):
    strange = "Hej\u202e {förnamn}\ud800\u200f " + "{förening|vi} " * 40
    with database.writing() as session:
        place, author, _approver, _people = district(session, 2)
        limit(session, author, clock.now, parts_per_second=500, look_first=False)
        blast_id = send(session, draft(session, place, author, clock.now, body=strange), author, clock.now).id
    worker.send_blasts(1)
    blast, progress = look(database, blast_id, clock)
    assert progress.spent.parts == blast.parts == sum(segments(one["body"]) for one in twilio.accepted) == 6
    assert {one["body"].count("Härnösand ") for one in twilio.accepted} == {39}, "and one at the end of a line"
    assert not [one for one in twilio.accepted if set(one["body"]) & set("\u202e\u200f\ud800")]


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example", "http://127.0.0.1.evil.example", "http://127.0.0.1@evil.example",
        "http://evil.example\\@127.0.0.1", "http://evil.example#@127.0.0.1", "http://evil.example?127.0.0.1",
        "http://10.0.0.1:4010", "http://0.0.0.0", "http://[::ffff:10.0.0.1]", "http://[bad", "127.0.0.1:4010",
        "file://localhost/etc", "http://127.0.0.1/path", "http://127.0.0.1:4010 ", "http://①27.0.0.1", "http://2130706433",
    ],
)  # fmt: skip
@pytest.mark.usefixtures("twilio")
def test_the_provider_may_be_replaced_on_this_machine_only(configuration, address):
    elsewhere = dataclasses.replace(configuration, twilio_api_base_url=address)
    with pytest.raises(ValueError, match="this machine"):
        telephony.Twilio(elsewhere)
    assert telephony.misconfigured(dataclasses.replace(configuration, twilio_api_base_url="http://[::1]:4010/")) is None


def test_who_says_stopp_between_the_approval_and_the_sending_gets_nothing(app, database, worker, twilio, clock):
    with database.writing() as session:
        place, author, approver, _people = district(session, 3)
        limit(session, approver, clock.now, approval_above=1, parts_per_second=500, look_first=False)
        blast = draft(session, place, author, clock.now)
        blast.send_at = clock.now + timedelta(hours=1)
        session.flush()
        ask(session, blast, author, clock.now)
        approve(session, blast, approver, clock.now)
        assert (blast.state, blast.recipients) == (BlastState.APPROVED, 3)
    assert incoming(app, From=number(31), Body="Stopp tack") == 200
    clock.forward(hours=1, minutes=1)
    worker.tick()
    worker.send_blasts(1)
    blasted = [one["to"] for one in twilio.accepted if "möte" in one["body"]]
    assert sorted(blasted) == [number(30), number(32)]
    assert scalar(database, sa.select(Refusal.e164)) == number(31)
    with database.reading() as session:
        assert blast_progress.left_out_since(session, blast.id) == {"refused": 1}


@pytest.mark.parametrize(
    ("evening", "morning"),
    [
        (datetime(2026, 10, 24, 15, 59, 50, tzinfo=UTC), datetime(2026, 10, 25, 9, 0, tzinfo=UTC)),
        (datetime(2027, 3, 27, 16, 59, 50, tzinfo=UTC), datetime(2027, 3, 28, 8, 0, tzinfo=UTC)),
    ],
)
def test_a_blast_rests_over_the_night_when_the_clocks_change(database, worker, twilio, clock, evening, morning):
    clock.now = evening  # ten seconds before six in the evening in Stockholm, a Saturday
    begin(database, clock, 8, settings=SmsSettings(parts_per_second=4, look_first=False))
    for at, sent in (
        (evening, 4), (evening + timedelta(minutes=1), 4), (morning - timedelta(minutes=1), 4), (morning, 8),
    ):  # fmt: skip
        clock.now = at
        worker.send_blasts(0.1)
        assert len(twilio.accepted) == sent, at


def test_a_machine_whose_clock_is_set_back_goes_on_at_once(database, worker, twilio, clock):
    slow = SmsSettings(parts_per_second=4, look_first=False)
    blast_id, _author, _people = begin(database, clock, 24, settings=slow, look_first=True)
    for _ in range(5):
        worker.send_blasts(0.1)
        clock.forward(seconds=1)
    assert (len(twilio.accepted), look(database, blast_id, clock)[0].waits_until > clock.now) == (20, True)
    clock.forward(hours=-2)
    worker.send_blasts(0.1)
    clock.forward(seconds=2)
    worker.send_blasts(0.1)
    assert len(twilio.accepted) == len(twilio.per_receiver) == 24
    states = {one for (one,) in rows(database, sa.select(Message.state).where(Message.kind == "blast"))}
    assert states == {MessageState.ACCEPTED}
    assert scalar(database, sa.select(Blast.state)) == BlastState.DONE


def rows(database, statement):
    with database.reading() as session:
        return session.execute(statement).all()
