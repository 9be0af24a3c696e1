"""How a district supports its associations: contacts with them, a plan of steps, and who looks after each new member."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class PlaceContact(Base):
    """The district has been in touch with an association: about the association, never about a member."""

    __tablename__ = "place_contacts"

    id: Mapped[int] = mapped_column(primary_key=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    how: Mapped[str] = mapped_column(sa.String(8))
    """called, met or wrote."""
    text: Mapped[str] = mapped_column(sa.String(300), default="")
    at: Mapped[datetime]


class SupportStep(Base):
    """One step of the plan for an association that needs support."""

    __tablename__ = "support_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(sa.String(200))
    due_on: Mapped[date | None]
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    """Who is to do it."""
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class NewMemberOwner(Base):
    """Who sees to it that a new member is contacted and invited."""

    __tablename__ = "new_member_owners"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    given_at: Mapped[datetime]
