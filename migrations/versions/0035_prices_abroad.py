"""A blast keeps what a part cost abroad when it was frozen."""

import sqlalchemy as sa
from alembic import op

revision = '0035'
down_revision = '0034'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "blasts", sa.Column("prices_abroad", sa.JSON(), server_default=sa.text("'{}'"), nullable=False)
    )


def downgrade() -> None:
    with op.batch_alter_table("blasts") as table:
        table.drop_column("prices_abroad")
