"""axe-core finds nothing on any page of the map: phone and computer, light and dark, full, empty and in error."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import url_for

from organizer.models import Account, RoleName
from tests import routes
from tests.cast import make_cast
from tests.world import Things

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
RUN = "rules => axe.run(document, rules ? {runOnly: rules} : {}).then(found => found.violations.map(v => v.id + ' ' + v.nodes.slice(0, 3).map(n => n.target + ' ' + n.html.slice(0, 120)).join(' | ')))"
POST = """([action, token]) => { const form = document.createElement('form'); form.method = 'post'; form.action = action;
 const field = document.createElement('input'); field.name = 'csrf_token'; field.value = token; form.append(field);
 document.body.append(form); form.submit(); }"""
PHONE = {"width": 390, "height": 844}
COMPUTER = {"width": 1280, "height": 900}
FIRST = (RoleName.ORGANIZER, RoleName.CHAIR, RoleName.STEWARD, RoleName.OWNER, RoleName.APPROVER, RoleName.SHIFT_LEADER, RoleName.CALLER)  # fmt: skip
NO_PAGES = {"static", "notices.alive", *routes.PARTS}


def looks_at(live, endpoint: str, cast) -> Account | None:
    """Whoever sees most of a page; None for a public one."""
    if endpoint in routes.PUBLIC:
        return None
    roles = routes.CASES[endpoint].roles
    return next((cast.roles[role] for role in FIRST if role in roles), None)


def addresses(live, method: str, things: Things | None) -> Iterator[tuple[str, str]]:
    """Every (endpoint, address) of a method; without things only those whose address needs none."""
    with live.app.test_request_context():
        for rule in sorted(live.app.url_map.iter_rules(), key=lambda one: one.rule):
            if method not in rule.methods or rule.endpoint in NO_PAGES or (rule.arguments and things is None):
                continue
            known = routes.PUBLIC_VALUES if rule.endpoint in routes.PUBLIC else None
            values = known.get(rule.endpoint) if known is not None else routes.CASES[rule.endpoint].values
            yield (
                rule.endpoint,
                url_for(rule.endpoint, _external=False, **(values(things) if values and things else {})),
            )


class Inspector:
    """One browser page that changes login, width and light, and remembers what axe found."""

    def __init__(self, live, opened) -> None:
        self.live, self.page, self.found = live, opened(), []
        self.page.context.add_init_script(AXE)
        self.cookies: dict[int | None, dict[str, Any]] = {}
        self.tokens: dict[int | None, str] = {}

    def be(self, account: Account | None) -> None:
        self.page.context.clear_cookies()
        if account is not None and account.id not in self.cookies:
            self.cookies[account.id] = self.live.cookie_of(account)
        if cookie := self.cookies.get(account and account.id):
            self.page.context.add_cookies([cookie])

    def send_empty(self, account: Account | None, address: str) -> None:
        """Send a form with nothing in it, with a token from an earlier visit of the same login."""
        self.be(account)
        who = account and account.id
        if who not in self.tokens:
            self.page.goto(f"{self.live.url}/tillganglighet")
            token = self.page.locator("input[name=csrf_token]").first.get_attribute("value")
            self.tokens[who] = str(token)
            self.cookies[who] = next(one for one in self.page.context.cookies() if one["name"] == "rundan")
        with self.page.expect_navigation():
            self.page.evaluate(POST, [address, self.tokens[who]])

    def look(self, what: str) -> None:
        if "html" not in (self.page.evaluate("document.contentType") or ""):
            return
        for light, rules in (("light", None), ("dark", ["color-contrast"])):
            self.page.emulate_media(color_scheme=light, reduced_motion="reduce")
            width = self.page.viewport_size["width"]
            self.found += [f"{what} {width} {light}: {one}" for one in self.page.evaluate(RUN, rules)]
            wide = self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
            if wide:
                self.found.append(f"{what} {width}: scrolls sideways")


@pytest.fixture
def inspector(live, desktop_page) -> Inspector:
    return Inspector(live, desktop_page)


def test_every_page_is_accessible_when_there_is_something_on_it(inspector, live, world):
    for endpoint, address in addresses(live, "GET", world.own):
        inspector.be(looks_at(live, endpoint, world.cast))
        inspector.page.set_viewport_size(PHONE)
        inspector.page.goto(live.url + address)
        inspector.look(address)
        inspector.page.set_viewport_size(COMPUTER)
        inspector.look(address)
    assert not inspector.found, "\n".join(inspector.found)


def test_every_page_is_accessible_when_there_is_nothing_on_it(inspector, live):
    with live.database.writing() as session:
        cast = make_cast(session, live.clock.now)
    inspector.page.set_viewport_size(PHONE)
    for endpoint, address in addresses(live, "GET", None):
        inspector.be(looks_at(live, endpoint, cast))
        inspector.page.goto(live.url + address)
        inspector.look(address)
    assert not inspector.found, "\n".join(inspector.found)


def test_every_form_is_accessible_when_it_was_sent_empty(inspector, live, world):
    inspector.page.set_viewport_size(PHONE)
    refused = 0
    for endpoint, address in addresses(live, "POST", world.own):
        if endpoint in routes.PUBLIC or routes.CASES[endpoint].last:
            continue
        inspector.send_empty(looks_at(live, endpoint, world.cast), address)
        if inspector.page.url == live.url + address:  # another address is a page that has been looked at above
            inspector.look(f"POST {address}")
            refused += 1
    assert refused > 50
    assert not inspector.found, "\n".join(inspector.found)
