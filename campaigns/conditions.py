"""What a selection can ask about calls, texts and replies: kinds of condition that app.py adds to the organizer's own."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import sqlalchemy as sa

from campaigns.models import Blast, Call, CallState, Campaign, Meaning, Message, MessageState, Thread, ThreadMessage
from campaigns.outcome_table import OUTCOMES
from organizer.conditions import Asked, Condition, Names, Phrase, Source, named
from organizer.conditions.inputs import Choice, Codes, Ids, YesNo
from organizer.conditions.periods import Period, When
from organizer.models import Association, Event, Kind
from organizer.words import N_

_CAMPAIGNS = Ids("campaigns", N_("I vilka kampanjer"), source="campaign")
_BLASTS = Ids("blasts", N_("Vilka utskick"), source="blast")
_EVER = When("when", N_("När"), ever=True)
ARRIVED = (MessageState.ACCEPTED, MessageState.SENT, MessageState.DELIVERED, MessageState.NO_RECEIPT)
"""A message on its way or there: what the provider has taken and nobody has said failed."""


@dataclass(frozen=True)
class Called(Condition):
    """Sought or reached by telephone, or not, in some campaigns or any, in a period or ever: read from the ledger."""

    kind: ClassVar = "called"
    label: ClassVar = N_("Ringd eller nådd")
    family: ClassVar = "contact"
    inputs: ClassVar = (
        Choice("how", N_("Hur det gick"), options={
            "called": N_("Har ringts"), "reached": N_("Har nåtts"), "not_reached": N_("Har ringts men inte nåtts"),
            "not_called": N_("Har inte ringts"),
        }),
        _CAMPAIGNS,
        _EVER,
    )  # fmt: skip
    how: str
    campaigns: tuple[int, ...]
    when: Period

    def where(self, at: Asked) -> sa.ColumnElement[bool]:
        """Attempts and conversations in the ledger."""
        called, reached = self._there_is(at, Kind.ATTEMPT), self._there_is(at, Kind.CONVERSATION)
        if self.how == "reached":
            return reached
        if self.how == "not_reached":
            return sa.and_(called, ~reached)
        return called if self.how == "called" else ~called

    def phrase(self, names: Names) -> Phrase:
        """How, when and in which campaigns."""
        texts = {
            "called": N_("har ringts %(when)s"), "reached": N_("har nåtts i telefon %(when)s"),
            "not_reached": N_("har ringts men inte nåtts %(when)s"), "not_called": N_("inte har ringts %(when)s"),
        }  # fmt: skip
        when = self.when.phrase() if self.how in ("called", "reached") else self.when.not_phrase()
        return _in_campaigns(Phrase(texts[self.how], {"when": when}), self.campaigns, names)

    def _there_is(self, at: Asked, kind: Kind) -> sa.ColumnElement[bool]:
        which = Event.campaign_id.in_(self.campaigns) if self.campaigns else Event.campaign_id.is_not(None)
        return sa.exists().where(
            Event.person_id == at.person_id, Event.kind == kind, which, *self.when.covers(Event.day, at.today)
        )


@dataclass(frozen=True)
class CallOutcome(Condition):
    """A call ended in one of these ways, or none did; as long as the outcomes of single calls are kept (D6)."""

    kind: ClassVar = "call_outcome"
    label: ClassVar = N_("Samtal som slutade så")
    family: ClassVar = "contact"
    inputs: ClassVar = (
        Codes("outcomes", N_("Hur samtalet slutade"), options={code: one.label for code, one in OUTCOMES.items()},
              none=N_("Välj minst ett sätt som samtalet slutade på.")),
        YesNo("is", N_("Slutade så eller inte"), yes=N_("Något samtal slutade så"), no=N_("Inget samtal slutade så")),
        _CAMPAIGNS,
        _EVER,
    )  # fmt: skip
    outcomes: tuple[str, ...]
    is_so: bool
    campaigns: tuple[int, ...]
    when: Period

    def where(self, at: Asked) -> sa.ColumnElement[bool]:
        """A reported call, or none."""
        ended = sa.exists().where(
            Call.person_id == at.person_id, Call.state == CallState.REPORTED, Call.outcome.in_(self.outcomes),
            *([Call.campaign_id.in_(self.campaigns)] if self.campaigns else []),
            *self.when.covers_moment(Call.happened_at, at.today),
        )  # fmt: skip
        return ended if self.is_so else ~ended

    def phrase(self, names: Names) -> Phrase:
        """The outcomes in words."""
        text = N_("har ett samtal som slutade ”%(what)s” %(when)s") if self.is_so else N_(
            "inte har något samtal som slutade ”%(what)s” %(when)s"
        )  # fmt: skip
        what = tuple(Phrase(OUTCOMES[one].label, {}) for one in self.outcomes)
        when = self.when.phrase() if self.is_so else self.when.not_phrase()
        return _in_campaigns(Phrase(text, {"what": what, "when": when}), self.campaigns, names)


@dataclass(frozen=True)
class Texted(Condition):
    """Something about text messages is so, or is not: in some blasts or at all, in a period or ever."""

    family: ClassVar = "contact"
    did: ClassVar[str]
    did_not: ClassVar[str]
    is_so: bool
    blasts: tuple[int, ...]
    when: Period

    def where(self, at: Asked) -> sa.ColumnElement[bool]:
        """A message, or none."""
        there_is = sa.exists().where(*self._message(at))
        return there_is if self.is_so else ~there_is

    def phrase(self, names: Names) -> Phrase:
        """Whether, when and in which blasts."""
        when = self.when.phrase() if self.is_so else self.when.not_phrase()
        return _in_blasts(Phrase(self.did if self.is_so else self.did_not, {"when": when}), self.blasts, names)

    @abstractmethod
    def _message(self, at: Asked) -> list[sa.ColumnElement[bool]]:
        """What is asked of the messages of a person."""


@dataclass(frozen=True)
class Messaged(Texted):
    """Has been sent a text message, or has not; sent means that the provider took it."""

    kind: ClassVar = "messaged"
    label: ClassVar = N_("Fått sms")
    did: ClassVar = N_("har fått sms %(when)s")
    did_not: ClassVar = N_("inte har fått sms %(when)s")
    inputs: ClassVar = (
        YesNo("is", N_("Fått sms"), yes=N_("Har fått sms"), no=N_("Har inte fått sms")), _BLASTS, _EVER,
    )  # fmt: skip

    def _message(self, at: Asked) -> list[sa.ColumnElement[bool]]:
        return [
            Message.person_id == at.person_id, Message.state.in_(ARRIVED),
            *([Message.blast_id.in_(self.blasts)] if self.blasts else []),
            *self.when.covers_moment(Message.claimed_at, at.today),
        ]  # fmt: skip


@dataclass(frozen=True)
class Replied(Texted):
    """Has written to us, or has not: any reply but STOPP (P§6.1 *Response*)."""

    kind: ClassVar = "replied"
    label: ClassVar = N_("Svarat på sms")
    did: ClassVar = N_("har svarat på sms %(when)s")
    did_not: ClassVar = N_("inte har svarat på sms %(when)s")
    inputs: ClassVar = (
        YesNo("is", N_("Svarat på sms"), yes=N_("Har svarat"), no=N_("Har inte svarat")), _BLASTS, _EVER,
    )  # fmt: skip

    def _message(self, at: Asked) -> list[sa.ColumnElement[bool]]:
        return [
            Thread.person_id == at.person_id, ThreadMessage.thread_id == Thread.id, ThreadMessage.incoming.is_(True),
            ThreadMessage.meaning != Meaning.STOP,
            *([ThreadMessage.blast_id.in_(self.blasts)] if self.blasts else []),
            *self.when.covers_moment(ThreadMessage.at, at.today),
        ]  # fmt: skip


KINDS = (Called, CallOutcome, Messaged, Replied)
SOURCES = {
    "campaign": Source(
        lambda: sa.select(Campaign.id, Campaign.title.label("name"), Association.short_name.label("under")).join(
            Association, Association.id == Campaign.association_id
        ),
        Campaign.id, Association.path, (Campaign.id.desc(),), above=True,
    ),
    "blast": Source(
        lambda: sa.select(Blast.id, Blast.title.label("name"), Association.short_name.label("under")).join(
            Association, Association.id == Blast.association_id
        ),
        Blast.id, Association.path, (Blast.id.desc(),), above=True,
    ),
}  # fmt: skip


def _in_blasts(phrase: Phrase, blasts: tuple[int, ...], names: Names) -> Phrase:
    if not blasts:
        return phrase
    return Phrase(N_("%(what)s i utskicket %(names)s"), {"what": phrase, "names": named(names, "blast", blasts)})


def _in_campaigns(phrase: Phrase, campaigns: tuple[int, ...], names: Names) -> Phrase:
    if not campaigns:
        return phrase
    values: dict[str, Any] = {"what": phrase, "names": named(names, "campaign", campaigns)}
    return Phrase(N_("%(what)s i kampanjen %(names)s"), values)
