"""A campaign as form fields and back: what was typed is kept, every mistake stands at its field."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from campaigns import contents, follow_ups
from campaigns.definition_checks import PAUSED, What, When
from campaigns.models import Campaign, Shift
from organizer import page, surveys, typed_days
from organizer.times import local, local_day, moment
from organizer.words import Refused

QUESTIONS = range(surveys.MOST_QUESTIONS)
Values = MultiDict[str, str]
_OF_QUESTION = re.compile(r"(question|kind-of|options)-\d+")


class Form:
    """The fields as they stand or were sent, and what is wrong with them."""

    def __init__(self, values: Values) -> None:
        """Nothing is wrong yet."""
        self.values = values
        self.errors: dict[str, list[str]] = {}

    def get(self, name: str) -> str:
        """What stands in a field."""
        return self.values.get(name, "")

    def has(self, name: str, value: object = "on") -> bool:
        """Whether a box is ticked."""
        return str(value) in self.values.getlist(name)

    def refuse(self, refusals: Iterable[Refused]) -> bool:
        """Put each refusal at its field; whether there was any."""
        for one in refusals:
            self.errors.setdefault(one.field or "form", []).append(page.in_words(one))
        return bool(self.errors)


def what_values(session: Session, campaign: Campaign) -> Values:
    """The fields of *Vilka och vad* as saved; the target's own fields come from its definition."""
    values: Values = MultiDict(
        {
            "title": campaign.title,
            "opening": campaign.opening,
            "steps": "\n".join(map(str, campaign.steps)),
            "goal": str(campaign.goal or ""),
        }
    )
    for name in ("asks_money", "nix_checked"):
        if getattr(campaign, name):
            values.add(name, "on")
    for one in contents.activity_ids(session, campaign.id):
        values.add("activity", str(one))
    put_questions(values, contents.asked(session, campaign))
    values["survey_id"] = str(campaign.survey_id or "")
    return values


def put_questions(values: Values, questions: Iterable[surveys.Asked]) -> None:
    """Fill the fields of the questions, and empty those that are left over."""
    asked = list(questions)
    for n in QUESTIONS:
        one = asked[n] if n < len(asked) else None
        values[f"question-{n}"] = one.text if one else ""
        values[f"kind-of-{n}"] = one.kind if one else "many"
        values[f"options-{n}"] = "\n".join(one.options) if one else ""


def what_of(values: Values, definition: dict[str, Any]) -> What:
    """*Vilka och vad* as sent."""
    return What(
        title=values.get("title", ""),
        target=definition,
        opening=_lines(values.get("opening", "")),
        steps=[line.strip() for line in _lines(values.get("steps", "")).split("\n") if line.strip()],
        activity_ids=[_whole(one, -1) for one in dict.fromkeys(values.getlist("activity"))],
        questions=[question for n in QUESTIONS if (question := _question(values, n))],
        goal=_whole(values["goal"], -1) if values.get("goal", "").strip() else None,
        asks_money="asks_money" in values,
        nix_checked="nix_checked" in values,
        survey_id=_whole(values.get("survey_id", ""), None),
    )


def compacted(values: Values) -> Values:
    """The same fields with the questions moved up over empty rows, so that a mistake is shown at its own row."""
    kept: Values = MultiDict([pair for pair in values.items(multi=True) if not _OF_QUESTION.fullmatch(pair[0])])
    rows = [n for n in QUESTIONS if any(values.get(f"{name}-{n}", "").strip() for name in ("question", "options"))]
    for to, n in enumerate(rows):
        for name in ("question", "kind-of", "options"):
            kept[f"{name}-{to}"] = values.get(f"{name}-{n}", "")
    return kept


