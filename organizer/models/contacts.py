"""Contacts that happened outside every campaign and were written down by hand."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class LoggedContact(Base):
    """A chair or steward has reached a member; `invited` = also invited to something (P§6.1)."""

    __tablename__ = "logged_contacts"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    how: Mapped[str] = mapped_column(sa.String(8))
    """spoke (a conversation), wrote or message (a contact)."""
    invited: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]
