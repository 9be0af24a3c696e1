"""The door of the application: who may pass, security headers, hashed assets, template words, errors in words."""

import hashlib
import logging
import secrets
from pathlib import Path
from typing import Any

from flask import (
    Flask,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    send_from_directory,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response

from organizer import access, accounts, installation, kept_forms, page, writing
from organizer.db import Busy, Database
from organizer.languages import chosen
from organizer.menu import menu
from organizer.words import Missing, Refused

log = logging.getLogger("rundan")
STATIC = Path(__file__).parent.parent / "static"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
}
FRAMED = {
    **{name: value for name, value in HEADERS.items() if name != "X-Frame-Options"},
    "Content-Security-Policy": HEADERS["Content-Security-Policy"].replace(
        "frame-ancestors 'none'", "frame-ancestors *"
    ),
}
"""For the one page that other sites may show in a frame (`g.framed`): it has no forms and knows no visitor."""
FROM_SMS = ("/a/", "/e/", "/stop")
"""How the short links in messages begin: whoever mistypes one is told what to do, and gets out if they want to."""


_ANEW = frozenset({"csrf_token"})
"""Fields that a form sent again gets anew."""


class RowNumber(IntegerConverter):
    """A number in an address that the databases can hold; a longer one is the address of nothing."""

    def __init__(self, url_map: Map, **limits: Any) -> None:
        """At most what a row's id can be in PostgreSQL."""
        super().__init__(url_map, **{"max": 2**31 - 1, **limits})


def set_up(app: Flask, login_manager: LoginManager) -> None:
    """Hang the door on the application."""
    app.extensions["assets"] = {
        str(file.relative_to(STATIC)): hashlib.sha256(file.read_bytes()).hexdigest()[:12]
        for file in STATIC.rglob("*")
        if file.is_file()
    }
    app.url_map.converters["int"] = RowNumber
    app.add_url_rule("/static/<version>/<path:name>", "static", access.public(_static))
    app.before_request(_guard)
    app.after_request(_add_headers)
    app.jinja_env.globals["site_name"] = app.extensions["configuration"].site_name  # macros see only globals
    app.jinja_env.globals.update(menu=menu, asset=asset, language=chosen, client_ref=lambda: secrets.token_urlsafe(16))
    app.jinja_env.globals.update(role_name=writing.role_name, site_name=app.extensions["configuration"].site_name)
    app.jinja_env.filters.update(writing.FILTERS)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_words_of_every_template)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Missing, lambda _missing: _problem(404))
    app.register_error_handler(Busy, lambda _busy: _wait_a_moment())
    app.register_error_handler(CSRFError, lambda _error: _problem(400))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _crashed)
    login_manager.unauthorized_handler(_to_login)
    login_manager.user_loader(_viewer)


def asset(name: str) -> str:
    """The address of a file in static/, with its content's hash so that it may be kept for ever (D12)."""
    return url_for("static", version=current_app.extensions["assets"][name], name=name)


def check_every_page_is_classified(app: Flask) -> None:
    """Refuse to start with a page that is neither public nor locked to somebody."""
    for rule in app.url_map.iter_rules():
        if not isinstance(getattr(app.view_functions[rule.endpoint], "access", None), access.Rule):
            raise TypeError(f"{rule.endpoint}: mark the view with access.public or access.allow(...)")


def _static(version: str, name: str) -> ResponseReturnValue:  # noqa: ARG001  the version only makes it cacheable
    response = send_from_directory(STATIC, name, max_age=31536000)
    response.cache_control.immutable = True
    return response


def _guard() -> ResponseReturnValue | None:
    """Let in whom the page is for: the rule stands beside each view, the scope is the view's own fetch."""
    page.now()
    view = current_app.view_functions.get(request.endpoint or "")
    request.max_content_length = getattr(view, "largest", current_app.config["MAX_CONTENT_LENGTH"])
    _refuse_what_no_text_holds()
    if view is None:
        return None
    _refuse_other_kind()
    rule: access.Rule = getattr(view, "access")  # noqa: B009  mypy does not know it
    if rule.public:
        return None
    if not current_user.is_authenticated:
        return _to_login()
    if rule.roles and not current_user.holds(*rule.roles):
        abort(404)
    if "fortsatt" in request.form:
        _kept_form_is_on_its_way()
    return None


def _kept_form_is_on_its_way() -> None:
    """Sent from organizer.views.kept_form: it must not be offered, and sent, once more at the next login."""
    database: Database = current_app.extensions["database"]
    database.write(lambda writing: kept_forms.drop(writing, current_user.account_id), page.PATIENCE)


