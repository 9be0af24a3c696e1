"""The pages of yearly reports: choose a year, read and write, refresh the figures, adopt, correct, begin a new version."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from campaigns import report_work
from organizer import access, page, report_document, report_seal, report_shelf, reports
from organizer.languages import LANGUAGES, chosen
from organizer.menu import Entry
from organizer.models import Association, AssociationKind, Report, RoleName
from organizer.times import local_day
from organizer.words import N_, Missing, Refused

pages = Blueprint("reports", __name__)
READERS = (RoleName.CHAIR, RoleName.ORGANIZER)
MENU = (Entry(N_("Rapporter"), "reports.start", "doc", READERS, group=N_("Uppföljning"), order=70),)
WRITES = {AssociationKind.ASSOCIATION: (RoleName.CHAIR,), AssociationKind.DISTRICT: READERS}
"""Who writes and adopts: the chair the association's report, the district's organizers (or its chair) the district's."""
BASELINES = {"members": N_("Medlemmar vid förra årsskiftet"), "active": N_("Aktiva medlemmar vid förra årsskiftet")}


@pages.get("/rapporter")
@access.allow(*READERS)
def start() -> ResponseReturnValue:
    """The years of one's own report; for the district also how far each association has come."""
    places = report_shelf.places(page.session(), access.reach(page.viewer(), *READERS))
    mine = [one for one in places if _covers(one)]
    if len(places) == 1:
        return redirect(url_for("reports.years", slug=places[0].slug))
    year = _year_of_use()
    shelf = report_shelf.of_year(page.session(), [one.id for one in places], year)
    return render_template("reports/start.html", places=places, shelf=shelf, year=year, mine={one.id for one in mine})


@pages.get("/rapporter/<int:year>")
@access.allow(*READERS)
def of_year(year: int) -> ResponseReturnValue:
    """To the report of a year: the district's, or one's own association's."""
    places = report_shelf.places(page.session(), access.reach(page.viewer(), *READERS))
    for one in sorted(places, key=lambda one: (one.kind != AssociationKind.DISTRICT, not _covers(one))):
        return redirect(url_for("reports.show", slug=one.slug, year=year))
    raise Missing


@pages.get("/forening/<slug>/arsrapport")
@access.allow(*READERS)
def years(slug: str) -> ResponseReturnValue:
    """Choose a year: those that have a report, and those that can get one."""
    place = _place(slug)
    found = report_shelf.of_place(page.session(), place.id)
    offered = report_shelf.offered(place, local_day(page.now()), {one.year for one in found})
    return render_template(
        "reports/years.html", place=place, found=found, offered=offered, writes=_may_write(place), newest=_year_of_use()
    )


@pages.get("/forening/<slug>/arsrapport/<int:year>")
@access.allow(*READERS)
def show(slug: str, year: int) -> ResponseReturnValue:
    """A report of a year, in the newest version or the one asked for."""
    return _show(_place(slug), year)


@pages.post("/forening/<slug>/arsrapport/<int:year>")
@access.allow(*READERS)
def begin(slug: str, year: int) -> ResponseReturnValue:
    """Make a draft; the figures of a large district are counted in the background."""
    place, session = _own(slug), page.session()
    try:
        with session.begin_nested():
            report = reports.ask(session, place, year, page.viewer().account_id, page.now())
            _count(report, place)
    except Refused as refusal:
        return render_template("reports/refused.html", place=place, year=year, refusal=page.in_words(refusal)), 422
    return redirect(url_for("reports.show", slug=slug, year=year))


@pages.post("/forening/<slug>/arsrapport/<int:year>/uppdatera")
@access.allow(*READERS)
def refresh(slug: str, year: int) -> ResponseReturnValue:
    """Count the figures anew; what people have written stays as it is."""
    place, report = _own_report(slug, year)
    again = reports.ask_again(page.session(), report.id, page.viewer().account_id, page.now())
    _count(again, place)
    if again.wanted_at is None:
        flash(gettext("Siffrorna är uppdaterade. Det ni har skrivit står kvar."))
    return redirect(url_for("reports.show", slug=slug, year=year))


@pages.get("/forening/<slug>/arsrapport/<int:year>/text/<part>")
@access.allow(*READERS)
def edit(slug: str, year: int, part: str) -> ResponseReturnValue:
    """Write in one part of the draft."""
    place, report = _own_report(slug, year)
    if report.adopted_at is not None:
        return redirect(url_for("reports.show", slug=slug, year=year))
    return _form(place, report, part)


