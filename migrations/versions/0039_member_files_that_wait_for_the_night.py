"""A checked member file that is read in later, when nobody is ringing."""

import sqlalchemy as sa
from alembic import op

import organizer.db

revision = '0039'
down_revision = '0038'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("imports") as table:
        table.add_column(sa.Column("not_before", organizer.db.Utc(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("imports") as table:
        table.drop_column("not_before")
