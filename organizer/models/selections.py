"""Saved selections: a group of people as a sentence."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class Selection(Base):
    """A named group of people; `definition` is the versioned form that organizer.selections turns into one SELECT."""

    __tablename__ = "selections"

    id: Mapped[int] = mapped_column(primary_key=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    definition: Mapped[dict[str, Any]]
    shared: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Those with a role further down the tree may use it, for their own members, but not change it."""
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
