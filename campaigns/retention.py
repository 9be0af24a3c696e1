"""What is forgotten and when (D6): each rule says which rows are too old and what becomes of them; a handful at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import forgetting_campaigns
from campaigns.forgetting_campaigns import OUTCOMES
from campaigns.models import Call, Campaign, CampaignState, Message, MessageState, Target, Thread, ThreadMessage, Todo
from organizer import figure_archive, guests, personal_links, settings
from organizer.db import changed
from organizer.imports import records, sightings, staging
from organizer.models import (
    ACTIVATION,
    Association,
    Attendance,
    Change,
    Contribution,
    Event,
    Import,
    ImportRow,
    KeptForm,
    Kind,
    LoggedContact,
    Login,
    LoginCode,
    Look,
    SetupLink,
    SignUp,
    Throttle,
)
from organizer.times import local_day, moment
from organizer.words import N_

STAGED = timedelta(hours=24)
SPENT = timedelta(days=1)
"""Codes, logins and links that no longer open anything are kept a day, for whoever asks why it did not work."""
OLD_LINKS = timedelta(days=30)
"""How long an old personal link still says that it is old."""
AT_ONCE = 200
"""Rows per transaction: well below 50 ms on SQLite (D26)."""
NO_NUMBER = sa.literal("-") + sa.cast(Message.id, sa.String)
"""What stands in place of a number: different for each message, because a blast has no number twice."""
UNDER_WAY = (MessageState.QUEUED, MessageState.SENDING)


@dataclass(frozen=True, slots=True)
class Terms:
    """How long each thing is kept at a moment, as the setting `retention` says (settings.ALL)."""

    now: datetime
    values: Mapping[str, int]
    outcomes_before: date
    """What calls led to before this day may be forgotten: the months are archived."""
    attendance_before: date

    def ago(self, name: str) -> datetime:
        """The moment before which the term `name` has run out."""
        number = self.values[name]
        if name.endswith("_days"):
            return self.now - timedelta(days=number)
        return moment(_months_back(local_day(self.now), number), time())


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of `table` that are `old` are deleted or, with `blank`, emptied. `title` is what the page calls it."""

    name: str
    title: str
    table: Any
    key: Any
    old: Callable[[Terms], sa.ColumnElement[bool]]
    blank: Mapping[str, Any] = field(default_factory=dict)

    def apply(self, session: Session, terms: Terms) -> int:
        """Two hundred rows at most; how many."""
        which = self.key.in_(sa.select(self.key).where(self.old(terms)).limit(AT_ONCE))
        how = (
            sa.update(self.table).where(which).values(**self.blank)
            if self.blank
            else sa.delete(self.table).where(which)
        )
        return changed(session.execute(how.execution_options(synchronize_session=False)))

    def any(self, session: Session, terms: Terms) -> bool:
        """Whether anything is too old: asked before a transaction that others would wait for."""
        return (
            session.scalar(sa.select(sa.literal(1)).select_from(self.table).where(self.old(terms)).limit(1)) is not None
        )

    def count(self, session: Session, terms: Terms) -> int:
        """How many rows are too old now."""
        return session.scalar(sa.select(sa.func.count()).select_from(self.table).where(self.old(terms))) or 0


def terms(session: Session, now: datetime) -> Terms:
    """What holds now; the defaults where there is no place yet."""
    root = session.scalar(sa.select(Association.id).where(Association.parent_id.is_(None)).order_by(Association.id))
    today = local_day(now)
    default = settings.ALL[settings.RETENTION].default
    values = {**default, **(settings.get(session, root, settings.RETENTION, today) if root else {})}
    months = [values["outcome_months"], values["attendance_months"]]
    return Terms(now, values, *(figure_archive.forgettable_before(session, today, one) for one in months))


def codes(session: Session, now: datetime) -> int:
    """Blank the text of one-time codes that no longer open anything (D18)."""
    old = sa.and_(Message.kind == "code", Message.body != "", Message.expires_at <= now)
    blanked = sa.update(Message).where(Message.id.in_(sa.select(Message.id).where(old).limit(AT_ONCE))).values(body="")
    return changed(session.execute(blanked.execution_options(synchronize_session=False)))


def staged_files(session: Session, now: datetime) -> int:
    """Throw away the rows of member files that were checked a day ago and never applied."""
    old = sa.select(Import.id).where(Import.state.in_(staging.WAITING), Import.created_at < now - STAGED).limit(1)
    waiting = session.scalar(old)
    if waiting is None:
        return 0
    rows = sa.select(ImportRow.row).where(ImportRow.import_id == waiting).limit(AT_ONCE * 5)
    gone = changed(session.execute(sa.delete(ImportRow).where(ImportRow.import_id == waiting, ImportRow.row.in_(rows))))
    if not gone:
        staging.discard(session, waiting)
    return gone or 1


def cells_of_files(session: Session, now: datetime) -> int:
    """Blank what stood in the bad cells of member files, a day after they were checked."""
    return staging.forget_cells(session, now)


def campaigns(session: Session, now: datetime) -> int:
    """Move people of campaigns of long ago to the archive of figures."""
    return forgetting_campaigns.forget(session, moment(terms(session, now).outcomes_before, time()), now)


def activity_guests(session: Session, now: datetime) -> int:
    """Throw away numbers nobody proved after a day, and an activity's guests a month after it."""
    return guests.forget(session, now, AT_ONCE)


def links(session: Session, now: datetime) -> int:
    """Throw away personal links a month after they stopped leading anywhere."""
    return personal_links.forget(session, now - OLD_LINKS, AT_ONCE)


