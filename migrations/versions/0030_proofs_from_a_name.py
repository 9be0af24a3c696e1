"""A proof leaves from the name that its blast will leave from."""

import sqlalchemy as sa
from alembic import op

revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("sender", sa.String(length=11), nullable=True))


def downgrade() -> None:
    op.drop_column("messages", "sender")
