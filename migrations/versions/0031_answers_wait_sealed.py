"""Answers without a name wait sealed until they can be counted together; going down throws away those that wait.

They cannot be counted here: the key that opens them is not in the database. At most nineteen wait in each survey.
"""

import sqlalchemy as sa
from alembic import op

revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "anonymous_sealed",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["surveys.id"], name="fk_anonymous_sealed_survey_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_anonymous_sealed"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_anonymous_sealed_survey_id", "anonymous_sealed", ["survey_id"])


def downgrade() -> None:
    op.drop_table("anonymous_sealed")
