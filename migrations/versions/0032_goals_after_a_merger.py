"""What became of a goal whose association is part of another; what is part of what is looked up by index."""

import sqlalchemy as sa
from alembic import op

revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plan_goals", sa.Column("passed_on", sa.String(length=8), nullable=True))
    op.create_index("ix_associations_merged_into_id", "associations", ["merged_into_id"])


def downgrade() -> None:
    op.drop_index("ix_associations_merged_into_id", "associations")
    op.drop_column("plan_goals", "passed_on")
