"""The pages of activities: what lies ahead and behind, who comes, and ticking those who came at the door."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from organizer import (
    access,
    activities,
    activity_drafts,
    activity_lists,
    activity_series,
    audit,
    clashes,
    guests,
    page,
    shared_calendar,
)
from organizer.menu import Entry
from organizer.models import RoleName
from organizer.times import local_day
from organizer.views import calendar, own_places
from organizer.views.activity_form import ActivityForm
from organizer.words import N_, Missing, Refused

pages = Blueprint("activities", __name__, url_prefix="/aktiviteter")
ROLES = (RoleName.ORGANIZER, RoleName.CHAIR, RoleName.STEWARD)
MENU = (Entry(N_("Aktiviteter"), "activities.start", "cal", ROLES, order=60),)


@pages.get("")
@access.allow(*ROLES)
def start() -> ResponseReturnValue:
    """What lies ahead, behind with ?visa=tidigare, or a month with ?visa=manad."""
    if request.args.get("visa") == "manad":
        return _month()
    past = request.args.get("visa") == "tidigare"
    rows = activity_lists.listed(page.session(), page.viewer().paths(*ROLES), page.now(), past=past)
    return render_template("activities/list.html", rows=rows, past=past, kinds=activities.KINDS)


@pages.route("/ny", methods=["GET", "POST"])
@access.allow(*ROLES)
def new() -> ResponseReturnValue:
    """Add an activity, once or as a series; what happens at the same time is said first."""
    form = _form()
    if request.method == "GET":
        form.fresh()
        _prefill(form)
        return _form_page(form, None)
    session = page.session()
    try:
        place, draft, series = form.place_chosen(), form.draft(), form.repeated()
        on = activity_series.days(local_day(draft.starts_at), *series) if series else [local_day(draft.starts_at)]
        activity_drafts.check(draft, page.now())
        if clashing := _clashes(form, place, activity_series.times(draft, on), ()):
            return _form_page(form, None, clashing)
        with session.begin_nested():
            made = activity_series.repeat(
                session, place, draft, on, page.now(), organizers=form.together(), account_id=page.viewer().account_id
            )
        for one in made:
            _note("activity_created", one, place)
        return redirect(url_for("activities.show", activity_id=made[0]))
    except Refused as refusal:
        form.refuse(refusal)
    return _form_page(form, None)


@pages.get("/arets-dagar")
@access.allow(*ROLES)
def yearly() -> ResponseReturnValue:
    """The days that come back each year, and whether anything is planned then."""
    today = local_day(page.now())
    dates = [(one, activity_series.next_time(one, today)) for one in activity_series.YEARLY]
    planned = activity_lists.on_days(page.session(), page.viewer().paths(*ROLES), [day for _, day in dates])
    return render_template("activities/yearly.html", dates=dates, planned=planned)


@pages.get("/<int:activity_id>")
@access.allow(*ROLES)
def show(activity_id: int) -> ResponseReturnValue:
    """One activity: who comes and who waits; from its day on, a row to tap for each who came."""
    return _page(activity_id)


@pages.get("/<int:activity_id>/kopiera")
@access.allow(*ROLES)
def copy(activity_id: int) -> ResponseReturnValue:
    """The form of a new activity with everything but the day filled in as in this one."""
    row = activity_lists.one(page.session(), page.viewer().paths(*ROLES), activity_id)
    form = _form()
    form.fill(row, [one.id for one in activity_lists.organizers(page.session(), activity_id)])
    form.day.data = form.last_day.data = ""
    return _form_page(form, None)


@pages.route("/<int:activity_id>/andra", methods=["GET", "POST"])
@access.allow(*ROLES)
def edit(activity_id: int) -> ResponseReturnValue:
    """Change an activity of one's own, or it and all after it in its series."""
    row, session = _own(activity_id), page.session()
    held = [one.id for one in activity_lists.organizers(session, activity_id)]
    form = _form(row.responsible_id)
    follow = activity_series.how_many_follow(session, activity_id) if row.series_id else 0
    if request.method == "GET":
        form.fill(row, held)
        return _form_page(form, row, follow=follow)
    try:
        within = {place.id for place in form.places}
        others = [*form.together(), *(one for one in held if one not in within)]
        draft = form.draft(kept_responsible=row.responsible_id)
        following = form.scope.data == "following" and follow
        if (draft.starts_at, draft.ends_at) != (row.starts_at, row.ends_at):
            after = activity_series.times_following(session, activity_id, draft) if following else {}
            times = [(draft.starts_at, draft.ends_at), *after.values()]
            if clashing := _clashes(form, row.association_id, times, [activity_id, *after]):
                return _form_page(form, row, clashing, follow)
        change = activity_series.edit_following if following else activities.edit
        with session.begin_nested():
            change(session, activity_id, draft, page.now(), organizers=others)
        _note("activity_changed", activity_id, row.association_id)
        return redirect(url_for("activities.show", activity_id=activity_id))
    except Refused as refusal:
        form.refuse(refusal)
    return _form_page(form, row, follow=follow)


