"""Whether this installation works: what `/halsa` and `flask health` ask."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.models import Association, Installation


def check(session: Session) -> None:
    """Ask the database for something only a migrated one can answer; raises SQLAlchemyError when it cannot."""
    session.scalar(sa.select(Association.id).limit(1))
    session.scalar(sa.select(Installation.kind))
