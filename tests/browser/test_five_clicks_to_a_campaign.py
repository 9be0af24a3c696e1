"""In a real browser: five clicks start a campaign, the count follows the form, and the page renews itself."""

import pytest
from playwright.sync_api import expect

from campaigns import call_queue
from organizer import people
from tests.cast import make_cast
from tests.factories import NOW, make_activity, make_campaign, make_person


@pytest.fixture
def cast(live):
    with live.database.writing() as session:
        cast = make_cast(session, NOW)
        for _ in range(4):
            make_person(session, cast.harnosand)
        make_person(session, cast.timra, number=None)
        make_activity(session, cast.district)
    return cast


@pytest.mark.parametrize("javascript", [True, False])
def test_five_clicks_and_nothing_typed(live, desktop_page, cast, javascript):
    page = desktop_page(cast.organizer, javascript=javascript)
    page.goto(f"{live.url}/kampanjer")
    clicks = [
        page.get_by_role("link", name="Ny ringkampanj"),
        page.get_by_role("button", name="Aktivera medlemmar"),
        page.get_by_role("button", name="Fortsätt").last,
        page.get_by_role("button", name="Fortsätt").last,
        page.get_by_role("button", name="Starta"),
    ]
    for click in clicks:
        with page.expect_navigation():
            click.click()
    assert page.get_by_text("Kampanjen är startad").is_visible()
    assert page.get_by_role("heading", name="0 av 5 nådda").is_visible()


def test_it_can_be_started_on_a_phone_without_sideways_scroll(live, phone_page, cast):
    page = phone_page(cast.organizer, viewport={"width": 320, "height": 568})
    page.goto(f"{live.url}/kampanjer/ny")

    def fits() -> bool:
        return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    for button in ("Välkomna nya medlemmar", "Fortsätt", "Fortsätt", "Starta"):
        assert fits(), page.url
        with page.expect_navigation():  # between two pages there is no document to measure
            page.get_by_role("button", name=button).last.click()
    assert fits(), page.url
    assert page.get_by_text("Kampanjen är startad").is_visible()


def test_the_count_follows_the_form(live, desktop_page, cast):
    page = desktop_page(cast.organizer)
    page.goto(f"{live.url}/urval/ny")
    with page.expect_navigation():  # its script listens once the page is loaded
        page.get_by_role("button", name="Förening").click()
    page.get_by_label("Timrå").check()
    page.get_by_text("1 av 5 medlemmar").wait_for()
    page.get_by_label("Härnösand").check()
    page.get_by_text("5 av 5 medlemmar").wait_for()
    expect(page.get_by_text("Medlemmar i Härnösand och Timrå")).to_be_visible()


def test_the_campaign_page_renews_itself(live, desktop_page, cast):
    with live.database.writing() as session:
        campaign = make_campaign(session, cast.district)
        call_queue.fill(session, campaign, live.clock.now)
    page = desktop_page(cast.organizer)
    page.goto(f"{live.url}/kampanjer/{campaign.id}")
    assert page.get_by_role("heading", name="0 av 5 nådda").is_visible()
    with live.database.writing() as session:
        person = make_person(session, cast.timra)
        people.add_number(session, person.id, "070-174 06 66", live.clock.now)
        call_queue.fill(session, campaign, live.clock.now)
    page.get_by_role("heading", name="0 av 6 nådda").wait_for()
    expect(page.get_by_role("heading", name="Behöver dig")).to_be_visible()
