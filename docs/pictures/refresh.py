"""Takes the README's pictures anew from a running demo: .venv/bin/python docs/pictures/refresh.py http://127.0.0.1:8000."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def main(address: str) -> None:
    """The caller's phone, the campaign and the chair's page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium") or "", args=FLAGS)
        phone = log_in(browser, address, "caller", 390, 844)
        phone.locator("a[href^='/ring/']", has_text="Pågår").first.click()
        phone.locator(".dock button.primary").click()
        phone.wait_for_url("**/nu*")
        phone.screenshot(path=HERE / "caller.png")
        staff = log_in(browser, address, "organizer", 1280, 900)
        staff.goto(f"{address}/kampanjer")
        staff.get_by_role("link", name="Aktivera").first.click()
        staff.wait_for_load_state()
        staff.screenshot(path=HERE / "campaign.png")
        chair = log_in(browser, address, "chair", 1280, 1120)
        chair.screenshot(path=HERE / "chair.png")
        browser.close()


def log_in(browser: Browser, address: str, role: str, width: int, height: int) -> Page:
    """A page of someone with `role`, through the one-click login of the demo."""
    page = browser.new_context(viewport={"width": width, "height": height}, locale="sv-SE").new_page()
    page.goto(f"{address}/logga-in")
    page.locator(f'button[value="{role}"]').click()
    page.wait_for_url(lambda there: "logga-in" not in there)
    return page


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
