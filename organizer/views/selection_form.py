"""A selection as form fields and back: the same part stands on the page of selections and in a campaign's first step."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from organizer import page, selections, writing
from organizer.access import Viewer
from organizer.models import Association, RoleName, Tag
from organizer.times import local_day
from organizer.words import N_, Refused

ROLES = (RoleName.ORGANIZER, RoleName.STEWARD)
KINDS = {
    "association": N_("Förening"),
    "joined_within": N_("Gått med nyligen"),
    "not_contacted_since": N_("Inte kontaktad på ett tag"),
    "not_active_since": N_("Inte deltagit på ett tag"),
    "renewed": N_("Avgiften betald eller inte"),
    "has_number": N_("Har telefonnummer"),
    "tag": N_("Märkning"),
}
NUMBERS = {"any": N_("Vilket som helst"), "mobile": N_("Mobilnummer"), "landline": N_("Fast telefon")}


@dataclass(slots=True)
class Counted:
    """What a definition comes to: the sentence, how many, and how many are left after each condition; or what is wrong."""

    sentence: str = ""
    people: int | None = None
    members: int = 0
    steps: list[tuple[str, int]] = field(default_factory=list)
    removes_last: str = ""
    errors: dict[str, list[str]] = field(default_factory=dict)


def definition_of(values: "MultiDict[str, str]") -> dict[str, Any]:
    """The definition a form describes, with what could not be read kept as it was typed."""
    positions = sorted({int(found[1]) for name in values if (found := re.fullmatch(r"kind-(\d{1,3})", name))})
    return {"version": selections.VERSION, "all": [_condition(values, n) for n in positions]}


def after_button(definition: dict[str, Any], values: "MultiDict[str, str]", now: datetime) -> bool:
    """Add or remove a condition if such a button was pressed; whether one was."""
    if values.get("add") in KINDS:
        definition["all"].append(_fresh(values["add"], now))
        return True
    remove = values.get("remove", "")
    if remove.isdecimal() and int(remove) < len(definition["all"]):
        del definition["all"][int(remove)]
        return True
    return "count" in values


def counted(session: Session, definition: dict[str, Any], paths: Sequence[str], now: datetime) -> Counted:
    """Count it at one place (`paths` holds one) or several; a broken definition comes back with its errors."""
    try:
        wanted = selections.conditions(definition)
        selections.check_within(session, wanted, paths)
    except Refused as refusal:
        return Counted(errors={refusal.field or "target": [page.in_words(refusal)]})
    found = Counted(sentence=selections.sentence(session, definition, say))
    words = [selections.said(one, say) for one in selections.phrases(session, definition)]
    found.members, found.steps, found.people = 0, [(text, 0) for text in words], 0
    for path in outermost(paths):
        total, steps = selections.steps(session, definition, path, now)
        found.members += total
        found.steps = [(text, left + step.left) for (text, left), step in zip(found.steps, steps, strict=True)]
    found.people = found.steps[-1][1] if found.steps else found.members
    if found.people == 0:
        found.removes_last = next((text for text, left in found.steps if left == 0), "")
    return found


def outermost(paths: Sequence[str]) -> list[str]:
    """The paths that lie below no other one, so that nobody is counted twice."""
    return [one for one in sorted(set(paths)) if not any(one != other and one.startswith(other) for other in paths)]


def paths_of(viewer: Viewer) -> tuple[str, ...]:
    """The places where the viewer may make selections."""
    return viewer.paths(*ROLES)


def choices(session: Session, paths: Sequence[str]) -> dict[str, Any]:
    """What the form's lists hold: the associations and tags at and below some places."""
    here = sa.or_(sa.false(), *(Association.path.like(path + "%") for path in paths))
    places = sa.select(Association.id, Association.short_name, Association.kind).where(
        here, Association.closed_on.is_(None)
    )
    tags = sa.select(Tag.id, Tag.name).join(Association, Association.id == Tag.association_id).where(here)
    return {
        "associations": session.execute(places.order_by(Association.path, Association.sort_key)).all(),
        "tags": session.execute(tags.order_by(Tag.name, Tag.id)).all(),
        "kinds": KINDS,
        "numbers": NUMBERS,
    }


def say(sentence: str, **values: Any) -> str:
    """A sentence in the visitor's language, with days written out."""
    shown = {
        name: writing.day_with_year(value) if hasattr(value, "isoformat") else value for name, value in values.items()
    }
    return str(gettext(sentence, **shown))


def _condition(values: "MultiDict[str, str]", n: int) -> dict[str, Any]:
    kind = values.get(f"kind-{n}", "")
    given: dict[str, Any] = {"kind": kind}
    if kind in {"association", "tag"}:
        given["ids"] = [_number(one) for one in values.getlist(f"ids-{n}")]
    if kind == "association":
        given["below"] = True
    if kind in {"tag", "renewed"}:
        given["is"] = values.get(f"is-{n}") == "yes"
    if kind == "joined_within" or (kind.endswith("_since") and not values.get(f"day-{n}")):
        given["days"] = _number(values.get(f"days-{n}", ""))
    elif kind.endswith("_since"):
        given["day"] = values.get(f"day-{n}", "")
    if kind == "renewed":
        given["year"] = _number(values.get(f"year-{n}", ""))
    if kind == "has_number":
        given["number"] = values.get(f"number-{n}", "")
    return given


def _fresh(kind: str, now: datetime) -> dict[str, Any]:
    """A condition just added, with the usual values."""
    usual: dict[str, dict[str, Any]] = {
        "association": {"ids": [], "below": True},
        "tag": {"ids": [], "is": True},
        "joined_within": {"days": 90},
        "not_contacted_since": {"days": 180},
        "not_active_since": {"days": 365},
        "renewed": {"year": local_day(now).year, "is": False},
        "has_number": {"number": "any"},
    }
    return {"kind": kind, **usual[kind]}


def _number(text: str) -> int | str:
    """A number if it is one, else what was typed, so that it is said back."""
    text = text.strip()
    return int(text) if re.fullmatch(r"\d{1,9}", text) else text
