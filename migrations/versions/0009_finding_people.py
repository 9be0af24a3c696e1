"""People are found by any part of their name and by the last four digits, also among a million."""

import sqlalchemy as sa
from alembic import op

from organizer import name_index

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    kept = "STORED" if op.get_bind().dialect.name != "sqlite" else "VIRTUAL"
    op.execute(
        f"ALTER TABLE phones ADD COLUMN tail VARCHAR(4) GENERATED ALWAYS AS (substr(e164, length(e164) - 3)) {kept} NOT NULL"
        if kept == "STORED"
        else "ALTER TABLE phones ADD COLUMN tail VARCHAR(4) NOT NULL GENERATED ALWAYS AS (substr(e164, length(e164) - 3)) VIRTUAL"
    )
    op.create_index("ix_phones_tail", "phones", ["tail"])
    name_index.make(op.get_bind())


def downgrade() -> None:
    name_index.drop(op.get_bind())
    op.drop_index("ix_phones_tail", "phones")
    op.drop_column("phones", "tail")
