"""Who lives with whom: found by a search that lists nobody by itself, written down, and taken away."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from organizer import access, finding, households, page
from organizer.models import RoleName
from organizer.views.people import EDIT, SEE, change
from organizer.words import N_

pages = Blueprint("households", __name__, url_prefix="/medlemmar")


@pages.get("/<int:person_id>/hushall")
@access.allow(*EDIT)
def choose(person_id: int) -> ResponseReturnValue:
    """Look for whom the person lives with."""
    return _page(person_id, None, "")


@pages.post("/<int:person_id>/hushall")
@access.allow(*EDIT)
def search(person_id: int) -> ResponseReturnValue:
    """What was found; a POST, so that no name stands in an address (D16)."""
    words = request.form.get("q", "").strip()[:120]
    viewer = page.viewer()
    stewarded = [role.association_id for role in viewer.roles if role.name == RoleName.STEWARD]
    found = finding.find(page.session(), words, access.reach(viewer, *SEE), protected_in=stewarded)
    return _page(person_id, found, words)


@pages.post("/<int:person_id>/hushall/<int:other_id>")
@access.allow(*EDIT)
def join(person_id: int, other_id: int) -> ResponseReturnValue:
    """They live together."""
    other = access.person(page.session(), page.viewer(), other_id, *EDIT)
    return change(
        person_id, N_("Det är antecknat att de bor ihop."),
        lambda: households.join(page.session(), person_id, other.id, page.now(), page.viewer().account_id),
    )  # fmt: skip


@pages.post("/<int:person_id>/hushall/lamna")
@access.allow(*EDIT)
def leave(person_id: int) -> ResponseReturnValue:
    """The person does not live there any more."""
    return change(
        person_id, N_("Personen är borttagen ur hushållet."),
        lambda: households.leave(page.session(), person_id, page.now(), page.viewer().account_id),
    )  # fmt: skip


def _page(person_id: int, found: finding.Answer | None, words: str) -> str:
    person = access.person(page.session(), page.viewer(), person_id, *EDIT)
    hits = [one for one in found.people if one.id != person.id] if found else []
    page.saw(person.id, *(one.id for one in hits))
    return render_template(
        "people/household.html",
        person=person,
        found=found,
        hits=hits,
        words=words,
        counted=finding.COUNTED,
        there=_living_there(person.id) if hits else set(),
    )


def _living_there(person_id: int) -> set[int]:
    """Who is written down as living there already."""
    mates = households.of(page.session(), person_id, access.reach(page.viewer(), *SEE))
    return {one.id for one in mates if one.by_hand}
