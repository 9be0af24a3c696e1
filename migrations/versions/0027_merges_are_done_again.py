"""What was chosen when two people were merged, so that a merge can be done again after an older one is undone."""

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("merges", sa.Column("choices", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("merges", "choices")
