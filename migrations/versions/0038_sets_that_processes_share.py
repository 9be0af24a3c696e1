"""Sets of people that one process has made, for the others; a crash may take them, so they are not written twice."""

import sqlalchemy as sa
from alembic import op

import organizer.db

revision = '0038'
down_revision = '0037'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shared_sets",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("people", sa.LargeBinary(), nullable=False),
        sa.Column("point", sa.Text(), nullable=False),
        sa.Column("server", sa.String(length=40), nullable=False),
        sa.Column("at", organizer.db.Utc(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_shared_sets")),
    )
    op.create_index(op.f("ix_shared_sets_at"), "shared_sets", ["at"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE shared_sets SET UNLOGGED")


def downgrade() -> None:
    op.drop_table("shared_sets")
