"""What is left on the account at the SMS provider, as last asked for."""

import sqlalchemy as sa
from alembic import op

from organizer.db import Utc

revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "provider_balances",
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("provider", name=op.f("pk_provider_balances")),
    )


def downgrade() -> None:
    op.drop_table("provider_balances")
