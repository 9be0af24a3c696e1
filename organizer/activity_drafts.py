"""What an activity is to be: its fields, and what makes no sense in them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from organizer import seats
from organizer.words import N_, Refused

KINDS = {
    "meeting": N_("Möte"),
    "introduction": N_("Introduktion"),
    "course": N_("Utbildning"),
    "action": N_("Utåtriktat"),
    "chairs_meeting": N_("Ordförandemöte"),
    "board": N_("Styrelsemöte"),
    "conference": N_("Konferens"),
}
INNER = frozenset({"board", "chairs_meeting"})
"""Kinds that never stand in the public calendar."""
REMINDERS = {
    None: N_("Ingen påminnelse"),
    3: N_("Tre timmar före"),
    24: N_("Dagen före"),
    48: N_("Två dagar före"),
}
"""How many hours before the start those who have a seat are reminded by SMS."""
LONGEST = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Draft:
    """What an activity is to be; times are UTC, `capacity` empty = no limit."""

    title: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    place: str
    capacity: int | None = None
    description: str = ""
    theme: str = ""
    link: str = ""
    responsible_id: int | None = None
    travel_pool: bool = False
    public: bool = False
    remind_hours: int | None = None


def check(draft: Draft, now: datetime, began: datetime | None = None) -> None:
    """Refused, with the field, when the draft makes no sense.

    `began`: when it is to start so far; an activity that is over may still have its text corrected.
    """
    if not draft.title.strip():
        raise Refused("Skriv vad aktiviteten heter.", field="title")
    if len(draft.title) > 120:
        raise Refused("Namnet är för långt: högst 120 tecken.", field="title")
    if draft.kind not in KINDS:
        raise Refused("Välj vad det är för slags aktivitet.", field="kind")
    _check_time(draft, now, began)
    _check_place(draft)
    if draft.capacity is not None and not 1 <= draft.capacity <= seats.MOST:
        raise Refused("Ange antal platser mellan 1 och 10 000, eller lämna tomt.", field="capacity")
    if len(draft.description) > 2000:
        raise Refused("Beskrivningen är för lång: högst 2 000 tecken.", field="description")
    if len(draft.theme) > 60:
        raise Refused("Temat är för långt: högst 60 tecken.", field="theme")
    if draft.remind_hours not in REMINDERS:
        raise Refused("Välj när påminnelsen ska skickas.", field="remind_hours")
    if draft.public and draft.kind in INNER:
        raise Refused("Möten för styrelser och ordförande visas inte i den öppna kalendern.", field="public")


def columns(draft: Draft) -> dict[str, Any]:
    """The draft as columns of `activities`."""
    return {
        "title": draft.title.strip(), "kind": draft.kind, "starts_at": draft.starts_at, "ends_at": draft.ends_at,
        "place": draft.place.strip(), "capacity": draft.capacity, "description": draft.description.strip(),
        "theme": draft.theme.strip(), "link": draft.link.strip(), "responsible_id": draft.responsible_id,
        "travel_pool": draft.travel_pool, "public": draft.public, "remind_hours": draft.remind_hours,
    }  # fmt: skip


def _check_time(draft: Draft, now: datetime, began: datetime | None) -> None:
    if draft.starts_at < now and draft.starts_at != began:
        raise Refused("Den tiden har redan varit. Ange en tid framåt.", field="day")
    if draft.ends_at <= draft.starts_at:
        raise Refused("Sluttiden måste vara efter starttiden.", field="ends")
    if draft.ends_at - draft.starts_at > LONGEST:
        raise Refused("En aktivitet kan pågå i högst 14 dagar.", field="ends")


def _check_place(draft: Draft) -> None:
    if not draft.place.strip():
        raise Refused("Skriv var det är. Är det på nätet, skriv det.", field="place")
    if len(draft.place) > 120:
        raise Refused("Platsen är för lång: högst 120 tecken.", field="place")
    _check_link(draft.link)


def _check_link(link: str) -> None:
    """Only addresses of the web: whoever is invited taps it."""
    if not link.strip():
        return
    try:
        parts = urlsplit(link.strip())
        right = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        right = False
    if not right or len(link) > 300 or any(sign.isspace() for sign in link.strip()):
        raise Refused("Skriv länken som den står i webbläsaren, med https:// först.", field="link")
