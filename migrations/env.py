"""Runs migrations on the application's own engine; batch mode because SQLite cannot alter in place."""

from alembic import context

import campaigns.models  # noqa: F401
import organizer.models  # noqa: F401
from organizer import changed_people, name_index, selection_news
from organizer.db import Base, Database

database: Database = context.config.attributes["database"]

with database.engine.connect() as connection:
    if database.sqlite:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.rollback()
    with connection.execution_options(writing=True).begin():
        if not database.sqlite:  # several processes may start at once; one migrates, the others find it done
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(75266326)")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            transactional_ddl=True,
            include_object=lambda _object, name, kind, _reflected, _compare: (
                not (kind == "table" and str(name).startswith(("huey_", "name_words")))
                and not (kind == "index" and str(name) == "ix_people_words")
            ),
        )
        before = context.get_context().get_current_heads()
        context.run_migrations()
        name_index.mend(connection)
        if context.get_context().get_current_heads() != before:  # a table made anew in SQLite has lost its triggers
            changed_people.notice(connection)
            selection_news.notice(connection)
        elif selection_news.there(connection) != 3 * len(selection_news.WATCHED):
            selection_news.notice(connection)
    if database.sqlite:
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        connection.rollback()