def _old_notes(terms: Terms) -> sa.ColumnElement[bool]:
    """Thirty days after the campaign closed or, in a standing one, the person was settled."""
    before = terms.ago("note_days")
    closed = sa.select(Campaign.id).where(Campaign.state == CampaignState.CLOSED, Campaign.closed_at < before)
    settled = sa.exists().where(
        Target.campaign_id == Call.campaign_id,
        Target.person_id == Call.person_id,
        Target.settled_on < local_day(before),
    )
    return sa.and_(Call.note != "", sa.or_(Call.campaign_id.in_(closed), settled.correlate(Call)))


def _old_outcomes(terms: Terms) -> sa.ColumnElement[bool]:
    """Outside campaigns, and of those whose campaign has forgotten them; the others go with their campaign."""
    alive = sa.exists().where(Target.campaign_id == Event.campaign_id, Target.person_id == Event.person_id)
    return sa.and_(_happened(OUTCOMES, terms.outcomes_before), ~alive.correlate(Event))


def _happened(kinds: tuple[Kind, ...], before: date) -> sa.ColumnElement[bool]:
    """Rows of the ledger by the index over places, kinds and days; without it the whole ledger would be read."""
    somewhere = sa.or_(Event.association_id.in_(sa.select(Association.id)), Event.association_id.is_(None))
    return sa.and_(somewhere, Event.kind.in_(kinds), Event.day < before)


def _ended(ended: Any) -> Callable[[Terms], sa.ColumnElement[bool]]:
    return lambda terms: ended < terms.now - SPENT


RULES = (
    Rule("texts", N_("Texten i sms"), Message, Message.id,
         lambda one: sa.and_(Message.body != "", Message.created_at < one.ago("text_days")), {"body": ""}),
    Rule("answers", N_("Texten i inkorgen"), ThreadMessage, ThreadMessage.id,
         lambda one: sa.and_(ThreadMessage.body != "", ThreadMessage.at < one.ago("text_days")), {"body": ""}),
    Rule("threads", N_("Trådar i inkorgen"), Thread, Thread.id, lambda one: Thread.last_at < one.ago("thread_months")),
    Rule("recipients", N_("Vem som fick ett sms"), Message, Message.id,
         lambda one: sa.and_(Message.e164.like("+%"), Message.created_at < one.ago("thread_months"),
                             Message.state.not_in(UNDER_WAY)),
         {"e164": NO_NUMBER, "person_id": None, "account_id": None}),
    Rule("notes", N_("Ringarnas anteckningar"), Call, Call.id, _old_notes, {"note": ""}),
    Rule("done", N_("Uppgifter som är gjorda"), Todo, Todo.id,
         lambda one: sa.and_(Todo.campaign_id.is_(None), Todo.done_at < one.ago("outcome_months"))),
    Rule("contacts", N_("Antecknade kontakter"), LoggedContact, LoggedContact.id,
         lambda one: LoggedContact.at < moment(one.outcomes_before, time())),
    Rule("outcomes", N_("Vad samtal ledde till"), Event, Event.id, _old_outcomes),
    Rule("attendances", N_("Närvaro"), Attendance, Attendance.id,
         lambda one: Attendance.at < moment(one.attendance_before, time())),
    Rule("sign_ups", N_("Anmälningar"), SignUp, SignUp.id, lambda one: SignUp.at < moment(one.attendance_before, time())),
    Rule("contributions", N_("Insatser"), Contribution, Contribution.id,
         lambda one: Contribution.day < one.attendance_before),
    Rule("activations", N_("Vad medlemmar har varit med om"), Event, Event.id,
         lambda one: _happened((*ACTIVATION, Kind.SIGN_UP), one.attendance_before)),
    Rule("looks", N_("Loggen över vem som har tittat"), Look, Look.id, lambda one: Look.at < one.ago("look_months")),
    Rule("changes", N_("Loggen över vem som har ändrat"), Change, Change.id, lambda one: Change.at < one.ago("change_months")),
    Rule("forms", N_("Formulär som väntar på inloggning"), KeptForm, KeptForm.account_id,
         lambda one: KeptForm.expires_at <= one.now),
    Rule("login_codes", N_("Koder"), LoginCode, LoginCode.id, _ended(LoginCode.expires_at)),
    Rule("logins", N_("Inloggningar"), Login, Login.id, _ended(Login.expires_at)),
    Rule("setup_links", N_("Koder"), SetupLink, SetupLink.id, _ended(SetupLink.expires_at)),
    Rule("throttles", N_("Räknare"), Throttle, Throttle.key, _ended(Throttle.window_ends)),
)  # fmt: skip
"""What the worker goes through each hour; each is applied until it has nothing left to do."""
BESIDE: tuple[Callable[[Session, datetime], int], ...] = (
    campaigns,
    staged_files,
    cells_of_files,
    records.forget,
    sightings.forget,
    links,
    activity_guests,
)
"""What is not one table's rows; each is called until it has nothing left to do."""


def apply(session: Session, name: str, now: datetime) -> int:
    """A handful of rows of the rule called `name`; how many."""
    (rule,) = (one for one in RULES if one.name == name)
    return rule.apply(session, terms(session, now))


def preview(session: Session, now: datetime) -> list[tuple[str, int]]:
    """What would go now, by what pages call it; changes nothing."""
    here = terms(session, now)
    found: dict[str, int] = {}
    for rule in RULES:
        found[rule.title] = found.get(rule.title, 0) + rule.count(session, here)
    people = forgetting_campaigns.waiting(session, moment(here.outcomes_before, time()))
    return [
        (title, number) for title, number in [(N_("Kampanjer från förr, personer"), people), *found.items()] if number
    ]


def _months_back(day: date, months: int) -> date:
    """The same day so many months ago; the last of the month where there is no such day."""
    whole = day.year * 12 + day.month - 1 - months
    first = date(whole // 12, whole % 12 + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return min(first + timedelta(days=day.day - 1), last)
