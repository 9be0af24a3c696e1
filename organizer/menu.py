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


def menu() -> list[Group]:
    """The menu of whoever is looking, with the present page marked."""
    if not current_user.is_authenticated:
        return []
    entries: list[Entry] = sorted(current_app.extensions["menu"], key=lambda entry: entry.order)
    titles = dict.fromkeys(entry.group for entry in entries)
    groups = [Group(gettext(title) if title else "", tuple(_items(entries, title))) for title in titles]
    return [group for group in groups if group.items]


def _items(entries: list[Entry], group: str) -> list[Item]:
    here = request.blueprint
    return [
        Item(
            gettext(entry.text),
            _address(entry),
            entry.icon,
            entry.endpoint.split(".")[0] == here,
        )
        for entry in entries
        if entry.group == group and (not entry.roles or current_user.holds(*entry.roles))
    ]


def _address(entry: Entry) -> str:
    values: dict[str, Any] = entry.values(current_user) if entry.values else {}
    return url_for(entry.endpoint, **values)
