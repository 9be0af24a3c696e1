"""The tables of the campaigns package; importing this registers them all."""

from campaigns.models.blasts import (
    Blast,
    BlastEvent,
    BlastState,
    BlastTemplate,
    Category,
    FailingNumber,
    SenderPace,
)
from campaigns.models.calls import (
    NOT_RUNG_WORDS,
    Acquaintance,
    Call,
    CallInvitation,
    CallState,
    Hold,
    HoldNumber,
    QueueRow,
    QueueState,
    Todo,
)
from campaigns.models.campaigns import Campaign, CampaignActivity, CampaignState, Target, Template
from campaigns.models.inbox import Meaning, Thread, ThreadMessage
from campaigns.models.messages import Message, MessageEvent, MessageState
from campaigns.models.provider import ProviderBalance, ProviderTrial
from campaigns.models.shifts import Shift, ShiftCaller

__all__ = [
    "NOT_RUNG_WORDS",
    "Acquaintance",
    "Blast",
    "BlastEvent",
    "BlastState",
    "BlastTemplate",
    "Call",
    "CallInvitation",
    "CallState",
    "Campaign",
    "CampaignActivity",
    "CampaignState",
    "Category",
    "FailingNumber",
    "Hold",
    "HoldNumber",
    "Meaning",
    "Message",
    "MessageEvent",
    "MessageState",
    "ProviderBalance",
    "ProviderTrial",
    "QueueRow",
    "QueueState",
    "SenderPace",
    "Shift",
    "ShiftCaller",
    "Target",
    "Template",
    "Thread",
    "ThreadMessage",
    "Todo",
]
