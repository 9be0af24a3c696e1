"""Yearly reports: asked for, filled with figures, written in by people, adopted for good, and reopened as a new version."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import audit, report_document, report_figures, report_seal, report_sentences
from organizer.db import AS_IT_IS
from organizer.languages import LANGUAGES
from organizer.models import Account, Association, Report, ReportNote, ReportText
from organizer.report_figures import Figures
from organizer.times import local_day
from organizer.words import Missing, Refused

LONGEST = 8000
LONGEST_NOTE = 600
LONGEST_WHY = 280
INVISIBLE = {"\x7f", "\ufffe", "\uffff"}
"""Letters that no file can hold, beside the control characters."""
BASELINES = ("members", "active")
"""Figures of the year before that can be written by hand where nothing is known (P§6.2)."""


@dataclass(frozen=True, slots=True)
class Text:
    """What somebody has made of a part: `text` is None when it went back to the draft."""

    edition: int
    text: str | None
    draft: str
    by: str
    at: datetime


class Overtaken(Refused):
    """Somebody else has saved the same part meanwhile: both texts are shown and neither is lost."""


def latest(session: Session, place: Association, year: int, version: int | None = None) -> Report | None:
    """A place's report of a year: a given version, or the newest."""
    here = (Report.association_id == place.id, Report.year == year)
    wanted = here if version is None else (*here, Report.version == version)
    return session.scalar(sa.select(Report).where(*wanted).order_by(Report.version.desc()).limit(1))


def ask(session: Session, place: Association, year: int, account_id: int | None, now: datetime) -> Report:
    """Begin a report; its figures wait to be counted. Refused for a future year, or when there is one already."""
    report_figures.span(place, year, local_day(now))
    session.execute(sa.select(Association.id).where(Association.id == place.id).with_for_update())
    if latest(session, place, year) is not None:
        raise Refused("Det finns redan en årsrapport för %(year)s. Ladda om sidan så ser du den.", year=year)
    report = Report(
        association_id=place.id, year=year, version=1, why="", created_by=account_id, created_at=now, wanted_at=now,
        figures={}, drafts={}, baselines={},
    )  # fmt: skip
    session.add(report)
    session.flush()
    audit.changed(session, account_id, "report_begun", "report", report.id, now, place.id, year=year)
    return report


def ask_again(session: Session, report_id: int, account_id: int, now: datetime) -> Report:
    """The figures are to be counted anew; what people wrote stays. Refused when the report is adopted."""
    report = _draft(session, report_id)
    report.wanted_at = now
    session.flush()
    audit.changed(session, account_id, "report_refreshed", "report", report.id, now, report.association_id)
    return report


def fill(session: Session, report_id: int, figures: Figures, now: datetime) -> None:
    """Put newly counted figures in a draft: sentences nobody has touched follow, edited ones stay as they are."""
    report = _draft(session, report_id)
    report.figures, report.counted_at, report.wanted_at = figures, now, None
    _write_drafts(report)
    session.flush()


def give_up(session: Session, report_id: int) -> None:
    """The figures cannot be counted: nobody waits for them any more."""
    _draft(session, report_id).wanted_at = None
    session.flush()


def texts_of(session: Session, report_id: int) -> dict[tuple[str, str], Text]:
    """The latest edition of everything that somebody has written: (part, language) → text."""
    last = (
        sa.select(ReportText.key, ReportText.language, sa.func.max(ReportText.edition).label("edition"))
        .where(ReportText.report_id == report_id)
        .group_by(ReportText.key, ReportText.language)
        .subquery()
    )
    rows = session.execute(
        sa.select(ReportText.key, ReportText.language, ReportText.edition, ReportText.text, ReportText.draft,
                  ReportText.at, Account.name)
        .join(last, sa.and_(last.c.key == ReportText.key, last.c.language == ReportText.language,
                            last.c.edition == ReportText.edition))
        .outerjoin(Account, Account.id == ReportText.account_id)
        .where(ReportText.report_id == report_id)
    )  # fmt: skip
    return {(row.key, row.language): Text(row.edition, row.text, row.draft, row.name or "", row.at) for row in rows}


def editions(session: Session, report_id: int, key: str, language: str) -> list[Text]:
    """Everything a part has been, newest first: nothing that was saved is ever lost."""
    rows = session.execute(
        sa.select(ReportText.edition, ReportText.text, ReportText.draft, ReportText.at, Account.name)
        .outerjoin(Account, Account.id == ReportText.account_id)
        .where(ReportText.report_id == report_id, ReportText.key == key, ReportText.language == language)
        .order_by(ReportText.edition.desc())
    )
    return [Text(row.edition, row.text, row.draft, row.name or "", row.at) for row in rows]


