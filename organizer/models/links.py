"""Links of one's own: what a person may do from an SMS without logging in."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class PersonalLink(Base):
    """One person's way to one thing; only a hash of the token is kept, the token stands in the message alone (D16)."""

    __tablename__ = "personal_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(10))
    """activity, survey or stop."""
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), index=True)
    target_id: Mapped[int | None]
    """The activity or the survey; nothing for stop."""
    blast_id: Mapped[int | None] = mapped_column(index=True)
    campaign_id: Mapped[int | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    """When something was first done through it."""
