"""The survey whose link follows the calls of a campaign."""

import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("campaigns") as table:
        table.add_column(sa.Column("link_survey_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_campaigns_link_survey_id"), "surveys", ["link_survey_id"], ["id"], ondelete="SET NULL"
        )


def downgrade() -> None:
    with op.batch_alter_table("campaigns") as table:
        table.drop_constraint(op.f("fk_campaigns_link_survey_id"), type_="foreignkey")
        table.drop_column("link_survey_id")
