"""When a campaign may ring: its hours on weekdays and weekends, never on red days (P§4.7)."""

from datetime import date, datetime, time, timedelta

from campaigns.models import Campaign
from organizer.times import local, moment, red_day

EVENING = time(17)
"""Before and after this are the two times of day between which somebody who did not answer is moved."""
ALWAYS = {"weekday": ["00:00", "24:00"], "weekend": ["00:00", "24:00"]}


def kind_of_day(day: date) -> str:
    """The key of a campaign's hours that holds for a day: weekday, weekend, or never on a red day."""
    if red_day(day):
        return "never"
    return "weekend" if day.weekday() >= 5 else "weekday"


def opening(hours: dict[str, list[str]], day: date) -> tuple[datetime, datetime] | None:
    """When the hours open and close on a day, in UTC; None when they do not open at all."""
    span = hours.get(kind_of_day(day))
    if not span or span[0] >= span[1]:
        return None
    return moment(day, time.fromisoformat(span[0])), moment(day, time.fromisoformat(span[1]))


def calling_hours_open(campaign: Campaign, now: datetime) -> bool:
    """Whether the campaign may ring at this moment."""
    return campaign.any_hour or inside(campaign.hours, now)


def next_opening(campaign: Campaign, now: datetime) -> datetime:
    """The first moment from `now` on at which the campaign may ring; `now` itself if it is open or never opens."""
    return now if campaign.any_hour else first_open(campaign.hours, now)


def inside(hours: dict[str, list[str]], at: datetime) -> bool:
    """Whether a moment lies within the hours."""
    span = opening(hours, local(at).date())
    return span is not None and span[0] <= at < span[1]


def first_open(hours: dict[str, list[str]], at: datetime) -> datetime:
    """The first moment from `at` on inside the hours; `at` itself if they never open within three weeks."""
    for ahead in range(21):
        span = opening(hours, local(at).date() + timedelta(days=ahead))
        if span is not None and at < span[1]:
            return max(at, span[0])
    return at


def another_time_of_day(hours: dict[str, list[str]], earliest: datetime, tried: datetime) -> datetime:
    """The first open moment from `earliest` on in the other half of the day than `tried` (P§4.2, no answer).

    Someone rung in the evening is rung by day next time and the other way round; if the hours leave no such
    moment within a week, the first open one.
    """
    first = first_open(hours, earliest)
    by_evening = local(tried).time() >= EVENING
    for ahead in range(8):
        day = local(first).date() + timedelta(days=ahead)
        span, turn = opening(hours, day), moment(day, EVENING)
        if span is None:
            continue
        start = max(first, span[0]) if by_evening else max(first, span[0], turn)
        if start < (min(span[1], turn) if by_evening else span[1]):
            return start
    return first
