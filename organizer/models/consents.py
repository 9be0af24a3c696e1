"""A yes to being contacted for something that must not be sent without one."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class Consent(Base):
    """What a person has said yes to, how we know, and when it was taken back."""

    __tablename__ = "consents"
    __table_args__ = (sa.Index("ix_consents_person", "person_id", "purpose", "revoked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(sa.String(8))
    """sms, call or email."""
    purpose: Mapped[str] = mapped_column(sa.String(12))
    """offer, fundraising or under_16 (a guardian's yes)."""
    how: Mapped[str] = mapped_column(sa.String(12))
    """form, call, sms, link, paper or import."""
    evidence: Mapped[str] = mapped_column(sa.String(200), default="")
    """Where the yes can be seen: "Anmälan till kursen 3 maj", "pärm 2"."""
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    revoked_why: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")