@pages.post("/forening/<slug>/arsrapport/<int:year>/text/<part>")
@access.allow(*READERS)
def save(slug: str, year: int, part: str) -> ResponseReturnValue:
    """Keep what was written, or take the draft's words; whoever was slower sees both texts."""
    place, report = _own_report(slug, year)
    language, session = _language(), page.session()
    text = None if "draft" in request.form else request.form.get("text", "")
    try:
        with session.begin_nested():
            reports.save(session, report.id, part, language, text, _seen(), page.viewer().account_id, page.now())
    except Refused as refusal:
        return _form(place, report, part, refusal, request.form.get("text", "")), 422
    flash(gettext("Utkastets text står här igen.") if text is None else gettext("Texten är sparad."))
    return redirect(url_for("reports.show", slug=slug, year=year, _anchor=_anchor(part)))


@pages.post("/forening/<slug>/arsrapport/<int:year>/jamforelse")
@access.allow(*READERS)
def baseline(slug: str, year: int) -> ResponseReturnValue:
    """Write by hand what a figure was at the turn of the year before, with its source."""
    place, report = _own_report(slug, year)
    figure, number, source = (request.form.get(one, "") for one in ("figure", "number", "source"))

    def write(session: Session, account: int, now: datetime) -> None:
        reports.write_baseline(session, report.id, figure, number, source, account, now)

    return _written(place, year, gettext("Siffran är sparad."), write)


@pages.get("/forening/<slug>/arsrapport/<int:year>/faststall")
@access.allow(*READERS)
def read_through(slug: str, year: int) -> ResponseReturnValue:
    """The whole report to read once more, with what to know before it is adopted."""
    place, report = _own_report(slug, year)
    if report.adopted_at is not None:
        return redirect(url_for("reports.show", slug=slug, year=year))
    return _read_through(place, report)


@pages.post("/forening/<slug>/arsrapport/<int:year>/faststall")
@access.allow(*READERS)
def adopt(slug: str, year: int) -> ResponseReturnValue:
    """Freeze the report as it was read."""
    place, report = _own_report(slug, year)
    session = page.session()
    try:
        with session.begin_nested():
            reports.adopt(session, report.id, request.form.get("seen", ""), page.viewer().account_id, page.now())
    except Refused as refusal:
        return _read_through(place, report, page.in_words(refusal)), 422
    flash(gettext("Rapporten är fastställd. Den ändras inte mer."))
    return redirect(url_for("reports.show", slug=slug, year=year))


@pages.post("/forening/<slug>/arsrapport/<int:year>/ny-version")
@access.allow(*READERS)
def reopen(slug: str, year: int) -> ResponseReturnValue:
    """Begin a new version; the adopted one stays."""
    place, report = _own_report(slug, year)

    def write(session: Session, account: int, now: datetime) -> None:
        reports.reopen(session, report.id, request.form.get("why", ""), account, now)

    return _written(place, year, gettext("Du har ett nytt utkast. Den fastställda versionen finns kvar."), write)


@pages.post("/forening/<slug>/arsrapport/<int:year>/rattelse")
@access.allow(*READERS)
def note(slug: str, year: int) -> ResponseReturnValue:
    """Write a correction beside an adopted report."""
    place, report = _own_report(slug, year)

    def write(session: Session, account: int, now: datetime) -> None:
        reports.add_note(session, report.id, request.form.get("note", ""), account, now)

    return _written(place, year, gettext("Rättelsen står nu under rapporten."), write)


def report_of(slug: str, year: int) -> tuple[Association, Report]:
    """A report the visitor may read, in the version asked for, with its figures; else Missing."""
    place = _place(slug)
    report = reports.latest(page.session(), place, year, _version())
    if report is None or not report.figures:
        raise Missing
    return place, report


def _version() -> int | None:
    """The version that the address asks for; None for the newest."""
    version = request.args.get("version", "")
    return int(version) if version.isascii() and version.isdecimal() and len(version) < 5 else None


def _written(
    place: Association, year: int, said: str, write: Callable[[Session, int, datetime], None]
) -> ResponseReturnValue:
    """Write, say so and go back to the report; a refusal stands there with what was typed."""
    try:
        with page.session().begin_nested():
            write(page.session(), page.viewer().account_id, page.now())
    except Refused as refusal:
        return _show(place, year, refusal, request.form), 422
    flash(said)
    return redirect(url_for("reports.show", slug=place.slug, year=year))


