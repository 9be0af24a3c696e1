"""Every route of the map × every role × own, neighbouring and foreign things: who finds what, and what stands there."""

import pytest
import sqlalchemy as sa

from organizer.models import Look
from tests import routes
from tests.visitor import Visitor
from tests.walking import address, ask, dump, logged_in, rules, ways_to_say


def test_every_route_is_public_by_name_or_has_a_line_of_its_own(app):
    known = set(routes.CASES) | routes.PUBLIC
    found = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert not found - known, f"add these pages to tests/routes.py: {sorted(found - known)}"
    assert not known - found, f"these pages are gone, take them out of tests/routes.py: {sorted(known - found)}"
    public = {one for one in found if app.view_functions[one].access.public}
    assert public == routes.PUBLIC, f"public in only one of the two places: {sorted(public ^ routes.PUBLIC)}"


def test_every_address_with_a_part_of_its_own_has_things_to_try_it_with(app, world):
    for rule in app.url_map.iter_rules():
        assert address(app, rule.endpoint, world.own)
        if rule.arguments and rule.endpoint not in routes.PUBLIC and not routes.CASES[rule.endpoint].open_address:
            assert address(app, rule.endpoint, world.own) != address(app, rule.endpoint, world.foreign), rule.endpoint


def test_nobody_comes_further_than_the_login_without_one(app, world, database):
    visitor = Visitor(app)
    token, before, wrong = visitor.token(), dump(database), []
    for rule, method in rules(app):
        if rule.endpoint in routes.PUBLIC and method != "GET":
            continue
        answer = ask(visitor, app, rule.endpoint, method, world.own, token)
        if rule.endpoint not in routes.PUBLIC and answer.status_code != 404 and answer.location != "/logga-in":
            wrong.append((rule.endpoint, method, answer.status_code, answer.location))
        shown = answer.get_data().decode(errors="replace").replace(world.own.activity.title, "")
        if any(word in shown for word in world.own.secrets):
            wrong.append((rule.endpoint, method, "names a member"))
    assert not wrong
    assert dump(database) == before


@pytest.mark.parametrize("role", sorted(routes.EVERYONE))
def test_the_things_of_others_do_not_exist_and_do_not_change(app, world, database, role):
    visitor, wrong = logged_in(app, world, role), []
    token, before = visitor.token(), dump(database)
    strangers = [world.foreign, *([world.neighbour] if role in routes.LOCAL else [])]
    for rule, method in rules(app):
        case = routes.CASES.get(rule.endpoint)
        if case is None or case.open_address or not (rule.arguments or callable(case.form)):
            continue
        if not rule.arguments and method == "GET":
            continue
        for things in strangers:
            answer = ask(visitor, app, rule.endpoint, method, things, token)
            if answer.status_code != 404:
                wrong.append((rule.endpoint, method, answer.status_code))
            wrong += names(answer, things.secrets, rule, method)
    assert not wrong, "\n".join(map(str, wrong))
    after = dump(database)
    assert [table for table in before if before[table] != after[table]] == []


@pytest.mark.parametrize("role", sorted(routes.EVERYONE))
def test_each_role_finds_its_own_pages_and_no_other(app, world, database, role):
    """And whoever a page names is written down as seen (promise 6)."""
    visitor, wrong, seen = logged_in(app, world, role), [], Seen(database, world)
    token = visitor.token()
    unseen = world.foreign.secrets + (world.neighbour.secrets if role in routes.LOCAL else [])
    # Who holds an office is told to everybody in the district (P§3.3) but the system's owner (D19).
    if role in {"owner", "approver"}:
        unseen = unseen + world.own.secrets
    for rule, method in [*rules(app, "GET"), *rules(app, "POST", "PUT", "PATCH", "DELETE")]:
        if rule.endpoint in routes.PUBLIC:
            continue
        answer = ask(visitor, app, rule.endpoint, method, world.own, token)
        found = answer.status_code != 404
        if found != (role in routes.CASES[rule.endpoint].roles) or answer.status_code >= 500:
            wrong.append((rule.endpoint, method, answer.status_code))
        if answer.location == "/logga-in":
            wrong.append((rule.endpoint, method, "the login was lost"))
            visitor = logged_in(app, world, role)
            token = visitor.token()
        told = rule.endpoint == "responsibilities.start" and role != "owner"
        wrong += names(answer, world.foreign.secrets if told else unseen, rule, method)
        wrong += [(rule.endpoint, method, f"shows {who} and does not log it") for who in seen.unlogged(answer)]
    assert not wrong, "\n".join(map(str, wrong))
    assert bool(seen.named) == (role != "owner")


class Seen:
    """The access log beside what pages show."""

    def __init__(self, database, world):
        self._database, self._last, self.named = database, 0, 0
        with database.reading() as session:
            people = [one for things in (world.own, world.neighbour) for one in things.people]
            self._ways = {one.id: ways_to_say(session, one) for one in people}

    def unlogged(self, answer) -> list[str]:
        """Who is named by this answer without a line in the log since the one before."""
        with self._database.reading() as session:
            rows = session.execute(sa.select(Look.id, Look.person_id).where(Look.id > self._last)).all()
        self._last = max([self._last, *(row.id for row in rows)])
        body = answer.get_data().decode(errors="replace")
        shown = {one for one, ways in self._ways.items() if any(way in body for way in ways)}
        self.named += len(shown)
        return [self._ways[one][0] for one in shown - {row.person_id for row in rows}]


def names(answer, secrets: list[str], rule, method: str) -> list[tuple[str, str, str]]:
    """Which words of strangers stand in an answer."""
    assert secrets, "there is nothing to look for"
    body = answer.get_data().decode(errors="replace")
    return [(rule.endpoint, method, f"shows {word}") for word in secrets if word in body]
