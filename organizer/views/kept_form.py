"""Back after the login ended in the middle of a form: what was typed is still here, to be sent or thrown away."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from organizer import access, kept_forms, page

pages = Blueprint("kept_form", __name__, url_prefix="/fortsatt")
OURS = {"csrf_token", "fortsatt"}
"""Fields that the form gets anew."""


@pages.get("")
@access.allow()
def show() -> ResponseReturnValue:
    """What was typed, with a button that sends it to where it was going."""
    kept = kept_forms.of(page.session(), page.viewer().account_id, page.now())
    if kept is None:
        return redirect(url_for("home.front_door"))
    fields = [(name, text) for name, text in kept.fields if name not in OURS]
    typed = [
        text for _name, text in fields if " " in text.strip()
    ]  # whole words: the rest are marks and numbers of rows
    return render_template("login/kept.html", address=kept.address, fields=fields, typed=typed)


@pages.post("")
@access.allow()
def drop() -> ResponseReturnValue:
    """Throw it away."""
    kept_forms.drop(page.session(), page.viewer().account_id)
    return redirect(url_for("home.front_door"))