def _show(place: Association, year: int, refusal: Refused | None = None, sent: Any = None) -> str:
    session, language, wanted = page.session(), chosen(), _version()
    report = reports.latest(session, place, year, wanted)
    if report is None and wanted is not None:
        raise Missing
    shelf = report_shelf.versions(session, place.id, year)
    written = reports.texts_of(session, report.id) if report and report.figures else {}
    return render_template(
        "reports/show.html", place=place, year=year, report=report, versions=shelf,
        document=reports.document(report, written, language) if report and report.figures else None,
        written={key: one for (key, spoken), one in written.items() if spoken == language},
        drafts=report.drafts.get(language, {}) if report else {},
        other={key for (key, spoken), one in written.items() if spoken != language and one.text is not None},
        writes=_may_write(place) and (report is None or report.version == max(one.version for one in shelf)),
        notes=reports.notes_of(session, report.id) if report and report.adopted_at else [],
        holds=report_seal.holds(report.content, report.hash) if report and report.adopted_at else None,
        adopter=report_shelf.adopter(session, report) if report else "",
        baselines=BASELINES, comment=report_document.COMMENT, goal=report_document.GOAL,
        error=(refusal.field or "", page.in_words(refusal)) if refusal else None, sent=sent or {},
        not_yet=_not_yet(report) if report and not report.adopted_at else "", future=year > local_day(page.now()).year,
    )  # fmt: skip


def _not_yet(report: Report) -> str:
    """Why the report cannot be adopted yet; nothing if it can."""
    try:
        reports.may_be_adopted(report, page.now())
    except Refused as refusal:
        return page.in_words(refusal)
    return ""


def _form(
    place: Association, report: Report, part: str, refusal: Refused | None = None, typed: str | None = None
) -> str:
    """The form of one part; after a collision the visitor's own text stands in it, and the other's beside it."""
    session, language = page.session(), _language()
    if part not in report_document.parts(report.figures):
        raise Missing
    written = reports.texts_of(session, report.id)
    last = written.get((part, language))
    standing = reports.standing(report, written, language)[part]
    collided = isinstance(refusal, reports.Overtaken)
    return render_template(
        "reports/edit.html", place=place, report=report, part=part, spoken=language, heading=_heading(report, part, language),
        draft=report.drafts.get(language, {}).get(part, ""), text=standing if typed is None else typed,
        standing=standing, last=last, collided=collided,
        seen=(last.edition if last else 0) if collided or typed is None else _seen(),
        editions=reports.editions(session, report.id, part, language), longest=reports.LONGEST,
        error=page.in_words(refusal) if refusal else None,
    )  # fmt: skip


def _read_through(place: Association, report: Report, problem: str | None = None) -> str:
    session, language = page.session(), chosen()
    written = reports.texts_of(session, report.id)
    edited = {
        one: {key for (key, spoken), text in written.items() if spoken == one and text.text is not None}
        for one in LANGUAGES
    }
    return render_template(
        "reports/adopt.html", place=place, report=report, problem=problem or _not_yet(report),
        document=reports.document(report, written, language) if report.figures else None,
        seen=report_seal.of(reports.to_seal(report, written)) if report.figures else "",
        only_here=list(dict.fromkeys(_heading(report, key, language) for key in report_document.parts(report.figures) if key in edited["sv"] ^ edited["en"])),
    )  # fmt: skip


def _heading(report: Report, part: str, language: str) -> str:
    """What a part is called: its section, or the goal it comments on."""
    if part.startswith(report_document.GOAL):
        return next(one["text"] for one in report.figures["goals"] if part == f"{report_document.GOAL}{one['id']}")
    return report_document.title(part.removeprefix(report_document.COMMENT), language)


def _count(report: Report, place: Association) -> None:
    """Count now what takes no time; else say that the worker does."""
    if report_work.at_once(page.session(), place, page.now()):
        report_work.count(page.session(), report, page.now())
    else:
        flash(gettext("Siffrorna räknas nu. Det tar någon minut i ett stort distrikt; ladda om sidan om en stund."))


def _place(slug: str) -> Association:
    place = access.association(page.session(), page.viewer(), slug, *READERS)
    if place.kind not in WRITES:
        raise Missing
    return place


def _own(slug: str) -> Association:
    place = _place(slug)
    if not _may_write(place):
        raise Missing
    return place


def _own_report(slug: str, year: int) -> tuple[Association, Report]:
    """The newest version of a report the visitor may write in."""
    place = _own(slug)
    report = reports.latest(page.session(), place, year)
    if report is None:
        raise Missing
    return place, report


def _may_write(place: Any) -> bool:
    return page.viewer().covers(place.path, *WRITES.get(AssociationKind(place.kind), ()))


_covers = _may_write


def _language() -> str:
    """The language of the text in hand: the form's, or the visitor's."""
    sent = request.form.get("language", "")
    return sent if sent in LANGUAGES else chosen()


def _seen() -> int:
    text = request.form.get("edition", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _anchor(part: str) -> str:
    return "plan" if part.startswith(report_document.GOAL) else part.removeprefix(report_document.COMMENT)


def _year_of_use() -> int:
    """The year one most likely writes about: until the end of June last year, then this."""
    today = local_day(page.now())
    return today.year - 1 if today.month <= 6 else today.year
