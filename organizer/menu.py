"""The side menu and the Meny page: what each role finds, in which order."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from flask_babel import gettext
from flask_login import current_user

from organizer.access import Viewer


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the menu."""

    text: str
    address: str
    icon: str
    on: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under a small heading; the first group has none."""

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """How an area announces itself: a Swedish word (marked N_), an endpoint, who finds it, where it stands."""

    text: str
    endpoint: str
    icon: str
    roles: tuple[str, ...]
    group: str = ""
    order: int = 50
    values: Callable[[Viewer], dict[str, str]] | None = None
    count: Callable[[Viewer], int] | None = None
    """How much waits there, shown beside the word."""


def menu() -> list[Group]:
    """The menu of whoever is looking, with the line the present page stands under marked."""
    if not current_user.is_authenticated:
        return []
    entries: list[Entry] = sorted(current_app.extensions["menu"], key=lambda entry: entry.order)
    mine = [(one, _address(one)) for one in entries if not one.roles or current_user.holds(*one.roles)]
    here = _here(mine)
    titles = dict.fromkeys(entry.group for entry, _address in mine)
    return [
        Group(
            gettext(title) if title else "",
            tuple(
                Item(gettext(one.text), address, one.icon, one == here, one.count(current_user) if one.count else None)
                for one, address in mine
                if one.group == title
            ),
        )
        for title in titles
    ]


def _here(mine: list[tuple[Entry, str]]) -> Entry | None:
    """The line of the page's own area, else the one whose address the page's address begins with."""
    own = [entry for entry, _address in mine if entry.endpoint.split(".")[0] == request.blueprint]
    above = [(len(address), entry) for entry, address in mine if f"{request.path}/".startswith(f"{address}/")]
    return next(iter(own), max(above, key=lambda one: one[0], default=(0, None))[1])


def _address(entry: Entry) -> str:
    values: dict[str, Any] = entry.values(current_user) if entry.values else {}
    return url_for(entry.endpoint, **values)
