"""The browser tests stand on firm ground: a live server that can go away and come back, with and without scripts."""

import pytest
from playwright.sync_api import Error


def test_a_page_comes_from_the_live_server_and_the_server_can_go_away(phone_page, live):
    page = phone_page()
    address = f"{live.url}/static/x/icon.svg"
    assert page.goto(address).status == 200
    live.stop()
    with pytest.raises(Error):
        phone_page().goto(address)
    live.start()
    assert phone_page().goto(address).status == 200


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_browser_test_may_ask_for_postgresql(live):
    assert not live.database.sqlite


def test_without_javascript_a_page_knows_it(phone_page, live):
    page = phone_page(javascript=False)
    page.goto(f"{live.url}/static/x/icon.svg")
    assert page.viewport_size == {"width": 390, "height": 844}
