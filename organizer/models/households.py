"""People who live together, as somebody has written down by hand; sharing a number is worked out from the numbers."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class HouseholdMember(Base):
    """Who belongs to which household: at most one each. The household's id is that of the first person in it."""

    __tablename__ = "household_members"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    household: Mapped[int] = mapped_column(index=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    at: Mapped[datetime]
