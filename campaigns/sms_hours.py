"""When each kind of SMS may leave: codes at any hour, everything else in the daytime (D24, sweden.md C2).

The hours of blasts are the owner's to choose: blast_hours.
"""

from datetime import date, datetime, time, timedelta

from organizer.times import local, local_day, moment, red_day

PRIORITY = {
    "code": 0,
    "receipt": 1,
    "reply": 2,
    "proof": 2,
    "shift_link": 3,
    "notice": 4,
    "activity": 5,
    "confirmation": 5,
    "survey": 5,
    "reminder": 6,
    "tried": 6,
}
"""Which kind leaves first; also the list of kinds there are."""
LASTS = {
    "code": timedelta(minutes=10),
    "proof": timedelta(hours=1),
    "receipt": timedelta(hours=2),
    "reply": timedelta(hours=24),
    "shift_link": timedelta(hours=12),
    "notice": timedelta(hours=24),
    "activity": timedelta(hours=48),
    "confirmation": timedelta(hours=48),
    "survey": timedelta(hours=48),
    "reminder": timedelta(hours=48),
    "tried": timedelta(hours=24),
}
"""How long after its first possible moment each kind is still worth sending."""
CONVERSING = ("confirmation", "survey", "reply", "activity")
"""What belongs to a conversation that the member takes part in (D24, P§5.4)."""
CONFIRMATION = (time(7), time(22))
"""Somebody just spoken to, any day (D24); and that something they are to come to is moved or cancelled."""
ORDINARY = (time(9), time(20))
"""Those we tried to reach, Monday to Saturday, never on a red day (sweden.md C2); reminders any day."""


def may_leave(kind: str, now: datetime) -> bool:
    """Whether a message of this kind may be handed over at this moment, by the clocks of Stockholm."""
    hours = _hours(kind, local_day(now))
    return hours is None or any(opens <= local(now).time() < closes for opens, closes in hours)


def leaving_now(now: datetime) -> list[str]:
    """The kinds that may be handed over at this moment."""
    return [kind for kind in PRIORITY if may_leave(kind, now)]


def first_moment(kind: str, wanted: datetime) -> datetime:
    """The first moment from `wanted` on at which a message of this kind may leave; pages show it as the real time."""
    if may_leave(kind, wanted):
        return wanted
    today = local_day(wanted)
    days = (today + timedelta(days=n) for n in range(30))
    openings = (moment(day, opens) for day in days for opens, _closes in _hours(kind, day) or ())
    return next(at for at in openings if at >= wanted)


def _hours(kind: str, day: date) -> list[tuple[time, time]] | None:
    """The hours of a day in which a kind may leave: none at all on some days; None = at any hour."""
    holiday = day.weekday() == 6 or red_day(day)
    if kind in CONVERSING:
        return [CONFIRMATION]
    if kind == "reminder":
        return [ORDINARY]
    if kind == "tried":
        return [] if holiday else [ORDINARY]
    return None
