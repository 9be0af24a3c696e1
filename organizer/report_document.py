"""A yearly report as it is read: title, big numbers, sections and tables, in one language; page, print and files show this."""

from collections.abc import Mapping
from typing import Any

from organizer.activation import Share
from organizer.activity_drafts import KINDS
from organizer.models import AssociationKind
from organizer.report_figures import Figures
from organizer.report_sentences import SECTIONS, compared, is_in
from organizer.report_words import Words
from organizer.settings import PAID
from organizer.words import N_

Document = dict[str, Any]
COMMENT = "comment:"
GOAL = "goal:"


def of(figures: Figures, texts: Mapping[str, str], baselines: Mapping[str, Any], language: str) -> Document:
    """The report in a language; `texts` has what stands in each section, comment and goal."""
    words = Words(language, figures=True)
    return {
        "language": language,
        "title": words.say(N_("Verksamhetsberättelse %(year)s"), year=figures["year"]),
        "place": figures["place"]["name"],
        "period": _period(figures, words),
        "cells": _cells(figures, baselines, words),
        "sections": [
            {
                "key": key, "title": words.say(title), "text": texts.get(key, ""),
                "comment": texts.get(COMMENT + key, ""), "table": _table(key, figures, texts, words),
            }
            for key, (title, _) in SECTIONS.items() if is_in(key, figures)
        ],
        "words": {"comment": words.say(N_("Styrelsens kommentar"))},
    }  # fmt: skip


def parts(figures: Figures) -> list[str]:
    """Everything somebody can write in: the sections, a comment on each, a comment on each goal."""
    sections = [key for key in SECTIONS if is_in(key, figures)]
    return [*sections, *(COMMENT + key for key in sections), *(f"{GOAL}{one['id']}" for one in figures["goals"])]


def title(key: str, language: str) -> str:
    """What a section is called."""
    return Words(language).say(SECTIONS[key][0])


def _period(figures: Figures, words: Words) -> str:
    if figures["whole"] and figures["first"].endswith("-01-01"):
        return words.say(N_("Hela %(year)s"), year=figures["year"])
    return words.say(
        N_("Från %(first)s till %(last)s"), first=words.day(figures["first"]), last=words.day(figures["last"])
    )


def _cells(figures: Figures, baselines: Mapping[str, Any], words: Words) -> list[dict[str, str]]:
    """The four big numbers, each with what it is a part of and what it was (P§6.6)."""
    now, before = figures["now"], figures["before"]
    found = []
    if now["members"] is not None:
        then = before["members"] if before["members"] is not None else _by_hand(baselines, "members")
        text = words.say(N_("medlemmar"))
        found.append(
            _cell(words.number(now["members"]), text, words, now["members"], then, by_hand=before["members"] is None)
        )
    if now["active"]:
        then = before["active"][0] if before["active"] else _by_hand(baselines, "active")
        whole = words.number(now["active"][1])
        text = words.say(
            N_("har betalat, av %(whole)s medlemmar")
            if figures["means"] == PAID
            else N_("aktiva av %(whole)s medlemmar"),
            whole=whole,
        )
        by_hand, turn = not before["active"], figures["whole"] or not before["active"]
        found.append(
            _cell(words.number(now["active"][0]), text, words, now["active"][0], then, by_hand=by_hand, turn=turn)
        )
    if now["renewed"] and (now["renewed"][0] or before["renewed"]):
        text = words.say(N_("har förnyat sitt medlemskap, %(part)s av %(whole)s"), **_pair(now["renewed"], words))
        if before["renewed"]:
            text = words.say(N_("%(now)s; året innan %(then)s"), now=text, then=_percent(before["renewed"], words))
        found.append({"value": _percent(now["renewed"], words), "text": text})
    if now["new_n"]:
        text = words.say(N_("nya medlemmar kontaktade inom %(days)s dagar"), days=figures["in_time_days"])
        found.append({"value": words.say(N_("%(part)s av %(whole)s"), **_pair(now["new_n"], words)), "text": text})
    return found


def _cell(
    value: str, text: str, words: Words, now: int, then: int | None, *, by_hand: bool, turn: bool = True
) -> dict[str, str]:
    if then is not None:
        day = words.say(N_("vid förra årsskiftet") if turn else N_("samma dag året innan")) + ("*" if by_hand else "")
        text = f"{text}, {compared(words, now - then, day)}"
    return {"value": value, "text": text}


def _by_hand(baselines: Mapping[str, Any], key: str) -> int | None:
    return int(baselines[key]["number"]) if key in baselines else None


def _pair(share: list[int], words: Words) -> dict[str, str]:
    return {"part": words.number(share[0]), "whole": words.number(share[1])}


