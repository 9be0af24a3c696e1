"""Counting a selection of ten conditions: against the best SQL we could write by hand, and as a page does it again and again."""

import copy
import itertools
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

import app  # noqa: F401  it adds the conditions of campaigns
from bench.engines import Make
from bench.figures import Figure, seconds
from bench.filled import NUMBERS, bound
from campaigns.models import Campaign
from organizer import kept_sets, ready_sets, selections
from organizer.db import Database
from organizer.models import Association, Fee, Selection, SharedSet, Tag
from organizer.times import local_day, moment
from tests.factories import NOW, make_activity, make_association, make_campaign

SIZES = tuple(int(one) for one in os.environ.get("RUNDAN_BENCH_SELECTIONS", "800 100000").split())
"""People; 1 000 000 is asked for by hand: filling takes some minutes."""
ASSOCIATIONS = 300
AT_ONCE = 500.0
"""Milliseconds: what stays interactive (performance.md)."""
TODAY = local_day(NOW)


def measure(make: Make) -> Iterator[Figure]:
    """A count that nobody has made, against SQL by hand; in a process just started; again, changed, and after changes."""
    for size in SIZES:
        with make() as database:
            engine = "sqlite" if database.sqlite else "postgresql"
            definition, values = _fill(database, size)
            expected = _count(database, definition)
            limit = min(_by_hand(database, bound(statement, values), expected) for statement in BY_HAND)
            assert 0 < expected < size
            never = statistics.median(
                _in_new_process(database, definition, expected, nobody_has=True) for _ in range(5)
            )
            yield Figure(
                "ten conditions, never asked by anybody",
                engine,
                size,
                never,
                limit,
                "ms",
                "<= 1.3" if size >= 1_000_000 and not database.sqlite else "",
            )
            goal = "<= 1.0" if size <= 100_000 or not database.sqlite else ""
            for name, milliseconds in _waits(database, definition, size):
                yield Figure(f"ten conditions, {name}", engine, size, milliseconds, AT_ONCE, "ms", goal)
            assert _count(database, definition) == _by_sql(database, definition), (
                "the sets find others than the database"
            )


def _waits(database: Database, definition: dict[str, Any], size: int) -> Iterator[tuple[str, float]]:
    """What somebody waits for who builds a selection, opens it in a process just started, or works while others do."""
    yield "added one by one, the slowest", statistics.median(_one_by_one(database, definition) for _ in range(3))
    _saved(database, definition)
    ready_sets.keep(database, NOW, None, lambda: False)
    expected = _count(database, definition)
    yield "first in a process", statistics.median(_in_new_process(database, definition, expected) for _ in range(5))
    for name, work in _again(database, definition, size):
        yield name, _milliseconds(work)


def _in_new_process(
    database: Database, definition: dict[str, Any], expected: int, *, nobody_has: bool = False
) -> float:
    """Milliseconds of a count where nothing is remembered, and with `nobody_has` nothing is shared either."""
    if nobody_has:
        _forget_all(database)
    with _process(database) as other:
        began = time.perf_counter()
        assert _count(other, definition) == expected
        return 1000 * (time.perf_counter() - began)


def _one_by_one(database: Database, definition: dict[str, Any]) -> float:
    """Two processes answer by turns while conditions nobody has asked are added: milliseconds of the slowest answer."""
    _forget_all(database)
    every, taken = definition["steps"][0]["all"], []
    with _process(database) as one, _process(database) as other:
        for n, process in zip(range(len(every) + 1), itertools.cycle([one, other])):
            so_far = {**definition, "steps": [{"do": "add", "all": every[:n]}]}
            began = time.perf_counter()
            _steps(process, so_far)
            kept_sets.share_due(process)
            taken.append(1000 * (time.perf_counter() - began))
    return max(taken)


@contextmanager
def _process(database: Database) -> Iterator[Database]:
    other = Database(database.engine.url.render_as_string(hide_password=False))
    yield other
    other.dispose()


def _forget_all(database: Database) -> None:
    with database.writing() as session:
        session.execute(sa.delete(SharedSet))


def _saved(database: Database, definition: dict[str, Any]) -> None:
    with database.writing() as session:
        place = session.scalars(sa.select(Association.id).order_by(Association.id)).first()
        session.add(Selection(association_id=place, name="Tio villkor", definition=definition, created_at=NOW))


