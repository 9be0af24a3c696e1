"""The rules of RFC 5545 for a feed, read by a parser of our own that forgives nothing."""

import re
from collections import Counter
from datetime import datetime

LINE = re.compile(
    r"(?P<name>[A-Z][A-Z0-9-]*)(?P<parameters>(?:;[A-Z-]+=[^\"\x00-\x1f;:,]+)*):(?P<value>[^\x00-\x08\x0a-\x1f\x7f]*)"
)
TEXT = re.compile(r"(?:[^\\;,]|\\[\\;,nN])*")
TEXTS = {"SUMMARY", "LOCATION", "DESCRIPTION", "CATEGORIES", "NAME"}
ONCE = {
    "UID",
    "DTSTAMP",
    "DTSTART",
    "DTEND",
    "SUMMARY",
    "LOCATION",
    "DESCRIPTION",
    "URL",
    "SEQUENCE",
    "STATUS",
    "LAST-MODIFIED",
}
MUST = {"UID", "DTSTAMP", "DTSTART"}
CLOCKS = {"STANDARD", "DAYLIGHT"}


def events(octets: bytes) -> list[dict[str, tuple[str, str]]]:
    """The events of a feed, property → (parameters, value); an AssertionError says which rule is broken (3.1–3.8)."""
    physical = octets.split(b"\r\n")
    assert physical.pop() == b"", "3.1: every line ends with CRLF"
    assert not any(b"\r" in one or b"\n" in one for one in physical), "3.1: no bare CR or LF"
    assert all(len(one) <= 75 for one in physical), "3.1: at most 75 octets in a line"
    for one in physical:
        one.decode("utf-8")  # a fold inside a character is legal, but programs are known to stumble on it
    lines = re.sub(b"\r\n[ \t]", b"", octets).decode().removesuffix("\r\n").split("\r\n")
    read = []
    for line in lines:
        found = LINE.fullmatch(line)
        assert found, f"3.1: not a content line: {line!r}"
        read.append((found["name"], found["parameters"], found["value"]))
    return _events(read)


def _events(lines: list[tuple[str, str, str]]) -> list[dict[str, tuple[str, str]]]:
    stack: list[str] = []
    found: list[dict[str, tuple[str, str]]] = []
    zones, outside, inside, clock = set(), Counter(), Counter(), {}
    for name, parameters, value in lines:
        if name == "BEGIN":
            stack.append(value)
            clock = {} if value in CLOCKS else clock
            if value == "VEVENT":
                found.append({})
                inside = Counter()
            continue
        if name == "END":
            assert stack.pop() == value, "3.4: components nest"
            if value in CLOCKS:
                _check_clock(clock)
            if value == "VEVENT":
                _check_event(found[-1], inside, zones)
            continue
        assert name not in TEXTS or TEXT.fullmatch(value), f"3.3.11: not well escaped: {value!r}"
        if stack == ["VCALENDAR"]:
            outside[name] += 1
        elif stack == ["VCALENDAR", "VTIMEZONE"] and name == "TZID":
            zones.add(value)
        elif stack[-1] in CLOCKS:
            assert stack[:-1] == ["VCALENDAR", "VTIMEZONE"], "3.6.5: clocks stand in a zone"
            assert name not in clock, "3.6.5: only once"
            clock[name] = (parameters, value)
        elif stack == ["VCALENDAR", "VEVENT"]:
            inside[name] += 1
            found[-1][name] = (parameters, value)
    assert not stack, "3.4: what begins ends"
    assert (outside["VERSION"], outside["PRODID"]) == (1, 1), "3.6: one version and one maker"
    assert not outside["METHOD"], "RFC 5546 3.2.1: what is published has an ORGANIZER, and ours has none"
    uids = [one["UID"] for one in found]
    assert len(uids) == len(set(uids)), "3.8.4.7: an event has its identity alone"
    return found


def _check_clock(clock: dict[str, tuple[str, str]]) -> None:
    assert set(clock) >= {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"}, "3.6.5: from when, from what and to what"
    assert re.fullmatch(r"\d{8}T\d{6}", clock["DTSTART"][1]), "3.6.5: by the clock on the wall"
    assert not clock["DTSTART"][0], "3.6.5: and without a zone"
    assert all(re.fullmatch(r"[+-]\d{4}", clock[name][1]) for name in ("TZOFFSETFROM", "TZOFFSETTO")), "3.3.14"


def _check_event(event: dict[str, tuple[str, str]], counted: Counter[str], zones: set[str]) -> None:
    assert set(event) >= MUST, "3.6.1: identity, stamp and start"
    assert all(counted[name] <= 1 for name in ONCE), "3.6.1: only once"
    assert at(event["DTSTART"], zones) < at(event["DTEND"], zones), "3.8.2.2: it ends after it begins"
    assert not {"RRULE", "RDATE", "DURATION"} & set(counted), "each occasion is an event of its own, with an end"
    assert event["DTSTAMP"][1].endswith("Z"), "3.8.7.2: stamped in UTC"
    assert event["SEQUENCE"][1].isdecimal(), "3.8.7.4"
    assert event["STATUS"][1] in {"TENTATIVE", "CONFIRMED", "CANCELLED"}, "3.8.1.11"


def at(moment: tuple[str, str], zones: set[str]) -> datetime:
    """A moment of an event, in UTC: the zone is one that the feed itself describes."""
    from zoneinfo import ZoneInfo

    parameters, value = moment
    if value.endswith("Z"):
        assert not parameters, "3.2.19: UTC has no zone beside it"
        return datetime.strptime(value + "+0000", "%Y%m%dT%H%M%SZ%z")
    zone = parameters.removeprefix(";TZID=")
    assert zone in zones, "3.2.19: the zone is described in the feed"
    return datetime.strptime(value, "%Y%m%dT%H%M%S").replace(tzinfo=ZoneInfo(zone))
