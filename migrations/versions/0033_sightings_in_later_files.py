"""Whom of those a recent file made a later file holds too, so that undoing the first leaves them."""

import sqlalchemy as sa
from alembic import op

from organizer.db import Utc

revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_sightings",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_import_sightings_import_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_import_sightings_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("import_id", "person_id", name="pk_import_sightings"),
    )
    op.create_index("ix_import_sightings_person", "import_sightings", ["person_id"])


def downgrade() -> None:
    op.drop_table("import_sightings")