@pages.route("/<int:activity_id>/stall-in", methods=["GET", "POST"])
@access.allow(*ROLES)
def cancel(activity_id: int) -> ResponseReturnValue:
    """Ask once, then call the activity off, or it and all after it; those who come are told by SMS."""
    row, session = _own(activity_id), page.session()
    follow = activity_series.how_many_follow(session, activity_id) if row.series_id else 0
    if request.method == "POST":
        off = activity_series.cancel_following if request.form.get("scope") == "following" else activities.cancel
        if off(session, activity_id, page.now()):
            _note("activity_cancelled", activity_id, row.association_id)
        return redirect(url_for("activities.show", activity_id=activity_id))
    by_sms, by_phone = _calls().how_many(session, activity_id, page.now())
    return render_template("activities/cancel.html", row=row, by_sms=by_sms, by_phone=by_phone, follow=follow)


@pages.post("/<int:activity_id>/sok")
@access.allow(*ROLES)
def find(activity_id: int) -> ResponseReturnValue:
    """Look for a member to sign up or tick; a POST, so that no name stands in an address (D16)."""
    words = request.form.get("q", "").strip()
    enough = len(words) >= 2
    found = activity_lists.find(page.session(), words, _reach()) if enough else []
    return _page(activity_id, found=found, words=words, enough=enough)


@pages.post("/<int:activity_id>/anmal")
@access.allow(*ROLES)
def sign_up(activity_id: int) -> ResponseReturnValue:
    """Sign a member up from the search."""
    person_id = _person(activity_id)
    activities.sign_up(page.session(), activity_id, person_id, page.now())
    return _back(activity_id)


@pages.post("/<int:activity_id>/avanmal")
@access.allow(*ROLES)
def withdraw(activity_id: int) -> ResponseReturnValue:
    """Take a member off the list."""
    person_id = _person(activity_id)
    activities.withdraw(page.session(), activity_id, person_id, page.now())
    return _back(activity_id)


@pages.post("/<int:activity_id>/narvaro")
@access.allow(*ROLES)
def attendance(activity_id: int) -> ResponseReturnValue:
    """One tap at the door: came, or did not after all."""
    person_id = _person(activity_id)
    if request.form.get("came") == "1":
        activities.attend(page.session(), activity_id, person_id, page.viewer().account_id, page.now())
    else:
        activities.unattend(page.session(), activity_id, person_id)
    return _back(activity_id)


def _month() -> ResponseReturnValue:
    """A month of everything one may look at, or of one place."""
    session, today = page.session(), local_day(page.now())
    month = calendar.month_of(request.args.get("manad", "")) or today.replace(day=1)
    places = own_places.listed(*ROLES)
    chosen = next((one for one in places if str(one.id) == request.args.get("plats")), None)
    paths = [chosen.path] if chosen else page.viewer().paths(*ROLES)
    rows = activity_lists.within(session, paths, *shared_calendar.span(month))
    return render_template(
        "activities/month.html", month=month, weeks=shared_calendar.weeks(month), today=today, places=places,
        chosen=chosen, on=shared_calendar.by_day(rows, month), before=(month - timedelta(days=1)).replace(day=1),
        after=(month + timedelta(days=31)).replace(day=1),
    )  # fmt: skip


