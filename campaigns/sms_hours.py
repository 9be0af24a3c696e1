"""When each kind of SMS may leave: codes at any hour, what follows a call in the daytime (D24, sweden.md C2)."""

from datetime import datetime, time, timedelta

from organizer.times import local, local_day, moment, red_day

PRIORITY = {"code": 0, "shift_link": 3, "notice": 4, "confirmation": 5, "tried": 6}
"""Which kind leaves first; also the list of kinds there are."""
LASTS = {
    "code": timedelta(minutes=10),
    "shift_link": timedelta(hours=12),
    "notice": timedelta(hours=24),
    "confirmation": timedelta(hours=48),
    "tried": timedelta(hours=24),
}
"""How long after its first possible moment each kind is still worth sending."""
CONFIRMATION = (time(7), time(22))
"""Somebody just spoken to, any day (D24)."""
ORDINARY = (time(9), time(20))
"""Everybody else, Monday to Saturday, never on a red day (sweden.md C2)."""


def may_leave(kind: str, now: datetime) -> bool:
    """Whether a message of this kind may be handed over at this moment, by the clocks of Stockholm."""
    if kind == "confirmation":
        return CONFIRMATION[0] <= local(now).time() < CONFIRMATION[1]
    if kind == "tried":
        return _ordinary_day(now) and ORDINARY[0] <= local(now).time() < ORDINARY[1]
    return True


def leaving_now(now: datetime) -> list[str]:
    """The kinds that may be handed over at this moment."""
    return [kind for kind in PRIORITY if may_leave(kind, now)]


def first_moment(kind: str, wanted: datetime) -> datetime:
    """The first moment from `wanted` on at which a message of this kind may leave; pages show it as the real time."""
    if may_leave(kind, wanted):
        return wanted
    opens = (CONFIRMATION if kind == "confirmation" else ORDINARY)[0]
    today = local_day(wanted)
    days = (moment(today + timedelta(days=n), opens) for n in range(30))
    return next(at for at in days if at >= wanted and may_leave(kind, at))


def _ordinary_day(now: datetime) -> bool:
    day = local_day(now)
    return day.weekday() < 6 and not red_day(day)
