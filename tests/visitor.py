"""A visitor without JavaScript: gets pages, fills in their forms, and checks what every page must have."""

import re
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import Rundan
from organizer import accounts
from organizer.models import Account


class Form:
    """A form as it stands on a page: where it goes, and what it would send."""

    def __init__(self, action: str, method: str, name: str = "") -> None:
        self.action, self.method, self.name = action, method, name
        self.fields: list[tuple[str, str]] = []
        self.buttons: list[tuple[str, str, str]] = []  # name, value, text


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.open: Form | None = None
        self.text: list[str] = []
        self.button: tuple[str, str] | None = None
        self.words: list[str] = []
        self.select: str | None = None
        self.area: str | None = None
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        have = {name: value or "" for name, value in attrs}
        self.inline += [name for name in have if name == "style" or name.startswith("on")]
        if tag == "form":
            self.open = Form(have.get("action", ""), have.get("method", "get").lower(), have.get("id", ""))
            self.forms.append(self.open)
        if tag == "button" and "formaction" in have:
            self._elsewhere(have)
            return
        if self.open is None:
            return
        name, kind = have.get("name", ""), have.get("type", "text")
        if tag == "input" and name and kind not in {"submit", "button", "file"}:
            if kind not in {"checkbox", "radio"} or "checked" in have:
                self.open.fields.append((name, have.get("value", "on")))
        elif tag == "button" and have.get("type", "submit") == "submit":
            self.button, self.words = (name, have.get("value", "")), []
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in have:
            self.open.fields.append((self.select, have.get("value", "")))
        elif tag == "textarea":
            self.area, self.words = name, []

    def _elsewhere(self, have: dict[str, str]) -> None:
        """A button that sends another form, by its id, to an address of the button's own."""
        owner = next((form for form in self.forms if form.name == have.get("form")), self.open)
        assert owner, f"a button of no form: {have}"
        sent = Form(have["formaction"], "post")
        sent.fields = owner.fields if not have.get("name") else [*owner.fields, (have["name"], have.get("value", ""))]
        self.forms.append(sent)

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self.button or self.area:
            self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "button" and self.button and self.open:
            self.open.buttons.append((*self.button, " ".join("".join(self.words).split())))
            self.button = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea" and self.area and self.open:
            self.open.fields.append((self.area, "".join(self.words).strip("\n")))
            self.area = None


class Page:
    """One answer: status, address, words and forms."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.address = response.request.full_path.rstrip("?")
        self.html = response.get_data().decode(errors="replace")
        reader = _Reader()
        if response.mimetype == "text/html":
            reader.feed(self.html)
            assert not reader.inline, f"inline style or script on {self.address}: {reader.inline}"
        self.forms = reader.forms
        self.words = " ".join(" ".join(reader.text).split())

    def form(self, action_part: str) -> Form:
        found = [form for form in self.forms if action_part in form.action]
        assert found, f"no form to {action_part!r} on {self.address} ({self.status}): {[f.action for f in self.forms]}"
        return found[0]


class Visitor:
    """Someone with a browser and no JavaScript; `log_in_as` opens a real login row."""

    def __init__(self, app: Rundan) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()

    def log_in_as(self, account: Account, level: str = "full") -> "Visitor":
        with self.app.extensions["database"].writing() as session:
            token = accounts.open_login(session, account.id, level, self.app.extensions["clock"]())
        with self.client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        return self

    def get(self, address: str, **how: Any) -> Page:
        return Page(self.client.get(address, follow_redirects=True, **how))

    def post(self, address: str, data: Any = None, **how: Any) -> Page:
        """Post what no form of ours would send; the CSRF token is fetched first."""
        data = dict(data or {})
        data.setdefault("csrf_token", self.token())
        return Page(self.client.post(address, data=data, follow_redirects=True, **how))

    def token(self) -> str:
        page = self.client.get("/tillganglighet").get_data(as_text=True)
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found, "no form with a CSRF token"
        return found[1]

    def submit(self, page: Page, action_part: str, button: str | None = None, **values: Any) -> Page:
        """Send a form of `page` as it stands, with some fields filled in and a button (by its text) pressed."""
        form = page.form(action_part)
        data: dict[str, Any] = {}
        for name, value in form.fields:
            data[name] = [*data[name], value] if name in data else [value]
        if button is not None:
            pressed = [one for one in form.buttons if button in one[2] or button == one[1]]
            assert pressed, f"no button {button!r} in {form.action}: {form.buttons}"
            if pressed[0][0]:
                data[pressed[0][0]] = [pressed[0][1]]
        data.update(values)
        address = form.action or page.address
        send = self.client.post if form.method == "post" else self.client.get
        how = {"data": data} if form.method == "post" else {"query_string": data}
        return Page(send(address, follow_redirects=True, **how))
