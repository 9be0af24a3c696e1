"""The demo's yearly reports: last year's adopted by the chair and the district, this year's begun and written in."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from campaigns import report_work
from campaigns.demo.district import HOME, District
from campaigns.demo.gatherings import Step
from organizer import report_seal, reports
from organizer.models import Association, Report, RoleName
from organizer.times import moment

SETTLED_DAYS = 3
"""So many days into January last year's report can have been adopted."""
WRITTEN = {
    "comment:members": "Vi är glada åt alla som har stannat. I vår ringer vi dem som inte har förnyat än.",
    "learning": "Vi har träffats ofta i år, och nästan alltid med fika.\n\nStudiecirkeln om kommunen vill vi göra en gång till.",
}
"""What the board has written in this year's draft: a comment, and a section in words of its own."""
COMMENT = "Styrelsen tackar alla som har ringt, delat ut flygblad och bakat."


def reporting(district: District, now: datetime, today: date) -> list[Step]:
    """Drafts and adoption on the evenings of two board meetings."""
    last = (today - timedelta(days=SETTLED_DAYS)).year - 1
    meeting = min(moment(date(last + 1, 2, 12), time(19)), now - timedelta(days=1))
    lately = now - timedelta(hours=20)
    chair, organizer = district.by_role[RoleName.CHAIR], district.by_role[RoleName.ORGANIZER]
    writers = {district.places[HOME]: chair, district.root: organizer}
    steps: list[Step] = [(meeting, _adopted(place, account, last)) for place, account in writers.items()]
    begun = {district.places[HOME]: WRITTEN, district.root: {}}
    return [*steps, *((lately, _begun(place, writers[place], today.year, texts)) for place, texts in begun.items())]


def _adopted(place_id: int, account_id: int, year: int) -> Callable[[Session, datetime], None]:
    def step(session: Session, at: datetime) -> None:
        report = _draft(session, place_id, account_id, year, at)
        reports.save(session, report.id, "comment:activation", "sv", COMMENT, 0, account_id, at)
        seen = report_seal.of(reports.to_seal(report, reports.texts_of(session, report.id)))
        reports.adopt(session, report.id, seen, account_id, at)

    return step


def _begun(place_id: int, account_id: int, year: int, texts: Mapping[str, str]) -> Callable[[Session, datetime], None]:
    def step(session: Session, at: datetime) -> None:
        report = _draft(session, place_id, account_id, year, at)
        for part, text in texts.items():
            reports.save(session, report.id, part, "sv", text, 0, account_id, at)

    return step


def _draft(session: Session, place_id: int, account_id: int, year: int, at: datetime) -> Report:
    report = reports.ask(session, session.get_one(Association, place_id), year, account_id, at)
    report_work.count(session, report, at)
    return report
