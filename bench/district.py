"""A district for the queue's figures, made in the database itself: people, numbers, a campaign, its queue, its callers."""

from datetime import UTC, datetime

from organizer.db import Database

NOW = datetime(2026, 11, 19, 17, 0, tzinfo=UTC)
"""Thursday six o'clock in the evening in Stockholm: inside calling hours."""
CALLERS = 40_000
"""More than any figure uses: a caller who holds somebody gets nobody new."""

HOURS = '{"weekday": ["09:00", "20:30"], "weekend": ["11:00", "18:00"]}'
CAMPAIGN = f"""
    INSERT INTO campaigns (id, association_id, title, template, state, target, opening, steps, hours, any_hour, max_attempts,
                           pauses, follow_ups, starts_on, standing, asks_money, nix_checked, created_at)
    VALUES (1, 1, 'Aktivera', 'activate', 'running', '{{"version": 1, "all": []}}', '', '[]', '{HOURS}', FALSE, 4,
            '{{}}', '{{}}', '2026-11-01', FALSE, FALSE, FALSE, '2026-11-01 00:00:00.000000')
"""


def make(database: Database, ready: int, waiting: int) -> None:
    """So many people whose turn it is, and so many retries of another day at a better priority."""
    people = ready + waiting
    now, past, later = (f"'2026-11-{day} 08:00:00.000000'" for day in ("01", "10", "25"))
    place = "INSERT INTO associations (id, kind, name, short_name, slug, sort_key, path) VALUES (1, 'district', 'D', 'D', 'd', 'd', '1/')"
    many = (
        f"""INSERT INTO people (id, first_name, last_name, sort_key, search_key, protected, created_at)
            SELECT n, 'Namn', 'Efternamn', 'efternamn', 'namn', FALSE, {now} FROM {_numbers(database, people)}""",
        f"""INSERT INTO memberships (person_id, association_id, from_day, from_why)
            SELECT n, 1, '2020-01-01', 'joined' FROM {_numbers(database, people)}""",
        f"""INSERT INTO phones (person_id, e164, national, kind, position)
            SELECT n, '+4670' || CAST(10000000 + n AS VARCHAR(20)), '070', 'mobile', 0 FROM {_numbers(database, people)}""",
        f"""INSERT INTO campaign_targets (campaign_id, person_id, association_id, entered_on, active_at_entry)
            SELECT 1, n, 1, '2026-11-01', FALSE FROM {_numbers(database, people)}""",
        f"""INSERT INTO call_queue (campaign_id, person_id, association_id, state, priority, due_at, entered_at, attempts)
            SELECT 1, n, 1, CASE WHEN n > {ready} THEN 'waiting' ELSE 'ready' END, CASE WHEN n > {ready} THEN 0 ELSE 5 END,
                   CASE WHEN n > {ready} THEN CAST({later} AS {_moment(database)}) ELSE CAST({past} AS {_moment(database)}) END,
                   CAST({past} AS {_moment(database)}), 0
            FROM {_numbers(database, people)}""",
        f"""INSERT INTO accounts (id, name, language, speaks, theme, created_at)
            SELECT n, 'Ringare', 'sv', '["sv"]', 'auto', {now} FROM {_numbers(database, CALLERS)}""",
    )
    with database.engine.execution_options(writing=True).begin() as connection:
        for statement in (place, CAMPAIGN, *many):
            connection.exec_driver_sql(statement)
    settle(database)


def settle(database: Database) -> None:
    """Let the planner know what there is, and PostgreSQL clear away what was deleted, as it does by itself at night."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if database.sqlite else "VACUUM ANALYZE")


def leave(database: Database, left: int) -> None:
    """Nobody held, and only so many people whose turn it is; the rest are done."""
    with database.engine.execution_options(writing=True).begin() as connection:
        for table in ("hold_numbers", "holds", "timeline", "calls"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
        connection.exec_driver_sql(
            "UPDATE call_queue SET state = 'ready', why = NULL, attempts = 0 WHERE state IN ('held', 'done')"
        )
        ready = connection.exec_driver_sql("SELECT count(*) FROM call_queue WHERE state = 'ready'").scalar_one()
        if ready > left:
            connection.exec_driver_sql(
                "UPDATE call_queue SET state = 'done' WHERE state = 'ready' AND id IN"
                f" (SELECT id FROM call_queue WHERE state = 'ready' ORDER BY id LIMIT {ready - left})"
            )
    settle(database)


def _numbers(database: Database, upto: int) -> str:
    if not database.sqlite:
        return f"generate_series(1, {upto}) n"
    return f"(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {upto}) SELECT n FROM c)"


def _moment(database: Database) -> str:
    return "TEXT" if database.sqlite else "TIMESTAMPTZ"
