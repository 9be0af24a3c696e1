"""Whoever is erased is not looked for among everybody else."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    only = sa.text("merged_into_id IS NOT NULL")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index(
            "ix_people_merged", ["merged_into_id"], unique=False, sqlite_where=only, postgresql_where=only
        )


def downgrade() -> None:
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index("ix_people_merged")
