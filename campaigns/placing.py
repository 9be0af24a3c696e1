"""Where a person stands in a queue, worked out from what is known: pure functions, the same facts the same place."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from campaigns.calling_hours import another_time_of_day
from campaigns.hindrances import STANDS
from campaigns.models import QueueState
from campaigns.outcome_table import OUTCOMES, Effect, kinds
from campaigns.rests import Rests
from organizer.models import Kind

ORDINARY, PROMISED, SKIPPED = 5, 0, 7
"""Priorities: lower is rung first."""
PAUSES = {"no_answer": 1200, "left_message": 2880, "busy": 30}
"""Minutes until the next attempt where a campaign says nothing else (P§4.2)."""
PROMISE_KEPT_WITHIN = timedelta(hours=24)
"""After this a personal callback goes to anyone (P§4.7)."""
_ENDS = frozenset({QueueState.DONE, QueueState.BLOCKED, QueueState.REMOVED})
_STRONG = frozenset({QueueState.BLOCKED, QueueState.REMOVED})


@dataclass(frozen=True, slots=True)
class Told:
    """A reported call, as far as queues are concerned."""

    campaign_id: int
    account_id: int
    outcome: str
    detail: dict[str, Any]
    happened_at: datetime
    handled: bool = False
    """Somebody responsible has done what the call asked for under *Behöver dig*."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides about trying again: the campaign's own choices, and how long everyone is left alone."""

    pauses: dict[str, int]
    max_attempts: int
    hours: dict[str, list[str]]
    rest: Rests


@dataclass(frozen=True, slots=True)
class Place:
    """The columns of a queue row that follow from what is known."""

    state: QueueState
    why: str | None
    priority: int
    due_at: datetime
    attempts: int = 0
    last_call_at: datetime | None = None
    callback_by: int | None = None
    avoid_account_id: int | None = None
    language: str | None = None

    @property
    def promised(self) -> bool:
        """Whether somebody waits for us to ring back."""
        return self.why == "callback" and self.state == QueueState.WAITING


def place(
    campaign_id: int, rules: Rules, entered_at: datetime, calls: list[Told], hindrance: str | None, now: datetime
) -> Place:
    """Where the person stands in this campaign after these calls of any campaign, in the order they happened."""
    standing = Place(QueueState.READY, None, ORDINARY, entered_at)
    for call in calls:
        if call.campaign_id == campaign_id:
            standing = _after(standing, call, rules, entered_at)
    standing = _rested(standing, [call for call in calls if call.campaign_id != campaign_id], rules.rest)
    return _by_the_clock(_hindered(standing, hindrance), now)


def _after(standing: Place, call: Told, rules: Rules, entered_at: datetime) -> Place:
    """One more call: what it counts, then what it does to the row."""
    tried = Kind.ATTEMPT in kinds(call.outcome, call.detail)
    if tried:
        standing = replace(standing, attempts=standing.attempts + 1, last_call_at=call.happened_at)
    effect = OUTCOMES[call.outcome].effect
    if effect == Effect.BLOCKED and call.handled:
        effect = Effect.FREED
    settled = standing.state in _ENDS or (standing.promised and standing.due_at > call.happened_at)
    # An attempt that reached nobody does not undo what is already known (P§4.10: both reports are kept).
    if effect == Effect.UNCHANGED or (settled and effect in (Effect.AGAIN, Effect.OTHERS_FIRST, Effect.OTHER_NUMBER)):
        return standing
    if effect == Effect.OTHERS_FIRST:
        callback_by = None if standing.callback_by == call.account_id else standing.callback_by
        priority = standing.priority if standing.promised else SKIPPED
        return replace(standing, avoid_account_id=call.account_id, priority=priority, callback_by=callback_by)
    standing = replace(standing, priority=ORDINARY, callback_by=None, avoid_account_id=None, why=call.outcome)
    if effect == Effect.AGAIN:
        return _again(standing, call, rules)
    if effect == Effect.CALL_BACK:
        return replace(
            standing, state=QueueState.WAITING, priority=PROMISED, due_at=datetime.fromisoformat(call.detail["at"]),
            callback_by=call.account_id if call.detail.get("who") == "me" else None,
        )  # fmt: skip
    if effect in (Effect.SPEAKER, Effect.OTHER_NUMBER, Effect.FREED):
        language = call.detail.get("language", standing.language)
        return replace(standing, state=QueueState.READY, due_at=entered_at, language=language)
    return replace(standing, state=QueueState(effect.value))


def _again(standing: Place, call: Told, rules: Rules) -> Place:
    if standing.attempts >= rules.max_attempts:
        return replace(standing, state=QueueState.EXHAUSTED)
    minutes = rules.pauses.get(call.outcome, PAUSES[call.outcome])
    due_at = call.happened_at + timedelta(minutes=minutes)
    if call.outcome == "no_answer":
        due_at = another_time_of_day(rules.hours, due_at, call.happened_at)
    return replace(standing, state=QueueState.WAITING, due_at=due_at)


def _rested(standing: Place, elsewhere: list[Told], rest: Rests) -> Place:
    """Nobody is rung by one campaign just after another has rung them; a promise to ring is kept (D14)."""
    if standing.promised or standing.state not in (QueueState.READY, QueueState.WAITING):
        return standing
    due_at = standing.due_at
    for call in elsewhere:
        counted = kinds(call.outcome, call.detail)
        if Kind.ATTEMPT in counted:
            due_at = max(due_at, call.happened_at + rest.after_attempt)
        if Kind.CONVERSATION in counted:
            due_at = max(due_at, call.happened_at + rest.after_conversation)
    return replace(standing, due_at=due_at)


def _hindered(standing: Place, hindrance: str | None) -> Place:
    """What holds for the person everywhere goes before what this campaign's calls led to."""
    if hindrance is None:
        return standing
    state = STANDS[hindrance]
    weaker = hindrance in ("goal_met", "no_number")
    if standing.state in _STRONG and (weaker or state == QueueState.BLOCKED):
        return standing
    if standing.state == QueueState.DONE and weaker:
        return standing
    return replace(standing, state=state, why=hindrance)


def _by_the_clock(standing: Place, now: datetime) -> Place:
    if standing.state not in (QueueState.READY, QueueState.WAITING):
        return standing
    state = QueueState.WAITING if standing.due_at > now else QueueState.READY
    if standing.callback_by and now > standing.due_at + PROMISE_KEPT_WITHIN:
        return replace(standing, state=state, callback_by=None)
    return replace(standing, state=state)