def _again(database: Database, definition: dict[str, Any], size: int) -> Iterator[tuple[str, Any]]:
    """What somebody does who builds a selection: looks again, changes a condition, while others work in the register."""
    turns = itertools.count(1)

    def another() -> None:
        changed = copy.deepcopy(definition)
        changed["steps"][0]["all"][5]["when"]["days"] = 90 + next(turns)
        _count(database, changed)

    def after_changes() -> None:
        first = next(turns) * 200 % size
        with database.writing() as session:
            these = Fee.person_id.between(first, first + 199)
            session.execute(sa.delete(Fee).where(Fee.year == 2026, these))
        _count(database, definition)

    yield "again", lambda: _count(database, definition)
    yield "after each condition", lambda: _steps(database, definition)
    yield "one of them another", another
    yield "200 people changed, with the change", after_changes


def _by_hand(database: Database, text: sa.TextClause, expected: int) -> float:
    assert _ask(database, text) == expected, "the statement by hand finds others"
    return _milliseconds(lambda: _ask(database, text))


def _by_sql(database: Database, definition: dict[str, Any]) -> int:
    """Asked of the database itself, as whoever rings or sends asks."""
    with database.reading() as session:
        found = selections.everyone(definition, NOW, "", session).subquery()
        return session.scalar(sa.select(sa.func.count()).select_from(found)) or 0


def _count(database: Database, definition: dict[str, Any]) -> int:
    with database.reading() as session:
        return selections.count(session, definition, "", NOW)


def _steps(database: Database, definition: dict[str, Any]) -> int:
    with database.reading() as session:
        return selections.steps(session, definition, "", NOW)[1][-1].people


def _ask(database: Database, text: sa.TextClause) -> int:
    with database.engine.connect() as connection:
        return int(connection.execute(text).scalar_one())


def _milliseconds(work: Any) -> float:
    """The middle one of five, after one that warms up."""
    work()
    return 1000 * seconds(work, times=5)


