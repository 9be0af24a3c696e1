"""An evening of calling: a handful of callers, one person at a time, and whatever those who answer say."""

import heapq
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import call_queue, contents, outcomes, shifts
from campaigns.demo.district import District
from campaigns.models import Call, Campaign
from organizer import audit, surveys
from organizer.models import RoleName

COMMON = {
    "no_answer": 40, "reached": 34, "left_message": 8, "callback": 5, "wrong_number": 4, "busy": 3, "skip": 2,
    "opt_out_calls": 1, "opt_out_campaign": 1, "moved": 1, "language": 1, "leaving": 0.5, "deceased": 0.2,
}  # fmt: skip
"""How often each outcome comes, out of about a hundred; the rest once in a while."""
RARE = 0.15
SEEN_ON = "call.now"
"""The page that shows a caller whom to ring, as the access log names it."""
NOTES = (
    "Jobbar kvällar, ring på förmiddagen.", "Vill gärna ha skjuts till möten.", "Kan baka till mötena.",
    "Hör dåligt, prata långsamt.", "Har varit med förr och vill gärna börja igen.", "Frågar om avgiften.",
)  # fmt: skip
WORDS = (
    "Kommer gärna om det finns barnpassning",
    "Vill veta mer först",
    "Helst på helgen",
    "Kan hålla i en studiecirkel",
)
NEW_NUMBERS = tuple(f"+4698031929{n}" for n in range(4, 10))
"""What those who answered a wrong number knew: from the end of the fictional landlines, nobody's in the register."""
LIKED = (9, 5, 4, 2, 1)
"""How often the first option is chosen, the second, and so on."""
LANGUAGES = ("ar", "so", "fi", "ku")


class Deck:
    """Outcomes to come: every code once early on, then as often as in life."""

    def __init__(self, dice: random.Random, *, pleased: bool = False) -> None:
        """Shuffle with the loader's own dice, so that the same seed gives the same evening.

        `pleased`: those who have just joined are easier to reach.
        """
        self._dice = dice
        self._codes = list(outcomes.OUTCOMES)
        self._weights = [COMMON.get(code, RARE) for code in self._codes]
        if pleased:
            self._weights = [
                weight + 70 * (code == "reached") for code, weight in zip(self._codes, self._weights, strict=True)
            ]
        self._first = [] if pleased else dice.sample(self._codes, len(self._codes))

    def draw(self) -> str:
        """How the next call ends."""
        if self._first and self._dice.random() < 0.3:
            return self._first.pop()
        return self._dice.choices(self._codes, self._weights)[0]


@dataclass(frozen=True, slots=True)
class Evening:
    """One shift to be rung: when, where, by whom, and how many calls they manage."""

    campaign_id: int
    starts_at: datetime
    ends_at: datetime
    place: str
    callers: Sequence[int]
    calls: int
    association_id: int | None = None
    """Rings only this association's part."""


def ring(session: Session, dice: random.Random, district: District, deck: Deck, evening: Evening) -> list[int]:
    """Hold the shift from beginning to end; the ids of the calls reported in it."""
    earlier = evening.starts_at - timedelta(days=6)
    leader = district.by_role[RoleName.SHIFT_LEADER]
    shift_id = shifts.create(
        session, evening.campaign_id, evening.association_id, evening.starts_at, evening.ends_at, evening.place, leader,
        len(evening.callers), earlier,
    )  # fmt: skip
    for account_id in evening.callers:
        shifts.invite(session, shift_id, account_id, earlier)
        shifts.join(session, shift_id, account_id, evening.starts_at)
    reported = _in_turns(session, dice, deck, evening, shift_id)
    for account_id in evening.callers:
        call_queue.release(session, account_id, evening.ends_at)
        shifts.finish(session, shift_id, account_id, evening.ends_at)
    return reported


