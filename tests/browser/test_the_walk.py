"""The main job, end to end: import a file, start a campaign, ring twenty people, see what came of it."""

import dataclasses
import re

import pytest
from playwright.sync_api import Page, expect

from organizer.db import Database
from tests.cast import Cast
from tests.factories import make_activity

PEOPLE = [f"Medlem{letter}" for letter in "ABCDEFGHIJKLMNOPQRST"]
"""Twenty people with a mobile each; every one of them belongs to Härnösand and has not been active."""


@pytest.fixture
def configuration(configuration):
    """The demo: one click logs in as each role, codes stand on the page, and nothing leaves the machine."""
    return dataclasses.replace(configuration, demo=True)


@pytest.fixture
def world(database: Database, cast: Cast) -> Cast:
    """The cast, and something to invite people to; the caller was told of no colleagues, so that nobody is in her way."""
    with database.writing() as session:
        make_activity(session, cast.harnosand, "Introduktionsträff")
    return cast


def member_file() -> bytes:
    """What a Swedish office saves from Excel: semicolons, Windows-1252, a column that must never be read."""
    rows = ["Förnamn;Efternamn;Personnummer;Mobil;Förening;Medlem sedan"]
    for n, name in enumerate(PEOPLE):
        rows.append(f"{name};Åström;19850101-{1000 + n};070-174 06 {30 + n};Härnösand;2019-03-01")
    return "\r\n".join([*rows, "Fel;Nummer;;070;Härnösand;2019-03-01"]).encode("cp1252")


def log_in(page: Page, url: str, role: str) -> None:
    page.goto(f"{url}/logga-in")
    page.locator(f'button[value="{role}"]').click()
    page.wait_for_url(lambda address: "logga-in" not in address)


