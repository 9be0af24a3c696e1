"""The pages where two entries become one: suggested duplicates, side by side, and undoing it."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from campaigns import merged_people
from campaigns.personal_data import EVERYTHING
from organizer import access, cards, duplicates, finding, merging, page, people, person_locks
from organizer.models import Account, Association, Merge, MergedRow, Person, RoleName
from organizer.views.people import EDIT
from organizer.words import Missing, Refused

pages = Blueprint("merging", __name__, url_prefix="/medlemmar")


@pages.get("/dubbletter")
@access.allow(*EDIT)
def suggested() -> ResponseReturnValue:
    """Who may stand twice, and why we think so; in one association when one is chosen."""
    places = _places()
    place = next((one for one in places if str(one.id) == request.args.get("forening")), None)
    pairs = duplicates.suggestions(page.session(), _reach(), place=place.id if place else None)
    page.saw(*(one.id for pair in pairs for one in (pair.one, pair.other)))
    return render_template(
        "people/duplicates.html", pairs=pairs, reasons=duplicates.REASONS, places=places, place=place,
        at_most=duplicates.AT_MOST,
    )  # fmt: skip


@pages.post("/dubbletter/<int:person_id>/<int:other_id>/inte-samma")
@access.allow(*EDIT)
def not_same(person_id: int, other_id: int) -> ResponseReturnValue:
    """Remember that they are two."""
    one, other = _person(person_id), _person(other_id)
    duplicates.not_same(page.session(), one.id, other.id, page.now(), page.viewer().account_id)
    flash(gettext("Det är antecknat. De två föreslås inte igen."))
    return redirect(url_for("merging.suggested"))


@pages.get("/<int:person_id>/sla-ihop")
@access.allow(*EDIT)
def choose(person_id: int) -> ResponseReturnValue:
    """Whom the person is to be merged with: those we suggest, and a search."""
    return _choose(person_id, None, "")


@pages.post("/<int:person_id>/sla-ihop")
@access.allow(*EDIT)
def search(person_id: int) -> ResponseReturnValue:
    """Look up the other one; a POST, so that no name stands in an address (D16)."""
    words = request.form.get("q", "").strip()[:120]
    viewer = page.viewer()
    stewarded = [role.association_id for role in viewer.roles if role.name == RoleName.STEWARD]
    return _choose(person_id, finding.find(page.session(), words, _reach(), protected_in=stewarded), words)


@pages.get("/<int:person_id>/sla-ihop/<int:other_id>")
@access.allow(*EDIT)
def compare(person_id: int, other_id: int) -> ResponseReturnValue:
    """Both side by side, with a choice for each field that differs."""
    return _compare(_person(person_id), _person(other_id), "")


@pages.post("/<int:person_id>/sla-ihop/<int:other_id>")
@access.allow(*EDIT)
def merge(person_id: int, other_id: int) -> ResponseReturnValue:
    """Make them one."""
    person_locks.take(page.session(), [person_id, other_id])
    session, kept, gone = page.session(), _person(person_id), _person(other_id)
    choices = {name: request.form.get(name, "") for name in merging.FIELDS}
    try:
        with session.begin_nested():
            merge_id = merged_people.merge(session, kept.id, gone.id, choices, page.now(), page.viewer().account_id)
    except Refused as refusal:
        return _compare(kept, gone, page.in_words(refusal)), 422
    return redirect(url_for("merging.show", merge_id=merge_id))


@pages.get("/sammanslagningar/<int:merge_id>")
@access.allow(*EDIT)
def show(merge_id: int) -> ResponseReturnValue:
    """What was merged, by whom, and the way back."""
    return _show(merge_id, "")


@pages.post("/sammanslagningar/<int:merge_id>/angra")
@access.allow(*EDIT)
def undo(merge_id: int) -> ResponseReturnValue:
    """Make them two again, and say what had changed since."""
    session = page.session()
    merge, _kept = _merge(merge_id)
    try:
        with session.begin_nested():
            left = merged_people.undo(session, merge.id, page.now(), page.viewer().account_id)
    except Refused as refusal:
        return _show(merge_id, page.in_words(refusal)), 422
    flash(gettext("De är två igen, och allt som flyttades är tillbaka där det stod."))
    if left:
        titles = {one.table.name: one.title for one in EVERYTHING.personal}
        what = ", ".join(f"{gettext(titles.get(table, table))} ({number})" for table, number in left.items())
        flash(gettext("Det här har ändrats sedan dess och fick stå kvar: %(what)s.", what=what))
    return redirect(url_for("people.show", person_id=merge.kept_id))


def _choose(person_id: int, found: finding.Answer | None, words: str) -> str:
    session, person = page.session(), _person(person_id)
    pairs = [] if person.protected else duplicates.suggestions(session, _reach(), person_id=person.id)
    others = [(pair.other if pair.one.id == person.id else pair.one, pair.reason) for pair in pairs]
    hits = [one for one in found.people if one.id != person.id] if found else []
    page.saw(person.id, *(one.id for one, _reason in others), *(one.id for one in hits))
    return render_template(
        "people/merge_with.html", person=person, others=others, reasons=duplicates.REASONS, found=found, hits=hits,
        words=words, counted=finding.COUNTED,
    )  # fmt: skip


def _compare(kept: Person, gone: Person, mistake: str) -> str:
    session = page.session()
    if kept.id == gone.id:
        raise Missing
    page.saw(kept.id, gone.id)
    sides: list[Any] = [(one, cards.card(session, one)) for one in (kept, gone)]
    wins = "gone" if sides[1][1].member and not sides[0][1].member else "kept"
    return render_template(
        "people/merge.html", sides=sides, fields=merging.FIELDS, mistake=mistake, typed=request.form, wins=wins,
        ends=people.ENDS,
    )  # fmt: skip


def _show(merge_id: int, mistake: str) -> str:
    session = page.session()
    merge, kept = _merge(merge_id)
    page.saw(kept.id)
    counts = session.execute(
        sa.select(MergedRow.table_name, sa.func.count())
        .where(MergedRow.merge_id == merge_id, MergedRow.what != "changed")
        .group_by(MergedRow.table_name)
    ).all()
    titles = {one.table.name: one.title for one in EVERYTHING.personal}
    moved = [(titles.get(table, table), number) for table, number in counts if table != "people"]
    by = session.scalar(sa.select(Account.name).where(Account.id == merge.account_id))
    return render_template(
        "people/merged.html", merge=merge, person=kept, moved=sorted(moved), by=by, mistake=mistake,
        later=merging.later_than(session, merge),
    )  # fmt: skip


def _merge(merge_id: int) -> tuple[Merge, Person]:
    """A merge whose kept person, as they are now, lies within reach; else Missing."""
    session = page.session()
    merge = session.get(Merge, merge_id)
    if merge is None:
        raise Missing
    person_locks.take(session, [merge.kept_id, merge.gone_id])
    return merge, _person(people.now_is(session, merge.kept_id))


def _person(person_id: int) -> Person:
    return access.person(page.session(), page.viewer(), person_id, *EDIT)


def _reach() -> sa.Select[int]:
    return access.reach(page.viewer(), *EDIT)


def _places() -> list[Association]:
    here = sa.select(Association).where(
        Association.id.in_(_reach()), Association.kind == "association", Association.closed_on.is_(None)
    )
    return list(page.session().scalars(here.order_by(Association.sort_key)))
