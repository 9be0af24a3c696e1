"""Whoever has become protected stands on no page of the map but their own steward's, whatever was written before."""

import sqlalchemy as sa

from organizer.models import Person
from tests import routes
from tests.walking import address, ask, logged_in, may, rules, ways_to_say


def test_whoever_becomes_protected_is_gone_from_every_page_but_their_stewards(app, world, database):
    """Also from histories, lists, threads and logs (D19).

    A caller may still mend what was said in a call of the last day, and finds it by first name and initial (P§4.9).
    """
    with database.writing() as session:
        ids = [one.id for one in world.own.people]
        session.execute(sa.update(Person).where(Person.id.in_(ids)).values(protected=True))
        words = [way for one in world.own.people for way in ways_to_say(session, one)]
    wrong = []
    for role in ("organizer", "chair", "caller"):
        visitor = logged_in(app, world, role)
        for rule, method in rules(app, "GET"):
            if rule.endpoint in routes.PUBLIC or not may(role, rule.endpoint):
                continue
            where = address(app, rule.endpoint, world.own)
            body = ask(visitor, app, rule.endpoint, method, world.own, "").get_data().decode(errors="replace")
            rang = where.startswith("/ring/")
            wrong += [(role, where, word) for word in words if word in body and not (rang and word.endswith("."))]
    assert not wrong, "\n".join(map(str, wrong))
