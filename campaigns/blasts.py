"""A blast from idea to sent: written in saved steps, approved, let go, paused, stopped; every step is written down."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import blast_checks, blast_freezing, blast_review, sms_queue, sms_settings, sms_text
from campaigns.blast_recipients import Recipient
from campaigns.blast_review import Review
from campaigns.blast_states import locked, move, note
from campaigns.models import Blast, BlastState, Category, Message, MessageState
from organizer import audit, selections
from organizer.models import Account
from organizer.times import local_day
from organizer.words import N_, Missing, Refused

S = BlastState
CHANGED = {
    "recipients": N_("mottagarna"),
    "text": N_("texten"),
    "sender": N_("avsändaren"),
    "category": N_("slaget av utskick"),
    "time": N_("tiden"),
}
"""What may have changed since somebody approved, as pages say it."""
MOST_SELECTIONS = 10
LATE = timedelta(hours=6)
"""A scheduled blast that could not begin within this has missed its time."""


@dataclass(frozen=True, slots=True)
class To:
    """Whom it is for. Each selection: {"name", "definition"} and, when it is a saved one, "selection_id"."""

    include: list[dict[str, Any]]
    exclude: list[dict[str, Any]]
    signed_up_to: int | None = None
    with_recent: bool = False
    with_abroad: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """What it says and from whom; `dear` = keep the characters that make it dear (*Byt tillbaka*)."""

    body: str
    sender: str = ""
    category: str = Category.INFORMATION
    important: bool = False
    activity_id: int | None = None
    survey_id: int | None = None
    asks: bool = False
    dear: bool = False


def create(
    session: Session, association_id: int, account_id: int, now: datetime, *, title: str = "", body: str = "",
    category: str = Category.INFORMATION, activity_id: int | None = None, on_approval: bool = False,
) -> int:  # fmt: skip
    """A draft, perhaps with a template's text or an activity; its id. `on_approval`: it leaves when it is approved."""
    blast = Blast(
        association_id=association_id, title=_title(title), state=S.DRAFT, category=category, include=[], exclude=[],
        body=sms_text.cheapened(sms_text.clean(body)), activity_id=activity_id, created_by=account_id, created_at=now,
        authors=[account_id], asked_of=[], left_out={}, on_approval=on_approval,
        look_first=sms_settings.current(session, local_day(now)).look_first,
    )  # fmt: skip
    session.add(blast)
    session.flush()
    note(session, blast.id, "created", now, account_id)
    audit.changed(session, account_id, "create", "blast", blast.id, now, association_id)
    return blast.id


def copy(session: Session, blast: Blast, account_id: int, now: datetime) -> int:
    """A new draft with the same text and recipients; who got any of the line is left out of it (P§5.2)."""
    new = session.get_one(
        Blast,
        create(session, blast.association_id, account_id, now, title=blast.title, body=blast.body,
               category=blast.category, activity_id=blast.activity_id),
    )  # fmt: skip
    for name in (
        "include",
        "exclude",
        "signed_up_to",
        "with_abroad",
        "sender",
        "survey_id",
        "asks",
        "body",
        "on_approval",
    ):
        setattr(new, name, getattr(blast, name))
    new.copy_of = blast.copy_of or blast.id
    session.flush()
    return new.id


def discard(session: Session, blast_id: int, account_id: int, now: datetime) -> None:
    """Throw a draft away; what has been approved or sent stays."""
    blast = locked(session, blast_id)
    if blast.state != S.DRAFT:
        raise Refused(N_("Bara ett utkast kan kastas. Inget har tagits bort."))
    session.execute(sa.delete(Blast).where(Blast.id == blast_id))
    audit.changed(session, account_id, "discard", "blast", blast_id, now, blast.association_id)


def save_title(session: Session, blast_id: int, title: str, account_id: int, now: datetime) -> None:
    """Name it; the name is ours alone and changes no approval."""
    blast = locked(session, blast_id)
    blast.title = _title(title)
    session.flush()
    audit.changed(session, account_id, "edit", "blast", blast.id, now, blast.association_id)


def save_recipients(session: Session, blast_id: int, to: To, account_id: int, now: datetime) -> list[str]:
    """Step 1. Returns what an approval that this voided was about (keys of CHANGED), else nothing."""
    if len(to.include) + len(to.exclude) > MOST_SELECTIONS:
        raise Refused(N_("Välj högst %(most)s urval."), "recipients", most=MOST_SELECTIONS)
    for one in to.include:
        selections.reachable(one["definition"])
    for one in to.exclude:
        selections.conditions(one["definition"])
    values = {"include": to.include, "exclude": to.exclude, "signed_up_to": to.signed_up_to,
              "with_recent": to.with_recent, "with_abroad": to.with_abroad}  # fmt: skip
    if to.with_abroad and not sms_settings.current(session, local_day(now)).abroad:
        raise Refused(N_("Utländska nummer är avstängda i inställningarna."), "with_abroad")
    return _edit(session, blast_id, account_id, now, values)