def when_values(campaign: Campaign) -> Values:
    """The fields of dates, hours, attempts and pauses as saved."""
    values: Values = MultiDict(
        {
            "starts_on": campaign.starts_on.isoformat(),
            "ends_on": campaign.ends_on.isoformat() if campaign.ends_on else "",
            "max_attempts": str(campaign.max_attempts),
            "pause_no_answer": str(campaign.pauses.get("no_answer", 1200) // 60),
            "pause_left_message": str(campaign.pauses.get("left_message", 2880) // 60),
            "pause_busy": str(campaign.pauses.get("busy", 30)),
        }
    )
    for name in ("weekday", "weekend"):
        values[f"{name}_from"], values[f"{name}_to"] = campaign.hours.get(name) or ["", ""]
    for name in ("signed_up", "tried"):
        if campaign.follow_ups.get(name):
            values.add(f"sms_{name}", "on")
    values["link_survey"] = str(campaign.link_survey_id or "")
    for outcome in campaign.follow_ups.get("survey_after", ["reached"]):
        values.add("survey_after", outcome)
    return values


def when_of(values: Values) -> When:
    """Dates, hours, attempts and pauses as sent; hours of pause become minutes."""
    in_hours = {"no_answer", "left_message"}
    return When(
        starts_on=typed_days.read(values.get("starts_on", "")),
        ends_on=typed_days.read(values.get("ends_on", "")),
        hours={
            name: [values.get(f"{name}_from", "").strip()[:5], values.get(f"{name}_to", "").strip()[:5]]
            for name in ("weekday", "weekend")
        },
        max_attempts=_whole(values.get("max_attempts", ""), None),
        pauses={one: _whole(values.get(f"pause_{one}", ""), -1) * (60 if one in in_hours else 1) for one in PAUSED},
        follow_ups={
            "signed_up": "sms_signed_up" in values,
            "tried": "sms_tried" in values,
            "survey_after": [one for one in follow_ups.SURVEY_AFTER if one in values.getlist("survey_after")],
        },
        open_ended=not values.get("ends_on", "").strip(),
        link_survey_id=_whole(values.get("link_survey", ""), None),
    )


def shift_values(
    shift: Shift | None, callers: Iterable[int], first_day: date, place: str, leader_id: int | None
) -> Values:
    """The fields of a shift: as saved, or an evening to begin with."""
    values: Values = MultiDict()
    if shift is None:
        values.update({"shift_day": first_day.isoformat(), "shift_from": "17:30", "shift_to": "20:00", "place": place,
                       "wanted": "6", "leader": str(leader_id or "")})  # fmt: skip
    else:
        values.update({
            "shift_day": local_day(shift.starts_at).isoformat(), "shift_from": f"{local(shift.starts_at):%H:%M}",
            "shift_to": f"{local(shift.ends_at):%H:%M}", "place": shift.place, "wanted": str(shift.wanted),
            "leader": str(shift.leader_id or ""),
        })  # fmt: skip
    for one in callers:
        values.add("caller", str(one))
    return values


def shift_times(values: Values) -> tuple[datetime, datetime]:
    """When a shift begins and ends, in UTC; Refused at the field when it cannot be read."""
    day = typed_days.asked(values.get("shift_day", ""), "shift_day")
    begins, ends = (_clock(values.get(name, ""), name) for name in ("shift_from", "shift_to"))
    return moment(day, begins), moment(day, ends)


def whole(text: str, otherwise: int) -> int:
    """A whole number as typed, or something else to be refused by the rules."""
    return _whole(text, otherwise)


def _whole(text: str, otherwise: Any) -> Any:
    return int(text) if re.fullmatch(r"\d{1,9}", text := text.replace(" ", "").strip()) else otherwise


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _clock(text: str, field: str) -> time:
    if not re.fullmatch(r"([01]?\d|2[0-3])[:.][0-5]\d", text.strip()):
        raise Refused("Skriv tiden som timmar och minuter, till exempel 17:30.", field=field)
    hours, minutes = re.split(r"[:.]", text.strip())
    return time(int(hours), int(minutes))


def _question(values: Values, n: int) -> surveys.Asked | None:
    text, kind = values.get(f"question-{n}", "").strip(), values.get(f"kind-of-{n}", "")
    options = [line.strip() for line in _lines(values.get(f"options-{n}", "")).split("\n") if line.strip()]
    if not text and not options:
        return None
    return surveys.Asked(text, kind, tuple(options) if kind in {"one", "many"} else ())
