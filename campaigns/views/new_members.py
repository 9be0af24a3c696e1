"""The new members of an association: who waits, since when, and writing down that somebody has rung."""

from datetime import timedelta

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from campaigns import shifts
from campaigns.views.associations import ROLES, own_slug
from organizer import access, activation, contacts, membership, new_members, page, support
from organizer.membership import IN_TIME_DAYS, NEW_DAYS
from organizer.menu import Entry
from organizer.models import Association, Kind, Membership, Person, RoleName
from organizer.times import local_day
from organizer.words import N_, Missing, Refused

pages = Blueprint("association_new", __name__)
MENU = (
    Entry(N_("Nya medlemmar"), "association_new.own", "people", (RoleName.CHAIR, RoleName.STEWARD), order=14),
    Entry(
        N_("Nya medlemmar"),
        "association_new.district",
        "people",
        (RoleName.ORGANIZER,),
        group=N_("Uppföljning"),
        order=58,
    ),
)


@pages.get("/min-forening/nya")
@access.allow(RoleName.CHAIR, RoleName.STEWARD)
def own() -> ResponseReturnValue:
    """To the new members of one's own association."""
    return redirect(url_for("association_new.waiting", slug=own_slug()))


@pages.get("/forening/<slug>/nya")
@access.allow(*ROLES)
def waiting(slug: str) -> ResponseReturnValue:
    """Names are allowed here, and logged; protected people only for the steward of this very association (D19)."""
    association = access.association(page.session(), page.viewer(), slug, *ROLES)
    found = new_members.of_association(page.session(), association.id, local_day(page.now()))
    sees_protected = any(
        role.name == RoleName.STEWARD and role.association_id == association.id for role in page.viewer().roles
    )
    shown = [one for one in found if sees_protected or not one.protected]
    page.saw(*(one.person_id for one in shown))
    return render_template(
        "associations/new.html",
        association=association,
        waiting=[one for one in shown if one.contacted_on is None],
        contacted=[one for one in shown if one.contacted_on is not None],
        hidden=len(found) - len(shown),
        limit=IN_TIME_DAYS,
        shift_id=shifts.open_for_new_members(page.session(), page.viewer().account_id, page.now()),
    )


@pages.get("/forening/<slug>/nya/<int(max=2147483647):person_id>")
@access.allow(*ROLES)
def person(slug: str, person_id: int) -> ResponseReturnValue:
    """One new member with the number to ring, and how it went."""
    association, found = _found(slug, person_id)
    page.saw(person_id)
    return _page(association, found, None)


@pages.post("/forening/<slug>/nya/<int(max=2147483647):person_id>")
@access.allow(*ROLES)
def log(slug: str, person_id: int) -> ResponseReturnValue:
    """Write down the contact, and back to the list."""
    association, found = _found(slug, person_id)
    page.saw(person_id)
    try:
        contact_id = contacts.log(
            page.session(), person_id, page.viewer().account_id, request.form.get("how", ""),
            "invited" in request.form, page.now(),
        )  # fmt: skip
    except Refused as refusal:
        return _page(association, found, page.in_words(refusal)), 422
    return redirect(url_for("association_new.waiting", slug=slug, logged=contact_id))


@pages.post("/forening/<slug>/nya/angra/<int(max=2147483647):contact_id>")
@access.allow(*ROLES)
def take_back(slug: str, contact_id: int) -> ResponseReturnValue:
    """Undo what one has just written down."""
    access.association(page.session(), page.viewer(), slug, *ROLES)
    contacts.take_back(page.session(), contact_id, page.viewer().account_id, page.now())
    flash(gettext("Kontakten är borttagen igen."))
    return redirect(url_for("association_new.waiting", slug=slug))


@pages.post("/forening/<slug>/nya/<int(max=2147483647):person_id>/ansvarig")
@access.allow(*ROLES)
def give(slug: str, person_id: int) -> ResponseReturnValue:
    """Say who sees to a new member, and back to the list."""
    association, found = _found(slug, person_id)
    text = request.form.get("owner", "")
    owner = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
    try:
        new_members.give(page.session(), person_id, association, owner, page.viewer().account_id, page.now())
    except Refused as refusal:
        page.saw(person_id)
        return _page(association, found, None, page.in_words(refusal)), 422
    flash(gettext("Ansvaret är sparat."))
    return redirect(url_for("association_new.waiting", slug=slug))


@pages.get("/nya-medlemmar")
@access.allow(RoleName.ORGANIZER)
def district() -> ResponseReturnValue:
    """The clock of the whole district: every new member contacted and invited in time, and who sees to it."""
    session, today = page.session(), local_day(page.now())
    places = access.reach(page.viewer(), RoleName.ORGANIZER)
    shown, many = new_members.left_in(session, places, today)
    page.saw(*(one.person_id for one in shown))
    begins = today - timedelta(days=NEW_DAYS)
    clocks = [
        activation.pooled(membership.new_in_time(session, begins, today, today, places, *kinds).values())
        for kinds in ((), (Kind.INVITATION,))
    ]
    return render_template(
        "associations/new_in_district.html", shown=shown, many=many, limit=IN_TIME_DAYS, new=NEW_DAYS,
        contacted=clocks[0], invited=clocks[1],
    )  # fmt: skip


def _found(slug: str, person_id: int) -> tuple[Association, Person]:
    session, viewer = page.session(), page.viewer()
    association = access.association(session, viewer, slug, *ROLES)
    found = access.person(session, viewer, person_id, *ROLES)
    here = (Membership.person_id == person_id, Membership.association_id == association.id, Membership.to_day.is_(None))
    if session.scalar(sa.select(Membership.id).where(*here)) is None:
        raise Missing
    return association, found


def _page(association: Association, found: Person, mistake: str | None, wrong_owner: str | None = None) -> str:
    return render_template(
        "associations/new_person.html",
        association=association,
        person=found,
        phone=new_members.number_to_ring(page.session(), found.id),
        how=contacts.HOW,
        mistake=mistake,
        wrong_owner=wrong_owner,
        helpers=support.helpers(page.session(), association, local_day(page.now())),
        owner=new_members.owner_of(page.session(), found.id),
    )
