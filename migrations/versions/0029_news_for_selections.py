"""Of whom something has changed that a selection may ask about, for the sets that are kept in memory."""

import sqlalchemy as sa
from alembic import op

import organizer.db
from organizer import selection_news

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "selection_news",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(length=24), nullable=True),
        sa.Column("xid", sa.BigInteger(), nullable=True),
        sa.Column("at", organizer.db.Utc(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selection_news")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_selection_news_xid", "selection_news", ["xid"])


def downgrade() -> None:
    selection_news.stop_noticing(op.get_bind())
    op.drop_table("selection_news")
