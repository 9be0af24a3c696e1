"""A blast without a time can leave by itself when it is approved."""

import sqlalchemy as sa
from alembic import op

revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("blasts", sa.Column("on_approval", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("blasts") as table:
        table.drop_column("on_approval")
