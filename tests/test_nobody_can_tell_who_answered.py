"""With the whole database in hand, nothing leads from an anonymous answer to a person, a moment or another answer."""

import itertools
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from campaigns.models import Message
from organizer import survey_drafts, surveys
from organizer.db import Base
from organizer.models import PersonalLink, Survey
from organizer.survey_drafts import Asked, Draft
from tests import blasting
from tests.factories import NOW

QUESTIONS = (Asked("Vilket parti?", "one", ("A", "B")), Asked("Varför?", "text"), Asked("Vad mer?", "text"))
PEOPLE = 14
LUCK = PEOPLE // 2
"""So many right guesses out of fourteen are made by luck less than once in ten thousand times."""


@pytest.fixture
def answered(visitor, database, cast, clock):
    """Fourteen answers through the page, minutes apart, by people who are logged in; the words of each say who it was."""
    with database.writing() as session:
        draft = Draft("Hur röstade du?", QUESTIONS, mode="anonymous")
        made = survey_drafts.write(session, cast.district.id, draft, clock.now - timedelta(days=2))
        code = session.get_one(Survey, made).public_code
        ids = [one.id for one in surveys.questions(session, made)]
    visitor.log_in_as(cast.chair)
    known = moments(database)
    for n in range(PEOPLE):
        clock.forward(minutes=3)
        given = {f"q{ids[0]}": str(n % 2), f"q{ids[1]}": f"för {n:02d}", f"q{ids[2]}": f"mer {n:02d}"}
        assert visitor.post(f"/e/{code}", given).status == 200
        with visitor.client.session_transaction() as cookie:
            cookie.pop("answered")
    return ids, known


def test_no_table_holds_the_words_beside_anything_or_a_moment_of_that_evening(database, answered):
    _ids, known = answered
    for table, values in everything(database).items():
        if table != "anonymous_words":
            assert not [value for value in values if "för 0" in str(value)], table
    assert {at for at in moments(database) - known if (at.minute, at.second) != (0, 0)} == set(), "no finer than a day"


def everything(database):
    with database.reading() as session:
        return {
            table.name: list(itertools.chain.from_iterable(session.execute(sa.select(table))))
            for table in Base.metadata.sorted_tables
        }


def moments(database):
    return {value for values in everything(database).values() for value in values if isinstance(value, datetime)}


def test_neither_order_nor_transaction_puts_two_answers_of_one_person_together(database, answered):
    """Guess by brute force: whatever stands at the same place of any order the database has, belongs together."""
    ids, _known = answered
    on_sqlite = database.engine.dialect.name == "sqlite"
    orders = ["id"] if on_sqlite else ["ctid", "id", "xmin::text::bigint, ctid"]
    with database.reading() as session:
        for order in orders:
            rows = session.execute(sa.text(f"SELECT question_id, text FROM anonymous_words ORDER BY {order}")).all()
            why, more = ([row.text[-2:] for row in rows if row.question_id == one] for one in ids[1:])
            assert sorted(why) == sorted(more) == [f"{n:02d}" for n in range(PEOPLE)]
            arrived = sorted(why)
            for guess in (zip(why, more, strict=True), zip(why, arrived, strict=True), zip(more, arrived, strict=True)):
                assert sum(a == b for a, b in guess) < LUCK, f"the order of {order} tells"
        if on_sqlite:
            with pytest.raises(sa.exc.OperationalError, match="rowid"):
                session.execute(sa.text("SELECT rowid FROM anonymous_words"))
        else:
            for table in ("anonymous_words", "anonymous_tallies"):
                written = session.scalar(sa.text(f"SELECT count(DISTINCT xmin::text) FROM {table}"))
                assert written == 1, "all that is written is written anew, together"


def test_everybody_gets_the_same_link_to_an_anonymous_survey(session):
    place, author, _approver, _people = blasting.district(session, 3)
    made = survey_drafts.write(session, place.id, Draft("Hur röstade du?", QUESTIONS, mode="anonymous"), NOW)
    blast = blasting.draft(session, place, author, body="Svara: {enkätlänk}")
    session.execute(sa.update(type(blast)).values(survey_id=made))
    session.refresh(blast)
    blasting.send(session, blast, author)
    code = session.get_one(Survey, made).public_code
    bodies = session.scalars(sa.select(Message.body).where(Message.blast_id == blast.id)).all()
    assert len(bodies) == 3
    assert all(f"{blasting.BASE}/e/{code}" in body for body in bodies)
    assert not session.scalars(sa.select(PersonalLink.id).where(PersonalLink.kind == "survey")).all()
