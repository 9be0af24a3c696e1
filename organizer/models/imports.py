"""Member files: what was read, what would happen, what was done, and what was taken back."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class Import(Base):
    """One member file on its way: waiting, checked, then applied or thrown away; perhaps taken back."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    filename: Mapped[str] = mapped_column(sa.String(200))
    digest: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(sa.String(12))
    """mapping (somebody must say what the columns hold), waiting or checking (the worker reads it), checked,
    applying, applied, undoing, undone, refused (it could not be read) or discarded."""
    missing_means: Mapped[str] = mapped_column(sa.String(8), default="nothing")
    """left or nothing: what it means that a member is not in the file."""
    report: Mapped[dict[str, Any]]
    """The object `members check --json` prints (architecture.md "Fixed names")."""
    applied_at: Mapped[datetime | None]
    columns: Mapped[dict[str, Any] | None]
    """What somebody has said that unknown columns hold: the column's place to a field; empty = nothing was asked."""
    answers: Mapped[list[Any] | None]
    """The questions about the file that were answered with yes."""
    progress: Mapped[dict[str, Any] | None]
    """Of work in the background: the step, how many rows of how many, and why it was given up."""
    worked_at: Mapped[datetime | None]
    """When the background last said that it was at it; long ago means that it died and may be begun anew."""
    not_before: Mapped[datetime | None]
    """A checked file that somebody has asked to be imported then, by the worker; empty = only when asked again."""
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    undone: Mapped[dict[str, Any] | None]
    """What was restored and what was not, in figures."""


class ImportFile(Base):
    """The file as it came, in pieces, from when it was chosen until it has been checked; at most 24 hours."""

    __tablename__ = "import_files"

    import_id: Mapped[int] = mapped_column(sa.ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class ImportRow(Base):
    """A readable row of a checked file, kept until the import is applied or thrown away, at most 24 hours."""

    __tablename__ = "import_rows"

    import_id: Mapped[int] = mapped_column(sa.ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    """The file's own number; for a member who is not in the file, minus the membership's id."""
    cells: Mapped[dict[str, Any]]
    does: Mapped[str] = mapped_column(sa.String(8), default="same")
    """new, changed, left (the row says so), missing (not in the file, which means left), same or out."""


class ImportChange(Base):
    """What an applied file changed about somebody who was here before; those it made have `created_at` = applied."""

    __tablename__ = "import_changes"
    __table_args__ = (sa.Index("ix_import_changes_person", "person_id"),)

    import_id: Mapped[int] = mapped_column(sa.ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    what: Mapped[str] = mapped_column(sa.String(80))
    """The fields, separated by spaces; stays when the values are forgotten."""
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    fate: Mapped[str | None] = mapped_column(sa.String(120))
    """After undo: the fields that could not be restored; empty = all were."""


class ImportSighting(Base):
    """Somebody whom a recent file made stands in this file too: while it stands, undoing the older one leaves them."""

    __tablename__ = "import_sightings"
    __table_args__ = (sa.Index("ix_import_sightings_person", "person_id"),)

    import_id: Mapped[int] = mapped_column(sa.ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime]
    """When the file was checked; forgotten when no older file can be undone any more."""


class ImportLayout(Base):
    """What the columns of files with exactly these headers hold, as somebody has said once."""

    __tablename__ = "import_layouts"
    __table_args__ = (sa.UniqueConstraint("association_id", "fingerprint"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"))
    fingerprint: Mapped[str] = mapped_column(sa.String(64))
    headers: Mapped[list[Any]]
    columns: Mapped[dict[str, Any]]
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    at: Mapped[datetime]
