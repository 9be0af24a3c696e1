"""On a computer: 1-5 choose, Enter is the big button, Z undoes; never while typing; the number is large."""

import sqlalchemy as sa
from playwright.sync_api import expect

from campaigns.models import Call
from tests.browser.conftest import expect_person
from tests.ring_stage import make_evening


def test_a_caller_at_a_computer_needs_no_mouse(live, desktop_page):
    with live.database.writing() as session:
        evening = make_evening(session, people=4)
    page = desktop_page(evening.cast.caller, level="caller")
    page.goto(live.url + evening.address)
    expect(page.locator("text=Börja ringa")).to_be_visible()
    expect(page.locator("[data-ready]")).to_be_attached()
    page.keyboard.press("Enter")
    expect_person(page, "Anders Wikberg")
    expect(page.locator(".digits")).to_be_visible()
    assert page.locator(".digits").evaluate("it => getComputedStyle(it).fontSize") == "40px"
    expect(page.locator("img.qr")).not_to_have_js_property("naturalWidth", 0)
    page.keyboard.press("2")
    expect_person(page, "Ingegerd Sundin")
    page.keyboard.press("z")
    expect_person(page, "Anders Wikberg")
    page.keyboard.press("1")
    page.locator("#note").fill("")
    page.locator("#note").press_sequentially("Ring 2 gånger, zebra 5")
    expect(page.locator("#samtal h2")).to_be_visible()
    page.locator("#samtal input[type=text]").press("Enter")
    expect(page.locator("#samtal h2")).to_be_visible()
    with live.database.reading() as session:
        assert session.scalars(sa.select(Call.outcome).where(Call.state == "reported")).all() == []
    page.locator("#samtal h2").click()
    page.reload()
    expect(page.locator("[data-ready]")).to_be_attached()
    expect(page.locator("#note")).to_have_value("Ring 2 gånger, zebra 5")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Ingegerd Sundin")
    with live.database.reading() as session:
        assert session.execute(sa.select(Call.outcome, Call.note).where(Call.state == "reported")).all() == [
            ("reached", "Ring 2 gånger, zebra 5")
        ]