def standing(report: Report, written: Mapping[tuple[str, str], Text], language: str) -> dict[str, str]:
    """What stands in every part: what somebody wrote, else the draft."""
    drafts = report.drafts.get(language, {})
    found = {key: drafts.get(key, "") for key in report_document.parts(report.figures)}
    own = {key: one.text for (key, spoken), one in written.items() if spoken == language and one.text is not None}
    return found | {key: text for key, text in own.items() if key in found}


def document(report: Report, written: Mapping[tuple[str, str], Text], language: str) -> report_document.Document:
    """The report in a language, as it is read: an adopted one only from what was sealed."""
    if report.adopted_at is not None:
        found: report_document.Document = sealed(report)[language]
        return found
    return report_document.of(report.figures, standing(report, written, language), report.baselines, language)


def save(
    session: Session,
    report_id: int,
    key: str,
    language: str,
    text: str | None,
    seen: int,
    account_id: int,
    now: datetime,
) -> None:
    """Keep what somebody wrote in a part, as a new edition after the one they saw; None = back to the draft.

    Raises Overtaken when another edition has come in between, Refused when it is too long or the report is adopted.
    """
    report = _draft(session, report_id)
    if key not in report_document.parts(report.figures) or language not in LANGUAGES:
        raise Missing
    text = clean(text) if text is not None else None
    if text is not None and len(text) > LONGEST:
        raise Refused("Texten är för lång. Skriv högst %(most)s tecken.", "text", most=LONGEST)
    here = (ReportText.report_id == report_id, ReportText.key == key, ReportText.language == language)
    last = session.scalar(sa.select(sa.func.max(ReportText.edition)).where(*here)) or 0
    if last != seen:
        raise Overtaken(
            "Någon annan har sparat det här avsnittet sedan du öppnade det. Inget är förlorat: båda texterna står här.",
            "text",
        )
    draft = report.drafts.get(language, {}).get(key, "")
    if text == standing(report, texts_of(session, report_id), language)[key]:
        return  # saved as it stood: an untouched draft still follows the figures
    session.execute(
        sa.insert(ReportText).values(
            report_id=report_id, key=key, language=language, edition=last + 1, text=text, draft=draft,
            account_id=account_id, at=now,
        )
    )  # fmt: skip
    audit.changed(session, account_id, "report_edited", "report", report_id, now, report.association_id, part=key)


def write_baseline(
    session: Session, report_id: int, key: str, number: str, source: str, account_id: int, now: datetime
) -> None:
    """A figure of the turn of the year before, with its source; an empty number takes it away. Refused with a field."""
    report = _draft(session, report_id)
    if key not in BASELINES:
        raise Missing
    if report.figures["small"] or report.figures["before"][key] is not None:
        raise Refused("Den siffran är redan räknad, eller för liten för att redovisas.", f"{key}-number")
    known, number, source = dict(report.baselines), number.strip().replace(" ", ""), " ".join(clean(source).split())
    if not number:
        known.pop(key, None)
    else:
        if not (number.isascii() and number.isdecimal() and len(number) < 8):
            raise Refused("Skriv antalet med siffror, till exempel 740.", f"{key}-number")
        if not 3 <= len(source) <= 200:
            raise Refused("Skriv var siffran kommer ifrån, med 3 till 200 tecken.", f"{key}-source")
        known[key] = {"number": int(number), "source": source, "by": account_id, "at": now.isoformat()}
    report.baselines = known
    _write_drafts(report)
    session.flush()
    audit.changed(session, account_id, "report_baseline", "report", report_id, now, report.association_id, figure=key)


def to_seal(report: Report, written: Mapping[tuple[str, str], Text]) -> str:
    """What would be adopted now, as canonical text: the figures and the report in both languages."""
    sources = {key: {"number": one["number"], "source": one["source"]} for key, one in report.baselines.items()}
    languages = {one: document(report, written, one) for one in LANGUAGES}
    return report_seal.canonical({
        "format": report_seal.FORMAT, "year": report.year, "version": report.version, "figures": report.figures,
        "baselines": sources, **languages,
    })  # fmt: skip


def sealed(report: Report) -> dict[str, Any]:
    """What was adopted."""
    found: dict[str, Any] = json.loads(report.content or "{}")
    return found


