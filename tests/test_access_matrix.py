"""Every route of the map × every role × own, neighbouring and foreign things: who finds what, and what stands there."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from werkzeug.routing import Rule

from organizer.db import Base
from tests import routes
from tests.visitor import Visitor
from tests.world import Things, World, make_world

UNCOUNTED = {"logins", "throttles", "looks", "login_codes", "messages", "message_events", "alembic_version"}


@pytest.fixture
def world(database, clock) -> World:
    with database.writing() as session:
        return make_world(session, clock.now)


def last_and_name(rule: Rule) -> tuple[bool, str]:
    return rule.endpoint in routes.CASES and routes.CASES[rule.endpoint].last, rule.endpoint


def rules(app, *methods: str) -> Iterator[tuple[Rule, str]]:
    for rule in sorted(app.url_map.iter_rules(), key=last_and_name):
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            if not methods or method in methods:
                yield rule, method


def address(app, endpoint: str, things: Things) -> str:
    values = routes.PUBLIC_VALUES.get(endpoint) if endpoint in routes.PUBLIC else routes.CASES[endpoint].values
    with app.test_request_context():
        from flask import url_for

        return url_for(endpoint, **(values(things) if values else {}))


def ask(visitor: Visitor, app, endpoint: str, method: str, things: Things, token: str):
    case, form = routes.CASES.get(endpoint), None
    if case is not None and case.form is not None:
        form = case.form(things) if callable(case.form) else case.form
    where = address(app, endpoint, things)
    if method == "GET":
        return visitor.client.get(where)
    return visitor.client.open(where, method=method, data={**(form or {}), "csrf_token": token})


def dump(database) -> dict[str, object]:
    with database.reading() as session:
        return {
            table.name: sorted(map(repr, session.execute(sa.select(table)).all()))
            for table in Base.metadata.sorted_tables
            if table.name not in UNCOUNTED
        }


def logged_in(app, world: World, role: str) -> Visitor:
    level = "caller" if role in {"caller", "shift_leader"} else "full"
    return Visitor(app).log_in_as(world.cast.roles[role], level)


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
        if rule.arguments and rule.endpoint not in routes.PUBLIC:
            assert address(app, rule.endpoint, world.own) != address(app, rule.endpoint, world.foreign), rule.endpoint


def test_nobody_comes_further_than_the_login_without_one(app, world, database):
    visitor = Visitor(app)
    token, before, wrong = visitor.token(), dump(database), []
    for rule, method in rules(app):
        if rule.endpoint in routes.PUBLIC:
            continue
        answer = ask(visitor, app, rule.endpoint, method, world.own, token)
        if answer.status_code != 404 and answer.location != "/logga-in":
            wrong.append((rule.endpoint, method, answer.status_code, answer.location))
        if any(word in answer.get_data(as_text=True) for word in world.own.secrets):
            wrong.append((rule.endpoint, method, "names a member"))
    assert not wrong
    assert dump(database) == before


@pytest.mark.parametrize("role", sorted(routes.EVERYONE))
def test_each_role_finds_its_own_pages_and_nobody_elses(app, world, database, role):
    visitor = logged_in(app, world, role)
    token, wrong = visitor.token(), []
    for rule, method in [*rules(app, "GET"), *rules(app, "POST", "PUT", "PATCH", "DELETE")]:
        if rule.endpoint in routes.PUBLIC:
            continue
        case, before = routes.CASES[rule.endpoint], dump(database) if method != "GET" else {}
        about = rule.arguments or callable(case.form)
        strangers = [world.foreign, *([world.neighbour] if role in routes.LOCAL else [])] if about else []
        for things in strangers:
            answer = ask(visitor, app, rule.endpoint, method, things, token)
            if answer.status_code != 404 and not case.open_address:
                wrong.append((rule.endpoint, method, "of another", answer.status_code))
        if method != "GET" and dump(database) != before:
            wrong.append((rule.endpoint, method, "changed something of another"))
        answer = ask(visitor, app, rule.endpoint, method, world.own, token)
        body = answer.get_data(as_text=True)
        if (answer.status_code == 404) == (role in case.roles) or answer.status_code >= 500:
            wrong.append((rule.endpoint, method, "own", answer.status_code))
        if answer.location == "/logga-in":
            visitor = logged_in(app, world, role)
            token = visitor.token()
            wrong.append((rule.endpoint, method, "login lost"))
        unseen = world.foreign.secrets + (world.neighbour.secrets if role in routes.LOCAL else [])
        if role in {"owner", "approver"}:
            unseen = unseen + world.own.secrets
        wrong += [(rule.endpoint, method, "shows", word) for word in unseen if word in body]
    assert not wrong, "\n".join(map(str, wrong))
