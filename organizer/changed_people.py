"""The database notes by itself of whom something has changed that a figure is made of, whoever changes it."""

import sqlalchemy as sa

OF_PEOPLE = ("timeline", "memberships", "fees")
"""Tables of which every row changes somebody's figures."""
TARGETS = "campaign_targets"
"""Filled with hundreds of thousands at once: new rows are noted only where the campaign has been counted."""
SCOPE_OF_TARGET = "(SELECT 1 FROM counted_places c WHERE c.scope = 'campaign:' || {row}.campaign_id)"
MOMENTS = {"insert": "new", "delete": "old", "update": "both"}


def notice(connection: sa.Connection) -> None:
    """Make the triggers, in place of any there are; nothing before the tables they write to exist."""
    if not sa.inspect(connection).has_table("counted_places"):
        return
    stop_noticing(connection)
    for statement in _sqlite() if connection.dialect.name == "sqlite" else _postgresql():
        connection.exec_driver_sql(statement)


def stop_noticing(connection: sa.Connection) -> None:
    """Remove every trigger, and on PostgreSQL the functions they call."""
    for table in (*OF_PEOPLE, TARGETS):
        for moment in MOMENTS:
            _drop(connection, f"notice_{table}_{moment}", table)
    _drop(connection, "notice_people_update", "people")
    if connection.dialect.name != "sqlite":
        for name in ("new", "old", "both", "target", "death"):
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS notice_{name}()")


def there(connection: sa.Connection) -> int:
    """How many triggers there are; `ALL` when all is well."""
    names = (
        "sqlite_master WHERE type = 'trigger' AND name"
        if connection.dialect.name == "sqlite"
        else "pg_trigger WHERE tgname"
    )
    return int(connection.exec_driver_sql(f"SELECT count(*) FROM {names} LIKE 'notice_%%'").scalar_one())  # noqa: S608


ALL = len(MOMENTS) * (len(OF_PEOPLE) + 1) + 1


def _drop(connection: sa.Connection, trigger: str, table: str) -> None:
    on = "" if connection.dialect.name == "sqlite" else f" ON {table}"
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger}{on}")


def _sqlite() -> list[str]:
    made = []
    for table in (*OF_PEOPLE, TARGETS):
        for moment, rows in MOMENTS.items():
            when = f" WHEN EXISTS {SCOPE_OF_TARGET.format(row='NEW')}" if (table, rows) == (TARGETS, "new") else ""
            which = {"new": ["NEW"], "old": ["OLD"], "both": ["OLD", "NEW"]}[rows]
            notes = " ".join(f"INSERT INTO changed_people (person_id) VALUES ({row}.person_id);" for row in which)  # noqa: S608
            made.append(f"CREATE TRIGGER notice_{table}_{moment} AFTER {moment} ON {table}{when} BEGIN {notes} END")
    made.append(
        "CREATE TRIGGER notice_people_update AFTER UPDATE OF deceased_on ON people"
        " WHEN OLD.deceased_on IS NOT NEW.deceased_on BEGIN INSERT INTO changed_people (person_id) VALUES (NEW.id); END"
    )
    return made


def _postgresql() -> list[str]:
    """Once for each statement and not for each row, so that an import of 100 000 is one more statement."""
    selects = {
        "new": "SELECT DISTINCT person_id FROM new_rows",
        "old": "SELECT DISTINCT person_id FROM old_rows",
        "both": "SELECT person_id FROM old_rows UNION SELECT person_id FROM new_rows",
        "target": f"SELECT person_id FROM new_rows WHERE EXISTS {SCOPE_OF_TARGET.format(row='new_rows')}",  # noqa: S608
    }
    made = [_function(name, f"INSERT INTO changed_people (person_id) {select}") for name, select in selects.items()]
    made.append(_function("death", "INSERT INTO changed_people (person_id) VALUES (NEW.id)"))
    tables = {"new": "NEW TABLE AS new_rows", "old": "OLD TABLE AS old_rows"}
    tables["both"] = f"{tables['old']} {tables['new']}"
    for table in (*OF_PEOPLE, TARGETS):
        for moment, rows in MOMENTS.items():
            function = "target" if (table, rows) == (TARGETS, "new") else rows
            made.append(
                f"CREATE TRIGGER notice_{table}_{moment} AFTER {moment} ON {table} REFERENCING {tables[rows]}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION notice_{function}()"
            )
    made.append(
        "CREATE TRIGGER notice_people_update AFTER UPDATE OF deceased_on ON people FOR EACH ROW"
        " WHEN (OLD.deceased_on IS DISTINCT FROM NEW.deceased_on) EXECUTE FUNCTION notice_death()"
    )
    return made


def _function(name: str, does: str) -> str:
    return f"CREATE FUNCTION notice_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {does}; RETURN NULL; END $$"
