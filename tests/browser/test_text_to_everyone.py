"""In a real browser: four taps and two from an idea to an approved text to everybody, and two taps to stop it (P§2.5)."""

import pytest
import sqlalchemy as sa

from campaigns import blasts, sms_settings
from campaigns.models import Blast, BlastState
from campaigns.sms_settings import SmsSettings
from organizer.models import Activity
from tests.cast import make_cast
from tests.factories import NOW, make_activity, make_person


@pytest.fixture
def cast(live):
    with live.database.writing() as session:
        cast = make_cast(session, NOW)
        for n in range(4):
            make_person(session, cast.harnosand, f"Medlem{n} Prov", f"+467017406{30 + n}")
        make_activity(session, cast.district, "Höstkonferensen")
        sms_settings.change(session, SmsSettings(approval_above=2), cast.owner.id, NOW)
    return cast


def state(live) -> str:
    with live.database.reading() as session:
        return session.scalars(sa.select(Blast.state)).one()


@pytest.mark.parametrize("javascript", [True, False])
def test_four_taps_and_two(live, phone_page, cast, javascript):
    page = phone_page(cast.organizer, javascript=javascript)
    with live.database.reading() as session:
        activity_id = session.scalar(sa.select(Activity.id))
    page.goto(f"{live.url}/aktiviteter/{activity_id}")
    for name in ("Sms:a medlemmarna", "Fortsätt", "Fortsätt till granskning", "Be om godkännande"):
        with page.expect_navigation():
            page.get_by_role("button", name=name, exact=True).last.click()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth") or not javascript, page.url
    assert state(live) == BlastState.WAITING
    approver = phone_page(cast.approver, javascript=javascript)
    approver.goto(f"{live.url}/utskick/1/granska")
    with approver.expect_navigation():
        approver.get_by_role("link", name="Godkänn", exact=True).click()
    with approver.expect_navigation():
        approver.get_by_role("button", name="Ja, godkänn och skicka 4 sms").click()
    assert state(live) == BlastState.SENDING, "nobody need press anything more"


def test_two_taps_stop_it_and_the_count_follows_the_form(live, phone_page, cast):
    page = phone_page(cast.organizer)
    page.goto(f"{live.url}/utskick")
    with page.expect_navigation():
        page.get_by_role("button", name="Nytt sms").click()
    page.get_by_text("av 4 i urvalet kan få sms").wait_for()
    page.get_by_label("Alla medlemmar").uncheck()
    page.get_by_text("av 0 i urvalet kan få sms").wait_for()
    with live.database.writing() as session:
        blasts.save_text(session, 1, blasts.Text("Hej!"), cast.organizer.id, NOW)
        session.execute(sa.update(Blast).values(state=BlastState.SENDING, started_at=NOW))
    page.goto(f"{live.url}/utskick/1")
    with page.expect_navigation():
        page.get_by_role("link", name="Stoppa utskicket").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Ja, stoppa").click()
    assert state(live) == BlastState.STOPPED
