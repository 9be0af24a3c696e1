"""One association becomes part of another: what of the calls and messages goes along, and what must be ended first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.models import Blast, BlastState, BlastTemplate, Campaign, CampaignState, Thread, Todo
from organizer import after_mergers, place_mergers
from organizer.models import Association, Import
from organizer.place_mergers import Counted, Move
from organizer.times import local_day
from organizer.words import N_, Refused

UNDER_WAY = (BlastState.WAITING, BlastState.APPROVED, BlastState.SENDING, BlastState.PAUSED)
GOING_ON = (CampaignState.RUNNING, CampaignState.PAUSED)

UNREAD = ("mapping", "waiting", "checking", "checked", "applying", "undoing")
"""States of a member file on its way."""


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Something that changes or reaches the members of the association now and must be ended first."""

    what: str
    title: str
    endpoint: str
    values: dict[str, int | str]


@dataclass(frozen=True, slots=True)
class Check:
    """What would happen, in figures."""

    goes_along: list[Counted]
    ends: list[Counted]
    hindrances: list[Hindrance]
    decide: int
    """How many roles, goals and selections somebody has to decide about afterwards."""


def moves(now: datetime) -> tuple[Move, ...]:
    """Everything that goes along. Rows of a queue stay with the association of entry (D2): they are rung all the same."""
    return (
        *place_mergers.moves(now),
        Move(N_("sak att göra"), N_("saker att göra"), Todo.association_id, (Todo.done_at.is_(None),)),
        Move(N_("sms-tråd"), N_("sms-trådar"), Thread.association_id),
        Move(N_("utkast till ringkampanj"), N_("utkast till ringkampanjer"), Campaign.association_id,
             (Campaign.state == CampaignState.DRAFT,)),
        Move(N_("utkast till utskick"), N_("utkast till utskick"), Blast.association_id, (Blast.state == BlastState.DRAFT,)),
        Move(N_("sms-mall"), N_("sms-mallar"), BlastTemplate.association_id),
    )  # fmt: skip


def look(session: Session, gone: Association, now: datetime) -> Check:
    """The check before a merger that `place_mergers.check` has let through."""
    return Check(
        place_mergers.counted(session, gone, local_day(now), moves(now)),
        place_mergers.ending(session, gone),
        hindrances(session, gone),
        len(after_mergers.left(session, gone, now)),
    )


def merge(
    session: Session, gone: Association, into: Association | None, day: date | None, account_id: int, now: datetime
) -> None:
    """Let `gone` be part of `into` from `day`; Refused in words as long as something hinders it."""
    place_mergers.take(session, gone, into)
    checked = place_mergers.check(session, gone, into, day, local_day(now))
    if hindrances(session, gone):
        raise Refused("Avsluta först det som pågår i %(place)s. Inget är ändrat.", place=gone.short_name)
    if into is not None:
        place_mergers.merge(session, gone, into, checked, moves(now), account_id, now)


def hindrances(session: Session, gone: Association) -> list[Hindrance]:
    """Calls, messages and member files of the association that go on, or are about to: they would reach nobody, or too many."""
    calls = session.execute(
        sa.select(Campaign.id, Campaign.title, Campaign.association_id, Campaign.target)
        .where(Campaign.state.in_(GOING_ON))
        .order_by(Campaign.id)
    )
    found = [
        Hindrance(N_("Ringkampanj"), row.title, "campaigns.one", {"campaign_id": row.id})
        for row in calls
        if row.association_id == gone.id or after_mergers.names(row.target, gone.id)
    ]
    blasts = session.execute(
        sa.select(Blast.id, Blast.title, Blast.association_id, Blast.include, Blast.exclude)
        .where(Blast.state.in_(UNDER_WAY))
        .order_by(Blast.id)
    )
    files = sa.select(Import.id, Import.filename).where(Import.association_id == gone.id, Import.state.in_(UNREAD))
    found += [
        Hindrance(N_("Medlemsfil"), row.filename, "imports.show", {"import_id": row.id})
        for row in session.execute(files.order_by(Import.id))
    ]
    return found + [
        Hindrance(N_("Utskick"), row.title, "blasts.one", {"blast_id": row.id})
        for row in blasts
        if row.association_id == gone.id or _names(row.include, row.exclude, gone.id)
    ]


def _names(include: Sequence[object], exclude: Sequence[object], place: int) -> bool:
    return any(after_mergers.names(one, place) for one in (*include, *exclude))
