"""When to ring back: the choices offered, each inside the campaign's hours and with its exact time (P§4.7)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from organizer.times import local_day, moment
from organizer.words import N_, Refused

LATEST = timedelta(days=60)
"""Nobody remembers a promise longer than this."""
Allowed = Callable[[datetime], datetime]
"""The first allowed moment at or after a given one: `lambda at: call_queue.next_opening(campaign, at)`."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One button: what it says and the moment it means, in UTC."""

    label: str
    at: datetime
    unplanned: bool
    """No shift is planned then: the shift leader is told (P§4.7)."""

    @property
    def value(self) -> str:
        """How the moment travels in the form."""
        return self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def slots(now: datetime, ends_at: datetime, next_shift: datetime | None, allowed: Allowed) -> list[Slot]:
    """In an hour, tomorrow afternoon, next shift: moved to the nearest allowed time, equal times only once."""
    wanted = [
        (N_("Om en timme"), _quarter(now + timedelta(hours=1))),
        (N_("I morgon eftermiddag"), moment(local_day(now) + timedelta(days=1), time(15))),
    ]
    if next_shift is not None:
        wanted.append((N_("Nästa ringpass"), next_shift))
    found: dict[datetime, Slot] = {}
    for label, at in wanted:
        at_last = allowed(at)
        found.setdefault(at_last, Slot(label, at_last, not _planned(at_last, ends_at, next_shift)))
    return list(found.values())


def chosen(value: str, day: str, clock: str, now: datetime, allowed: Allowed) -> datetime:
    """The moment a form asks for: a button's own value, or a day and a time. Refused in words outside the hours."""
    at = _parsed(value) if value != "other" else _typed(day, clock)
    if at <= now - timedelta(hours=12):
        raise Refused("Den tiden har varit. Välj en tid som kommer.", field="day")
    if at > now + LATEST:
        raise Refused("Välj en tid inom två månader.", field="day")
    nearest = allowed(at)
    if nearest != at and value == "other":
        raise Refused(
            "Då får vi inte ringa. Närmaste tid är %(nearest)s. Tryck Spara igen om den passar.",
            field="day", nearest=nearest,
        )  # fmt: skip
    return nearest


def _quarter(at: datetime) -> datetime:
    """Rounded up to a quarter of an hour, which is how people say times."""
    return at.replace(second=0, microsecond=0) + timedelta(minutes=-at.minute % 15)


def _planned(at: datetime, ends_at: datetime, next_shift: datetime | None) -> bool:
    return at < ends_at or (next_shift is not None and at >= next_shift)


def _parsed(value: str) -> datetime:
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    except ValueError:
        raise Refused("Välj när vi ska ringa.", field="when") from None


def _typed(day: str, clock: str) -> datetime:
    try:
        return moment(date.fromisoformat(day.strip()), time.fromisoformat(clock.strip().replace(".", ":")))
    except ValueError:
        raise Refused("Skriv en dag och en tid, till exempel 2026-12-02 och 18.00.", field="day") from None
