"""With the whole database in hand, nothing leads from an anonymous answer to a person, a moment or another answer."""

import itertools
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.models import Message
from organizer import anonymous_answers, sealing, survey_drafts, surveys
from organizer.db import Base
from organizer.models import AnonymousWords, PersonalLink, Survey
from organizer.survey_drafts import Asked, Draft
from organizer.times import local_day
from organizer.words import Missing
from tests import blasting
from tests.conftest import SECRET
from tests.factories import NOW

QUESTIONS = (Asked("Vilket parti?", "one", ("A", "B")), Asked("Varför?", "text"), Asked("Vad mer?", "text"))
PEOPLE = 24
COUNTED = 10
"""So many are counted when the twentieth comes; fourteen wait."""
AROUND = (6, 2 * COUNTED, PEOPLE)
"""Around these answers the database is copied."""
LUCK = PEOPLE // 2
"""So many right guesses are made by luck less than once in ten thousand times."""


@pytest.fixture
def answered(visitor, database, cast, clock):
    """Twenty-four answers through the page, minutes apart, by people who are logged in; the words of each say who it was."""
    with database.writing() as session:
        draft = Draft("Hur röstade du?", QUESTIONS, mode="anonymous")
        made = survey_drafts.write(session, cast.district.id, draft, clock.now - timedelta(days=2))
        code = session.get_one(Survey, made).public_code
        ids = [one.id for one in surveys.questions(session, made)]
    visitor.log_in_as(cast.chair)
    known, copies = moments(everything(database)), {}
    for n in range(PEOPLE):
        if n + 1 in AROUND:
            copies[n] = everything(database)
        clock.forward(minutes=3)
        given = {f"q{ids[0]}": str(n % 2), f"q{ids[1]}": f"för {n:02d}", f"q{ids[2]}": f"mer {n:02d}"}
        assert visitor.post(f"/e/{code}", given).status == 200
        with visitor.client.session_transaction() as cookie:
            cookie.pop("answered")
        if n + 1 in AROUND:
            copies[n + 1] = everything(database)
    return made, ids, known, copies


def test_which_are_counted_is_drawn_by_lot_and_only_an_anonymous_survey_is_answered_so(session, cast):
    """The first ten or the last ten would be drawn less than once in ninety thousand times."""
    made = {mode: survey_drafts.write(session, cast.district.id, Draft("Hur?", QUESTIONS, mode=mode), NOW)
            for mode in ("anonymous", "named")}  # fmt: skip
    asked = surveys.questions(session, made["anonymous"])[1].id
    for n in range(2 * COUNTED):
        anonymous_answers.give(session, made["anonymous"], {asked: ([], f"för {n:02d}")}, secret=SECRET)
    counted = sorted(session.scalars(sa.select(AnonymousWords.text)))
    assert len(counted) == COUNTED
    assert counted not in (
        [f"för {n:02d}" for n in range(COUNTED)],
        [f"för {n:02d}" for n in range(COUNTED, 2 * COUNTED)],
    )
    with pytest.raises(Missing):
        anonymous_answers.give(session, made["named"], {asked: ([], "Nej")}, secret=SECRET)


def test_two_copies_never_differ_by_one_answer_and_no_table_or_file_holds_what_waits(database, answered):
    _survey, ids, known, copies = answered
    for n in AROUND:
        before, after = copies[n - 1], copies[n]
        grown = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
        was, now = (dict.fromkeys(row[0] for row in copy["anonymous_sealed"]) for copy in (before, after))
        if n != 2 * COUNTED:
            assert set(grown) <= {"anonymous_sealed", "throttles"}
            assert len(now.keys() - was.keys()) == 1
            assert was.keys() <= now.keys()
            continue
        assert sum(row[2] for row in after["anonymous_tallies"] if row[1] == -1) == COUNTED * len(QUESTIONS)
        assert len(after["anonymous_words"]) == 2 * COUNTED
        assert len(now) == COUNTED
        assert not was.keys() & now.keys(), "those that stay are sealed anew: nobody sees which went"
    sealed = [row[2] for n in (2 * COUNTED - 1, PEOPLE) for row in copies[n]["anonymous_sealed"]]
    assert len({len(one) for one in sealed}) == 1, "the length tells nothing"
    assert len(set(sealed)) == len(sealed), "nothing is sealed twice alike"
    for table, values in copies[PEOPLE].items():
        if table != "anonymous_words":
            assert not [row for row in values if any("för " in str(value) for value in row)], table
    assert {at for at in moments(copies[PEOPLE]) - known if (at.minute, at.second) != (0, 0)} == set(), (
        "finer than a day"
    )
    counted = {row[2] for row in copies[PEOPLE]["anonymous_words"] if row[1] == ids[1]}
    waits = {f"för {n:02d}" for n in range(PEOPLE)} - counted
    assert len(waits) == PEOPLE - COUNTED
    if database.sqlite:
        kept = Path(database.engine.url.database)
        octets = b"".join(one.read_bytes() for one in kept.parent.glob(f"{kept.name}*"))
        assert all(word.encode() in octets for word in counted)
        assert not [word for word in waits if word.encode() in octets], "neither the tables nor the log beside them"


def everything(database):
    with database.reading() as session:
        return {
            table.name: [tuple(row) for row in session.execute(sa.select(table))]
            for table in Base.metadata.sorted_tables
        }


def moments(copy):
    rows = itertools.chain.from_iterable(copy.values())
    return {value for row in rows for value in row if isinstance(value, datetime)}


def test_the_rest_is_counted_at_closing_and_neither_order_nor_transaction_tells_whose_was_whose(
    database, answered, clock
):
    """Guess by brute force: whatever stands at the same place of any order the database has, belongs together."""
    survey, ids, _known, _copies = answered
    key = "another key"
    with database.writing() as session:
        for n in range(3):
            anonymous_answers.give(session, survey, {ids[0]: ([n % 2], "")}, secret=key)
        assert anonymous_answers.count_closed(session, clock.now, secret=SECRET) == 0, "it is still open"
        session.get_one(Survey, survey).closes_on = local_day(clock.now)
        session.flush()
        assert anonymous_answers.count_closed(session, clock.now, secret=SECRET) == 0
        assert anonymous_answers.count_closed(session, clock.forward(days=1), secret=SECRET) == PEOPLE - COUNTED
        assert anonymous_answers.count_closed(session, clock.now, secret=key) == 0, "three would tell who"
        first = surveys.results(session, survey)[0]
        assert (first.answered, first.chosen) == (PEOPLE, (PEOPLE // 2, PEOPLE // 2))
        assert anonymous_answers.waiting(session, survey) == 3
    on_sqlite = database.sqlite
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


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=2000))
@settings(max_examples=30, deadline=None)
def test_only_the_same_key_and_survey_opens_what_was_sealed(text):
    sealed = sealing.seal(text, "survey 1", secret=SECRET)
    assert sealing.opened(sealed, "survey 1", secret=SECRET) == text
    assert sealing.opened(sealed, "survey 1", secret=SECRET + "x") is None
    assert sealing.opened(sealed, "survey 2", secret=SECRET) is None
    touched = ("B" if sealed[0] == "A" else "A") + sealed[1:]
    assert sealing.opened(touched, "survey 1", secret=SECRET) is None


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
