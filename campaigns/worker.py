"""The engine beside the pages: each minute it empties the queues, and at once when somebody waits for a code."""

import logging
import os
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from functools import cached_property, partial

import sqlalchemy as sa
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.consumer import Consumer
from huey.serializer import SignedSerializer
from sqlalchemy.orm import Session

from campaigns import (
    activity_messages,
    blast_approval,
    blast_sending,
    blast_watch,
    call_queue,
    keeping,
    provider_balance,
    provider_trials,
    report_work,
    retention,
    shifts,
    sms_questions,
    sms_queue,
    sweep,
    telephony,
)
from campaigns.models import Campaign, CampaignState
from campaigns.news_desk import NewsDesk
from organizer import (
    anonymous_answers,
    assignments,
    closed_periods,
    figure_archive,
    plan_keeping,
    ready_sets,
    selection_news,
    shared_sets,
)
from organizer.configuration import Configuration
from organizer.db import Database
from organizer.imports import jobs
from organizer.models import Installation
from organizer.times import local_day

log = logging.getLogger("rundan.worker")
ARCHIVED_AT_ONCE = 12
"""Closed months and years that are counted in one round, so that the first round does not last for ever."""
NEWS_PATH = "/twilio/sms/{ref}"
"""Where the provider tells us what became of a message; `ref` is the message's own."""