def _in_turns(session: Session, dice: random.Random, deck: Deck, evening: Evening, shift_id: int) -> list[int]:
    """Whoever is free first rings next."""
    campaign = session.get_one(Campaign, evening.campaign_id)
    free = [(evening.starts_at + timedelta(seconds=50 * n), account) for n, account in enumerate(evening.callers, 1)]
    reported: list[int] = []
    while free and len(reported) < evening.calls:
        at, account_id = heapq.heappop(free)
        if at >= evening.ends_at - timedelta(minutes=12):
            continue
        where = evening.association_id
        call_id = call_queue.claim_next(session, account_id, campaign.id, at, shift_id=shift_id, association_id=where)
        if call_id is None:
            continue
        call_queue.renew(session, account_id, at + timedelta(seconds=20), rang=True)
        outcome = deck.draw()
        done = at + timedelta(seconds=dice.randint(35, 80) + (dice.randint(60, 420) if outcome == "reached" else 0))
        told = _told(session, dice, campaign, outcome, done)
        saved = outcomes.report(session, call_id, account_id, told, done)
        audit.looked(session, account_id, [saved.person_id], SEEN_ON, at)
        reported.append(call_id)
        heapq.heappush(free, (done + timedelta(seconds=dice.randint(15, 90)), account_id))
    return reported


def think_again(session: Session, reported: Sequence[int], at: datetime) -> None:
    """The last two calls of an evening: one report is changed, one is undone and the person let go again."""
    here = sa.select(Call.id, Call.account_id).where(Call.id.in_(reported[-2:])).order_by(Call.id)
    changed, undone = session.execute(here).all()
    left = outcomes.Report("left_message", f"demo-again-{changed.id}", detail={})
    outcomes.change(session, changed.id, changed.account_id, left, at)
    outcomes.undo(session, undone.id, undone.account_id, at)
    call_queue.release(session, undone.account_id, at)


def _told(session: Session, dice: random.Random, campaign: Campaign, outcome: str, at: datetime) -> outcomes.Report:
    """What the caller writes down."""
    values: dict[str, Any] = {
        "outcome": outcome, "client_ref": f"demo-{dice.getrandbits(96):x}", "happened_at": at, "detail": {}, "note": "",
        "answers": {}, "sign_ups": set(), "invited": set(), "withdrawn": set(), "follow_up": False,
    }  # fmt: skip
    if outcome == "callback":
        again = call_queue.next_opening(campaign, at + timedelta(hours=dice.randint(20, 70)))
        values["detail"] = {"at": again.isoformat(), "who": dice.choice(("anyone", "anyone", "me")), "asked": True}
    elif outcome == "language":
        values["detail"] = {"language": dice.choice(LANGUAGES)}
    elif outcome == "wrong_number" and dice.random() < 0.4:
        values["detail"] = {"new_number": dice.choice(NEW_NUMBERS)}
    elif outcome == "reached":
        values |= _conversation(session, dice, campaign, at)
    return outcomes.Report(**values)


def _conversation(session: Session, dice: random.Random, campaign: Campaign, at: datetime) -> dict[str, Any]:
    """What a talk leads to: most are invited, one in four comes, most answer the questions."""
    coming = {one.id for one in contents.choices(session, campaign, at)}
    offered = [one for one in contents.activity_ids(session, campaign.id) if one in coming]
    invited = set(offered[:1]) if dice.random() < 0.75 else set()
    return {
        "answers": _answers(session, dice, campaign) if dice.random() < 0.85 else {},
        "invited": invited,
        "sign_ups": {one for one in invited if dice.random() < 0.34},
        "note": dice.choice(NOTES) if dice.random() < 0.12 else "",
        "follow_up": dice.random() < 0.04,
    }


def _answers(session: Session, dice: random.Random, campaign: Campaign) -> dict[int, tuple[list[int], str]]:
    if campaign.survey_id is None:
        return {}
    answers: dict[int, tuple[list[int], str]] = {}
    for question in surveys.questions(session, campaign.survey_id):
        if question.kind == "text":
            answers[question.id] = [], dice.choice(WORDS)
        else:
            several = question.kind == "many" and dice.random() < 0.4
            places = range(len(question.options))
            picked = dice.choices(places, [LIKED[place % len(LIKED)] for place in places], k=2 if several else 1)
            answers[question.id] = sorted(set(picked)), ""
    return answers
