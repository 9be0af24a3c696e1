"""The owner sets what blasts cost and when they may leave, and a trial says in plain words what is wrong."""

import dataclasses
import threading

import pytest
import sqlalchemy as sa
from werkzeug.serving import make_server

from app import create_app
from campaigns import provider_trials, sms_settings, telephony
from campaigns.models import ThreadMessage
from organizer.models import Installation, Setting
from organizer.times import local_day
from tests.conftest import scalar
from tests.fake_twilio import SID, TOKEN, FakeTwilio

NUMBER = "+46701740699"


def test_settings_are_saved_and_every_mistake_stands_at_its_field(visitor, database, clock, cast):
    page = visitor.log_in_as(cast.owner).get("/system/leverantor")
    assert "Inga riktiga sms skickas" in page.words
    for field, value in (("price", "x"), ("names", "Åsa"), ("weekday_from", "05:00"), ("approval_above", "0"),
                         ("prices_abroad", "Norge 95")):  # fmt: skip
        refused = visitor.submit(page, "/leverantor", **{field: value})
        assert (refused.status, f'href="#{field}"' in refused.html, value in refused.html) == (422, True, True)
    assert scalar(database, sa.select(sa.func.count()).select_from(Setting)) == 0
    prices = "+47 95\n120"
    visitor.submit(
        page, "/leverantor", "Spara", price="52", names="V Norrland\n", weekend_to="17:00", prices_abroad=prices
    )
    assert prices in visitor.get("/system/leverantor").html.replace("\r", "")
    with database.reading() as session:
        kept = sms_settings.current(session, local_day(clock.now))
    assert kept.prices_abroad == {"47": 95, "other": 120}
    assert (kept.price, kept.names, kept.weekend, kept.look_first) == (52, ("V Norrland",), ("10:00", "17:00"), True)


def test_in_rehearsal_somebody_can_be_pretended_to_reply(visitor, database, cast):
    page = visitor.log_in_as(cast.owner).get("/system/leverantor")
    for number in ("070-123 45 67", "hej"):
        assert visitor.submit(page, "/svar", **{"from": number, "text": "Hej"}).status == 422
    visitor.submit(page, "/svar", **{"from": "070-174 06 30", "text": "Vem är ni?"})
    assert scalar(database, sa.select(ThreadMessage.body)) == "Vem är ni?"


def test_a_trial_is_made_by_the_worker_and_shown(visitor, app, cast):
    page = visitor.log_in_as(cast.owner).get("/system/leverantor")
    asked = visitor.submit(page, "/prov")
    assert "Provar." in asked.words
    app.extensions["clock"].forward(minutes=3)
    assert "Inget svar från arbetaren" in visitor.get("/system/leverantor").words
    app.extensions["worker"].tick()
    assert "så Rundan övar" in visitor.get("/system/leverantor").words


@pytest.fixture
def real(configuration, database, clock):
    """A real installation that answers on this machine, and the stand-in of the provider."""
    with database.writing() as session:
        session.add(Installation(kind="real", refusal_key="k" * 64))
    with FakeTwilio() as fake:
        holder = {}

        def answer(environ, start):
            return holder["app"](environ, start)

        server = make_server("127.0.0.1", 0, answer, threaded=True)
        settings = dataclasses.replace(
            configuration, twilio_account_sid=SID, twilio_auth_token=TOKEN, twilio_sender=NUMBER,
            twilio_api_base_url=fake.base, public_base_url=f"http://127.0.0.1:{server.server_port}",
        )  # fmt: skip
        holder["app"] = create_app(settings, clock)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        fake.numbers[NUMBER] = settings.public_base_url + "/twilio/inkommande"
        yield fake, settings
        server.shutdown()
        server.server_close()
        holder["app"].extensions["database"].dispose()


def tried(settings, **changes):
    settings = dataclasses.replace(settings, **changes)
    return provider_trials.tried(telephony.gateway(settings, "real"), settings)


def test_a_trial_finds_what_is_wrong_and_says_which_part(real):
    fake, settings = real
    good = dict.fromkeys(provider_trials.PARTS, "ok")
    assert tried(settings) == good
    assert tried(settings, twilio_sender="V Norrland") == good | {"sender": "name", "replies": "name"}
    assert tried(settings, twilio_sender="+46701740698") == good | {"sender": "not_ours", "replies": "waits"}
    fake.numbers[NUMBER] = "https://demo.twilio.com/welcome"
    assert tried(settings)["replies"] == "replies_elsewhere"
    other = "http://localhost:" + settings.public_base_url.rpartition(":")[2]
    assert tried(settings, public_base_url=other)["signature"] == "bad_signature", "the same server under another name"
    assert tried(settings, twilio_auth_token="wrong")["credentials"] == "login"
    assert tried(settings, public_base_url="http://127.0.0.1:9")["address"] == "unreached"
    fake.status = "suspended"
    assert tried(settings)["credentials"] == "suspended"
    fake.__exit__()
    assert tried(settings)["credentials"] == "no_network"
    assert tried(settings, twilio_account_sid="")["settings"] == "rehearsal"
    assert set(provider_trials.tried(telephony.gateway(settings, "demo"), settings).values()) == {"demo", "waits"}