def _percent(share: list[int], words: Words) -> str:
    percent = Share(*share).percent
    return f"{percent}%" if words.language == "en" else f"{percent}\N{NO-BREAK SPACE}%"


def _table(key: str, figures: Figures, texts: Mapping[str, str], words: Words) -> dict[str, Any] | None:
    make = {"learning": _activities, "places": _places}.get(key)
    if key == "plan" and figures["goals"]:
        return _goals(figures, texts, words)
    return make(figures, words) if make else None


def _activities(figures: Figures, words: Words) -> dict[str, Any] | None:
    """What the place itself has held, one by one, from the calendar."""
    held = figures["activities"]
    if not held["listed"]:
        return None
    own = (
        N_("Distriktets egna aktiviteter")
        if figures["place"]["kind"] == AssociationKind.DISTRICT
        else N_("Föreningens aktiviteter")
    )
    rows = [
        [words.short_day(one["day"]), one["title"], words.say(KINDS.get(one["kind"], one["kind"])), one["place"],
         "–" if one["came"] is None else words.number(one["came"])]
        for one in held["listed"]
    ]  # fmt: skip
    head = [N_("Dag"), N_("Aktivitet"), N_("Slag"), N_("Plats"), N_("Deltagare")]
    notes = []
    if any(row[-1] == "–" for row in rows):
        notes.append(words.say(N_("– betyder färre än %(k)s deltagare, eller att ingen prickades av."), k=figures["k"]))
    if held["more"]:
        notes.append(
            words.say(
                N_("Listan visar de första %(shown)s av %(all)s."), shown=len(rows), all=words.number(held["own"])
            )
        )
    return _as_table(own, head, rows, 1, words, notes)


def _places(figures: Figures, words: Words) -> dict[str, Any] | None:
    """Active members of each association; a dash where the association is too small to be told of."""
    if not figures["places"] or figures["now"]["active"] is None:
        return None
    compared_too = figures["before"]["active"] is not None and any(
        one["before"] is not None for one in figures["places"]
    )
    rows = [_place(one["name"], one["members"], one["active"], one["before"], words) for one in figures["places"]]
    before = figures["before"]["active"][0] if compared_too else None
    part, whole = figures["now"]["active"]
    rows.append(_place(words.say(N_("Hela distriktet")), whole, part, before, words))
    then = N_("Vid förra årsskiftet") if figures["whole"] else N_("Samma dag året innan")
    head = [N_("Förening"), N_("Medlemmar"), N_("Aktiva"), N_("Andel"), then]
    notes = []
    if any(one["members"] is None for one in figures["places"]):
        notes.append(
            words.say(
                N_("– betyder färre än %(k)s medlemmar, eller att raden annars gick att räkna ut."), k=figures["k"]
            )
        )
    if not compared_too:
        head, rows = head[:-1], [row[:-1] for row in rows]
    return _as_table(N_("Aktiva medlemmar per förening"), head, rows, 4, words, notes, total=True)


def _place(name: str, members: int | None, active: int | None, before: int | None, words: Words) -> list[str]:
    if members is None or active is None:
        return [name, "–", "–", "–", "–"]
    then = "–" if before is None else words.number(before)
    share = _percent([active, members], words) if members else "–"
    return [name, words.number(members), words.number(active), share, then]


def _goals(figures: Figures, texts: Mapping[str, str], words: Words) -> dict[str, Any]:
    """Each goal with its result, how it was judged, and what the board says about it."""
    rows = [
        [one["text"], _in(one["result"], words), _in(one["status"], words), texts.get(f"{GOAL}{one['id']}", "")]
        for one in figures["goals"]
    ]
    head = [N_("Mål"), N_("Resultat"), N_("Bedömning"), N_("Kommentar")]
    if not any(row[-1] for row in rows):
        head, rows = head[:-1], [row[:-1] for row in rows]
    return _as_table(N_("Målen i verksamhetsplanen"), head, rows, 0, words, [])


def _in(said: Mapping[str, str] | str, words: Words) -> str:
    """A text that is kept in both languages, or in the one it was written in."""
    return said if isinstance(said, str) else said[words.language]


def _as_table(
    caption: str,
    head: list[str],
    rows: list[list[str]],
    numbers: int,
    words: Words,
    notes: list[str],
    *,
    total: bool = False,
) -> dict[str, Any]:
    """`numbers`: so many columns from the right are numbers."""
    return {
        "caption": words.say(caption), "head": [words.say(one) for one in head], "rows": rows,
        "numbers": max(min(numbers, len(head) - 1), 0), "notes": notes, "total": total,
    }  # fmt: skip
