"""Member files: what was read, what would happen, what was done."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class Import(Base):
    """One member file on its way: checked, then applied or thrown away."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    filename: Mapped[str] = mapped_column(sa.String(200))
    digest: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(sa.String(12))
    """checked, applied or discarded."""
    missing_means: Mapped[str] = mapped_column(sa.String(8), default="nothing")
    """left or nothing: what it means that a member is not in the file."""
    report: Mapped[dict[str, Any]]
    """The object `members check --json` prints (architecture.md "Fixed names")."""
    applied_at: Mapped[datetime | None]


class ImportRow(Base):
    """A readable row of a checked file, kept until the import is applied or thrown away, at most 24 hours."""

    __tablename__ = "import_rows"

    import_id: Mapped[int] = mapped_column(sa.ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    cells: Mapped[dict[str, Any]]
