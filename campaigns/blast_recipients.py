"""Who gets a blast, and who does not and why: each person once, the first reason wins (P§5.2)."""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.models import Blast, Category, FailingNumber, Message, MessageState
from organizer import phones, refusals, selections
from organizer.models import (
    Association,
    BlockedNumber,
    Consent,
    Person,
    PersonTag,
    Phone,
    Refusal,
    SignUp,
    Tag,
)
from organizer.times import local_day
from organizer.words import N_

REASONS = {
    "protected": N_("Skyddade personuppgifter"),
    "no_contact": N_("Har bett att slippa all kontakt"),
    "no_sms": N_("Har sagt nej till sms"),
    "no_consent": N_("Har inte sagt ja till sådana utskick"),
    "responsible": N_("Väntar på någon ansvarig"),
    "no_number": N_("Saknar mobilnummer"),
    "landline": N_("Bara fast telefon"),
    "invalid": N_("Ogiltigt nummer"),
    "failing": N_("Nådde inte fram de tre senaste gångerna"),
    "abroad": N_("Utländskt nummer"),
    "shared": N_("Delar nummer med någon som får sms:et"),
    "under_16": N_("Under 16 utan samtycke"),
    "already": N_("Fick redan detta utskick"),
    "recent": N_("Fick ett annat sms det senaste dygnet"),
}
"""In the order they are asked; each person is counted at the first that holds."""
REMEDIES = {
    "protected": N_("Bara medlemsansvarig i föreningen ser vem det är."),
    "no_consent": N_("Samtycket skrivs in på personens sida."),
    "responsible": N_("Står under Behöver dig."),
    "no_number": N_("Lämna listan till föreningen."),
    "landline": N_("Gör en ringlista av dem."),
    "invalid": N_("Rätta numret på personens sida."),
    "failing": N_("Rätta numret eller ring."),
    "abroad": N_("Kan tas med under Mottagare, om utländska nummer är tillåtna i inställningarna."),
    "shared": N_("Sms:et går en gång till numret, utan namn."),
    "recent": N_("Kan tas med ändå."),
}
"""What can be done about it; nothing stands here when the answer is to leave them alone."""
RECENT = timedelta(hours=24)
TRIES = 3
"""So many messages in a row that did not arrive: rather ring."""
UNDER_16 = "under 16"
"""The tag that says so, where the register has no year of birth; with a year, those who may not have turned 16."""
GOT = (
    MessageState.SENDING, MessageState.UNKNOWN, MessageState.ACCEPTED, MessageState.SENT, MessageState.DELIVERED,
    MessageState.NO_RECEIPT,
)  # fmt: skip
"""What has, or may have, reached somebody."""


class Recipient(NamedTuple):
    """Somebody who gets it, on which number; `first_name` is empty when the number is shared."""

    person_id: int
    association_id: int
    first_name: str
    e164: str


@dataclass(slots=True)
class Audience:
    """Everybody in the selections: those who get it in order of id, and those who do not by reason."""

    recipients: list[Recipient] = field(default_factory=list)
    left_out: dict[str, list[int]] = field(default_factory=dict)
    """Reason → person ids; those with a protected identity are counted in `protected` instead."""
    protected: int = 0
    abroad: Counter[str] = field(default_factory=Counter)
    """Country code → how many were left out because their only mobile is there."""

    @property
    def all(self) -> int:
        """How many the selections found: the denominator."""
        return len(self.recipients) + self.protected + sum(len(one) for one in self.left_out.values())

    @property
    def counts(self) -> dict[str, int]:
        """Reason → how many, in the order of REASONS, only those that hold for somebody."""
        found = {why: len(ids) for why, ids in self.left_out.items()} | {"protected": self.protected}
        return {why: found[why] for why in REASONS if found.get(why)}


def audience(session: Session, blast: Blast, now: datetime) -> Audience:
    """Who would get the blast at this moment and who would not; a handful of queries however many they are."""
    found, facts = Audience(), _facts(session, blast, now)
    found.protected = facts.protected
    taken: set[str] = set()
    numbers = _numbers(session, blast, now)
    shared = _shared(numbers)
    for person_id, association_id, first_name, blocked in _people(session, blast, now):
        its = numbers.get(person_id, ())
        why, e164 = _why(facts, person_id, blocked, its)
        if not why and e164 in taken:
            why = "shared"
        if why:
            found.left_out.setdefault(why, []).append(person_id)
            if why == "abroad":
                found.abroad[phones.country(next(one for kind, one in its if kind == "mobile"))] += 1
            continue
        name = first_name
        if e164 in shared:
            taken.add(e164)
            name = ""
        found.recipients.append(Recipient(person_id, association_id, name, e164))
    return found


