"""The network goes away: the report waits on the phone without name or number, and arrives exactly once (P§4.10)."""

from datetime import timedelta

import sqlalchemy as sa
from playwright.sync_api import Page, expect

from campaigns import contents
from campaigns.models import Call, Campaign
from organizer import surveys
from organizer.models import Event
from tests.browser.conftest import expect_person
from tests.factories import NOW
from tests.ring_stage import Evening, make_evening

MANY = surveys.Asked("Vad vill du vara med på?", "many", tuple(f"Dela ut flygblad {n}" for n in range(8)))


def begin(live, phone_page, *questions: surveys.Asked) -> tuple[Page, Evening]:
    with live.database.writing() as session:
        evening = make_evening(session, people=3)
        if questions:
            contents.ask(session, session.get_one(Campaign, evening.campaign.id), list(questions), NOW)
    page = phone_page(evening.cast.caller, level="caller")
    page.goto(live.url + evening.address)
    page.locator("text=Börja ringa").click()
    expect_person(page, "Anders Wikberg")
    return page, evening


def kept(page: Page) -> str:
    return str(page.evaluate("localStorage.getItem('rundan-svar') || ''"))


def reported(live) -> list[tuple[str, object]]:
    with live.database.reading() as session:
        return [tuple(one) for one in session.execute(
            sa.select(Call.outcome, Call.happened_at).where(Call.state == "reported")
        )]  # fmt: skip


def test_a_report_made_without_network_arrives_once_with_the_right_time(live, phone_page):
    page, evening = begin(live, phone_page)
    live.clock.forward(minutes=2)
    page.clock.set_system_time(live.clock.now)
    tapped = live.clock.now
    live.stop()
    page.evaluate("location.hash = 'utfall'")
    page.locator("#utfall button[value=no_answer]").click()
    expect(page.locator("#vantar h2")).to_have_text("Ditt svar väntar på nätet")
    expect(page.locator("#vantar [data-label]")).to_have_text("Inget svar")
    on_the_phone = kept(page)
    assert "no_answer" in on_the_phone
    assert "Anders" not in on_the_phone
    assert "070" not in on_the_phone
    assert "+46" not in on_the_phone
    live.clock.forward(minutes=7)
    live.start()
    page.locator("text=Försök igen").click()
    expect(page.locator(".undo b").first).to_have_text("Sparat: Inget svar")
    expect_person(page, "Ingegerd Sundin")
    assert kept(page) in ("", "[]")
    [(outcome, happened_at)] = reported(live)
    assert outcome == "no_answer"
    assert abs(happened_at - tapped) < timedelta(seconds=30)
    with live.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Event)) == 1
    assert evening.people


def test_an_answer_that_came_through_although_the_phone_did_not_hear_it_counts_once(live, phone_page):
    page, _evening = begin(live, phone_page)
    lost = []

    def lose_the_answer(route) -> None:
        route.fetch(max_redirects=0)
        lost.append(route)
        route.abort()

    page.route("**/ring/samtal/*", lose_the_answer, times=1)
    page.evaluate("location.hash = 'utfall'")
    page.locator("#utfall button[value=left_message]").click()
    expect(page.locator("#vantar h2")).to_be_visible()
    assert lost
    page.locator("text=Försök igen").click()
    expect(page.locator("h1")).to_have_text("Ingegerd Sundin")
    assert [outcome for outcome, _at in reported(live)] == ["left_message"]


def test_a_report_survives_closing_the_page_and_an_ended_login(live, phone_page):
    page, evening = begin(live, phone_page, *[MANY] * 5)  # so much that what is seldom needed has no room on the page
    expect(page.locator("#tillbaka, #fel-nummer, #nej, #annat")).to_have_count(4)
    live.stop()
    page.evaluate("location.hash = 'utfall'")
    page.get_by_role("link", name="Något annat").click()
    expect(page.get_by_role("button", name="Personen har avlidit")).to_be_visible()
    page.locator("#annat").get_by_role("link", name="Tillbaka").click()
    page.get_by_role("link", name="Vill inte bli ringd").click()
    page.locator("#nej button[value=opt_out]").click()
    expect(page.locator("#vantar [data-label]")).to_have_text("Vill inte bli ringd")
    context = page.context
    page.close()
    context.clear_cookies()
    live.start()
    again = context.new_page()
    again.goto(f"{live.url}/ring")
    assert "/logga-in" in again.url
    assert reported(live) == []
    context.add_cookies([live.cookie_of(evening.cast.caller, "caller")])
    again.goto(f"{live.url}/ring")
    for _ in range(300):
        if kept(again) in ("", "[]"):
            break
        again.wait_for_timeout(100)
    assert [outcome for outcome, _at in reported(live)] == ["opt_out_calls"]
