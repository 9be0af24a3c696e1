"""People who turned out to be one, and those of whom somebody has said that they are not."""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("gone_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_merges_account_id")),
        sa.ForeignKeyConstraint(["undone_by"], ["accounts.id"], name=op.f("fk_merges_undone_by")),
        sa.ForeignKeyConstraint(["gone_id"], ["people.id"], name=op.f("fk_merges_gone_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["kept_id"], ["people.id"], name=op.f("fk_merges_kept_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    op.create_index("ix_merges_kept_id", "merges", ["kept_id"])
    op.create_index("ix_merges_gone_id", "merges", ["gone_id"])
    op.create_table(
        "merged_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merge_id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(length=60), nullable=False),
        sa.Column("what", sa.String(length=8), nullable=False),
        sa.Column("key", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["merge_id"], ["merges.id"], name=op.f("fk_merged_rows_merge_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merged_rows")),
    )
    op.create_index("ix_merged_rows_merge_id", "merged_rows", ["merge_id"])
    op.create_table(
        "not_same",
        sa.Column("one_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_not_same_account_id")),
        sa.ForeignKeyConstraint(["one_id"], ["people.id"], name=op.f("fk_not_same_one_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["other_id"], ["people.id"], name=op.f("fk_not_same_other_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("one_id", "other_id", name=op.f("pk_not_same")),
    )
    op.create_index("ix_not_same_other_id", "not_same", ["other_id"])


def downgrade() -> None:
    op.drop_table("not_same")
    op.drop_table("merged_rows")
    op.drop_table("merges")
