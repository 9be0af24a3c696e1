"""What waits for an association's chair or steward, with one action each, and logging what the tool did not see."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from campaigns import activity_calls, todo_work
from campaigns.models import Todo
from campaigns.views.associations import ROLES, own_slug
from organizer import access, activities, membership, page, phones, plan_nudges, typed_days
from organizer.db import search_key
from organizer.menu import Entry
from organizer.models import Association, Membership, Person, RoleName
from organizer.times import local_day
from organizer.words import N_, Missing, Refused

pages = Blueprint("association_todos", __name__)
MENU = (Entry(N_("Att göra"), "association_todos.own", "form", (RoleName.CHAIR, RoleName.STEWARD), order=12),)
STARTS = {RoleName.STEWARD: "association_todos.own"}
KINDS = {
    "wrong_number": N_("Numret går till någon annan. Rätta det i medlemsregistret."),
    "bad_number": N_("Sms kommer inte fram till numret. Rätta det i medlemsregistret."),
    "moved": N_("Säger sig ha flyttat. Kontrollera adressen i medlemsregistret."),
    "leaving": N_("Vill gå ur partiet. Ta kontakt och för in det i medlemsregistret."),
    "deceased": N_("Har avlidit enligt den som svarade. För in det i medlemsregistret."),
    "distress": N_("Samtalet blev obehagligt. Läs vad som hänt och bestäm vad ni gör."),
    "follow_up": N_("Vill att någon hör av sig."),
    "language": N_("Behöver ringas på ett annat språk."),
    "contested": N_("Två personer har rapporterat samma samtal. Kontrollera vad som gäller."),
    "callback_missed": N_("Ett utlovat samtal blev inte av. Ring så snart du kan."),
}
"""What a todo of each kind asks for."""
MOST_FOUND = 12


@pages.get("/min-forening/att-gora")
@access.allow(RoleName.CHAIR, RoleName.STEWARD)
def own() -> ResponseReturnValue:
    """To what waits in one's own association."""
    return redirect(url_for("association_todos.todos", slug=own_slug()))


@pages.get("/forening/<slug>/att-gora")
@access.allow(*ROLES)
def todos(slug: str) -> ResponseReturnValue:
    """Open todos with names, logged; protected people only for the steward of this very association (D19)."""
    return _page(access.association(page.session(), page.viewer(), slug, *ROLES))


@pages.post("/forening/<slug>/att-gora/<int(max=2147483647):todo_id>/klart")
@access.allow(*ROLES)
def done(slug: str, todo_id: int) -> ResponseReturnValue:
    """Note that it has been handled; Missing if it is not here, or somebody was quicker."""
    association = access.association(page.session(), page.viewer(), slug, *ROLES)
    if todo_id not in {row.id for row in _open(association)[0]}:
        raise Missing
    todo_work.done(page.session(), todo_id, page.viewer().account_id, page.now())
    flash(gettext("Klart. Det är avbockat."))
    return redirect(url_for("association_todos.todos", slug=slug))


@pages.post("/forening/<slug>/att-gora/insats")
@access.allow(*ROLES)
def contribute(slug: str) -> ResponseReturnValue:
    """Log any other effort of a member: every effort counts (J18)."""
    session = page.session()
    association = access.association(session, page.viewer(), slug, *ROLES)
    form, found, mistakes = request.form, [], {}
    chosen = form.get("person", "")
    if chosen.isdecimal() and len(chosen) < 10:
        found = _members(association, Person.id == int(chosen))
    elif len(form.get("name", "").strip()) >= 2:
        found = _members(association, Person.search_key.like(f"%{_safe(form['name'])}%", escape="\\"))
    if not found:
        mistakes["name"] = gettext(
            "Hittar ingen medlem i föreningen med det namnet. Skriv minst två bokstäver av för- eller efternamnet."
        )
    day = typed_days.read(form.get("day", ""))
    if day is None:
        mistakes["day"] = gettext(typed_days.SENTENCE)
    if not mistakes and len(found) == 1 and day:
        try:
            with session.begin_nested():
                activities.contribute(
                    session, found[0].id, form.get("what", ""), day, page.viewer().account_id, page.now()
                )
        except Refused as refusal:
            mistakes[refusal.field or "what"] = page.in_words(refusal)
        else:
            flash(gettext("Insatsen är sparad."))
            return redirect(url_for("association_todos.todos", slug=slug))
    page.saw(*(one.id for one in found))
    return _page(association, mistakes, found if len(found) > 1 else []), 422


def _page(association: Association, mistakes: dict[str, str] | None = None, found: list[Any] | None = None) -> str:
    rows, hidden = _open(association)
    page.saw(*(row.person_id for row in rows))
    return render_template(
        "associations/todos.html",
        association=association,
        todos=rows,
        waiting=activity_calls.waiting(page.session(), [association.id], page.now()),
        hidden=hidden,
        nudges=plan_nudges.monthly(page.session(), page.viewer().account_id, page.now()),
        kinds=KINDS,
        mistakes=mistakes or {},
        display=phones.display,
        found=found or [],
        today=local_day(page.now()),
        new=len(page.session().execute(membership.waiting(local_day(page.now()), [association.id])).all()),
    )


def _open(association: Association) -> tuple[list[Any], int]:
    """The open todos of the association, oldest first, and how many are about protected people."""
    rows = page.session().execute(
        sa.select(
            Todo.id, Todo.kind, Todo.text, Todo.new_number, Todo.created_at, Todo.person_id, Person.first_name, Person.last_name,
            Person.protected,
        )
        .join(Person, Person.id == Todo.person_id)
        .where(Todo.association_id == association.id, Todo.done_at.is_(None), Todo.visible_at <= page.now())
        .order_by(Todo.created_at, Todo.id)
    ).all()  # fmt: skip
    steward = any(
        role.name == RoleName.STEWARD and role.association_id == association.id for role in page.viewer().roles
    )
    shown = [row for row in rows if steward or not row.protected]
    return shown, len(rows) - len(shown)


def _members(association: Association, which: sa.ColumnElement[bool]) -> list[Any]:
    return list(
        page.session().execute(
            sa.select(Person.id, Person.first_name, Person.last_name)
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.association_id == association.id, Membership.to_day.is_(None), which)
            .where(Person.protected.is_(False), Person.deceased_on.is_(None))
            .order_by(Person.sort_key, Person.id)
            .limit(MOST_FOUND)
        )
    )


def _safe(name: str) -> str:
    return search_key(name).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
