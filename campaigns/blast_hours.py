"""When a blast may leave and when it will be done, by the owner's hours, the red days and the sender's pace (P§5.4)."""

from datetime import date, datetime, time, timedelta

from campaigns.sms_settings import SmsSettings
from organizer.times import local, local_day, moment, red_day

LONGEST = 60
"""Days a blast may be scheduled ahead (P§5.4)."""
QUICK = {"tonight": (0, time(17)), "tomorrow": (1, time(10))}
"""The moments that are chosen with one tap (P§5.4): days from today, and the clock."""


def may_leave(settings: SmsSettings, now: datetime) -> bool:
    """Whether a blast may be handed over at this moment, by the clocks of Stockholm."""
    opens, closes = hours(settings, local_day(now))
    return opens <= local(now).time() < closes


def hours(settings: SmsSettings, day: date) -> tuple[time, time]:
    """From and to on a day; Saturdays, Sundays and red days are one kind."""
    return settings.hours(red=day.weekday() >= 5 or red_day(day))


def opening(settings: SmsSettings, wanted: datetime) -> datetime:
    """The first moment from `wanted` on at which a blast may leave."""
    if may_leave(settings, wanted):
        return wanted
    today = local_day(wanted)
    openings = (moment(today + timedelta(days=n), hours(settings, today + timedelta(days=n))[0]) for n in range(3))
    return next(at for at in openings if at >= wanted)


def quick(settings: SmsSettings, now: datetime, *, any_hour: bool = False) -> dict[str, datetime]:
    """Those of QUICK that are still to come and within the hours of their day, in their order."""
    moments = {name: moment(local_day(now) + timedelta(days=days), clock) for name, (days, clock) in QUICK.items()}
    return {name: at for name, at in moments.items() if at > now and (any_hour or may_leave(settings, at))}


def closing(settings: SmsSettings, now: datetime) -> datetime:
    """When the hours that hold on the day of `now` end."""
    day = local_day(now)
    return moment(day, hours(settings, day)[1])


def done_at(settings: SmsSettings, begins: datetime, parts: int, *, any_hour: bool = False) -> datetime:
    """When the last part has left, nights in between included; what cannot be finished goes on next morning."""
    left = timedelta(seconds=parts / settings.parts_per_second)
    if any_hour:
        return begins + left
    at = opening(settings, begins)
    for _ in range(400):
        room = closing(settings, at) - at
        if left <= room:
            return at + left
        left, at = left - room, opening(settings, closing(settings, at))
    return at