def save_text(session: Session, blast_id: int, text: Text, account_id: int, now: datetime) -> list[str]:
    """Step 2. Dear punctuation is replaced as it is saved, unless the writer wants it; returns as save_recipients.

    Refused with the field for a text that could never be sent; what was typed is the page's to keep.
    """
    typed = sms_text.clean(text.body).strip()
    body = typed if text.dear else sms_text.cheapened(typed)
    values = {"body": body, "typed": typed if typed != body else None, "sender": text.sender, "category": text.category,
              "important": text.important, "activity_id": text.activity_id, "survey_id": text.survey_id,
              "asks": text.asks}  # fmt: skip
    blast = locked(session, blast_id)
    trial = Blast(body=body, sender=text.sender, category=text.category)
    blast_checks.text(trial, sms_settings.current(session, local_day(now)))
    return _edit(session, blast.id, account_id, now, values)


def save_time(
    session: Session, blast_id: int, send_at: datetime | None, account_id: int, now: datetime, *, look_first: bool,
    on_approval: bool = False,
) -> list[str]:  # fmt: skip
    """Step 3: when it leaves and whether twenty go first; returns as save_recipients.

    Without a time it leaves when somebody presses *Skicka*, or with `on_approval` when it is approved. Refused for a moment that has passed. One outside the hours is saved: the review says what is wrong with it, and
    the owner may let it go at any hour.
    """
    if send_at is not None:
        blast_checks.time(send_at, now)
    return _edit(
        session, blast_id, account_id, now, {"send_at": send_at, "look_first": look_first, "on_approval": on_approval}
    )


def save_any_hour(session: Session, blast_id: int, why: str, account_id: int, now: datetime) -> list[str]:
    """Let it leave outside the hours, with a written reason; only the owner may, which is the page's to check."""
    if not why.strip():
        raise Refused(N_("Skriv varför utskicket måste gå utanför de vanliga tiderna."), "any_hour_why")
    return _edit(session, blast_id, account_id, now, {"any_hour_by": account_id, "any_hour_why": why.strip()[:280]})


def send_proof(
    session: Session, blast_id: int, account_id: int, base: str, now: datetime, example: Recipient | None = None
) -> int:
    """Queue the text as it stands to one's own phone, marked PROV; the message's id. Refused without a number."""
    blast, account = locked(session, blast_id), session.get_one(Account, account_id)
    if not account.e164:
        raise Refused(N_("Ditt konto har inget mobilnummer. Be den som har hand om konton att lägga in det."))
    if not blast.body.strip():
        raise Refused(N_("Skriv en text."), "body")
    who = example or Recipient(0, blast.association_id, account.name.split(" ")[0], account.e164)
    text = blast_freezing.proof(session, blast, base, now, who)
    made = sms_queue.enqueue(session, kind="proof", e164=account.e164, body=text, now=now, account_id=account_id)
    session.execute(
        sa.update(Message).where(Message.id == made).values(parts=sms_text.parts(text), sender=blast.sender or None)
    )
    blast.proved_hash = blast_checks.proof_hash(blast)
    note(session, blast.id, "proof", now, account_id, parts=sms_text.parts(text))
    return made


def send(
    session: Session, blast_id: int, account_id: int, base: str, now: datetime, *, seen: str = "", confirmed: bool = False
) -> None:  # fmt: skip
    """Let it go: at its time, or now. A draft below the limit is frozen here; an approved one as it was frozen.

    `seen` = what the page showed (Review.seen): Refused when it no longer is so.
    """
    blast = locked(session, blast_id)
    if blast.state == S.APPROVED:
        if blast.send_at is not None:
            raise Refused(N_("Utskicket går av sig självt vid sin tid. Inget har ändrats."))
        begin(session, blast, now, account_id)
        return
    if blast.state != S.DRAFT:
        raise Refused(N_("Det går inte längre: utskicket har redan gått vidare. Ladda om sidan. Inget har ändrats."))
    looked = looked_at(session, blast, base, now, seen, confirmed=confirmed)
    if looked.needs_approval:
        raise Refused(N_("Fler än %(limit)s mottagare: någon annan behöver godkänna först."),
                      limit=looked.settings.approval_above)  # fmt: skip
    let_go(session, blast, looked, base, now, account_id)


def let_go(session: Session, blast: Blast, looked: Review, base: str, now: datetime, account_id: int) -> None:
    """Freeze it, and start it now or have it wait for its time."""
    blast_freezing.freeze(session, blast, looked.audience, base, now, looked.settings)
    if blast.send_at is None:
        begin(session, blast, now, account_id)
    else:
        move(
            session,
            blast,
            S.APPROVED,
            now,
            account_id,
            hash=blast_review.content_hash(blast),
            valid_until=blast.send_at + LATE,
        )
    audit.changed(session, account_id, "send", "blast", blast.id, now, blast.association_id, many=looked.recipients)


