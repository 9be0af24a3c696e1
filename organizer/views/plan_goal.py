"""One goal: how far it has come, what has been noted about it, what moves it, and a person's own judgement."""

from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from organizer import access, page, plans, typed_days
from organizer import plan_counting as counting
from organizer.models import Account, Association, AssociationKind, GoalEntry, Plan, PlanGoal
from organizer.plan_goals import Goal, goals_for
from organizer.plan_status import STATUSES
from organizer.times import local_day
from organizer.views import plan_form, plan_words
from organizer.views.plan import READS, WRITES, eyes_on, is_above, may_write, pages
from organizer.views.plan_write import goal_form
from organizer.words import Missing, Refused

MOST_SHOWN = 100


@pages.get("/mal/<int(max=2147483647):goal_id>")
@access.allow(*READS)
def goal(goal_id: int) -> ResponseReturnValue:
    """The goal with its notes; `hos` says at which association, for a goal that is asked of each."""
    return _page(*_found(goal_id))


@pages.post("/mal/<int(max=2147483647):goal_id>/anteckna")
@access.allow(*READS)
def note(goal_id: int) -> ResponseReturnValue:
    """One more, a reading, done, or a sentence: by whoever writes the plan, answers for the goal or chairs the association."""
    row, at = _to_note(goal_id)
    form = request.form
    try:
        with page.session().begin_nested():
            plans.note(
                page.session(), row, _measured(row, at), form.get("kind", ""), _number(form.get("value", "")), form.get("note", ""),
                form.get("link", ""), typed_days.offered(form.get("day", ""), "day"), page.viewer().account_id, page.now(),
            )  # fmt: skip
    except Refused as refusal:
        return _page(row, at, refusal), 422
    flash(gettext("Det är antecknat."))
    return _back(row, at)


@pages.post("/mal/<int(max=2147483647):goal_id>/anteckna/<int(max=2147483647):entry_id>/angra")
@access.allow(*READS)
def take_back(goal_id: int, entry_id: int) -> ResponseReturnValue:
    """Take a note back: it stays to be seen, and counts no more."""
    row, at = _to_note(goal_id)
    plans.take_back(page.session(), row.id, _measured(row, at), entry_id, page.viewer().account_id, page.now())
    flash(gettext("Anteckningen räknas inte längre."))
    return _back(row, at)


@pages.post("/mal/<int(max=2147483647):goal_id>/bedom")
@access.allow(*WRITES)
def judge(goal_id: int) -> ResponseReturnValue:
    """Judge the goal oneself, with the reason, or let the counting stand again."""
    row, at = _found(goal_id)
    if not may_write(at):
        raise Missing
    status = "" if "end" in request.form else request.form.get("status", "") or "?"
    try:
        with page.session().begin_nested():
            plans.judge(
                page.session(), row, _measured(row, at), status, request.form.get("why", ""), page.viewer().account_id, page.now()
            )  # fmt: skip
    except Refused as refusal:
        return _page(row, at, refusal), 422
    flash(gettext("Bedömningen är sparad."))
    return _back(row, at)


@pages.route("/mal/<int(max=2147483647):goal_id>/andra", methods=["GET", "POST"])
@access.allow(*WRITES)
def edit(goal_id: int) -> ResponseReturnValue:
    """Change what the goal is and how it is measured; its notes stay."""
    row, place = _own(goal_id)
    if request.method == "GET":
        return goal_form(place, row.year, plan_form.of_goal(row), row)
    values = plan_form.typed(request.form)
    try:
        with page.session().begin_nested():
            draft = plan_form.draft(values, row)
            plans.edit(page.session(), row.id, place, row.year, draft, page.viewer().account_id, page.now())
    except Refused as refusal:
        return goal_form(place, row.year, values, row, refusal), 422
    flash(gettext("Målet är ändrat."))
    return redirect(url_for("plan.goal", goal_id=goal_id))


@pages.post("/mal/<int(max=2147483647):goal_id>/ta-bort")
@access.allow(*WRITES)
def remove(goal_id: int) -> ResponseReturnValue:
    """Take the goal out of the plan."""
    row, place = _own(goal_id)
    plans.remove(page.session(), row.id, place, page.viewer().account_id, page.now())
    flash(gettext("Målet är borttaget ur planen."))
    return redirect(url_for("plan.show", slug=place.slug, ar=row.year))