def adopt(session: Session, report_id: int, seen: str, account_id: int, now: datetime) -> str:
    """Freeze a report with its hash; from now on nothing changes it. Returns the hash.

    `seen` is the hash of what the adopter has read; Refused when something has changed since, when the year is not
    over, or when the figures are older than the turn of the year.
    """
    report = _draft(session, report_id)
    may_be_adopted(report, now)
    content = to_seal(report, texts_of(session, report_id))
    hash_ = report_seal.of(content)
    if seen != hash_:
        raise Refused("Något har ändrats sedan du öppnade sidan. Läs igenom rapporten igen innan du fastställer den.")
    report.content, report.hash, report.adopted_at, report.adopted_by = content, hash_, now, account_id
    session.flush()
    audit.changed(session, account_id, "report_adopted", "report", report_id, now, report.association_id, hash=hash_)
    return hash_


def may_be_adopted(report: Report, now: datetime) -> None:
    """Refused, with what to do first."""
    if not report.figures or report.wanted_at is not None:
        raise Refused("Siffrorna räknas fortfarande. Vänta tills de är klara och fastställ sedan.")
    if report.figures["going_on"] and not report.figures["place"]["closed_on"]:
        if local_day(now).year == report.year:
            raise Refused(
                "Året är inte slut. Du kan fastställa rapporten från och med den 1 januari %(year)s.",
                year=report.year + 1,
            )
        raise Refused("Siffrorna räknades innan året var slut. Uppdatera siffrorna och fastställ sedan.")


def reopen(session: Session, report_id: int, why: str, account_id: int, now: datetime) -> Report:
    """A new version to work on, with everything the adopted one says; the adopted one stays as it is."""
    old = session.scalar(_locked(report_id))
    if old is None:
        raise Missing
    why = " ".join(clean(why).split())
    if not 5 <= len(why) <= LONGEST_WHY:
        raise Refused("Skriv varför det behövs en ny version, med 5 till 280 tecken.", "why")
    newest = session.scalar(
        sa.select(sa.func.max(Report.version)).where(
            Report.association_id == old.association_id, Report.year == old.year
        )
    )
    if old.adopted_at is None or old.version != newest:
        raise Refused("Det finns redan en nyare version. Ladda om sidan så ser du den.")
    new = Report(
        association_id=old.association_id, year=old.year, version=old.version + 1, why=why, created_by=account_id,
        created_at=now, counted_at=old.counted_at, figures=old.figures, drafts=old.drafts, baselines=old.baselines,
    )  # fmt: skip
    session.add(new)
    session.flush()
    for (key, language), one in texts_of(session, old.id).items():
        session.execute(sa.insert(ReportText).values(
            report_id=new.id, key=key, language=language, edition=1, text=one.text, draft=one.draft, account_id=account_id, at=now,
        ))  # fmt: skip
    audit.changed(session, account_id, "report_reopened", "report", new.id, now, old.association_id)
    return new


def add_note(session: Session, report_id: int, text: str, account_id: int, now: datetime) -> None:
    """A correction beside an adopted report. Refused when it is empty or too long, or the report is a draft."""
    report = session.get(Report, report_id)
    text = clean(text).strip()
    if report is None or report.adopted_at is None:
        raise Refused("En rättelse skrivs till en fastställd rapport. Ett utkast kan du ändra direkt.", "note")
    if not text or len(text) > LONGEST_NOTE:
        raise Refused("Skriv rättelsen, högst %(most)s tecken.", "note", most=LONGEST_NOTE)
    session.execute(sa.insert(ReportNote).values(report_id=report_id, text=text, account_id=account_id, at=now))
    audit.changed(session, account_id, "report_noted", "report", report_id, now, report.association_id)


def notes_of(session: Session, report_id: int) -> list[Any]:
    """The corrections, oldest first."""
    return list(
        session.execute(
            sa.select(ReportNote.text, ReportNote.at, Account.name)
            .outerjoin(Account, Account.id == ReportNote.account_id)
            .where(ReportNote.report_id == report_id)
            .order_by(ReportNote.id)
        )
    )


def clean(text: str) -> str:
    """A text as any file can hold it: plain line ends, no invisible control characters, no blanks at the end."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(one for one in plain if one in "\n\t" or (one >= " " and one not in INVISIBLE)).strip()


def _draft(session: Session, report_id: int) -> Report:
    """The report, locked for writing; Refused when it is adopted."""
    report = session.scalar(_locked(report_id))
    if report is None:
        raise Missing
    if report.adopted_at is not None:
        raise Refused("Rapporten är fastställd och kan inte ändras. Gör en ny version om något måste skrivas om.")
    return report


def _locked(report_id: int) -> sa.Select[Report]:
    """The report as it stands at this moment, whatever this session has read before."""
    here = sa.select(Report).where(Report.id == report_id).with_for_update()
    return here.execution_options(**AS_IT_IS)


def _write_drafts(report: Report) -> None:
    report.drafts = {one: report_sentences.draft(report.figures, one, report.baselines) for one in LANGUAGES}
