"""The shared calendar for everybody: as a list, a month, a block for other sites, and a feed to subscribe to."""

from datetime import date, timedelta
from http import HTTPStatus
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, current_app, g, render_template, request
from flask.typing import ResponseReturnValue

from organizer import access, page, shared_calendar
from organizer.activity_drafts import KINDS
from organizer.configuration import Configuration
from organizer.times import local_day
from organizer.words import Missing

pages = Blueprint("calendar", __name__)
AHEAD = timedelta(days=400)
FEED_AGE = 900
"""Seconds that a fetched feed may be kept."""


@pages.get("/kalender")
@access.public
def start() -> ResponseReturnValue:
    """What is on, for the whole district or one association; `?manad` as a month, `?embed` for a frame on another site."""
    places = shared_calendar.places(page.session())
    chosen = _chosen(places)
    common = {"places": places, "chosen": chosen, "kinds": KINDS, "feed": _feed_address(chosen)}
    if request.args.get("embed"):
        g.framed = True
        return render_template("calendar/embed.html", rows=_ahead(chosen), **common)
    month = month_of(request.args.get("manad", ""))
    if month is None:
        months = groupby(_ahead(chosen), key=lambda row: local_day(row.starts_at).replace(day=1))
        by_month = [(first, list(rows)) for first, rows in months]
        return render_template("calendar/list.html", by_month=by_month, today=local_day(page.now()), **common)
    return render_template(
        "calendar/month.html", month=month, weeks=shared_calendar.weeks(month), today=local_day(page.now()),
        on=shared_calendar.of_month(page.session(), chosen.path, month) if chosen else {},
        before=(month - timedelta(days=1)).replace(day=1), after=(month + timedelta(days=31)).replace(day=1), **common,
    )  # fmt: skip


@pages.get("/robots.txt")
@access.public
def robots() -> ResponseReturnValue:
    """Programs may fetch the calendar: Google's does so only where this says it may. Everything else is for people."""
    return Response("User-agent: *\nAllow: /kalender\nDisallow: /\n", content_type="text/plain; charset=utf-8")


@pages.get("/kalender.ics")
@access.public
def feed() -> ResponseReturnValue:
    """The district's calendar as a feed."""
    places = shared_calendar.places(page.session())
    return _feed(next((one for one in places if one.district), None))


@pages.get("/kalender/<slug>.ics")
@access.public
def feed_of(slug: str) -> ResponseReturnValue:
    """A place's calendar as a feed: its own activities and the district's."""
    return _feed(shared_calendar.place(page.session(), slug))


def _feed(chosen: shared_calendar.Place | None) -> Response:
    if chosen is None:
        raise Missing
    settings: Configuration = current_app.extensions["configuration"]
    name, base = f"{chosen.short_name} – {settings.site_name}", settings.public_base_url
    response = Response(content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'inline; filename="{chosen.slug}.ics"'
    response.headers["Cache-Control"] = f"public, max-age={FEED_AGE}"
    response.set_etag(shared_calendar.mark(page.session(), chosen.path, page.now(), name, base))
    response.make_conditional(request)
    if response.status_code != HTTPStatus.NOT_MODIFIED:
        response.set_data(shared_calendar.feed(page.session(), name, chosen.path, page.now(), base))
    return response


def _chosen(places: list[shared_calendar.Place]) -> shared_calendar.Place | None:
    """The place asked for, else the first district."""
    wanted = request.args.get("forening", "")
    if wanted:
        return shared_calendar.place(page.session(), wanted)
    return next((one for one in places if one.district), places[0] if places else None)


def _ahead(chosen: shared_calendar.Place | None) -> list[Any]:
    if chosen is None:
        return []
    return shared_calendar.between(page.session(), chosen.path, page.now(), page.now() + AHEAD)


def _feed_address(chosen: shared_calendar.Place | None) -> str:
    settings: Configuration = current_app.extensions["configuration"]
    return f"{settings.public_base_url}/kalender/{chosen.slug}.ics" if chosen else ""


def month_of(text: str) -> date | None:
    """2026-12 as a day; anything else asks for the list."""
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return month if 2020 <= month.year <= 2100 else None
