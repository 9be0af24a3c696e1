"""People who turned out to be one: which two, by whom, and every row that moved, so that it can be undone exactly."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class Merge(Base):
    """One person merged into another."""

    __tablename__ = "merges"

    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), index=True)
    gone_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    at: Mapped[datetime]
    choices: Mapped[dict[str, Any] | None]
    """Whose name, address and membership was chosen, to do it again when an older merge is undone; empty = unknown."""
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))


class MergedRow(Base):
    """What a merge did to one row, in the order it was done; undoing reads them backwards."""

    __tablename__ = "merged_rows"

    id: Mapped[int] = mapped_column(primary_key=True)
    merge_id: Mapped[int] = mapped_column(sa.ForeignKey("merges.id", ondelete="CASCADE"), index=True)
    table_name: Mapped[str] = mapped_column(sa.String(60))
    what: Mapped[str] = mapped_column(sa.String(8))
    """moved (to the kept person), removed, changed or added."""
    key: Mapped[dict[str, Any]]
    """The primary key the row has now, or had when it was removed."""
    before: Mapped[dict[str, Any]]
    """What stood in the columns that were changed; all of a removed row."""
    after: Mapped[dict[str, Any]]


class NotSame(Base):
    """Two people of whom somebody has said that they are not the same; the lower id first."""

    __tablename__ = "not_same"

    one_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    at: Mapped[datetime]