def import_the_file(page: Page, url: str) -> None:
    page.goto(f"{url}/medlemmar/import")
    page.set_input_files("#file", {"name": "medlemmar.csv", "mimeType": "text/csv", "buffer": member_file()})
    page.get_by_role("button", name="Kontrollera filen").click()
    expect(page.get_by_text("21 personer är nya och läggs till")).to_be_visible()
    expect(page.get_by_text("Kolumnen Personnummer innehåller personnummer")).to_be_visible()
    expect(page.locator("table.badrows tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Importera").click()
    expect(page.get_by_role("heading", name="Filen är importerad")).to_be_visible()


def start_the_campaign(page: Page, url: str) -> None:
    page.goto(f"{url}/kampanjer")
    page.get_by_role("link", name="Ny ringkampanj").first.click()
    page.get_by_role("button", name="Aktivera medlemmar").click()
    page.get_by_role("button", name="Fortsätt").locator("visible=true").last.click()
    page.fill("[name=shift_day]", "2026-11-19")
    page.fill("[name=shift_from]", "17:30")
    page.fill("[name=shift_to]", "20:30")
    page.fill("[name=place]", "Folkets hus")
    page.get_by_label("Birgitta Ringare").check()
    page.get_by_role("button", name="Fortsätt").locator("visible=true").last.click()
    expect(page.get_by_text("20 att ringa")).to_be_visible()
    expect(page.get_by_text("1 kan inte ringas")).to_be_visible()
    page.get_by_role("button", name="Starta").click()
    expect(page.get_by_text("0 av 21 nådda")).to_be_visible()


def figures(page: Page, url: str) -> dict[str, str]:
    """The campaign's funnel as the chair reads it in the table beside the chart."""
    page.goto(f"{url}/min-forening")
    funnel = page.locator("section", has=page.get_by_role("heading", name=re.compile("^Aktivera")))
    funnel.locator("summary").click()
    rows = funnel.locator("table tbody tr")
    return {
        rows.nth(n).locator("th").inner_text(): rows.nth(n).locator("td").first.inner_text()
        for n in range(rows.count())
    }


def expected(whole: int, **parts: int) -> dict[str, str]:
    order = ("Sökta", "Kontaktade", "Nådda", "Svarat", "Anmälda", "Deltagit", "Aktiverade")
    return {step: f"{parts.get(step, 0)} av {whole}" for step in order}


class Caller:
    """The caller's thumb."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url

    @property
    def person(self) -> str:
        return self.page.locator("h1").first.inner_text()

    def open_outcomes(self) -> str:
        """From the person to *Hur gick det?*; the name of whoever is rung."""
        expect(self.page.locator("[data-ready]")).to_be_attached()
        who = self.person
        self.page.get_by_text("Skriv hur det gick").click()
        return who

    def tap(self, *words: str) -> str:
        """Press one after the other and wait for the next person; the name of whoever was rung."""
        who = self.open_outcomes()
        for word in words[:-1]:
            self.visible(word).click()
        self.last(words[-1])
        return who

    def visible(self, word: str):
        return self.page.get_by_text(word, exact=False).locator("visible=true").first

    def last(self, word: str) -> None:
        before = self.page.locator("[data-ring]").get_attribute("data-call")
        self.visible(word).click()
        expect(self.page.locator("[data-ring]")).not_to_have_attribute("data-call", before or "")


def test_a_district_rings_its_members_and_every_figure_follows(live, world, phone_page, desktop_page):
    staff, chair = desktop_page(), desktop_page()
    log_in(staff, live.url, "organizer")
    import_the_file(staff, live.url)
    start_the_campaign(staff, live.url)
    log_in(chair, live.url, "chair")
    assert figures(chair, live.url) == expected(21)

    phone = phone_page()
    log_in(phone, live.url, "caller")
    phone.locator("a[href^='/ring/']", has_text="Aktivera").first.click()
    with phone.expect_navigation():
        phone.get_by_role("button", name="Börja ringa").click()
    caller = Caller(phone, live.url)
    first = ring_everyone(caller)
    # Spoken to: reached, callback, four refusals, language, moved, leaving and the unpleasant call; the one who died is
    # in no number. A message counts as contacted; no answer, engaged and wrong number as sought.
    assert figures(chair, live.url) == expected(20, Sökta=14, Kontaktade=11, Nådda=10, Svarat=1, Anmälda=1)

    change_to_message(caller, first)
    assert figures(chair, live.url) == expected(20, Sökta=14, Kontaktade=12, Nådda=10, Svarat=1, Anmälda=1)

    lose_the_network(caller, live)
    assert figures(chair, live.url) == expected(20, Sökta=15, Kontaktade=13, Nådda=11, Svarat=1, Anmälda=1)

    phone.get_by_role("button", name="Ångra").click()
    expect(phone.get_by_text("är tillbaka hos dig")).to_be_visible()
    assert figures(chair, live.url) == expected(20, Sökta=14, Kontaktade=12, Nådda=10, Svarat=1, Anmälda=1)


def ring_everyone(caller: Caller) -> str:
    """Every code of the table once; the name of the one who did not answer."""
    page = caller.page
    caller.open_outcomes()
    caller.visible("Vi pratade").click()
    page.get_by_label("Studiecirkel").check()
    page.get_by_label(re.compile("^Anmäl ")).check()
    caller.last("Klart – nästa person")
    silent = caller.tap("Inget svar")
    caller.tap("Lämnade meddelande")
    caller.tap("Ring tillbaka senare", "I morgon eftermiddag")
    caller.open_outcomes()
    caller.visible("Fel nummer").click()
    page.get_by_label(re.compile("^Rätt nummer")).fill("070-174 06 99")
    caller.last("Spara – nästa person")
    for level in ("Bara den här gången", "Alla telefonsamtal", "Alla sms", "All kontakt härifrån"):
        caller.tap("Vill inte bli ringd", level, "Spara – nästa person")
    for seldom in ("Upptaget", "Har flyttat", "Vill gå ur partiet", "Personen har avlidit", "Jag känner personen"):
        caller.tap("Något annat", seldom)
    caller.open_outcomes()
    caller.visible("Något annat").click()
    caller.last("Spara")
    skipped = caller.person
    caller.page.get_by_role("button", name="Hoppa över").click()
    expect(page.locator("h1").first).not_to_have_text(skipped)
    caller.open_outcomes()
    caller.visible("Något annat").click()
    caller.visible("Obehagligt samtal").click()
    expect(page.get_by_text("Det var ett jobbigt samtal")).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="Nästa person").click()
    return silent


def change_to_message(caller: Caller, silent: str) -> None:
    """*Mina samtal*: the one who did not answer had an answering machine after all; no number is shown."""
    page = caller.page
    page.goto(page.url.split("/nu")[0] + "/mina")
    assert "070-174" not in page.content()
    row = page.locator("li", has_text=re.compile("Inget svar"))
    expect(row).to_contain_text(silent.split(" ", maxsplit=1)[0])
    with page.expect_navigation():
        row.get_by_role("link", name="Ändra").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Lämnade meddelande").click()
    page.goto(f"{caller.url}/ring")
    page.locator("a[href^='/ring/']", has_text="Aktivera").first.click()
    with page.expect_navigation():
        page.get_by_role("button", name="Fortsätt ringa").click()


def lose_the_network(caller: Caller, live) -> None:
    """The server is gone when the answer is given; it arrives by itself, once, when the network is back."""
    page = caller.page
    caller.open_outcomes()
    caller.visible("Vi pratade").click()
    live.stop()
    caller.visible("Klart – nästa person").click()
    expect(page.get_by_text("Ditt svar väntar på nätet")).to_be_visible()
    stored = page.evaluate("JSON.stringify(localStorage)")
    assert "Åström" not in stored
    assert "+4670" not in stored
    live.start()
    page.get_by_role("button", name="Försök igen").click()
    expect(page.get_by_text("Sparat: Vi pratade")).to_be_visible()
