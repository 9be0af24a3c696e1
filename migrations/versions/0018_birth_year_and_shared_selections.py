"""A year of birth where the register has one, and selections that may be used further down the tree."""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("birth_year", sa.SmallInteger(), nullable=True))
    op.add_column("selections", sa.Column("shared", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("selections", "shared")
    op.drop_column("people", "birth_year")