class Worker:
    """The background of one installation; every process has one, those started as `flask worker` run it."""

    def __init__(self, configuration: Configuration, database: Database, clock: Callable[[], datetime]) -> None:
        """Keep the parts; nothing is started or opened until it is used."""
        self.configuration, self.database, self.clock = configuration, database, clock
        self._stop = threading.Event()
        self._busy = threading.Lock()
        self._blasting = threading.Lock()
        self._reading = threading.Lock()
        self._making_ready = threading.Lock()
        self._made: ready_sets.Made | None = None
        self._tidied: datetime | None = None
        self._running = False
        self._gateways: dict[str | None, telephony.Gateway] = {}
        self._kind: str | None = None
        self.news = NewsDesk(database)

    def send_sms(self, session: Session, kind: str, e164: str, body: str, account_id: int | None, now: datetime) -> int:
        """Queue one SMS to an account (a code, a shift link) in the caller's transaction; returns the message's id.

        When the transaction has been committed the worker is woken, so that nobody waits a minute for a code.
        """
        provider = None if telephony.configured(self.configuration) else "rehearsal"
        made = sms_queue.enqueue(
            session, kind=kind, e164=e164, body=body, account_id=account_id, now=now, provider=provider
        )
        sa.event.listen(session, "after_commit", lambda _session: self.wake(), once=True)
        return made

    def gateway(self, session: Session) -> telephony.Gateway:
        """The provider, by the settings and by what the database says it is (D25); one for each process."""
        kind = session.scalar(sa.select(Installation.kind))
        if kind not in self._gateways:
            self._gateways[kind] = telephony.gateway(self.configuration, kind)
        return self._gateways[kind]

    def rehearses(self, session: Session) -> bool:
        """Whether nothing leaves the house. Asked for every page: without an account no question is put at all."""
        if not telephony.configured(self.configuration):
            return True
        return (self._gateways.get("real") or self.gateway(session)).name == "rehearsal"

    def known_gateway(self) -> telephony.Gateway:
        """The provider, for those who have no transaction: what a database has once said it is, it stays."""
        if self._kind is None:
            with self.database.reading() as session:
                self._kind = session.scalar(sa.select(Installation.kind))
        if self._kind not in self._gateways:
            self._gateways[self._kind] = telephony.gateway(self.configuration, self._kind)
        return self._gateways[self._kind]

    def wake(self) -> None:
        """Ask a worker to hand over now. A lost wake-up costs a minute, so failing to send one is not an error."""
        self._wake("hand_over")

    def wake_for_round(self) -> None:
        """Ask a worker to go its round now instead of within a minute."""
        self._wake("tick")

    def begin_imports(self, session: Session) -> None:
        """Wake the worker for member files that wait, once this transaction has been committed."""
        sa.event.listen(session, "after_commit", lambda _session: self._wake("read_files"), once=True)

    def read_files(self) -> None:
        """Large member files: read, import and take back what waits; one worker at a time does."""
        if self._reading.acquire(blocking=False):
            try:
                jobs.work(self.database, self.clock, self._stop.is_set)
            finally:
                self._reading.release()

    def make_sets_ready(self) -> None:
        """What a count of a saved selection in a large register is made of; one worker at a time does."""
        if self._making_ready.acquire(blocking=False):
            try:
                self._made = ready_sets.keep(self.database, self.clock(), self._made, self._stop.is_set)
            finally:
                self._making_ready.release()

    def hand_over(self) -> None:
        """Hand over what is due."""
        sms_queue.hand_over(self.database, self._present(), self.clock, self._news_to, self._stop.is_set)

    def send_blasts(self, seconds: float = 20.0) -> None:
        """Hand over what blasts may send, for so many seconds, and ask to go on when there is more; one of each process."""
        if not self._blasting.acquire(blocking=False):
            return
        try:
            news_to, stop = self._news_to, self._stop.is_set
            blast_sending.hand_over(self.database, self._present(), self.clock, news_to, stop, seconds=seconds)
            self._look_after_blasts()
        finally:
            self._blasting.release()
        with self.database.reading() as session:
            again = blast_watch.next_moment(session, self.clock())
        if again is not None and again < 60 and self._running:
            self.huey.enqueue(self._tasks["send_blasts"].s(delay=again))

    def blasts_soon(self, session: Session) -> None:
        """When this transaction has been committed, look at the blasts at once; without it they wait for the minute."""
        sa.event.listen(session, "after_commit", lambda _session: self._wake("send_blasts"), once=True)

    def tick(self) -> None:
        """Everything that is due, a short transaction at a time; what fails is logged and does not stop the rest."""
        if not self._busy.acquire(blocking=False):
            return
        try:
            for part in (
                self._drop,
                self._tell_of_activities,
                self.hand_over,
                self._look_after_blasts,
                self._blasts_go_on,
                self._try_provider,
                self._ask_for_the_balance,
                self._reconcile,
                self._sweep,
                self._forget,
                self._keep_assignments,
                self._count_unnamed,
                self._keep_figures,
                self._count_reports,
            ):
                if not self._stop.is_set():
                    self._try(part, part.__name__.strip("_"))
        finally:
            self._busy.release()

    def run(self, *, periodic: bool = True, parent: int | None = None) -> None:
        """Work until told to stop by SIGINT or SIGTERM, finishing what is in hand; or until process `parent` is gone.

        `periodic`: only one worker of an installation needs to keep the timetable (docs/running.md).
        """
        consumer = _Consumer(
            self.huey, workers=3, periodic=periodic, max_delay=1.0, shutdown_timeout=25, on_stop=self._stop.set
        )
        if parent is not None:
            threading.Thread(target=_follow, args=(parent,), daemon=True).start()
        if periodic:
            self.huey.enqueue(self._tasks["tick"].s())
            self.huey.enqueue(self._tasks["make_sets_ready"].s())
        self._running = True
        consumer.run()

    @cached_property
    def huey(self) -> Huey:
        """The engine's storage, chosen by WORKER_URL; its messages are signed, and are only wake-ups."""
        huey = storage(self.configuration.worker_url, self.configuration.secret_key)
        self._tasks = {
            "tick": huey.periodic_task(crontab(minute="*"), name="tick")(self.tick),
            "hand_over": huey.task(name="hand_over")(self.hand_over),
            "send_blasts": huey.task(name="send_blasts")(self.send_blasts),
            "read_files": huey.periodic_task(crontab(minute="*"), name="read_files")(self.read_files),
            "make_sets_ready": huey.periodic_task(crontab(minute="*"), name="make_sets_ready")(self.make_sets_ready),
        }
        return huey

    @property
    def _news_to(self) -> str:
        return self.configuration.public_base_url + NEWS_PATH

    def _wake(self, task: str) -> None:
        try:
            self.huey.enqueue(self._tasks[task].s())
        except Exception:  # noqa: BLE001  whatever the queue's storage raises
            log.warning("the worker could not be woken; it looks by itself within a minute")

    def _present(self) -> telephony.Gateway:
        with self.database.reading() as session:
            return self.gateway(session)

    def _drop(self) -> None:
        with self.database.writing() as session:
            sms_queue.drop(session, self.clock())
            retention.codes(session, self.clock())
            selection_news.forget(session)
            shared_sets.forget(session)

    def _tell_of_activities(self) -> None:
        """Reminders that are due, and what is moved, cancelled or free: a few messages at a time."""
        more = True
        while more and not self._stop.is_set():
            with self.database.writing() as session:
                more = activity_messages.tell_next(session, self.clock(), self.configuration.public_base_url)

    def _look_after_blasts(self) -> None:
        """Those whose time has come begin, those that go wrong pause, the finished end, approvers are asked again."""
        base = self.configuration.public_base_url
        with self.database.writing() as session:
            now = self.clock()
            blast_approval.expire(session, now)
            blast_approval.escalate(session, base, now)
            blast_watch.begin_due(session, now)
            blast_watch.watch(session, now)
            blast_watch.finish(session, now)
        left = 1
        while left and not self._stop.is_set():
            with self.database.writing() as session:
                left = blast_watch.cancel_stopped(session, self.clock())

    def _blasts_go_on(self) -> None:
        """In a running worker a task of its own hands blasts over, so that codes and sweeps never wait for them."""
        if self._running:
            self._wake("send_blasts")
        else:
            self.send_blasts(1.0)

    def _try_provider(self) -> None:
        """What the owner has asked for on the provider's page."""
        provider_trials.run_waiting(self.database, self._present(), self.configuration, self.clock)

    def _ask_for_the_balance(self) -> None:
        """What is left on the account, so that somebody is told before it is nothing."""
        provider_balance.keep(self.database, self._present(), self.clock)

    def _keep_assignments(self) -> None:
        """Whoever still holds an office is active this year too."""
        with self.database.writing() as session:
            assignments.keep(session, self.clock())

    def _count_unnamed(self) -> None:
        """What still waits in anonymous surveys whose last day is over."""
        with self.database.writing() as session:
            anonymous_answers.count_closed(session, self.clock(), secret=self.configuration.secret_key)

    def _reconcile(self) -> None:
        sms_questions.reconcile(self.database, self._present(), self.clock, self._stop.is_set)

    def _sweep(self) -> None:
        """Each campaign's round: late comers in, who is done or gone out, who is due back."""
        with self.database.reading() as session:
            alive = session.scalars(
                sa.select(Campaign.id).where(Campaign.state.in_([CampaignState.RUNNING, CampaignState.PAUSED]))
            ).all()
        for campaign_id in alive:
            if self._stop.is_set():
                return
            self._try(partial(self._sweep_one, campaign_id), f"campaign {campaign_id}")
        self._try(self._finish_shifts, "shifts that have ended")

    def _finish_shifts(self) -> None:
        """Callers who went home without saying so have done their evening too (D17)."""
        with self.database.writing() as session:
            shifts.finish_ended(session, self.clock())

    def _sweep_one(self, campaign_id: int) -> None:
        """Each part in a transaction of its own, so that no caller waits for the whole round (D26)."""
        for part in sweep.PARTS:
            with self.database.writing() as session:
                call_queue.sweep(session, campaign_id, self.clock(), (part,))

    def _forget(self) -> None:
        """Once an hour, and when the worker starts: what is too old goes (D6)."""
        hour = self.clock().replace(minute=0, second=0, microsecond=0)
        if self._tidied == hour:
            return
        self._archive()
        with self.database.reading() as session:
            terms = retention.terms(session, self.clock())
            due = [rule for rule in retention.RULES if rule.any(session, terms)]
        for rule in due:
            self._until_done(rule.apply, terms)
        for part in retention.BESIDE:
            self._until_done(part, self.clock())
        self._tidied = hour

    def _archive(self) -> None:
        """Closed months and years go to the archive before anything they were counted from is forgotten (D6)."""
        today = local_day(self.clock())
        with self.database.reading() as session:
            waiting = figure_archive.waiting(session, today)[:ARCHIVED_AT_ONCE]
        for period in waiting:
            if not self._stop.is_set():
                with self.database.reading() as session:
                    shares = closed_periods.count(session, period, today)
                with self.database.writing() as session:
                    figure_archive.keep(session, period, shares, self.clock())

    def _until_done(self, part: Callable[..., int], *given: object) -> None:
        left = True
        while left and not self._stop.is_set():
            with self.database.writing() as session:
                left = bool(part(session, *given))

    def _keep_figures(self) -> None:
        """Once a day the districts' figures as of last night (D7), each minute whoever has changed in those kept live."""
        keeping.keep_up(self.database, self.clock())
        keeping.keep(self.database, self.clock())
        keeping.keep_large(self.database, self.clock())
        plan_keeping.keep(self.database, self.clock())

    def _count_reports(self) -> None:
        """Yearly reports whose figures somebody waits for, and in January those of the year that is over."""
        report_work.work(self.database, self.clock, self._stop.is_set)

    def _try(self, part: Callable[[], None], name: str) -> None:
        try:
            part()
        except Exception:
            log.exception("%s failed; it is tried again in a minute", name)


