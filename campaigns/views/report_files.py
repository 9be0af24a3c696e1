"""A yearly report to take along: printed, as OpenDocument or Markdown, its figures as CSV, and the sealed text itself."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from campaigns.views.reports import READERS, report_of
from organizer import access, page, report_csv, report_markdown, report_odt, report_seal, report_shelf, reports
from organizer.languages import chosen, say
from organizer.models import Association, Report
from organizer.times import local_day
from organizer.words import N_, Missing
from organizer.writing import day_with_year

pages = Blueprint("report_files", __name__, url_prefix="/forening/<slug>/arsrapport/<int:year>")
ODT = "application/vnd.oasis.opendocument.text"


@pages.get("/utskrift")
@access.allow(*READERS)
def paper(slug: str, year: int) -> ResponseReturnValue:
    """The report alone, for A4."""
    place, report = report_of(slug, year)
    written = reports.texts_of(page.session(), report.id)
    return render_template(
        "reports/paper.html", place=place, report=report, document=reports.document(report, written, chosen()),
        state=_state(report), notes=reports.notes_of(page.session(), report.id) if report.adopted_at else [],
    )  # fmt: skip


@pages.get("/rapport.odt")
@access.allow(*READERS)
def odt(slug: str, year: int) -> ResponseReturnValue:
    """For the board's own word processor."""
    place, report = report_of(slug, year)
    document = reports.document(report, reports.texts_of(page.session(), report.id), chosen())
    return _file(report_odt.write(document, _state(report)), ODT, place, report, "odt")


@pages.get("/rapport.md")
@access.allow(*READERS)
def markdown(slug: str, year: int) -> ResponseReturnValue:
    """For the board's own template."""
    place, report = report_of(slug, year)
    document = reports.document(report, reports.texts_of(page.session(), report.id), chosen())
    return _file(report_markdown.write(document, _state(report)), "text/markdown; charset=utf-8", place, report, "md")


@pages.get("/siffror.csv")
@access.allow(*READERS)
def csv(slug: str, year: int) -> ResponseReturnValue:
    """Every figure the report is made of; of an adopted one those that were sealed."""
    place, report = report_of(slug, year)
    figures = reports.sealed(report)["figures"] if report.adopted_at else report.figures
    return _file(report_csv.write(figures, chosen()), "text/csv; charset=utf-8", place, report, "csv")


@pages.get("/sigill.json")
@access.allow(*READERS)
def seal(slug: str, year: int) -> ResponseReturnValue:
    """Exactly the text whose hash stands on the page, so that anybody can count the hash themselves."""
    place, report = report_of(slug, year)
    if report.content is None or not report_seal.holds(report.content, report.hash):
        raise Missing
    return _file(report.content.encode(), "application/json", place, report, "json")


def _state(report: Report) -> list[str]:
    """A draft or adopted, when, by whom and with which hash."""
    language = chosen()
    if report.adopted_at is None:
        counted = day_with_year(local_day(report.counted_at)) if report.counted_at else ""
        return [say(language, N_("Utkast. Siffrorna är från den %(day)s."), day=counted)]
    who, day = report_shelf.adopter(page.session(), report), day_with_year(local_day(report.adopted_at))
    return [
        say(
            language,
            N_("Fastställd den %(day)s av %(who)s, version %(version)s."),
            day=day,
            who=who,
            version=report.version,
        ),
        say(language, N_("Kontrollsumma (SHA-256): %(hash)s"), hash=report.hash),
    ]


def _file(content: bytes, kind: str, place: Association, report: Report, ending: str) -> Response:
    name = f"arsrapport-{place.slug}-{report.year}-v{report.version}.{ending}"
    answer = Response(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
