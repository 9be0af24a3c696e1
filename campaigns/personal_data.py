"""The register of personal data, the campaigns' half: queues, calls, what has to be done after them, and messages."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from campaigns import erasing
from campaigns.models import (
    Acquaintance,
    Call,
    CallInvitation,
    CallState,
    Campaign,
    FailingNumber,
    Hold,
    HoldNumber,
    Meaning,
    Message,
    MessageEvent,
    QueueRow,
    QueueState,
    Target,
    Thread,
    ThreadMessage,
    Todo,
)
from campaigns.outcome_table import OUTCOMES
from campaigns.sms_log import KINDS, STATES
from organizer.models import Account
from organizer.personal_data import FROM, REGISTER, TO, WHAT, WHEN, WHERE
from organizer.personal_register import Erasing, Keep, Merging, Move, Numbers, Personal, Register, Settle, Shown, Whose
from organizer.words import N_

CAMPAIGN = Shown(N_("Kampanj"))
QUEUE = {
    QueueState.READY: N_("Ska ringas"),
    QueueState.WAITING: N_("Väntar till nästa försök"),
    QueueState.HELD: N_("Talar med en ringare just nu"),
    QueueState.DONE: N_("Klar"),
    QueueState.EXHAUSTED: N_("Alla försök är gjorda"),
    QueueState.BLOCKED: N_("Någon ansvarig behöver titta först"),
    QueueState.REMOVED: N_("Är inte längre med i kampanjen"),
}
CALLS = {
    CallState.OPEN: N_("Pågår"),
    CallState.REPORTED: N_("Rapporterat"),
    CallState.RELEASED: N_("Blev inte av"),
    CallState.UNDONE: N_("Ångrat"),
}
TODOS = {
    "wrong_number": N_("Fel nummer"),
    "bad_number": N_("Sms kommer inte fram"),
    "moved": N_("Har flyttat"),
    "leaving": N_("Vill gå ur partiet"),
    "deceased": N_("Personen har avlidit"),
    "distress": N_("Obehagligt samtal"),
    "follow_up": N_("Ska följas upp"),
    "language": N_("Talar annat språk"),
    "contested": N_("Två har rapporterat"),
    "callback_missed": N_("Utlovat samtal som inte blev av"),
}
MEANINGS = {
    Meaning.TEXT: N_("Text"),
    Meaning.STOP: N_("Vill inte ha sms"),
    Meaning.MAYBE_STOP: N_("Vill kanske inte ha sms"),
    Meaning.START: N_("Vill ha sms igen"),
    Meaning.YES: N_("Ja"),
    Meaning.NO: N_("Nej"),
}
OUTCOME_WORDS = {code: outcome.label for code, outcome in OUTCOMES.items()}


def _of_calls(column: InstrumentedAttribute[int]) -> Whose:
    return lambda person_ids: column.in_(sa.select(Call.id).where(Call.person_id.in_(person_ids)))


def _messages_to(person_ids: Sequence[int]) -> sa.ColumnElement[bool]:
    own = sa.select(Account.id).where(Account.person_id.in_(person_ids))
    return sa.or_(Message.person_id.in_(person_ids), Message.account_id.in_(own))


def _of_messages(person_ids: Sequence[int]) -> sa.ColumnElement[bool]:
    return MessageEvent.message_id.in_(sa.select(Message.id).where(_messages_to(person_ids)))


def _of_threads(person_ids: Sequence[int]) -> sa.ColumnElement[bool]:
    return ThreadMessage.thread_id.in_(sa.select(Thread.id).where(Thread.person_id.in_(person_ids)))


PERSONAL = (
    Personal(
        Target, N_("Kampanjer som har gällt personen"), Target.person_id,
        {"campaign_id": CAMPAIGN, "association_id": Shown(WHERE), "entered_on": Shown(FROM), "settled_on": Shown(TO)},
        Keep(), Move(one_per=("campaign_id",), settle=Settle.EARLIEST, by="entered_on"), "outcomes",
    ),
    Personal(
        QueueRow, N_("Ringkön"), QueueRow.person_id,
        {"campaign_id": CAMPAIGN, "state": Shown(WHAT, QUEUE), "attempts": Shown(N_("Försök")), "due_at": Shown(N_("Tur"))},
        Keep(), Move(one_per=("campaign_id",), followers=("calls.queue_id",)), "outcomes",
    ),
    Personal(
        Call, N_("Samtal"), Call.person_id,
        {"campaign_id": CAMPAIGN, "state": Shown(WHAT, CALLS), "assigned_at": Shown(WHEN),
         "outcome": Shown(N_("Vad det ledde till"), OUTCOME_WORDS), "note": Shown(N_("Anteckning"))},
        Keep({"note": "", "before": sa.literal({}, sa.JSON), "detail": sa.literal({}, sa.JSON)}), Move(), "outcomes",
    ),
    Personal(
        CallInvitation, N_("Inbjudningar i samtal"), None, {"activity_id": Shown(N_("Aktivitet"))},
        Keep(), Merging.FOLLOW, "outcomes", _of_calls(CallInvitation.call_id),
    ),
    Personal(Hold, N_("Samtal som pågår"), Hold.person_id, {}, Erasing.DELETE, Merging.DROP),
    Personal(
        HoldNumber, N_("Samtal som pågår"), None, {}, Erasing.DELETE, Merging.FOLLOW, "", _of_calls(HoldNumber.call_id)
    ),
    Personal(
        Acquaintance, N_("Ringare som känner personen"), Acquaintance.person_id, {},
        Erasing.DELETE, Move(one_per=("account_id",)),
    ),
    Personal(
        Todo, N_("Att göra"), Todo.person_id,
        {"created_at": Shown(WHEN), "kind": Shown(WHAT, TODOS), "text": Shown(N_("Anteckning")),
         "new_number": Shown(N_("Nytt nummer")), "done_at": Shown(N_("Gjort"))},
        Keep({"text": "", "new_number": None}), Move(), "outcomes",
    ),
    Personal(
        Message, N_("Sms"), Message.person_id,
        {"created_at": Shown(WHEN), "kind": Shown(WHAT, KINDS), "e164": Shown(N_("Nummer")),
         "state": Shown(N_("Vad som hände"), STATES), "body": Shown(N_("Text"))},
        Keep({"body": "", "e164": sa.literal("-") + sa.cast(Message.id, sa.String)}),
        Move(one_per=("blast_id",), unlink=True), "thread_facts", _messages_to,
    ),
    Personal(
        MessageEvent, N_("Sms, steg för steg"), None, {}, Keep(), Merging.FOLLOW, "thread_facts", _of_messages,
        harmless=("detail",),
    ),
    Personal(
        Thread, N_("Trådar i inkorgen"), Thread.person_id,
        {"e164": Shown(N_("Nummer")), "created_at": Shown(FROM), "last_at": Shown(N_("Senaste sms"))},
        Erasing.DELETE, Move(), "thread_facts",
    ),
    Personal(
        ThreadMessage, N_("Sms till och från inkorgen"), None,
        {"at": Shown(WHEN), "meaning": Shown(WHAT, MEANINGS), "body": Shown(N_("Text"))},
        Erasing.DELETE, Merging.FOLLOW, "thread_facts", _of_threads,
    ),
)  # fmt: skip

NUMBERS = (Numbers(FailingNumber, N_("Nummer som sms inte når"), FailingNumber.e164),)
IMPERSONAL = {
    "campaigns": "whom to ring and what to say, not whom it was said to",
    "campaign_activities": "what a campaign invites to",
    "blasts": "what was written and how recipients were chosen, not who they were",
    "blast_events": "what users did with a blast",
    "blast_templates": "texts to begin with",
    "provider_trials": "what a trial of the provider showed",
    "provider_balances": "what is left on our own account",
    "sender_paces": "our own senders",
    "shifts": "when and where",
    "shift_callers": "which users were invited",
}
NAMES = {"campaign_id": Campaign.title}

EVERYTHING = REGISTER + Register(PERSONAL, (), NUMBERS, NAMES, IMPERSONAL, (erasing.prepare,))
"""Both halves, as app.py hands them to the pages and the worker."""
