"""The demo district says who answers for its register, so that the record of processing is whole."""

from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.demo.district import District
from organizer import processing
from organizer.models import Association, RoleName

CONTROLLER = {
    "name": "Västernorrlands partidistrikt, organisationsnummer 000000-0000",
    "contact": "dataskydd@example.org, 0980-319 200",
    "officer": "Dag Dataskydd, dso@example.org",
    "processors": "Inga: demon står på den här datorn och skickar ingenting.",
    "protection": "Bara den som sitter vid datorn kommer åt filen.",
}
"""Made up, with a number and an address reserved for fiction."""


def who_answers(session: Session, district: District, now: datetime) -> None:
    """Write who is responsible for the personal data of the district."""
    place = session.get_one(Association, district.root)
    processing.save(session, place, CONTROLLER, district.by_role[RoleName.ORGANIZER], now)