def _row(goal_id: int) -> Any:
    here = sa.select(*PlanGoal.__table__.columns, Plan.year, Plan.association_id.label("owner"))
    here = here.join(Plan, Plan.id == PlanGoal.plan_id).where(PlanGoal.id == goal_id, PlanGoal.removed_at.is_(None))
    row = page.session().execute(here).first()
    if row is None:
        raise Missing
    return row


def _found(goal_id: int) -> tuple[Any, Association]:
    """The goal and the place it is looked at; Missing for whoever may not read the plan or that place's part of it."""
    session, viewer, row = page.session(), page.viewer(), _row(goal_id)
    owner = session.get_one(Association, row.owner)
    if not (viewer.covers(owner.path, *READS) or is_above(owner)):
        raise Missing
    slug = request.values.get("hos", "")
    if not slug or slug == owner.slug:
        if row.scope == "one":
            _reads(row.place_id)
        return row, owner
    at = access.association(session, viewer, slug, *READS)
    asked = row.scope == "every" or (row.scope == "one" and row.place_id == at.id)
    if not asked or at.kind != AssociationKind.ASSOCIATION or not at.path.startswith(owner.path):
        raise Missing
    return row, at


def _reads(place_id: int) -> None:
    """Missing for whoever may not know the association that a goal is about."""
    place = page.session().get_one(Association, place_id)
    if not page.viewer().covers(place.path, *READS):
        raise Missing


def _own(goal_id: int) -> tuple[Any, Association]:
    """A goal of a plan that the viewer writes, with the plan's place."""
    row = _row(goal_id)
    place = page.session().get_one(Association, row.owner)
    if not may_write(place):
        raise Missing
    return row, place


def _to_note(goal_id: int) -> tuple[Any, Association]:
    """A goal that the viewer may note about at that place: its plan's writer, its responsible, or the chair there."""
    row, at = _found(goal_id)
    if not _may_note(row, at):
        raise Missing
    return row, at


def _measured(row: Any, at: Association) -> Association:
    """Where what is noted belongs: a goal about one association is noted there."""
    return page.session().get_one(Association, counting.where(row, at))


def _may_note(row: Any, at: Association) -> bool:
    answers = row.responsible_id == page.viewer().account_id and at.id == row.owner
    return may_write(at) or answers


def _page(row: Any, at: Association, refusal: Refused | None = None) -> str:
    session = page.session()
    fresh = at.kind == AssociationKind.ASSOCIATION
    goals = goals_for(session, at.id, row.year, page.now(), fresh=fresh, eyes=eyes_on(at))
    shown: Goal | None = next((one for one in goals if one.id == row.id), None)
    if shown is None:
        raise Missing
    where = session.get_one(Association, shown.place_id)
    own = at if at.id != row.owner else where
    return render_template(
        "plan/goal.html",
        goal=shown, row=row, at=at, own=own, owner=session.get_one(Association, row.owner), notes=_notes(row.id, own.id),
        notes_here=_may_note(row, at), judges=may_write(at), edits=may_write(session.get_one(Association, row.owner)),
        statuses=STATUSES, words=plan_words, today=local_day(page.now()), typed=request.form,
        error=(refusal.field, page.in_words(refusal)) if refusal else None,
    )  # fmt: skip


def _notes(goal_id: int, place_id: int) -> list[Any]:
    here = (GoalEntry.goal_id == goal_id, GoalEntry.association_id == place_id)
    return list(
        page.session().execute(
            sa.select(*GoalEntry.__table__.columns, Account.name)
            .outerjoin(Account, Account.id == GoalEntry.account_id)
            .where(*here)
            .order_by(GoalEntry.at.desc(), GoalEntry.id.desc())
            .limit(MOST_SHOWN)
        )
    )


def _back(row: Any, at: Association) -> ResponseReturnValue:
    hos = {"hos": at.slug} if at.id != row.owner else {}
    if request.form.get("back") == "plan":
        return redirect(url_for("plan.show", slug=at.slug, ar=row.year))
    return redirect(url_for("plan.goal", goal_id=row.id, _anchor=None, **hos))  # type: ignore[arg-type]


def _number(text: str) -> int | None:
    text = "".join(text.split()).replace("−", "-")
    bare = text.removeprefix("-")
    return int(text) if bare.isascii() and bare.isdecimal() and len(bare) < 10 else None
