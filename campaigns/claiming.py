"""The claiming statement: everything that must hold for a call to be handed out, checked at that moment (D8, D14, D17)."""

from functools import cache

import sqlalchemy as sa

from campaigns.hindrances import HINDRANCE
from campaigns.queue_states import listed
from campaigns.statements import giving, typed

_PICK = """
    SELECT q.id, q.person_id, q.association_id
    FROM call_queue q
    WHERE q.campaign_id = :campaign AND q.state = {claimable} {place}
      AND q.due_at <= :now
      AND EXISTS (SELECT 1 FROM campaigns c WHERE c.id = :campaign AND c.state = 'running' AND (c.any_hour OR {open}))
      AND NOT EXISTS (SELECT 1 FROM holds own WHERE own.account_id = :account)
      AND COALESCE((SELECT min(old.expires_at) FROM holds old) > :now, TRUE)
      AND COALESCE((SELECT min(d.due_at) FROM call_queue d
                    WHERE d.campaign_id = :campaign AND d.state = 'waiting') > :now, TRUE)
      AND (q.callback_by IS NULL OR q.callback_by = :account)
      {others_first}
      AND (
        SELECT CASE
          WHEN p.id = a.person_id THEN 'herself'
          WHEN NOT (q.language IS NULL OR CAST(a.speaks AS TEXT) LIKE '%"' || q.language || '"%') THEN 'language'
          WHEN EXISTS (SELECT 1 FROM acquaintances k WHERE k.account_id = a.id AND k.person_id = p.id)
            THEN 'acquainted'
          WHEN EXISTS (SELECT 1 FROM holds h WHERE h.person_id = p.id) THEN 'held'
          WHEN EXISTS (SELECT 1 FROM phones n JOIN hold_numbers h ON h.e164 = n.e164 WHERE n.person_id = p.id)
            THEN 'household held'
          WHEN EXISTS (SELECT 1 FROM phones n WHERE n.person_id = p.id
                       AND (n.e164 = a.e164
                            OR EXISTS (SELECT 1 FROM phones o WHERE o.e164 = n.e164 AND o.person_id = a.person_id)))
            THEN 'own household'
          WHEN EXISTS (SELECT 1 FROM household_members m JOIN household_members o ON o.household = m.household
                       WHERE m.person_id = p.id AND o.person_id = a.person_id)
            THEN 'own household'
          ELSE {hindrance}
        END
        FROM people p
        JOIN accounts a ON a.id = :account
        LEFT JOIN campaign_targets t ON t.campaign_id = :campaign AND t.person_id = p.id
        WHERE p.id = q.person_id
      ) IS NULL
    ORDER BY q.priority, q.due_at, q.id
    LIMIT 1
"""
"""Finds nobody while somebody's hold has run out or somebody is due who has not been put back: that is done first.
What hinders a person is asked row by row in a subquery of its own: joined, it tempts PostgreSQL to work it out for all."""

_OPEN = {
    True: ":clock >= c.hours -> :day_kind ->> 0 AND :clock < c.hours -> :day_kind ->> 1",
    False: ":clock >= json_extract(c.hours, '$.' || :day_kind || '[0]')"
    " AND :clock < json_extract(c.hours, '$.' || :day_kind || '[1]')",
}
"""Calling hours, on PostgreSQL (True) and SQLite (False)."""

_ON_POSTGRESQL = """
    WITH picked AS (
        {pick} FOR UPDATE OF q SKIP LOCKED
    ), held AS (
        INSERT INTO holds (call_id, queue_id, person_id, account_id, expires_at, back_to)
        SELECT nextval('calls_id_seq'), picked.id, picked.person_id, :account, :until, 'ready'
        FROM picked
        ON CONFLICT DO NOTHING
        RETURNING call_id, queue_id, person_id
    ), numbers AS (
        INSERT INTO hold_numbers (e164, call_id)
        SELECT n.e164, held.call_id FROM held JOIN phones n ON n.person_id = held.person_id ORDER BY n.e164
        ON CONFLICT DO NOTHING
        RETURNING 1
    ), taken AS (
        UPDATE call_queue q SET state = 'held' FROM held WHERE q.id = held.queue_id
    ), opened AS (
        INSERT INTO calls (id, campaign_id, queue_id, person_id, association_id, account_id, shift_id, state,
                           assigned_at, detail, late, contested, note, before)
        SELECT held.call_id, :campaign, picked.id, picked.person_id, picked.association_id, :account, :shift, 'open',
               :now, '{{}}', FALSE, FALSE, '', '{{}}'
        FROM held JOIN picked ON picked.id = held.queue_id
    )
    SELECT picked.id AS queue_id, held.call_id, (SELECT count(*) FROM numbers) AS numbers,
           (SELECT count(*) FROM phones n WHERE n.person_id = picked.person_id) AS wanted
    FROM picked LEFT JOIN held ON held.queue_id = picked.id
"""


@cache
def pick(postgresql: bool, one_place: bool, also_avoided: bool) -> str:
    """The SELECT that finds the next person: SQL shared by both databases but for the calling hours."""
    return _PICK.format(
        claimable=listed("claim"),
        open=_OPEN[postgresql],
        hindrance=HINDRANCE,
        place="AND q.association_id = :association" if one_place else "",
        others_first="" if also_avoided else "AND (q.avoid_account_id IS NULL OR q.avoid_account_id <> :account)",
    )


@cache
def on_postgresql(one_place: bool, also_avoided: bool) -> sa.TextualSelect:
    """The next person picked and held, and a call opened: one statement."""
    claim = typed(_ON_POSTGRESQL.format(pick=pick(True, one_place, also_avoided)))
    return giving(claim, "queue_id call_id numbers wanted")


@cache
def looking(postgresql: bool, one_place: bool) -> sa.TextClause:
    """The pick alone, the avoided too, for a page that says whether there is anybody and claims nobody."""
    return typed(pick(postgresql, one_place, also_avoided=True))


@cache
def on_sqlite(one_place: bool, also_avoided: bool) -> sa.TextualSelect:
    """The pick alone; under BEGIN IMMEDIATE nobody can come between it and what follows."""
    return giving(typed(pick(False, one_place, also_avoided)), "id person_id association_id")
