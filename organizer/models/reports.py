"""Yearly reports: a draft made of the figures, what people have written in it, and what was adopted."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class Report(Base):
    """One version of a place's report of a year; once `adopted_at` is set nothing of it changes any more."""

    __tablename__ = "reports"
    __table_args__ = (
        sa.UniqueConstraint("association_id", "year", "version"),
        sa.Index(
            "ix_reports_wanted",
            "wanted_at",
            sqlite_where=sa.text("wanted_at IS NOT NULL"),
            postgresql_where=sa.text("wanted_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id", ondelete="CASCADE"), index=True)
    year: Mapped[int] = mapped_column(sa.SmallInteger)
    version: Mapped[int] = mapped_column(sa.SmallInteger, default=1)
    why: Mapped[str] = mapped_column(sa.String(280), default="")
    """Why there is a new version; empty for the first."""
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    wanted_at: Mapped[datetime | None]
    """Since when the figures wait to be counted in the background; empty when nobody waits."""
    counted_at: Mapped[datetime | None]
    """When the figures were last counted; empty while there are none."""
    figures: Mapped[dict[str, Any]]
    """The year in figures, small groups already left out (organizer.report_figures)."""
    drafts: Mapped[dict[str, Any]]
    """The sentences made of them: language → section → text."""
    baselines: Mapped[dict[str, Any]]
    """Figures of the year before that somebody wrote by hand: figure → number, source, who and when."""
    adopted_at: Mapped[datetime | None]
    adopted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    hash: Mapped[str | None] = mapped_column(sa.String(64))
    """SHA-256 of `content`, in hexadecimal."""
    content: Mapped[str | None] = mapped_column(sa.Text)
    """Everything that was adopted, as canonical JSON (organizer.report_seal)."""


class ReportText(Base):
    """What somebody made of one part of a report: the editions follow one another and none is ever changed."""

    __tablename__ = "report_texts"

    report_id: Mapped[int] = mapped_column(sa.ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    """A section, the board's comment on one (`comment:members`) or on a goal (`goal:12`)."""
    language: Mapped[str] = mapped_column(sa.String(2), primary_key=True)
    edition: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    text: Mapped[str | None] = mapped_column(sa.Text)
    """Empty: back to the draft."""
    draft: Mapped[str] = mapped_column(sa.Text, default="")
    """What the draft said when this was written."""
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    at: Mapped[datetime]


class ReportNote(Base):
    """A correction that came after a report was adopted; it stands beside it and changes nothing in it."""

    __tablename__ = "report_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(sa.ForeignKey("reports.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(sa.String(600))
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    at: Mapped[datetime]
