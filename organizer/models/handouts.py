"""What has been done to many people at once: tags put on or taken off, and lists taken out of the house."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class TagRun(Base):
    """A tag put on many people, or taken off them, in one go."""

    __tablename__ = "tag_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    tag_id: Mapped[int] = mapped_column(sa.ForeignKey("tags.id", ondelete="CASCADE"), index=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    at: Mapped[datetime]
    put: Mapped[bool]
    """Put on; else taken off."""
    undone_at: Mapped[datetime | None]


class TagRunPerson(Base):
    """Whom a run changed: those who had the tag already are not here, so that undo leaves them alone."""

    __tablename__ = "tag_run_people"

    run_id: Mapped[int] = mapped_column(sa.ForeignKey("tag_runs.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)


class Export(Base):
    """A list of people taken out as a file: by whom, of what, why. The file itself is kept nowhere."""

    __tablename__ = "exports"

    id: Mapped[int] = mapped_column(primary_key=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    at: Mapped[datetime]
    selection: Mapped[str] = mapped_column(sa.String(120))
    """What the selection was called then."""
    columns: Mapped[list[Any]]
    form: Mapped[str] = mapped_column(sa.String(4))
    """xlsx or csv."""
    people: Mapped[int]
    purpose: Mapped[str] = mapped_column(sa.String(200))
