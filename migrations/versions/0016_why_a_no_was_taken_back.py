"""What a no rests on, and why a no or a yes was taken back."""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None
COLUMNS = (("refusals", "evidence"), ("refusals", "revoked_why"), ("consents", "revoked_why"))


def upgrade() -> None:
    for table, name in COLUMNS:
        op.add_column(table, sa.Column(name, sa.String(length=200), server_default="", nullable=False))


def downgrade() -> None:
    for table, name in reversed(COLUMNS):
        op.drop_column(table, name)