def _fill(database: Database, size: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A district of `size` people in 300 associations with two years of history; the definition, and values for SQL."""
    with database.writing() as session:
        national = make_association(session, "Riket", kind="national")
        districts = [make_association(session, f"Distrikt {n}", national, kind="district") for n in range(2)]
        places = [make_association(session, f"Förening {n}", districts[n % 2]) for n in range(ASSOCIATIONS)]
        tags = [Tag(association_id=national.id, name=f"Märkning {n}") for n in range(4)]
        session.add_all(tags)
        activities = [
            make_activity(
                session, places[n % 20], starts_at=NOW - timedelta(days=n), kind="course" if n % 4 else "meeting"
            )
            for n in range(400)
        ]
        campaign: Campaign = make_campaign(session, national)
        session.flush()
        values = {
            "size": size, "places": ASSOCIATIONS, "first": places[0].id, "tag": tags[0].id, "activity": activities[0].id,
            "campaign": campaign.id, "now": NOW, "today": TODAY, "old": date(2020, 1, 1), "spring": date(2026, 3, 1),
            "path": districts[0].path + "%", "long_ago": date(2024, 11, 19), "quarter": TODAY - timedelta(days=90),
            "year": TODAY - timedelta(days=365), "month": moment(TODAY - timedelta(days=30), datetime.min.time()),
            "tomorrow": moment(TODAY + timedelta(days=1), datetime.min.time()),
        }  # fmt: skip
        for statement in STATEMENTS:
            session.execute(bound(statement, values))
        ids = {"district": districts[0].id, "tags": [one.id for one in tags[:2]], "campaign": campaign.id}
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if database.sqlite else "VACUUM ANALYZE")
    return _ten(ids), values


def _ten(ids: dict[str, Any]) -> dict[str, Any]:
    """Ten conditions, each of another table or another question to the ledger."""
    return {"version": 2, "status": "members", "steps": [{"do": "add", "all": [
        {"kind": "association", "ids": [ids["district"]], "below": True},
        {"kind": "member_for", "than": "at_least", "months": 24},
        {"kind": "renewed", "year": 2026, "is": True},
        {"kind": "tag", "ids": ids["tags"], "match": "none"},
        {"kind": "has_number", "number": "mobile"},
        {"kind": "contacted", "is": False, "when": {"days": 90}},
        {"kind": "active", "is": True, "when": {"days": 365}},
        {"kind": "participates", "how": "never", "activities": [], "kinds": ["meeting"], "when": {}},
        {"kind": "called", "how": "not_reached", "campaigns": [ids["campaign"]], "when": {}},
        {"kind": "messaged", "is": False, "blasts": [], "when": {"days": 30}},
    ]}]}  # fmt: skip


_MEMBERS = """
    FROM memberships m JOIN people p ON p.id = m.person_id
    WHERE (m.to_day IS NULL OR m.to_day > :today) AND (m.from_day IS NULL OR m.from_day <= :today)
      AND NOT p.protected AND p.deceased_on IS NULL AND p.merged_into_id IS NULL
      AND m.association_id IN (SELECT id FROM associations WHERE path LIKE :path)
"""
_ACTIVE = "('attendance', 'task', 'assignment', 'contribution')"
BY_HAND = (
    f"""SELECT count(*) {_MEMBERS}
      AND EXISTS (SELECT 1 FROM memberships j WHERE j.person_id = m.person_id AND j.from_why IN ('joined', 'returned')
                  AND j.from_day <= :long_ago)
      AND NOT EXISTS (SELECT 1 FROM memberships j WHERE j.person_id = m.person_id AND j.from_why IN ('joined', 'returned')
                      AND j.from_day > :long_ago AND j.from_day <= :today)
      AND EXISTS (SELECT 1 FROM fees f WHERE f.person_id = m.person_id AND f.year = 2026)
      AND NOT EXISTS (SELECT 1 FROM person_tags t WHERE t.person_id = m.person_id AND t.tag_id IN (:tag, :tag + 1))
      AND EXISTS (SELECT 1 FROM phones h WHERE h.person_id = m.person_id AND h.kind = 'mobile'
                  AND NOT EXISTS (SELECT 1 FROM blocked_numbers b WHERE b.e164 = h.e164))
      AND NOT EXISTS (SELECT 1 FROM timeline e WHERE e.person_id = m.person_id AND e.kind = 'contact'
                      AND e.day BETWEEN :quarter AND :today)
      AND EXISTS (SELECT 1 FROM timeline e WHERE e.person_id = m.person_id AND e.kind IN {_ACTIVE}
                  AND e.day BETWEEN :year AND :today)
      AND NOT EXISTS (SELECT 1 FROM attendances a JOIN activities v ON v.id = a.activity_id
                      WHERE a.person_id = m.person_id AND v.kind = 'meeting')
      AND EXISTS (SELECT 1 FROM timeline e WHERE e.person_id = m.person_id AND e.kind = 'attempt' AND e.campaign_id = :campaign)
      AND NOT EXISTS (SELECT 1 FROM timeline e WHERE e.person_id = m.person_id AND e.kind = 'conversation'
                      AND e.campaign_id = :campaign)
      AND NOT EXISTS (SELECT 1 FROM messages s WHERE s.person_id = m.person_id AND s.state IN ('accepted', 'sent', 'delivered', 'no_receipt')
                      AND s.claimed_at >= :month AND s.claimed_at < :tomorrow)""",
    f"""WITH l AS (
          SELECT e.person_id FROM timeline e
          WHERE e.kind IN ('attempt', 'conversation', 'contact', 'attendance', 'task', 'assignment', 'contribution')
          GROUP BY e.person_id
          HAVING max(CASE WHEN e.kind = 'attempt' AND e.campaign_id = :campaign THEN 1 ELSE 0 END) = 1
             AND max(CASE WHEN e.kind = 'conversation' AND e.campaign_id = :campaign THEN 1 ELSE 0 END) = 0
             AND max(CASE WHEN e.kind = 'contact' AND e.day BETWEEN :quarter AND :today THEN 1 ELSE 0 END) = 0
             AND max(CASE WHEN e.kind IN {_ACTIVE} AND e.day BETWEEN :year AND :today THEN 1 ELSE 0 END) = 1)
        SELECT count(*) {_MEMBERS} AND m.person_id IN (SELECT person_id FROM l)
          AND EXISTS (SELECT 1 FROM memberships j WHERE j.person_id = m.person_id AND j.from_why IN ('joined', 'returned')
                      AND j.from_day <= :long_ago)
          AND NOT EXISTS (SELECT 1 FROM memberships j WHERE j.person_id = m.person_id AND j.from_why IN ('joined', 'returned')
                          AND j.from_day > :long_ago AND j.from_day <= :today)
          AND EXISTS (SELECT 1 FROM fees f WHERE f.person_id = m.person_id AND f.year = 2026)
          AND m.person_id NOT IN (SELECT t.person_id FROM person_tags t WHERE t.tag_id IN (:tag, :tag + 1))
          AND EXISTS (SELECT 1 FROM phones h WHERE h.person_id = m.person_id AND h.kind = 'mobile'
                      AND h.e164 NOT IN (SELECT b.e164 FROM blocked_numbers b))
          AND NOT EXISTS (SELECT 1 FROM attendances a WHERE a.person_id = m.person_id
                          AND a.activity_id IN (SELECT id FROM activities WHERE kind = 'meeting'))
          AND NOT EXISTS (SELECT 1 FROM messages s WHERE s.person_id = m.person_id AND s.state IN ('accepted', 'sent', 'delivered', 'no_receipt')
                          AND s.claimed_at >= :month AND s.claimed_at < :tomorrow)""",
)  # fmt: skip
"""The same question written out by hand in two ways; the quicker one is the limit."""


def _events(kind: str, day: str, which: str, campaign: str = "NULL") -> str:
    return (
        "INSERT INTO timeline (key, kind, person_id, association_id, campaign_id, mass, at, day) " + NUMBERS
        + f"SELECT '{kind}:{day[1:]}:' || i, '{kind}', i, :first + i % :places, {campaign}, false, :now, {day} FROM n WHERE {which}"
    )  # fmt: skip


STATEMENTS = (
    "INSERT INTO people (id, first_name, last_name, sort_key, search_key, protected, created_at) " + NUMBERS
    + "SELECT i, 'Person', 'Nummer', 'nummer', 'person nummer', false, :now FROM n",
    "INSERT INTO memberships (person_id, association_id, from_day, from_why) " + NUMBERS
    + "SELECT i, :first + i % :places, CASE WHEN i % 11 < 9 THEN :old ELSE :spring END, 'joined' FROM n",
    "INSERT INTO phones (person_id, e164, national, kind, position) " + NUMBERS
    + "SELECT i, '+4670' || CAST(10000000 + i AS VARCHAR(20)), '070', CASE WHEN i % 13 < 10 THEN 'mobile' ELSE 'landline' END, 0 FROM n",
    "INSERT INTO blocked_numbers (e164, at) " + NUMBERS
    + "SELECT '+4670' || CAST(10000000 + i AS VARCHAR(20)), :now FROM n WHERE i % 97 = 0",
    "INSERT INTO fees (person_id, year, paid_on) " + NUMBERS + "SELECT i, 2026, :spring FROM n WHERE i % 17 < 13",
    "INSERT INTO fees (person_id, year, paid_on) " + NUMBERS + "SELECT i, 2025, :spring FROM n WHERE i % 19 < 16",
    "INSERT INTO person_tags (person_id, tag_id) " + NUMBERS + "SELECT i, :tag + i % 4 FROM n WHERE i % 5 = 0",
    _events("attempt", ":quarter", "i % 7 < 6", ":campaign"),
    _events("contact", ":quarter", "i % 7 < 4", ":campaign"),
    _events("conversation", ":quarter", "i % 7 < 2", ":campaign"),
    _events("contact", ":year", "i % 3 = 0"),
    _events("message", ":quarter", "i % 2 = 0"),
    _events("attendance", ":spring", "i % 23 < 9"),
    _events("attendance", ":long_ago", "i % 29 < 12"),
    _events("task", ":spring", "i % 31 < 6"),
    "INSERT INTO attendances (activity_id, person_id, at) " + NUMBERS
    + "SELECT :activity + i % 400, i, :now FROM n WHERE i % 3 = 1",
    ("INSERT INTO messages (ref, kind, priority, state, e164, body, person_id, created_at, not_before, expires_at, claimed_at, tries)"
    f" {NUMBERS} SELECT 'm' || i, 'tried', 5, CASE WHEN i % 37 < 30 THEN 'delivered' ELSE 'failed' END, '+46701740605', '', i, :now,"
    " :now, :now, CASE WHEN i % 41 < 10 THEN :now ELSE :month END, 1 FROM n WHERE i % 2 = 0"),
)  # fmt: skip
"""Every share is of another prime, so that conditions do not follow each other."""
