"""Yearly reports: their versions, what was written in them, and corrections of what was adopted."""

import sqlalchemy as sa
from alembic import op

import organizer.db

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = organizer.db.Utc(timezone=True)
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("association_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("why", sa.String(280), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("wanted_at", moment, nullable=True),
        sa.Column("counted_at", moment, nullable=True),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("drafts", sa.JSON(), nullable=False),
        sa.Column("baselines", sa.JSON(), nullable=False),
        sa.Column("adopted_at", moment, nullable=True),
        sa.Column("adopted_by", sa.Integer(), nullable=True),
        sa.Column("hash", sa.String(64), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["adopted_by"], ["accounts.id"], name=op.f("fk_reports_adopted_by")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["associations.id"], name=op.f("fk_reports_association_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["created_by"], ["accounts.id"], name=op.f("fk_reports_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("association_id", "year", "version", name=op.f("uq_reports_association_id_year_version")),
    )
    op.create_index("ix_reports_association_id", "reports", ["association_id"])
    op.create_index(
        "ix_reports_wanted", "reports", ["wanted_at"],
        sqlite_where=sa.text("wanted_at IS NOT NULL"), postgresql_where=sa.text("wanted_at IS NOT NULL"),
    )  # fmt: skip
    op.create_table(
        "report_texts",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("edition", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", moment, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_report_texts_account_id")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name=op.f("fk_report_texts_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("report_id", "key", "language", "edition", name=op.f("pk_report_texts")),
    )
    op.create_table(
        "report_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(600), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", moment, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_report_notes_account_id")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name=op.f("fk_report_notes_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_notes")),
    )
    op.create_index("ix_report_notes_report_id", "report_notes", ["report_id"])


def downgrade() -> None:
    op.drop_table("report_notes")
    op.drop_table("report_texts")
    op.drop_table("reports")
