"""Who has been told that an activity is moved or called off, and words without a name in no order."""

import sqlalchemy as sa
from alembic import op

import organizer.db

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sign_ups") as batch:
        batch.add_column(sa.Column("news_at", organizer.db.Utc(timezone=True), nullable=True))
        batch.add_column(sa.Column("told_message_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("told_at", organizer.db.Utc(timezone=True), nullable=True))
    op.create_index(
        "ix_sign_ups_news",
        "sign_ups",
        ["activity_id"],
        sqlite_where=sa.text("news_at IS NOT NULL"),
        postgresql_where=sa.text("news_at IS NOT NULL"),
    )
    _rebuild_words(with_rowid=False)


def downgrade() -> None:
    _rebuild_words(with_rowid=True)
    op.drop_index("ix_sign_ups_news", table_name="sign_ups")
    with op.batch_alter_table("sign_ups") as batch:
        for name in ("told_at", "told_message_id", "news_at"):
            batch.drop_column(name)


def _rebuild_words(*, with_rowid: bool) -> None:
    """On SQLite a table remembers in which order its rows came, unless it is made without that."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.drop_index("ix_anonymous_words_question_id", table_name="anonymous_words")
    op.rename_table("anonymous_words", "anonymous_words_before")
    op.create_table(
        "anonymous_words",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(280), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name="fk_anonymous_words_question_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_anonymous_words"),
        sqlite_with_rowid=with_rowid,
    )
    op.execute("INSERT INTO anonymous_words SELECT id, question_id, text FROM anonymous_words_before ORDER BY id")
    op.drop_table("anonymous_words_before")
    op.create_index("ix_anonymous_words_question_id", "anonymous_words", ["question_id"])
