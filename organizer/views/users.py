"""Those who log in: adding them, giving and ending their roles, new links and closed accounts."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from organizer import access, accounts, audit, page, phones, roles, second_factor, setup_links, user_lists
from organizer.door import configuration
from organizer.models import Account, Association, RoleName
from organizer.words import Missing, Refused

pages = Blueprint("users", __name__, url_prefix="/installningar")
ROLES = (RoleName.ORGANIZER, RoleName.OWNER)


@pages.get("/roller")
@access.allow(*ROLES)
def all_roles() -> ResponseReturnValue:
    """Who holds what where, within one's own reach."""
    return _roles()


@pages.post("/roller")
@access.allow(*ROLES)
def give() -> ResponseReturnValue:
    """Give a role to a user at a place."""
    account = roles.account_within_reach(page.session(), page.viewer(), _number("account"), page.now())
    place = access.association(page.session(), page.viewer(), request.form.get("place", ""), *ROLES)
    roles.give(page.session(), page.viewer(), account.id, request.form.get("role", ""), place, page.now())
    return redirect(url_for("users.all_roles"))


@pages.post("/roller/<int:role_id>/avsluta")
@access.allow(*ROLES)
def end(role_id: int) -> ResponseReturnValue:
    """End a role from this moment."""
    try:
        with page.session().begin_nested():
            roles.end(page.session(), page.viewer(), role_id, page.now())
    except Refused as refusal:
        return _roles(page.in_words(refusal))
    return redirect(url_for("users.all_roles"))


@pages.get("/anvandare")
@access.allow(*ROLES)
def people() -> ResponseReturnValue:
    """Everyone who logs in, within one's own reach."""
    return _people()


@pages.post("/anvandare")
@access.allow(*ROLES)
def add() -> ResponseReturnValue:
    """Add a user with a first role; the link for choosing a password is shown once."""
    place = access.association(page.session(), page.viewer(), request.form.get("place", ""), *ROLES)
    role = request.form.get("role", "")
    try:
        with page.session().begin_nested():
            typed = request.form.get("phone", "").strip()
            account = accounts.add(
                page.session(),
                request.form.get("name", ""),
                request.form.get("email"),
                phones.normalise(typed) if typed else None,
                page.now(),
            )
            roles.give(page.session(), page.viewer(), account, role, place, page.now())
    except Refused as refusal:
        return _people(refusal=refusal)
    made = page.session().get_one(Account, account)
    return _link(made) if made.email else redirect(url_for("users.people"))


@pages.post("/anvandare/<int:account_id>/lank")
@access.allow(RoleName.OWNER)
def link(account_id: int) -> ResponseReturnValue:
    """A new link for someone who forgot; with `factor` the lost code app is taken away too (D18: the owner alone)."""
    account = roles.account_within_reach(page.session(), page.viewer(), account_id, page.now())
    if not account.email:
        raise Refused("Den här användaren loggar in med sin mobil och behöver ingen länk.")
    if request.form.get("factor"):
        second_factor.remove(page.session(), account.id)
        accounts.end_logins(page.session(), account.id, page.now())
        audit.changed(page.session(), page.viewer().account_id, "factor_removed", "account", account.id, page.now())
    return _link(account)


@pages.post("/anvandare/<int:account_id>/stang")
@access.allow(*ROLES)
def close(account_id: int) -> ResponseReturnValue:
    """Close an account and end its roles and logins."""
    roles.account_within_reach(page.session(), page.viewer(), account_id, page.now())
    roles.disable(page.session(), page.viewer(), account_id, page.now())
    return redirect(url_for("users.people"))


def _link(account: Account) -> ResponseReturnValue:
    by = page.viewer().account_id
    token = setup_links.issue(page.session(), account.id, by, page.now())
    audit.changed(page.session(), by, "link_issued", "account", account.id, page.now())
    address = configuration().public_base_url + url_for("second_door.welcome", token=token)
    return render_template("settings/link.html", account=account, address=address)


def _roles(problem: str | None = None) -> ResponseReturnValue:
    viewer = page.viewer()
    held = roles.within_reach(page.session(), viewer, page.now())
    users = user_lists.users(page.session(), viewer, page.now())
    return render_template(
        "settings/roles.html", held=held, users=users, places=_places(), names=_may_give(), problem=problem
    ), 409 if problem else 200


def _people(refusal: Refused | None = None) -> ResponseReturnValue:
    return render_template(
        "settings/people.html",
        users=user_lists.users(page.session(), page.viewer(), page.now()),
        places=_places(),
        names=_may_give(),
        owner=page.viewer().holds(RoleName.OWNER),
        typed=request.form,
        field=refusal.field if refusal else None,
        problem=page.in_words(refusal) if refusal else None,
    ), 422 if refusal else 200


def _places() -> list[Association]:
    return user_lists.places(page.session(), page.viewer().paths(*ROLES))


def _may_give() -> list[str]:
    """The roles the viewer may give at some place."""
    given: set[str] = set()
    for held in page.viewer().roles:
        given |= roles.GIVES.get(RoleName(held.name), frozenset())
    return [name for name in roles.NAMES if name in given]


def _number(name: str) -> int:
    text = request.form.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Missing
    return int(text)