def _page(activity_id: int, **searched: Any) -> ResponseReturnValue:
    session, viewer = page.session(), page.viewer()
    row = activity_lists.one(session, viewer.paths(*ROLES), activity_id)
    people = activity_lists.people_of(session, activity_id, _reach())
    page.saw(*(one.id for one in people), *(one.id for one in searched.get("found", ())))
    coming = [one for one in people if one.state in activities.COMING or one.came]
    own = viewer.covers(row.path, *ROLES)
    return render_template(
        "activities/show.html",
        row=row,
        kinds=activities.KINDS,
        reminders=activities.REMINDERS,
        counts=activity_lists.how_many_people(session, activity_id),
        organizers=activity_lists.organizers(session, activity_id),
        coming=coming,
        answered_no=[one for one in people if one not in coming],
        own=own,
        guests=guests.of_activity(session, activity_id) if own else [],
        pool=activity_lists.travel_pool(session, activity_id) if row.travel_pool else None,
        responsible=activity_lists.responsible(session, row.responsible_id),
        follow=activity_series.how_many_follow(session, activity_id) if row.series_id else 0,
        begun=local_day(page.now()) >= local_day(row.starts_at),
        over=row.ends_at <= page.now(),
        to_ring=_calls().left(session, activity_id, page.now()),
        **searched,
    )


def _form(responsible_id: int | None = None) -> ActivityForm:
    also = [page.viewer().account_id, *([responsible_id] if responsible_id else [])]
    people = activity_lists.may_answer_for(page.session(), _reach(), local_day(page.now()), also)
    return ActivityForm(request.form, places=own_places.listed(*ROLES), people=people)


def _form_page(
    form: ActivityForm, row: Any, clashing: Sequence[clashes.Clash] = (), follow: int = 0
) -> ResponseReturnValue:
    status = 422 if form.errors or clashing else 200
    where = url_for("activities.edit", activity_id=row.id) if row else url_for("activities.new")
    return render_template(
        "activities/form.html", form=form, row=row, clashing=clashing, follow=follow, where=where
    ), status


def _prefill(form: ActivityForm) -> None:
    """A yearly date chosen beforehand."""
    wanted = next((one for one in activity_series.YEARLY if one.key == request.args.get("dag")), None)
    if wanted is not None:
        form.title.data, form.kind.data = gettext(wanted.title), "action"
        form.day.data = activity_series.next_time(wanted, local_day(page.now())).isoformat()
        form.starts.data, form.ends.data = "12:00", "14:00"
    if request.args.get("slag") in activities.KINDS:
        form.kind.data = request.args["slag"]


def _clashes(form: ActivityForm, place: int, times: Sequence[clashes.Time], but: Sequence[int]) -> list[clashes.Clash]:
    """What happens at the same time as any of them, unless that has been read and *Spara ändå* was pressed."""
    if request.form.get("anyway") == "1":
        return []
    return clashes.find(page.session(), [place, *form.together()], times, but=but)


def _own(activity_id: int) -> Any:
    """An activity the viewer may change, else Missing."""
    row = activity_lists.one(page.session(), page.viewer().paths(*ROLES), activity_id)
    if not page.viewer().covers(row.path, *ROLES):
        raise Missing
    return row


def _person(activity_id: int) -> int:
    """The person of the form, if both the activity and the person are within reach, else Missing."""
    activity_lists.one(page.session(), page.viewer().paths(*ROLES), activity_id)
    text = request.form.get("person", "")
    if not (text.isdecimal() and len(text) < 10):
        raise Missing
    found = access.person(page.session(), page.viewer(), int(text), *ROLES)
    page.saw(found.id)
    return found.id


def _calls() -> Any:
    """What the messages know of who has to be rung; handed over by app.py."""
    return current_app.extensions["activity_calls"]


def _reach() -> sa.Select[int]:
    return access.reach(page.viewer(), *ROLES)


def _back(activity_id: int) -> ResponseReturnValue:
    """To the same row of the list: the row's number on the page, nothing about the person."""
    row = request.form.get("row", "")
    anchor = f"rad-{row}" if row.isdecimal() and len(row) < 5 else None
    return redirect(url_for("activities.show", activity_id=activity_id, _anchor=anchor))


def _note(action: str, activity_id: int, association_id: int) -> None:
    account_id = page.viewer().account_id
    audit.changed(page.session(), account_id, action, "activity", activity_id, page.now(), association_id)