def _refuse_what_no_text_holds() -> None:
    """A NUL is in nobody's name, and PostgreSQL cannot keep it: such a request is made by hand, not by a person."""
    texts = [request.path, *(text for values in (request.args, request.form) for _, text in values.items(multi=True))]
    if any("\x00" in text for text in texts):
        abort(400)


def _refuse_other_kind() -> None:
    """Once in each process: a demo's database is never served as a real installation, nor the reverse (D25)."""
    if current_app.extensions.get("kind_is_right") or request.endpoint in {"static", "notices.alive"}:
        return
    database: Database = current_app.extensions["database"]
    with database.reading() as reading:
        installation.check(reading, demo=current_app.extensions["configuration"].demo)
    current_app.extensions["kind_is_right"] = True


def _viewer(token: str) -> access.Viewer | None:
    database: Database = current_app.extensions["database"]
    with database.reading() as reading:
        return accounts.viewer_of(reading, token, page.now())


def _to_login() -> ResponseReturnValue:
    """Ask for a login, and come back to the same page afterwards, with what was typed if it was a form."""
    if request.method == "GET":
        session["next"] = request.full_path.rstrip("?")
    elif request.method == "POST" and "_user_id" in session and _is_sent_by_hand():
        database: Database = current_app.extensions["database"]
        fields = [[name, text] for name, text in request.form.items(multi=True)]
        token, address = session["_user_id"], request.full_path.rstrip("?")
        if database.write(lambda writing: kept_forms.keep(writing, token, address, fields, page.now()), page.PATIENCE):
            return redirect(url_for("login.start", kvar="1"))
    return redirect(url_for("login.start"))


def _is_sent_by_hand() -> bool:
    """A script keeps what it sends and tries again by itself (static/ring.js)."""
    return request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


def _add_headers(response: Response) -> Response:
    for name, value in (FRAMED if g.get("framed") else HEADERS).items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response


def _words_of_every_template() -> dict[str, Any]:
    configuration = current_app.extensions["configuration"]
    return {
        "demo": configuration.demo,
        "rehearses": lambda: current_app.extensions["rehearses"](page.session()),
        "viewer": current_user,
        "now": page.now(),
        "N": access.RoleName,
    }


def _refused(refusal: Refused) -> ResponseReturnValue:
    """A no that the view itself did not place beside a field: the sentence on a page of its own."""
    return render_template("problem.html", status=409, sentence=page.in_words(refusal)), 409


def _wait_a_moment() -> ResponseReturnValue:
    """Somebody writes something large to SQLite: nothing is saved yet, and what was typed can be sent again.

    But for a file or a secret, which are chosen or typed once more: no page answers with a password in it.
    """
    g.pop("seen", None)
    secret = not kept_forms.SECRETS.isdisjoint(request.form)
    again = request.method == "POST" and not request.files and not secret
    sent = [one for one in request.form.items(multi=True) if one[0] not in _ANEW] if again else []
    words = [text for _, text in sent if " " in text.strip()]
    return render_template("busy.html", fields=sent, typed=words, again=again), 503, {"Retry-After": "20"}


def _problem(status: int) -> ResponseReturnValue:
    sentences = {
        400: gettext("Sidan var för gammal. Gå tillbaka, ladda om sidan och försök igen. Inget har ändrats."),
        404: gettext("Sidan finns inte, eller så har du inte tillgång till den."),
        405: gettext("Så kan sidan inte användas. Gå tillbaka och försök igen. Inget har ändrats."),
        413: gettext(
            "Filen är för stor för webbläsaren: högst 32 MB. Inget har sparats. Dela filen eller be den som sköter servern att läsa in den."
        ),
    }
    sentence = sentences.get(status, gettext("Det gick inte. Gå tillbaka och försök igen. Inget har ändrats."))
    from_sms = status == 404 and request.path.lower().startswith(FROM_SMS)
    return render_template("problem.html", status=status, sentence=sentence, from_sms=from_sms), status


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    return _problem(500) if error.code >= 500 else _problem(error.code)


def _crashed(error: Exception) -> ResponseReturnValue:
    """Something of ours broke: a reference to read out, nothing about anyone in the log."""
    reference = secrets.token_hex(3).upper()
    log.error("crash %s at %s", reference, request.endpoint, exc_info=error)
    g.pop("seen", None)
    return render_template("problem.html", status=500, reference=reference, sentence=""), 500
