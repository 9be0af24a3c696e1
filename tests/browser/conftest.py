"""A real Chromium and a live server on a fresh database, for tests that press buttons."""

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import BaseWSGIServer, make_server

from app import Rundan, create_app
from organizer.configuration import Configuration
from organizer.db import Database
from organizer.models import Account
from tests.conftest import CI, Clock
from tests.visitor import Visitor

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip

PATIENCE = 30_000
"""Milliseconds to wait for what must come; only a test that fails, or a crowded machine, waits so long."""
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser; one worker drives it, so that it is started once."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run; a machine without it leaves the browser tests out, and CI then fails."""
    if not CHROMIUM:
        if CI:
            pytest.fail("CI must have Chromium: .ci/run installs it")
        pytest.skip("no Chromium on this machine: the browser tests were left out")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def database_url(request, tmp_path, sqlite_template) -> Iterator[str]:
    """SQLite unless the test says `@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)`."""
    if getattr(request, "param", "sqlite") == "sqlite":
        shutil.copy(sqlite_template, tmp_path / "rundan.db")
        yield f"sqlite:///{tmp_path / 'rundan.db'}"
        return
    from tests.conftest import emptied_postgres

    yield from emptied_postgres(request.getfixturevalue("postgres_url"))


@dataclass
class Live:
    """The running application: its address, the application itself, its database and its clock."""

    url: str
    app: Rundan
    database: Database
    clock: Clock
    port: int
    server: BaseWSGIServer | None = field(default=None, repr=False)

    def start(self) -> "Live":
        """Answer on the same address as before."""
        self.server = make_server("127.0.0.1", self.port, self.app, threaded=True)
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def stop(self) -> None:
        """Be gone, as a server in a lift is gone: connections are refused."""
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def cookie_of(self, account: Account, level: str = "full") -> dict[str, Any]:
        """The cookie of someone who has logged in."""
        visitor = Visitor(self.app).log_in_as(account, level)
        found = visitor.client.get_cookie("rundan")
        assert found, "no login cookie"
        return {"name": "rundan", "value": found.value, "url": self.url}


@pytest.fixture
def live(configuration: Configuration, clock: Clock) -> Iterator[Live]:
    """The application behind a real socket; `clock` is still moved by hand."""
    app = create_app(configuration, clock)
    running = Live("", app, app.extensions["database"], clock, 0).start()
    yield running
    running.stop()
    app.extensions["database"].dispose()


def expect_person(page: Page, name: str) -> None:
    """The caller's page shows this person, and its script listens: what is pressed from here on is heard."""
    expect(page.locator("h1")).to_have_text(name)
    expect(page.locator("[data-ready]")).to_be_attached()


Opener = Callable[..., Page]


def _opener(browser: Browser, live: Live, contexts: list[BrowserContext], **how: Any) -> Opener:
    def open_page(account: Account | None = None, *, level: str = "full", javascript: bool = True, **more: Any) -> Page:
        context = browser.new_context(java_script_enabled=javascript, locale="sv-SE", **{**how, **more})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        if account is not None:
            context.add_cookies([live.cookie_of(account, level)])
        page = context.new_page()
        if javascript:
            page.clock.set_system_time(live.clock.now)
        page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
        return page

    return open_page


@pytest.fixture
def contexts() -> Iterator[list[BrowserContext]]:
    """What the openers opened, closed again after the test."""
    opened: list[BrowserContext] = []
    yield opened
    for context in opened:
        context.close()


@pytest.fixture
def phone_page(browser, live, contexts) -> Opener:
    """`phone_page(account, javascript=False, viewport={...})`: a logged-in page on a phone, 390 × 844 unless told."""
    return _opener(
        browser,
        live,
        contexts,
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
    )


@pytest.fixture
def desktop_page(browser, live, contexts) -> Opener:
    """`desktop_page(account)`: a logged-in page on a computer, 1280 × 900."""
    return _opener(browser, live, contexts, viewport={"width": 1280, "height": 900})
