"""The caller's rows of the tap budget (P§2.5), with and without JavaScript, on a large and a small phone."""

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from campaigns.models import Call
from tests.browser.conftest import expect_person
from tests.ring_stage import make_evening

SIZES = {"390x844": {"width": 390, "height": 844}, "320x568": {"width": 320, "height": 568}}


class Thumb:
    """Counts taps on our own pages; typing is not counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps = page, 0

    def tap(self, selector: str) -> None:
        target = self.page.locator(selector).locator("visible=true").first
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        assert box, selector
        assert box["height"] >= 40, f"{selector} is too low for a thumb: {box}"
        target.click()
        self.taps += 1


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
@pytest.mark.parametrize("size", list(SIZES.values()), ids=list(SIZES))
def test_the_callers_tasks_take_no_more_taps_than_promised(live, phone_page, size, javascript):
    with live.database.writing() as session:
        evening = make_evening(session, people=8)
    page = phone_page(evening.cast.caller, level="caller", javascript=javascript, viewport=size)
    page.goto(live.url + evening.address)
    page.locator("text=Börja ringa").click()
    expect(page.locator("h1")).to_have_text("Anders Wikberg")
    if javascript:
        expect(page.locator("[data-ready]")).to_be_attached()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    assert _taps(page, javascript, "Inget svar", "button[value=no_answer]") == 1
    expect(page.locator("h1")).to_have_text("Ingegerd Sundin")
    assert _taps(page, javascript, "Vi pratade", "#utfall a[href='#samtal']", "#samtal button[value=reached]") == 2
    assert (
        _taps(page, javascript, "Ring tillbaka senare", "#utfall a[href='#tillbaka']", "#tillbaka .pick >> nth=1") == 2
    )
    assert _taps(page, javascript, "Fel nummer", "#utfall a[href='#fel-nummer']", "button[value=wrong_number]") == 2
    refusing = ("#utfall a[href='#nej']", "#nej label:has-text('Alla telefonsamtal')", "button[value=opt_out]")
    assert _taps(page, javascript, "telefonsamtal", *refusing) == 3
    thumb = Thumb(page)
    thumb.tap(".undo button:has-text('Ångra')")
    expect(page.locator(".undo").first).to_contain_text("Ångrat.")
    assert thumb.taps == 1
    with live.database.reading() as session:
        states = session.execute(sa.select(Call.outcome, Call.state).order_by(Call.id)).all()
    assert [tuple(one) for one in states] == [
        ("no_answer", "reported"), ("reached", "reported"), ("callback", "reported"), ("wrong_number", "reported"),
        ("opt_out_calls", "undone"), (None, "released"), (None, "open"),
    ]  # fmt: skip


def _taps(page: Page, javascript: bool, saved: str, *selectors: str) -> int:
    """Taps from having put the phone down to the next person; with JavaScript the page has gone to the outcomes."""
    if javascript:
        page.evaluate("location.hash = 'utfall'")
    thumb = Thumb(page)
    for selector in selectors:
        thumb.tap(selector)
    expect(page.locator(".undo b").first).to_contain_text(saved)
    if javascript:
        expect(page.locator("[data-ready]")).to_be_attached()
    return thumb.taps


def test_back_from_the_call_the_page_asks_how_it_went(live, phone_page):
    with live.database.writing() as session:
        evening = make_evening(session, people=2)
    page = phone_page(evening.cast.caller, level="caller")
    page.goto(live.url + evening.address)
    page.locator("text=Börja ringa").click()
    expect_person(page, "Anders Wikberg")
    page.evaluate("""() => {
        const button = document.querySelector('a.call');
        button.addEventListener('click', event => event.preventDefault());
        button.click();
    }""")
    _show(page, False)
    page.wait_for_timeout(3200)  # the rule itself: away for three seconds or more is a call
    _show(page, True)
    expect(page).to_have_url(re.compile("#utfall$"))
    expect(page.locator("#utfall button[value=no_answer]")).to_be_in_viewport()
    for _ in range(300):  # the browser sends it when it has time, and nothing on the page says so
        with live.database.reading() as session:
            if session.scalar(sa.select(Call.rang_at)) is not None:
                return
        page.wait_for_timeout(100)
    pytest.fail("the tap on Ring never arrived")


def _show(page: Page, visible: bool) -> None:
    """What the phone tells the page when the call takes the screen, and when it gives it back."""
    page.evaluate(
        """visible => {
            Object.defineProperty(document, 'hidden', { value: !visible, configurable: true });
            document.dispatchEvent(new Event('visibilitychange'));
        }""",
        visible,
    )
