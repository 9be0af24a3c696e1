"""What stands beside a goal on pages: its value with the denominator, what is enough, its periods and its bar."""

from datetime import date

from babel.dates import format_date
from flask_babel import gettext

from organizer.activation import Share
from organizer.languages import chosen
from organizer.plan_goals import Goal
from organizer.plan_status import PERIODS, STATUSES, Status
from organizer.words import N_
from organizer.writing import day_with_year, number, share

CHIPS = {
    Status.REACHED: "ok", Status.ON_TRACK: "brand", Status.PLANNED: "brand", Status.NEEDS_ACTION: "warn",
    Status.NOT_BEGUN: "", Status.UNKNOWN: "",
}  # fmt: skip
"""The look of each status; the word always stands in it."""
LEGEND = {
    Status.REACHED: N_("nådda"), Status.ON_TRACK: N_("på väg"), Status.PLANNED: N_("planerade"),
    Status.NEEDS_ACTION: N_("behöver insats"), Status.NOT_BEGUN: N_("ej påbörjade"), Status.UNKNOWN: N_("går inte att mäta än"),
}  # fmt: skip
EACH_PERIOD = {
    "per_month": N_("målet är %(number)s varje månad"),
    "per_quarter": N_("målet är %(number)s varje kvartal"),
    "per_half": N_("målet är %(number)s varje halvår"),
}
MOST_NAMES = 6


def said(goal: Goal) -> str:
    """The value in words, with its denominator and what is enough; why not, where nothing can be said."""
    if goal.judged.missing:
        return gettext(goal.judged.missing)
    if goal.rule == "done":
        return _done(goal)
    if goal.rule in PERIODS:
        so_far = gettext("%(value)s hittills", value=number(goal.value or 0))
        return f"{so_far}, {gettext(EACH_PERIOD[goal.rule], number=goal.target)}" if goal.target else so_far
    if goal.value is None:
        return gettext("Ingen siffra än, målet är minst %(target)s", target=number(goal.target or 0))
    return _share(goal) if goal.denominator is not None else _number(goal)


def left(goal: Goal) -> str:
    """What is left, by name; the day of the next step; both may be empty."""
    parts = []
    names = goal.reading.left
    if names and goal.status != Status.REACHED:
        more = len(names) - MOST_NAMES
        some = ", ".join(names[:MOST_NAMES])
        parts.append(
            gettext("Återstår: %(names)s och %(more)s till", names=some, more=more)
            if more > 0
            else gettext("Återstår: %(names)s", names=some)
        )
    if goal.reading.next_on:
        parts.append(gettext("Nästa är bokad %(day)s", day=day_with_year(goal.reading.next_on)))
    return ". ".join(parts)


def bar(goal: Goal) -> tuple[Share, Share | None] | None:
    """How long the goal's bar is, and where its mark stands; None where a bar says nothing."""
    if goal.judged.missing or goal.rule == "done" or goal.value is None:
        return None
    if goal.rule in PERIODS:
        met = sum(slot.state == "met" for slot in goal.judged.slots)
        return Share(met, max(1, len(goal.judged.slots))), None
    if goal.denominator is not None and (goal.rule != "more" or (goal.entry and goal.entry.by_share)):
        mark = Share(goal.target, 100) if goal.target and goal.target < 100 else None
        return Share(goal.value, max(1, goal.denominator)), mark
    top = max(goal.value, goal.target or 1, 1)
    start = goal.baseline or 0
    if goal.rule == "at_least" and 0 < start < (goal.target or 0):
        return Share(max(0, min(goal.value, top) - start), top - start), None
    mark = Share(goal.target, top) if goal.target and goal.target < top else None
    return Share(max(0, goal.value), top), mark


def slots(goal: Goal) -> list[tuple[str, str, str]]:
    """The periods of a goal that wants some in each: their names, their state in words, and the state."""
    return [(_period(goal.rule, one.number), gettext(_SLOTS[one.state]), one.state) for one in goal.judged.slots]


def enough(rule: str, target: int | None) -> str:
    """What is enough, in words."""
    words = {
        "at_least": N_("Minst %(target)s"), "percent": N_("Minst %(target)s procent"), "all": N_("Alla"),
        "more": N_("Mer än året före"), "per_month": N_("Minst %(target)s varje månad"),
        "per_quarter": N_("Minst %(target)s varje kvartal"), "per_half": N_("Minst %(target)s varje halvår"), "done": N_("Gjort"),
    }  # fmt: skip
    return gettext(words[rule], target=number(target or 0)) if rule in words else ""


def status(one: Status) -> str:
    """The word for where a goal stands."""
    return gettext(STATUSES[one])


_SLOTS = {
    "met": N_("klart"),
    "missed": N_("saknas"),
    "now": N_("saknas"),
    "booked": N_("bokat"),
    "coming": N_("kommer"),
}


def _period(rule: str, n: int) -> str:
    if rule == "per_quarter":
        return gettext("Kv %(n)s", n=n)
    return gettext("Halvår %(n)s", n=n) if rule == "per_half" else _month(n)


def _month(n: int) -> str:
    return format_date(date(2000, n, 1), "LLL", locale=chosen()).rstrip(".")


def _done(goal: Goal) -> str:
    if goal.value:
        return gettext("Gjort")
    return gettext("Senast %(day)s", day=day_with_year(goal.due)) if goal.due_set else gettext("Inte gjort än")


def _share(goal: Goal) -> str:
    values = {
        "part": number(goal.value or 0), "whole": number(goal.denominator or 0), "unit": gettext(goal.unit) if goal.unit else "",
        "percent": share(goal.value or 0, goal.denominator or 0), "target": number(goal.target or 0),
    }  # fmt: skip
    said_so = gettext("%(part)s av %(whole)s %(unit)s", **values).strip()
    if goal.rule == "percent":
        return f"{said_so}, {gettext('målet är %(target)s procent', **values)}"
    if goal.rule == "at_least":
        return f"{said_so}, {gettext('målet är minst %(target)s', **values)}"
    return f"{said_so}, {_than_before(goal)}" if goal.rule == "more" else said_so


def _than_before(goal: Goal) -> str:
    if goal.baseline is not None:
        by_share = goal.entry is not None and goal.entry.by_share
        before = gettext("%(number)s procent", number=goal.baseline) if by_share else number(goal.baseline)
        return gettext("året före %(before)s*", before=before)
    if goal.denominator is not None and goal.entry and goal.entry.by_share:
        of = {"part": number(goal.reading.before or 0), "whole": number(goal.reading.before_whole or 0)}
        return gettext("samma dag året före %(part)s av %(whole)s", **of)
    if goal.reading.beat is not None:
        return gettext("året före %(beat)s", beat=number(goal.reading.beat))
    return gettext("förra årsskiftet %(before)s", before=number(goal.reading.before or 0))


def _number(goal: Goal) -> str:
    value, unit = number(goal.value or 0), gettext(goal.unit) if goal.unit else ""
    if goal.rule == "more":
        return f"{value} {unit}, {_than_before(goal)}"
    said_so = gettext(
        "%(value)s av minst %(target)s %(unit)s", value=value, target=number(goal.target or 0), unit=unit
    ).strip()
    if goal.baseline is not None:
        said_so += ", " + gettext("från %(baseline)s", baseline=number(goal.baseline))
    return said_so
