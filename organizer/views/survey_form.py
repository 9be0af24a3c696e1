"""The form of a survey: its fields as they were typed, its questions read, and ready-made ones put in."""

from collections.abc import Iterator
from typing import Any

from flask import request
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from organizer import typed_days
from organizer.activity_drafts import KINDS as INTERESTS
from organizer.question_bank import BANK
from organizer.survey_drafts import MOST_BY_LINK, Asked, Draft
from organizer.words import Refused

AT_FIRST = 5
"""How many empty questions a new form shows; a button gives five more."""


def draft() -> Draft:
    """What the form says. Refused with the field for a day that is none."""
    return Draft(
        typed("title"),
        tuple(_questions()),
        typed("about"),
        request.form.get("mode", "named"),
        typed_days.offered(typed("closes_on"), "closes_on"),
    )


def fields(was: Draft) -> MultiDict[str, str]:
    """A survey as the form would have sent it."""
    sent = MultiDict({"title": was.title, "about": was.about, "mode": was.mode})
    sent["closes_on"] = was.closes_on.isoformat() if was.closes_on else ""
    for n, one in enumerate(was.questions):
        _put(sent, n, one)
    return sent


def more(sent: MultiDict[str, str]) -> MultiDict[str, str]:
    """The same form with five more questions, or with a ready-made one in the first empty place."""
    kept = MultiDict(sent)
    ready = BANK.get(kept.get("bank", ""))
    if "add" in kept and ready:
        empty = (n for n in range(MOST_BY_LINK) if not kept.get(f"question-{n}", "").strip())
        if (place := next(empty, None)) is not None:
            said = Asked(gettext(ready.text), ready.kind, tuple(gettext(one) for one in ready.options), ready.interests)
            _put(kept, place, said)
    elif "more" in kept:
        kept["blocks"] = str(blocks(kept) + AT_FIRST)
    return kept


def blocks(sent: MultiDict[str, str]) -> int:
    """How many questions the form shows: what was asked for, and never fewer than are filled in."""
    asked = sent.get("blocks", "")
    wanted = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 3 else AT_FIRST
    filled = [n + 1 for n in range(MOST_BY_LINK) if sent.get(f"question-{n}") or sent.get(f"options-{n}")]
    return min(MOST_BY_LINK, max(AT_FIRST, wanted, *filled, 0))


def typed(name: str) -> str:
    """A field without the spaces around it."""
    return request.form.get(name, "").strip()


def _put(sent: MultiDict[str, str], n: int, one: Asked) -> None:
    sent[f"question-{n}"], sent[f"kind-{n}"], sent[f"options-{n}"] = one.text, one.kind, "\n".join(_lines(one))


def _lines(one: Asked) -> Iterator[str]:
    """An option that shows an interest has the kind of activity behind an arrow."""
    shows = [*one.interests, *[""] * len(one.options)]
    for option, kind in zip(one.options, shows, strict=False):
        yield f"{option} > {gettext(INTERESTS[kind])}" if kind else option


def _questions() -> Iterator[Asked]:
    """The questions that were filled in; an empty one in the middle is skipped, as it would be on paper."""
    for n in range(MOST_BY_LINK):
        text, lines = typed(f"question-{n}"), [line.strip() for line in typed(f"options-{n}").splitlines()]
        if text or any(lines):
            kind = typed(f"kind-{n}")
            choices = [_option(line, f"question-{n}") for line in lines if line] if kind in {"one", "many"} else []
            shows = tuple(show for _option, show in choices)
            yield Asked(text, kind, tuple(option for option, _show in choices), shows if any(shows) else ())


def _option(line: str, field: str) -> tuple[str, str]:
    """An option and the kind of activity it shows an interest in. Refused when no kind is called that."""
    option, arrow, word = (part.strip() for part in line.partition(">"))
    if not arrow:
        return option, ""
    kinds: dict[str, str] = {gettext(name).casefold(): kind for kind, name in INTERESTS.items()}
    if word.casefold() not in kinds:
        names = ", ".join(gettext(name) for name in INTERESTS.values())
        raise Refused("Efter > skriver du ett slags aktivitet: %(names)s.", field=field, names=names)
    return option, kinds[word.casefold()]


def answers(questions: list[Any]) -> dict[int, tuple[list[int], str]]:
    """What a form that answers a survey says: question id → chosen option indexes and text."""
    found: dict[int, tuple[list[int], str]] = {}
    for question in questions:
        given = request.form.getlist(f"q{question.id}")
        if question.kind == "text":
            found[question.id] = ([], (given or [""])[0])
        else:
            found[question.id] = ([int(one) for one in given if one.isascii() and one.isdecimal() and len(one) < 3], "")
    return found
