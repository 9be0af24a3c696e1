"""Statements in SQL that are read by position give their columns in just that order."""

from campaigns import claiming, outcomes, replay
from campaigns.statements import TYPES, is_postgresql
from tests.factories import NOW

VALUES = {
    **dict.fromkeys(TYPES, None), "account": 0, "campaign": 0, "person": 0, "call": 0, "queue": 0, "now": NOW, "until": NOW,
    "today": NOW.date(), "clock": "18:00", "day_kind": "weekday",
}  # fmt: skip


def statements(postgresql):
    yield from (outcomes._OWN_CALL[""], replay._ROWS, replay._CALLS)
    if postgresql:
        yield from (outcomes._OWN_CALL[" FOR NO KEY UPDATE OF p, c"], claiming.on_postgresql(False, False))
    else:
        yield claiming.on_sqlite(False, False)


def test_every_column_has_the_name_it_is_read_by(session):
    for statement in statements(is_postgresql(session)):
        wanted = {name: VALUES[name] for name in statement.element._bindparams}
        found = session.execute(statement, wanted)
        assert [column[0] for column in found.cursor.description] == [column.name for column in statement.column_args]
