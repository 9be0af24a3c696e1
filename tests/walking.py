"""Walking the application's own route map: every rule, its address for somebody's things, and a request to it."""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app import Rundan
from organizer import phones
from organizer.db import Base, Database
from organizer.models import Person, Phone
from tests import routes
from tests.visitor import Visitor
from tests.world import Things, World

UNCOUNTED = {"logins", "throttles", "looks", "login_codes", "messages", "message_events", "alembic_version"}
"""Tables that a look or a refused try may write in."""


def last_and_name(rule: Rule) -> tuple[bool, str]:
    return rule.endpoint in routes.CASES and routes.CASES[rule.endpoint].last, rule.endpoint


def rules(app: Rundan, *methods: str) -> Iterator[tuple[Rule, str]]:
    """Every (rule, method); what takes things away comes last."""
    for rule in sorted(app.url_map.iter_rules(), key=last_and_name):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if not methods or method in methods:
                yield rule, method


def address(app: Rundan, endpoint: str, things: Things) -> str:
    values = routes.PUBLIC_VALUES.get(endpoint) if endpoint in routes.PUBLIC else routes.CASES[endpoint].values
    with app.test_request_context():
        return url_for(endpoint, **(values(things) if values else {}))


def form_of(endpoint: str, things: Things) -> Mapping[str, object]:
    """What a real visitor would post there."""
    case = routes.CASES.get(endpoint)
    if case is None or case.form is None:
        return {}
    return case.form(things) if callable(case.form) else case.form


def ask(visitor: Visitor, app: Rundan, endpoint: str, method: str, things: Things, token: str) -> TestResponse:
    where = address(app, endpoint, things)
    if method == "GET":
        return visitor.client.get(where)
    return visitor.client.open(where, method=method, data={**form_of(endpoint, things), "csrf_token": token})


def may(role: str, endpoint: str) -> bool:
    return endpoint in routes.PUBLIC or role in routes.CASES[endpoint].roles


def logged_in(app: Rundan, world: World, role: str) -> Visitor:
    level = "caller" if role in {"caller", "shift_leader"} else "full"
    return Visitor(app).log_in_as(world.cast.roles[role], level)


def dump(database: Database) -> dict[str, Any]:
    """Everything that stands in the database, to see that nothing has changed."""
    with database.reading() as session:
        return {
            table.name: sorted(map(repr, session.execute(sa.select(table)).all()))
            for table in Base.metadata.sorted_tables
            if table.name not in UNCOUNTED
        }


def ways_to_say(session: Session, person: Person) -> list[str]:
    """A person's name and numbers as pages write them."""
    first, last = person.first_name, person.last_name
    numbers = session.scalars(sa.select(Phone.e164).where(Phone.person_id == person.id)).all()
    return [f"{first} {last}", f"{last}, {first}", f"{first} {last[:1]}.", *numbers, *map(phones.display, numbers)]
