"""What is known of the SMS provider: trials that the owner has asked for, and what is left on the account."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class ProviderTrial(Base):
    """One trial: asked for on a page, done by the worker, because it talks to the network."""

    __tablename__ = "provider_trials"

    id: Mapped[int] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id", ondelete="SET NULL"))
    done_at: Mapped[datetime | None]
    results: Mapped[dict[str, Any]]
    """Part → what was found, both as keys of provider_trials.PARTS and FOUND."""


class ProviderBalance(Base):
    """What was left on the account when it was last asked for."""

    __tablename__ = "provider_balances"

    provider: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    amount: Mapped[int]
    """Hundredths of the currency: öre, cents."""
    currency: Mapped[str] = mapped_column(sa.String(3))
    at: Mapped[datetime]
