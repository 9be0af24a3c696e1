"""What is looked at before a blast leaves: who gets it and who does not, when, the text, what it costs, what is wrong."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from campaigns import (
    blast_checks,
    blast_claiming,
    blast_hours,
    blast_recipients,
    blast_texts,
    sms_prices,
    sms_settings,
    sms_text,
)
from campaigns.blast_checks import Notice
from campaigns.blast_recipients import Audience
from campaigns.blast_texts import Figures, Writer
from campaigns.models import Blast
from campaigns.sms_settings import SmsSettings
from organizer.times import local_day
from organizer.words import Refused


@dataclass(frozen=True, slots=True)
class Review:
    """Everything the review page and the approver see; `seen` is what a decision is made about."""

    audience: Audience
    figures: Figures
    settings: SmsSettings
    problems: list[Refused]
    notices: list[Notice]
    needs_approval: bool
    begins_at: datetime
    """The first moment it may leave if it is let go now."""
    done_at: datetime
    seen: str
    """The content and exactly these recipients and texts: a form carries it, so that nobody decides unseen."""

    @property
    def recipients(self) -> int:
        """How many get it."""
        return len(self.audience.recipients)


def review(session: Session, blast: Blast, base: str, now: datetime, *, confirmed: bool = False) -> Review:
    """Look at the blast as it would leave now; `base` = the address links begin with."""
    settings = sms_settings.current(session, local_day(now))
    found = blast_recipients.audience(session, blast, now)
    figures = blast_texts.figures(Writer(session, blast, base, now), found.recipients, settings)
    begins, any_hour = max(now, blast.send_at or now), bool(blast.any_hour_by)
    begins = begins if any_hour else blast_hours.opening(settings, begins)
    look = blast_claiming.LOOK if blast.look_first and len(found.recipients) > blast_claiming.FIRST else timedelta()
    return Review(
        audience=found, figures=figures, settings=settings,
        problems=blast_checks.problems(session, blast, found, figures, settings, now, confirmed=confirmed),
        notices=blast_checks.notices(session, blast, found, figures, settings, now, base),
        needs_approval=needs_approval(settings, len(found.recipients)),
        begins_at=begins,
        done_at=blast_hours.done_at(settings, begins + look, figures.parts, any_hour=any_hour),
        seen=_seen(blast, found, figures),
    )  # fmt: skip


def prices_abroad(looked: Review) -> list[tuple[str, int, int | None]]:
    """Those left out for a foreign number: country code, how many, and öre for a part or None; the most first."""
    prices = looked.settings.prices_abroad
    return [
        (code, many, prices.get(code, prices.get(sms_prices.OTHERS)))
        for code, many in looked.audience.abroad.most_common(5)
    ]


def needs_approval(settings: SmsSettings, recipients: int) -> bool:
    """Whether so many recipients need somebody else's yes (P§5.4)."""
    return recipients > settings.approval_above


def content_hash(blast: Blast) -> str:
    """What an approval is of: whom, what, from whom and when; a change of any of it voids the approval."""
    return sms_text.fingerprint(*contents(blast).values())


def contents(blast: Blast) -> dict[str, object]:
    """The parts of a blast that its approver has said yes to, by the word for what has changed."""
    who = (blast.include, blast.exclude, blast.signed_up_to, blast.with_recent, blast.with_abroad, blast.association_id)
    text = (blast.body, blast.activity_id, blast.survey_id, blast.asks)
    by_itself = ("on approval",) if blast.on_approval and not blast.send_at else ()
    time = (str(blast.send_at), blast.look_first, blast.any_hour_by, blast.any_hour_why, *by_itself)
    return {
        "recipients": sms_text.fingerprint(*who), "text": sms_text.fingerprint(*text), "sender": blast.sender,
        "category": f"{blast.category} {blast.important}", "time": sms_text.fingerprint(*time),
    }  # fmt: skip


def _seen(blast: Blast, found: Audience, figures: Figures) -> str:
    digest = hashlib.sha256(content_hash(blast).encode())
    for one in found.recipients:
        digest.update(b"%d %s;" % (one.person_id, one.e164.encode()))
    digest.update(str(sorted(figures.by_parts.items())).encode())
    return digest.hexdigest()