def in_selections(session: Session, blast: Blast, now: datetime, *, protected: bool = False) -> sa.Select[Any]:
    """SELECT (person_id, association_id) of those in any of the selections and in none of the subtracted ones.

    `protected`: instead of everybody else, those with a protected identity; only to be counted.
    """
    path = session.scalars(sa.select(Association.path).where(Association.id == blast.association_id)).one()

    def people(definition: object) -> sa.Subquery:
        return selections.people(definition, now, path, session, protected=protected).subquery()

    wanted = [_both(people(one["definition"])) for one in blast.include]
    if blast.signed_up_to:
        going = sa.select(SignUp.person_id).where(
            SignUp.activity_id == blast.signed_up_to, SignUp.state.in_(("signed_up", "waiting"))
        )
        members = people(selections.EVERYONE)
        wanted.append(_both(members).where(members.c.person_id.in_(going)))
    if not wanted:
        wanted = [_both(people(selections.EVERYONE)).where(sa.false())]
    found = (sa.union(*wanted) if len(wanted) > 1 else wanted[0]).subquery()
    minus = [people(one["definition"]) for one in blast.exclude]
    return _both(found).where(*(found.c.person_id.not_in(sa.select(one.c.person_id)) for one in minus))


def _both(found: Any) -> sa.Select[Any]:
    both: sa.Select[Any] = sa.select(found.c.person_id, found.c.association_id)
    return both


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known beforehand, as sets of person ids and of numbers."""

    refused: dict[str, set[Any]]
    """all and sms → person ids and numbers."""
    consented: set[int] | None
    """None when no consent is needed."""
    under_16: set[Any]
    dead: set[str]
    failing: set[str]
    already: set[Any]
    recent: set[Any]
    abroad: bool
    protected: int


def _why(facts: _Facts, person_id: int, blocked: bool, numbers: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    """The first reason that holds and "", or "" and the number to use."""
    for channel, why in (("all", "no_contact"), ("sms", "no_sms")):
        no = facts.refused[channel]
        if no and (person_id in no or any(e164 in no for _kind, e164 in numbers)):
            return why, ""
    if facts.consented is not None and person_id not in facts.consented:
        return "no_consent", ""
    if blocked:
        return "responsible", ""
    why, e164 = _number(facts, numbers)
    if why:
        return why, ""
    later = (("under_16", facts.under_16), ("already", facts.already), ("recent", facts.recent))
    return next(((why, "") for why, those in later if person_id in those or e164 in those), ("", e164))


def _number(facts: _Facts, numbers: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    """The first number that can be used, else why the best one cannot."""
    mobiles = [e164 for kind, e164 in numbers if kind == "mobile"]
    if not mobiles:
        if not numbers:
            return "no_number", ""
        return ("landline" if any(kind == "landline" for kind, _e164 in numbers) else "invalid"), ""
    best = "abroad"
    for e164 in mobiles:
        if e164 in facts.dead:
            best = "invalid"
        elif e164 in facts.failing:
            best = "failing"
        elif phones.sendable(e164, abroad=facts.abroad):
            return "", e164
    return best, ""


def _people(session: Session, blast: Blast, now: datetime) -> Iterator[tuple[int, int, str, bool]]:
    base = in_selections(session, blast, now).subquery()
    rows = session.execute(
        sa.select(base.c.person_id, base.c.association_id, Person.first_name, Person.blocked_why)
        .join(Person, Person.id == base.c.person_id)
        .order_by(base.c.person_id)
        .execution_options(yield_per=5000)
    )
    for person_id, association_id, first_name, blocked_why in rows:
        yield person_id, association_id, sys.intern(first_name), blocked_why is not None


def _numbers(session: Session, blast: Blast, now: datetime) -> dict[int, tuple[tuple[str, str], ...]]:
    """Person id → (kind, number) in the order they are to be used."""
    base = in_selections(session, blast, now).subquery()
    rows = session.execute(
        sa.select(Phone.person_id, Phone.kind, Phone.e164)
        .join(base, base.c.person_id == Phone.person_id)
        .order_by(Phone.person_id, Phone.position, Phone.id)
        .execution_options(yield_per=5000)
    )
    found: dict[int, tuple[tuple[str, str], ...]] = {}
    for person_id, kind, e164 in rows:
        found[person_id] = (*found.get(person_id, ()), (sys.intern(kind), e164))
    return found


def _shared(numbers: dict[int, tuple[tuple[str, str], ...]]) -> set[str]:
    """The mobiles that stand on more than one person: a greeting by name would reach the wrong one."""
    once: set[str] = set()
    twice: set[str] = set()
    for its in numbers.values():
        for kind, e164 in its:
            if kind == "mobile":
                (twice if e164 in once else once).add(e164)
    return twice


def _facts(session: Session, blast: Blast, now: datetime) -> _Facts:
    recent: set[Any] = set() if blast.with_recent else _written_to(session, now)
    health = session.execute(sa.select(FailingNumber.e164, FailingNumber.dead, FailingNumber.in_a_row)).all()
    blocked = session.scalars(sa.select(BlockedNumber.e164))
    return _Facts(
        refused=_refused(session),
        consented=_consented(session, blast.category) if blast.category != Category.INFORMATION else None,
        under_16=_under_16(session, now),
        dead={*blocked, *(one.e164 for one in health if one.dead)},
        failing={one.e164 for one in health if not one.dead and one.in_a_row >= TRIES},
        already=_already(session, blast),
        recent=recent,
        abroad=blast.with_abroad,
        protected=_protected(session, blast, now),
    )


def _refused(session: Session) -> dict[str, set[Any]]:
    """Every standing no to SMS or to everything, by person and by number, the kept ones of the erased among them."""
    found: dict[str, set[Any]] = {"all": set(), "sms": set()}
    rows = session.execute(
        sa.select(Refusal.channel, Refusal.person_id, Refusal.e164).where(
            Refusal.revoked_at.is_(None), Refusal.channel.in_(("all", "sms"))
        )
    )
    for channel, person_id, e164 in rows:
        found[channel] |= {one for one in (person_id, e164) if one is not None}
    kept = refusals.kept(session, session.scalars(sa.select(Phone.e164).distinct()))
    for e164, channels in kept.items():
        for channel in {"all", "sms"} & set(channels):
            found[channel].add(e164)
    return found


def _consented(session: Session, purpose: str) -> set[int]:
    return set(
        session.scalars(
            sa.select(Consent.person_id).where(
                Consent.channel == "sms", Consent.purpose == purpose, Consent.revoked_at.is_(None)
            )
        )
    )


def _under_16(session: Session, now: datetime) -> set[Any]:
    """Those tagged so, or born so late that they may be, without a guardian's yes."""
    tagged = sa.select(PersonTag.person_id).join(Tag, Tag.id == PersonTag.tag_id)
    young = set(session.scalars(tagged.where(sa.func.lower(Tag.name) == UNDER_16)))
    young.update(session.scalars(sa.select(Person.id).where(Person.birth_year >= local_day(now).year - 16)))
    return young - _consented(session, "under_16") if young else set()


def _already(session: Session, blast: Blast) -> set[Any]:
    """Who has, or may have, got one of the same line of copies."""
    if blast.copy_of is None:
        return set()
    line = sa.select(Blast.id).where(
        sa.or_(Blast.id == blast.copy_of, Blast.copy_of == blast.copy_of), Blast.id != blast.id
    )
    return _ids_and_numbers(session, Message.blast_id.in_(line), Message.state.in_(GOT))


def _written_to(session: Session, now: datetime) -> set[Any]:
    """Who was written to in the last day, codes and links for those who work here apart."""
    since = (Message.claimed_at > now - RECENT, Message.state.in_(GOT))
    return _ids_and_numbers(session, *since, Message.kind.in_(("blast", "tried", "confirmation")))


def _ids_and_numbers(session: Session, *which: sa.ColumnElement[bool]) -> set[Any]:
    found: set[Any] = set()
    for row in session.execute(sa.select(Message.person_id, Message.e164).where(*which)):
        found.update(row)
    return found - {None}


def _protected(session: Session, blast: Blast, now: datetime) -> int:
    """How many in the selections have a protected identity: the page says how many, never who (D19)."""
    found = in_selections(session, blast, now, protected=True).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(found)) or 0
