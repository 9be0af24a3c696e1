"""What it means that a member is not in the file: chosen once for a district, shown every time."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from organizer import settings

KEY = "missing_from_file"
MEANINGS = ("nothing", "left")


def chosen(session: Session, association_id: int, day: date) -> str | None:
    """What was chosen for the place or above: "left" or "nothing"; None when nobody has chosen."""
    found = settings.said(session, association_id, KEY, day)
    return found["means"] if found else None


def choose(session: Session, association_id: int, means: str, account_id: int, now: datetime, day: date) -> None:
    """Keep the choice for the place and everything below it, if it is another than before."""
    if chosen(session, association_id, day) != means:
        settings.put(session, association_id, KEY, {"means": means}, account_id, now)
