"""A little district with people of every sort, drawn with a fixed seed, for tests of selections."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from campaigns.models import Blast, Call, Message, QueueRow, Thread, ThreadMessage
from organizer.models import (
    Answer,
    Assignment,
    Attendance,
    BlockedNumber,
    Event,
    Fee,
    Interest,
    Kind,
    Membership,
    PersonTag,
    Question,
    Selection,
    SignUp,
    Survey,
    Tag,
)
from tests.factories import (
    NOW,
    add_number,
    make_account,
    make_activity,
    make_association,
    make_campaign,
    make_person,
    unique_number,
)

TODAY = date(2026, 11, 19)
KINDS_OF_EVENT = (Kind.ATTEMPT, Kind.CONTACT, Kind.CONVERSATION, Kind.ATTENDANCE, Kind.TASK, Kind.SIGN_UP, Kind.MESSAGE)


@dataclass
class District:
    """The ids of what conditions can name."""

    associations: list[int] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)
    activities: list[int] = field(default_factory=list)
    campaigns: list[int] = field(default_factory=list)
    questions: list[int] = field(default_factory=list)
    selections: list[int] = field(default_factory=list)
    blasts: list[int] = field(default_factory=list)
    path: str = ""


def make_district(session: Session, size: int = 48) -> District:
    chance, found = random.Random(7), District()
    district = make_association(session, "Västernorrland", kind="district")
    here, there = make_association(session, "Härnösand", district), make_association(session, "Timrå", district)
    found.associations = [district.id, here.id, there.id, make_association(session, "Sörberge", there).id]
    found.path = here.path
    _things(session, found, district)
    account = make_account(session, "Ringare")
    for n in range(size):
        person = make_person(
            session, None, number=None, protected=n == 7, deceased_on=TODAY if n == 8 else None,
            email=f"p{n}@example.org" if n % 3 else None, birth_year=1930 + n * 2 if n % 4 else None,
        )  # fmt: skip
        _memberships(session, person.id, found.associations, chance)
        _reaching(session, person, chance)
        _history(session, person.id, found, account.id, chance)
    session.flush()
    return found


def saved(session: Session, association_id: int, name: str, definition: dict[str, Any], **fields: Any) -> int:
    row = Selection(association_id=association_id, name=name, definition=definition, created_at=NOW, **fields)
    session.add(row)
    session.flush()
    return row.id


def steps(*all_of: dict[str, Any], do: str = "add", **more: Any) -> dict[str, Any]:
    return {"do": do, "all": list(all_of), **more}


def _things(session: Session, found: District, district: Any) -> None:
    tags = [Tag(association_id=district.id, name=name) for name in ("kör gärna", "kassör", "student")]
    survey = Survey(association_id=district.id, title="Vad vill du?", created_at=NOW)
    session.add_all([*tags, survey])
    session.flush()
    questions = [
        Question(
            survey_id=survey.id,
            position=n,
            text=f"Fråga {n}?",
            kind="many",
            options=["Möten", "Cirkel", "Flygblad"],
            interests=["meeting", None, "action"] if n else None,
        )
        for n in range(2)
    ]
    session.add_all(questions)
    session.flush()
    found.tags, found.questions = [one.id for one in tags], [one.id for one in questions]
    for kind, days, cancelled in (
        ("meeting", -200, None),
        ("course", -20, None),
        ("action", 10, None),
        ("meeting", 30, NOW),
    ):
        activity = make_activity(
            session, district, starts_at=NOW + timedelta(days=days), kind=kind, cancelled_at=cancelled
        )
        found.activities.append(activity.id)
    found.campaigns = [make_campaign(session, district, title).id for title in ("Höst", "Vår")]
    writer = make_account(session, "Skribent")
    blasts = [
        Blast(association_id=district.id, title=title, state="done", include=[], exclude=[], created_at=NOW,
              created_by=writer.id, authors=[], asked_of=[], left_out={})
        for title in ("Nyhetsbrev", "Kallelse")
    ]  # fmt: skip
    session.add_all(blasts)
    session.flush()
    found.blasts = [one.id for one in blasts]
    first = saved(
        session, district.id, "Märkta", {"version": 1, "all": [{"kind": "tag", "ids": found.tags[:2], "is": True}]}
    )
    second = saved(session, found.associations[1], "Märkta med mobil", {"version": 2, "steps": [
        steps({"kind": "selection", "ids": [first], "match": "any"}, {"kind": "has_number", "number": "mobile"}),
    ]})  # fmt: skip
    third = saved(session, district.id, "Lottade", {"version": 2, "status": "members", "steps": [
        steps(limit=9, seed=5), steps({"kind": "has_email", "is": False}, do="remove"),
    ]})  # fmt: skip
    former = saved(session, district.id, "Tidigare", {"version": 2, "status": "former", "steps": [steps()]})
    found.selections = [first, second, third, former]


def _memberships(session: Session, person_id: int, places: list[int], chance: random.Random) -> None:
    """Some joined, some came back, some moved, some left, some have no known day, and some are gone altogether."""
    day = TODAY - timedelta(days=chance.randrange(0, 2500))
    start: date | None = day
    why = "joined"
    if chance.random() < 0.15:
        start, why = None, "unknown"
    for _ in range(chance.randrange(0, 3)):
        end = day + timedelta(days=chance.randrange(1, 700))
        if end > TODAY + timedelta(days=2):
            break
        to_why = chance.choice(["left", "moved", "left", "merged"])
        session.add(Membership(person_id=person_id, association_id=chance.choice(places), from_day=start, from_why=why,
                               to_day=end, to_why=to_why))  # fmt: skip
        start = day = end if to_why != "left" else end + timedelta(days=chance.randrange(1, 400))
        why = {"left": "returned", "moved": "moved_in", "merged": "merged"}[to_why]
        if to_why == "left" and chance.random() < 0.6:
            return
    session.add(Membership(person_id=person_id, association_id=chance.choice(places), from_day=start, from_why=why))


def _reaching(session: Session, person: Any, chance: random.Random) -> None:
    for position in range(chance.randrange(0, 3)):
        mobile = chance.random() < 0.5
        e164 = unique_number() if mobile else unique_number().replace("+4670174", "+4631390")
        add_number(session, person, e164, position)
        if chance.random() < 0.2:
            session.add(BlockedNumber(e164=e164, at=NOW))


def _history(session: Session, person_id: int, found: District, account_id: int, chance: random.Random) -> None:
    def some(things: list[int], share: float = 0.3) -> list[int]:
        return [one for one in things if chance.random() < share]

    for tag in some(found.tags):
        session.add(PersonTag(person_id=person_id, tag_id=tag))
    for year in some([2025, 2026], 0.5):
        session.add(Fee(person_id=person_id, year=year, paid_on=TODAY))
    for activity in some(found.activities):
        state = chance.choice(["signed_up", "signed_up", "withdrawn", "declined", "waiting"])
        session.add(SignUp(activity_id=activity, person_id=person_id, state=state, at=NOW))
    for activity in some(found.activities[:2]):
        session.add(Attendance(activity_id=activity, person_id=person_id, at=NOW))
    for kind in ("course", "action"):
        if some([1], 0.2):
            session.add(Interest(person_id=person_id, kind=kind, at=NOW))
    for n, office in enumerate(some(["chair", "treasurer", "elected"], 0.2)):
        days = {
            "from_day": TODAY - timedelta(days=chance.choice([-1, 0, 40])),
            "to_day": chance.choice([None, TODAY, TODAY + timedelta(days=1 + n)]),
        }
        session.add(
            Assignment(person_id=person_id, association_id=found.associations[0], office=office, created_at=NOW, **days)
        )
    for question in some(found.questions, 0.5):
        session.add(Answer(question_id=question, person_id=person_id, choices=some([0, 1, 2], 0.5), at=NOW))
    for n, kind in enumerate(some(list(KINDS_OF_EVENT), 0.4)):  # type: ignore[arg-type]
        campaign = chance.choice([None, *found.campaigns])
        day = TODAY - timedelta(days=chance.choice([0, 1, 15, 89, 90, 91, 400]))
        session.add(Event(key=f"k{person_id}-{n}", kind=str(kind), person_id=person_id, campaign_id=campaign,
                          at=NOW - (TODAY - day), day=day))  # fmt: skip
    for n, campaign in enumerate(some(found.campaigns)):
        _call(session, person_id, campaign, found.associations[0], account_id, chance)
        at = NOW - timedelta(days=chance.choice([0, 30, 200]))
        session.add(Message(ref=f"m{person_id}-{n}", kind="tried", priority=5, e164=unique_number(), body="",
                            state=chance.choice(["queued", "sent", "delivered", "failed", "cancelled"]), person_id=person_id,
                            created_at=at, not_before=at, expires_at=at, claimed_at=at,
                            blast_id=chance.choice([None, found.blasts[n % 2]])))  # fmt: skip
    if chance.random() < 0.4:
        _wrote(session, person_id, found, chance)


def _call(session: Session, person_id: int, campaign: int, place: int, account_id: int, chance: random.Random) -> None:
    row = QueueRow(campaign_id=campaign, person_id=person_id, association_id=place, state="done", due_at=NOW)
    session.add(row)
    session.flush()
    session.add(Call(campaign_id=campaign, queue_id=row.id, person_id=person_id, association_id=place, account_id=account_id,
                     state=chance.choice(["reported", "reported", "undone", "released"]), assigned_at=NOW,
                     outcome=chance.choice(["reached", "no_answer", "busy"]), detail={}, before={},
                     happened_at=NOW - timedelta(days=chance.choice([0, 30, 200]))))  # fmt: skip


def _wrote(session: Session, person_id: int, found: District, chance: random.Random) -> None:
    thread = Thread(e164=f"+4670{person_id:08d}", person_id=person_id, state="open", last_at=NOW, created_at=NOW)
    session.add(thread)
    session.flush()
    for days in (0, 30, 200):
        session.add(ThreadMessage(thread_id=thread.id, incoming=chance.random() < 0.5, body="Ja tack",
                                  meaning=chance.choice(["text", "stop", "yes"]), at=NOW - timedelta(days=days),
                                  blast_id=chance.choice([None, *found.blasts])))  # fmt: skip
