"""What every page of the map has: the language switch, one heading, a title, and the reader's language."""

import re

from tests import routes
from tests.visitor import Visitor
from tests.walking import address, logged_in, may, rules

ORDER = ("organizer", "chair", "steward", "owner", "approver", "shift_leader", "caller")


def pages(app, world):
    """Every page as whoever sees most of it: its endpoint and its text."""
    visitors = {role: logged_in(app, world, role) for role in ORDER}
    for rule, _method in rules(app, "GET"):
        who = (
            Visitor(app)
            if rule.endpoint in routes.PUBLIC
            else visitors[next(one for one in ORDER if may(one, rule.endpoint))]
        )
        answer = who.client.get(address(app, rule.endpoint, world.own))
        if answer.status_code == 200 and answer.mimetype == "text/html" and rule.endpoint not in routes.PARTS:
            yield rule.endpoint, answer.get_data(as_text=True)


def test_every_page_can_be_read_in_both_languages_and_has_one_heading(app, world):
    wrong, seen = [], 0
    for endpoint, html in pages(app, world):
        seen += 1
        for what, pattern, times in (
            ("no language switch", 'action="/sprak"', None),
            ("not one h1", r"<h1[ >]", 1),
            ("no title", r"<title>[^<]+ – Rundan</title>", 1),
            ("no language", r'<html lang="(sv|en)"', 1),
        ):
            found = len(re.findall(pattern, html))
            if not found or (times and found != times):
                wrong.append((endpoint, what, found))
        area = endpoint.split(".")[0]
        if 'class="shell"' in html and "riktiga sms skickas" not in html:
            wrong.append((endpoint, "does not say that nothing is sent", 0))
        if area in {"blasts", "inbox", "messages", "provider"} and "<b>Inga riktiga sms skickas" not in html:
            wrong.append((endpoint, "lacks the banner of the rehearsal", 0))
    assert seen > 40
    assert not wrong, "\n".join(map(str, wrong))


def test_the_menu_says_where_one_is_also_on_pages_below_its_lines(app, world):
    organizer = logged_in(app, world, "organizer")
    for there, line in (
        ("/medlemmar", "Medlemmar"), ("/medlemmar/import", "Medlemmar"), ("/installningar/roller", "Inställningar"),
        ("/kampanjer/ny", "Ringkampanjer"),
    ):  # fmt: skip
        marked = re.findall(r'aria-current="page" href="[^"]*"><svg.*?</svg>([^<]+)', organizer.get(there).html)
        assert marked == [line], there
