"""Calendar files that calendar programs read: iCalendar text (RFC 5545) out of plain events; pure functions."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from organizer.times import STOCKHOLM, local

ZONE = (
    "BEGIN:VTIMEZONE", "TZID:Europe/Stockholm", "X-LIC-LOCATION:Europe/Stockholm",
    "BEGIN:DAYLIGHT", "TZNAME:CEST", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "DTSTART:19810329T020000",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "END:DAYLIGHT",
    "BEGIN:STANDARD", "TZNAME:CET", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "DTSTART:19961027T030000",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "END:STANDARD", "END:VTIMEZONE",
)  # fmt: skip
"""The clocks of Stockholm by the rule in force since 1996."""
OFF = "INSTÄLLT: "
"""Before the title of what is called off: Outlook shows `STATUS:CANCELLED` as if nothing had happened."""
_ESCAPED = str.maketrans({
    "\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None, "\t": " ",
    "\x85": "\\n", "\u2028": "\\n", "\u2029": "\\n",
})  # fmt: skip
"""Tabs and the line ends of other systems, which come with pasted text, become what every calendar program shows."""
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a feed; times are UTC."""

    uid: str
    """The same for ever: calendar programs know it by this."""
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str
    description: str
    address: str
    """Where it stands on the web."""
    category: str
    cancelled: bool


def feed(name: str, entries: Iterable[Entry]) -> str:
    """A whole calendar called `name`, in lines of at most 75 octets ended as the standard wants."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Rundan//Kalender//SV", "CALSCALE:GREGORIAN",
        *_folded(f"NAME:{text(name)}"), *_folded(f"X-WR-CALNAME:{text(name)}"), "X-WR-TIMEZONE:Europe/Stockholm",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H", *ZONE,
    ]  # fmt: skip
    for one in entries:
        lines += _event(one)
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def text(value: str) -> str:
    """A value with what means something to the format escaped, and what no calendar can show left out."""
    return _CONTROL.sub("", value.replace("\r\n", "\n").translate(_ESCAPED))


def _event(one: Entry) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{one.uid}@rundan"
    yield f"DTSTAMP:{_utc(one.changed_at)}"
    yield f"LAST-MODIFIED:{_utc(one.changed_at)}"
    yield f"SEQUENCE:{one.sequence}"
    yield f"DTSTART{_moment(one.starts_at)}"
    yield f"DTEND{_moment(one.ends_at)}"
    yield from _folded(f"SUMMARY:{text(OFF * one.cancelled + one.title)}")
    yield from _folded(f"LOCATION:{text(one.place)}")
    if one.description:
        yield from _folded(f"DESCRIPTION:{text(one.description)}")
    yield from _folded(f"URL:{one.address}")
    yield from _folded(f"CATEGORIES:{text(one.category)}")
    yield f"STATUS:{'CANCELLED' if one.cancelled else 'CONFIRMED'}"
    yield "END:VEVENT"


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _moment(at: datetime) -> str:
    """On the clocks of Stockholm; in UTC where the clock shows the same time twice."""
    here = local(at)
    if here.fold or here.replace(fold=1).utcoffset() != here.utcoffset():
        return f":{_utc(at)}"
    return f";TZID={STOCKHOLM.key}:{here:%Y%m%dT%H%M%S}"


def _folded(line: str) -> list[str]:
    """A line of at most 75 octets, and its continuations, never broken inside a character."""
    octets = line.encode()
    if len(octets) <= 75:
        return [line]
    found, begins = [], 0
    while begins < len(octets):
        ends = begins + (74 if begins else 75)
        while ends < len(octets) and octets[ends] & 0xC0 == 0x80:
            ends -= 1
        found.append((" " if begins else "") + octets[begins:ends].decode())
        begins = ends
    return found