def begin(session: Session, blast: Blast, now: datetime, account_id: int | None = None) -> None:
    """From here on the worker hands over; Refused when what was approved is not what stands here."""
    if blast.valid_until and now > blast.valid_until:
        raise Refused(N_("Godkännandet har gått ut. Be om ett nytt. Inget har skickats."))
    if blast.hash and blast.hash != blast_review.content_hash(blast):
        raise Refused(N_("Utskicket är inte längre det som godkändes. Be om ett nytt godkännande. Inget har skickats."))
    move(session, blast, S.SENDING, now, account_id, started_at=now)


def withdraw(session: Session, blast_id: int, account_id: int, now: datetime) -> None:
    """Take back what waits for approval or for its time: a draft again, and nothing of it is left to send."""
    blast = locked(session, blast_id)
    to_draft(session, blast, now, account_id, "withdrawn", {})


def pause(session: Session, blast_id: int, account_id: int | None, now: datetime, *, why: str = "person",
          code: int | None = None) -> None:  # fmt: skip
    """Hand over nothing more until somebody resumes; what is in hand at this moment is finished."""
    blast = locked(session, blast_id)
    if blast.state == S.PAUSED:
        return
    move(session, blast, S.PAUSED, now, account_id, {"why": why}, paused_at=now, paused_why=why, paused_code=code)


def resume(session: Session, blast_id: int, account_id: int, now: datetime) -> None:
    """Go on; what has failed so far has been seen, and only new failures stop it again."""
    blast = locked(session, blast_id)
    failed = session.scalar(
        sa.select(sa.func.count()).select_from(Message).where(
            Message.blast_id == blast_id, Message.state.in_((MessageState.FAILED, MessageState.UNDELIVERED))
        )
    )  # fmt: skip
    move(session, blast, S.SENDING, now, account_id, {"after": "pause"}, paused_at=None, paused_why=None,
         paused_code=None, waits_until=None, accepted_failures=failed or 0, accepted_handed=blast.handed)  # fmt: skip


def stop(session: Session, blast_id: int, account_id: int, now: datetime) -> None:
    """Hand over nothing more, ever.

    From the moment this is committed nobody more gets it: hand-over takes up messages only while holding the blast,
    as this does. Who got it is in blast_progress.
    """
    blast = locked(session, blast_id)
    if blast.state == S.STOPPED:
        return
    move(session, blast, S.STOPPED, now, account_id, finished_at=now)
    audit.changed(session, account_id, "stop", "blast", blast.id, now, blast.association_id)


def looked_at(session: Session, blast: Blast, base: str, now: datetime, seen: str, *, confirmed: bool) -> Review:
    """The review as it is now; Refused when something stops it, or when it is not what was seen."""
    looked = blast_review.review(session, blast, base, now, confirmed=confirmed)
    if looked.problems:
        raise looked.problems[0]
    if seen != looked.seen:
        raise Refused(
            N_("Mottagarna eller texten har ändrats medan du läste: nu är det %(many)s som får sms. "
               "Titta igen och bestäm sedan. Inget har skickats."), many=looked.recipients,
        )  # fmt: skip
    return looked


def _edit(session: Session, blast_id: int, account_id: int, now: datetime, values: dict[str, Any]) -> list[str]:
    """Save a step. If somebody had approved or was asked to, that is void, and what has changed is told."""
    blast = locked(session, blast_id)
    if blast.state not in {S.DRAFT, S.WAITING, S.APPROVED}:
        raise Refused(N_("Utskicket har börjat gå och kan inte ändras. Stoppa det, eller gör en kopia."))
    before = blast_review.contents(blast)
    for name, value in values.items():
        setattr(blast, name, value)
    if account_id not in blast.authors:
        blast.authors = [*blast.authors, account_id]
    session.flush()
    after = blast_review.contents(blast)
    changed = [name for name in CHANGED if before[name] != after[name]]
    if not changed:
        return []
    note(session, blast.id, "edited", now, account_id, changed=changed)
    audit.changed(session, account_id, "edit", "blast", blast.id, now, blast.association_id)
    if blast.state == S.DRAFT:
        return []
    to_draft(session, blast, now, account_id, "voided", {"changed": changed})
    return changed


def to_draft(
    session: Session, blast: Blast, now: datetime, account_id: int | None, what: str, detail: dict[str, Any]
) -> None:
    """A draft again: nothing of it is left to send, and no approval holds."""
    blast_freezing.thaw(session, blast)
    move(session, blast, S.DRAFT, now, account_id, detail, what, asked_by=None, asked_at=None, asked_of=[],
         escalate_at=None, hash=None, approved_by=None, approved_at=None, valid_until=None)  # fmt: skip


def _title(title: str) -> str:
    title = " ".join(title.split())
    if len(title) > 120:
        raise Refused(N_("Namnet får ha högst 120 tecken."), "title")
    return title


def one(session: Session, blast_id: int) -> Blast:
    """The blast, for looking; Missing if there is none. Whether the viewer reaches it is the page's to check."""
    found = session.get(Blast, blast_id)
    if found is None:
        raise Missing
    return found
