"""It is known when the provider takes nothing, and what it said."""

import sqlalchemy as sa
from alembic import op

revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sender_paces", sa.Column("troubles", sa.Integer(), server_default="0", nullable=False))
    op.add_column("sender_paces", sa.Column("code", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("sender_paces") as table:
        table.drop_column("code")
        table.drop_column("troubles")
