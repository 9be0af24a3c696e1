"""The fields of goals on a form, one goal or many: what was typed is kept as it was typed, and read as drafts."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask_babel import gettext

from organizer import page, plan_measures, support, typed_days
from organizer.models import Association, AssociationKind
from organizer.plan_catalogue import CATALOGUE, Entry
from organizer.plan_reading import Suggestion
from organizer.plan_status import RULES
from organizer.plans import Draft
from organizer.times import local_day
from organizer.words import N_, Refused

FIELDS = (
    "goal", "section", "scope", "entry", "rule", "target", "baseline", "baseline_from", "themes", "due", "responsible", "office",
)  # fmt: skip
"""In a form of many goals each name has the goal's number before it: 3-goal."""
GROUPS = {
    N_("Medlemmar"): ("new_contacted", "new_invited", "introduced", "renewed", "joined", "active", "members", "offered", "asked", "answered"),
    N_("Aktiviteter"): (
        "introductions", "courses", "course_themes", "outward", "yearly_days", "conference", "gatherings", "chairs_meetings", "board_meetings",
    ),
    N_("Föreningarna"): ("called", "responsible", "visits", "calendar", "course_reach", "support_plans", "in_touch"),
    N_("Distriktet"): ("organizers", "important_sms", "motions"),
    N_("För hand"): ("yes_no", "counted", "number", "followers", "articles", "posts", "newsletters", "gathered"),
}  # fmt: skip
"""The catalogue as it stands in lists to choose from."""


def choices(place: Association) -> dict[str, Any]:
    """What the lists of the form offer at a place."""
    today = local_day(page.now())
    district = place.kind != AssociationKind.ASSOCIATION
    places = plan_measures.living_in(page.session(), place, today) if district else {}
    people = support.helpers(page.session(), place, today)
    groups = [
        (gettext(title), [(key, gettext(CATALOGUE[key].name)) for key in keys if district or _local(CATALOGUE[key])])
        for title, keys in GROUPS.items()
    ]
    scopes = [("whole", gettext("Hela distriktet")), ("every", gettext("Varje förening"))] if district else []
    scopes += [(str(place_id), name) for place_id, name in places.items()]
    return {
        "groups": [(title, entries) for title, entries in groups if entries], "scopes": scopes,
        "rules": [(key, gettext(words)) for key, words in RULES.items()],
        "people": [(str(one.id), one.name) for one in people],
    }  # fmt: skip


def typed(form: Mapping[str, str], prefix: str = "") -> dict[str, str]:
    """What stands in one goal's fields."""
    return {name: form.get(prefix + name, "") for name in FIELDS}


def of_suggestion(one: Suggestion) -> dict[str, str]:
    """The fields of a suggestion, to be changed or confirmed."""
    return {
        **dict.fromkeys(FIELDS, ""), "goal": one.text, "section": one.section, "scope": one.scope, "entry": one.entry,
        "rule": one.rule, "target": _shown(one.target), "baseline": _shown(one.baseline),
        "due": one.due_on.isoformat() if one.due_on else "", "office": one.office,
    }  # fmt: skip


def of_entry(entry: Entry) -> dict[str, str]:
    """The fields of a goal from the catalogue."""
    return {
        **dict.fromkeys(FIELDS, ""), "entry": entry.key, "rule": entry.rules[0], "scope": entry.scope,
        "target": _shown(entry.target) if entry.rules[0] not in {"all", "more", "done"} else "",
        "goal": gettext(entry.name) if entry.key not in {"yes_no", "counted", "number"} else "",
    }  # fmt: skip


def of_goal(row: Any) -> dict[str, str]:
    """The fields of a goal as it is."""
    return {
        "goal": row.text, "section": row.section, "scope": str(row.place_id) if row.scope == "one" else row.scope,
        "entry": row.entry, "rule": row.rule, "target": _shown(row.target), "baseline": _shown(row.baseline),
        "baseline_from": row.baseline_from, "themes": ", ".join((row.detail or {}).get("themes", ())),
        "due": row.due_on.isoformat() if row.due_on else "", "responsible": _shown(row.responsible_id), "office": row.office,
    }  # fmt: skip


def draft(values: Mapping[str, str], row: Any = None) -> Draft:
    """What was typed, as a draft; Refused with the field that cannot be read. `row` is the goal that is changed.

    A rule that does not suit the measure becomes the measure's usual one: who changes the one need not know the other.
    """
    scope = values["scope"].strip() or "whole"
    one = scope if scope.isascii() and scope.isdecimal() and len(scope) < 10 else ""
    entry, rule = values["entry"], values["rule"]
    if entry in CATALOGUE and rule not in CATALOGUE[entry].rules:
        rule = CATALOGUE[entry].rules[0]
    made = Draft(
        text=values["goal"], entry=entry, rule=rule, section=values["section"], scope="one" if one else scope,
        place_id=int(one) if one else None, target=_whole(values["target"], "target"),
        baseline=_whole(values["baseline"], "baseline"), baseline_from=values["baseline_from"],
        themes=tuple(part.strip() for part in values["themes"].split(",") if part.strip()),
        due_on=typed_days.offered(values["due"], "due"), responsible_id=_whole(values["responsible"], "responsible"), office=values["office"],
    )  # fmt: skip
    if row is None:
        return made
    return replace(made, known=dict(row.detail or {}), kept_responsible=row.responsible_id)


def _local(entry: Entry) -> bool:
    """Whether an association can have the goal for itself: not what counts associations or the district's own doings."""
    return entry.key not in (*GROUPS[N_("Föreningarna")], "organizers", "chairs_meetings", "important_sms")


def _shown(number: int | None) -> str:
    return "" if number is None else str(number)


def _whole(text: str, name: str) -> int | None:
    text = "".join(text.split())
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Refused("Skriv ett helt tal, till exempel 3.", name)
    return int(text)
