"""The slow and obvious way to find a selection's people: read everything, look at every person in turn."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.models import Call, Message, Thread, ThreadMessage
from organizer.conditions.groups import PRIME, coefficients
from organizer.models import (
    ACTIVATION,
    Activity,
    Answer,
    Assignment,
    Association,
    Attendance,
    BlockedNumber,
    Event,
    Fee,
    Interest,
    Kind,
    Membership,
    Person,
    PersonTag,
    Phone,
    Question,
    Selection,
    SignUp,
)
from tests.factories import NOW
from tests.selection_district import TODAY

Raw = dict[str, Any]


class Facts:
    """Every table, by person."""

    def __init__(self, session: Session) -> None:
        self.people = {one.id: one for one in session.scalars(sa.select(Person))}
        self.paths = dict(session.execute(sa.select(Association.id, Association.path)).all())
        self.activities = {one.id: one for one in session.scalars(sa.select(Activity))}
        self.shows = {one.id: one.interests or [] for one in session.scalars(sa.select(Question))}
        self.blocked = set(session.scalars(sa.select(BlockedNumber.e164)))
        self.selections = {one.id: one for one in session.scalars(sa.select(Selection))}
        self.said = defaultdict(list)
        for said in session.scalars(sa.select(ThreadMessage)):
            self.said[said.thread_id].append(said)
        self.of: dict[type, dict[int, list[Any]]] = {}
        for model in (
            Membership,
            PersonTag,
            Fee,
            Phone,
            Event,
            SignUp,
            Attendance,
            Answer,
            Interest,
            Assignment,
            Call,
            Message,
            Thread,
        ):
            self.of[model] = defaultdict(list)
            for row in session.scalars(sa.select(model)):
                self.of[model][row.person_id].append(row)

    def place_of(self, person_id: int, former: bool) -> int | None:
        """Where somebody is a member today, or was a member last; None for all others."""
        person = self.people[person_id]
        if person.protected or person.deceased_on or person.merged_into_id:
            return None
        rows = self.of[Membership][person_id]
        if not former:
            now = [one for one in rows if (one.from_day or date.min) <= TODAY and (one.to_day or date.max) > TODAY]
            return now[0].association_id if now else None
        if not rows or any(one.to_day is None or one.to_day > TODAY for one in rows):
            return None
        last = max(rows, key=lambda one: (one.to_day, one.id))
        return last.association_id if last.to_why == "left" else None


def lot(person_id: int, seed: int) -> int:
    a, b, c, d = coefficients(seed)
    return (a * person_id**3 + b * person_id**2 + c * person_id + d) % PRIME


def found(facts: Facts, definition: Raw, path: str = "") -> set[tuple[int, int]]:
    former = definition.get("status") == "former"
    everyone = {
        (person_id, place)
        for person_id in facts.people
        if (place := facts.place_of(person_id, former)) is not None and facts.paths[place].startswith(path)
    }
    inside: set[tuple[int, int]] = set()
    for step in definition["steps"]:
        these = {one for one in everyone if all(fulfils(facts, *one, condition) for condition in step["all"])}
        if "limit" in step:
            these = set(sorted(these, key=lambda one: (lot(one[0], step.get("seed", 1)), one[0]))[: step["limit"]])
        inside = inside | these if step["do"] == "add" else inside - these
    return inside


def fulfils(facts: Facts, person_id: int, place: int, raw: Raw) -> bool:
    return KINDS[raw["kind"]](facts, person_id, place, raw)


def covers(when: Raw, at: date | datetime) -> bool:
    day = at.astimezone(ZoneInfo("Europe/Stockholm")).date() if isinstance(at, datetime) else at
    if "days" in when:
        return TODAY - timedelta(days=when["days"]) <= day <= TODAY
    return when.get("from", "") <= day.isoformat() <= when.get("to", "9999")


def _association(facts: Facts, _person: int, place: int, raw: Raw) -> bool:
    if not raw["below"]:
        return place in raw["ids"]
    return bool({str(one) for one in raw["ids"]} & set(facts.paths[place].split("/")))


def _joinings(facts: Facts, person: int) -> list[date]:
    rows = facts.of[Membership][person]
    return [one.from_day for one in rows if one.from_why in ("joined", "returned") and one.from_day]


def _member_for(facts: Facts, person: int, _place: int, raw: Raw) -> bool:
    joined = [day for day in _joinings(facts, person) if day <= TODAY]
    if not joined:
        return False
    year, month = divmod(TODAY.year * 12 + TODAY.month - 1 - raw["months"], 12)
    long = max(joined) <= date(year, month + 1, TODAY.day)
    return long if raw["than"] == "at_least" else not long


def _left(facts: Facts, person: int, _place: int, raw: Raw) -> bool:
    rows = facts.of[Membership][person]
    return any(one.to_why == "left" and one.to_day <= TODAY and covers(raw["when"], one.to_day) for one in rows)


def _tag(facts: Facts, person: int, _place: int, raw: Raw) -> bool:
    mine, wanted = {one.tag_id for one in facts.of[PersonTag][person]}, set(raw["ids"])
    return {"any": bool(mine & wanted), "all": wanted <= mine, "none": not mine & wanted}[raw["match"]]


def _age(facts: Facts, person: int, _place: int, raw: Raw) -> bool:
    year = facts.people[person].birth_year
    return year is not None and raw["least"] <= TODAY.year - year <= raw["most"]


def _number(facts: Facts, person: int, _place: int, raw: Raw) -> bool:
    good = {one.kind for one in facts.of[Phone][person] if one.e164 not in facts.blocked}
    return {"any": bool(good), "none": not good, "mobile": "mobile" in good, "landline": "landline" in good,
            "only_landline": "landline" in good and "mobile" not in good}[raw["number"]]  # fmt: skip


def _happened(*kinds: Kind) -> Callable[[Facts, int, int, Raw], bool]:
    def check(facts: Facts, person: int, _place: int, raw: Raw) -> bool:
        events = facts.of[Event][person]
        return any(one.kind in kinds and covers(raw.get("when", {}), one.day) for one in events) == raw["is"]

    return check


def _participates(facts: Facts, person: int, _place: int, raw: Raw) -> bool:
    def meant(activity: Activity) -> bool:
        chosen = activity.id in raw.get("activities", []) or activity.kind in raw.get("kinds", [])
        any_will_do = not raw.get("activities") and not raw.get("kinds")
        return (chosen or any_will_do) and covers(raw.get("when", {}), activity.starts_at)

    if raw["how"] == "signed_up":
        rows = [facts.activities[one.activity_id] for one in facts.of[SignUp][person] if one.state == "signed_up"]
        coming = [one for one in rows if raw.get("activities") or (one.ends_at > NOW and not one.cancelled_at)]
        return any(meant(one) for one in coming)
    came = any(meant(facts.activities[one.activity_id]) for one in facts.of[Attendance][person])
    return came == (raw["how"] == "took_part")


def _answered(facts: Facts, person: int, _place: int, raw: Raw) -> bool:
    mine = {f"{one.question_id}:{place}" for one in facts.of[Answer][person] for place in one.choices}
    return bool(mine & set(raw["options"])) == (raw["match"] == "any")


def _interested(facts: Facts, person: int, _place: int, raw: Raw) -> bool:
    said = {one.kind for one in facts.of[Interest][person]}
    for answer in facts.of[Answer][person]:
        shows = facts.shows[answer.question_id]
        said |= {shows[place] for place in answer.choices if place < len(shows)}
    return bool(said & set(raw["kinds"])) == (raw["match"] == "any")


def _office(facts: Facts, person: int, _place: int, raw: Raw) -> bool:
    held = {
        one.office for one in facts.of[Assignment][person] if one.from_day <= TODAY < (one.to_day or date.max)
    }  # fmt: skip
    return bool(held & set(raw["offices"])) == (raw["match"] == "any")


def _selection(facts: Facts, person: int, _place: int, raw: Raw) -> bool:
    rows = [facts.selections[one] for one in raw["ids"]]
    inside = {who for row in rows for who, _ in found(facts, in_steps(row.definition), facts.paths[row.association_id])}
    return (person in inside) == (raw["match"] == "any")


def in_steps(definition: Raw) -> Raw:
    """Version 1 by hand: the only saved one is of tags."""
    if definition["version"] == 2:
        return definition
    every = [{"kind": "tag", "ids": one["ids"], "match": "any" if one["is"] else "none"} for one in definition["all"]]
    return {"version": 2, "steps": [{"do": "add", "all": every}]}


def _called(facts: Facts, person: int, _place: int, raw: Raw) -> bool:
    def there_is(kind: Kind) -> bool:
        return any(
            one.kind == kind and one.campaign_id is not None and covers(raw.get("when", {}), one.day)
            and (not raw.get("campaigns") or one.campaign_id in raw["campaigns"])
            for one in facts.of[Event][person]
        )  # fmt: skip

    called, reached = there_is(Kind.ATTEMPT), there_is(Kind.CONVERSATION)
    return {"called": called, "not_called": not called, "reached": reached, "not_reached": called and not reached}[
        raw["how"]
    ]


def _call_outcome(facts: Facts, person: int, _place: int, raw: Raw) -> bool:
    ended = any(
        one.state == "reported" and one.outcome in raw["outcomes"] and covers(raw.get("when", {}), one.happened_at)
        and (not raw.get("campaigns") or one.campaign_id in raw["campaigns"])
        for one in facts.of[Call][person]
    )  # fmt: skip
    return ended == raw["is"]


def _messaged(facts: Facts, person: int, _place: int, raw: Raw) -> bool:
    sent = any(
        one.state in ("accepted", "sent", "delivered", "no_receipt") and covers(raw.get("when", {}), one.claimed_at)
        and (not raw.get("blasts") or one.blast_id in raw["blasts"])
        for one in facts.of[Message][person]
    )  # fmt: skip
    return sent == raw["is"]


def _replied(facts: Facts, person: int, _place: int, raw: Raw) -> bool:
    wrote = any(
        one.incoming and one.meaning != "stop" and covers(raw.get("when", {}), one.at)
        and (not raw.get("blasts") or one.blast_id in raw["blasts"])
        for thread in facts.of[Thread][person]
        for one in facts.said[thread.id]
    )  # fmt: skip
    return wrote == raw["is"]


KINDS: dict[str, Callable[[Facts, int, int, Raw], bool]] = {
    "association": _association,
    "joined": lambda facts, person, _place, raw: any(covers(raw["when"], day) for day in _joinings(facts, person)),
    "left": _left,
    "member_for": _member_for,
    "renewed": lambda facts, person, _place, raw: (
        (raw["year"] in {one.year for one in facts.of[Fee][person]}) == raw["is"]
    ),
    "tag": _tag,
    "office": _office,
    "age": _age,
    "has_number": _number,
    "has_email": lambda facts, person, _place, raw: bool(facts.people[person].email) == raw["is"],
    "contacted": _happened(Kind.CONTACT),
    "active": _happened(*ACTIVATION),
    "participates": _participates,
    "interested": _interested,
    "answered": _answered,
    "selection": _selection,
    "sample": lambda _facts, person, _place, raw: lot(person, raw["seed"]) < PRIME // 100 * raw["percent"],
    "called": _called,
    "call_outcome": _call_outcome,
    "messaged": _messaged,
    "replied": _replied,
}
"""One for each kind; a kind without one fails a test."""