class _Consumer(Consumer):
    """huey's consumer, which here finishes what is in hand on Ctrl-C as well as on SIGTERM."""

    def __init__(self, huey: Huey, on_stop: Callable[[], object], **options: object) -> None:
        super().__init__(huey, **options)
        self._on_stop = on_stop
        self._signal_actions = {signal.SIGINT: (False, True), signal.SIGTERM: (False, True)}

    def _handle_signal(self, signum: int, frame: object) -> None:
        self._on_stop()
        super()._handle_signal(signum, frame)
        signal.signal(signum, self._handle_signal)


def storage(address: str, secret: str) -> Huey:
    """The engine over SQLite (a file of its own), PostgreSQL or Redis. Raises ValueError in words for anything else."""
    how = {"name": "rundan", "results": False, "serializer": SignedSerializer(secret=secret, salt="rundan-worker")}
    scheme, _, rest = address.partition("://")
    if scheme == "sqlite":
        return SqliteHuey(filename=rest.removeprefix("/"), fsync=False, **how)
    if scheme.split("+")[0] in {"postgresql", "postgres"}:
        return PostgresHuey(dsn=f"postgresql://{rest}", **how)
    if scheme in {"redis", "rediss"}:
        return RedisHuey(url=address, **how)
    raise ValueError("WORKER_URL must begin with sqlite://, postgresql:// or redis://")


def _follow(parent: int) -> None:
    """Stop when the process that started us is gone, however it went."""
    stop = threading.Event()
    while os.getppid() == parent:
        stop.wait(0.5)
    os.kill(os.getpid(), signal.SIGTERM)
