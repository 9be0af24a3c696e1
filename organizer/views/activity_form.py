"""The form of an activity: what was typed is kept, and what cannot be read is said at its field."""

from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import Form, SelectField, SelectMultipleField, StringField, TextAreaField

from organizer import page
from organizer.activities import KINDS, Draft
from organizer.times import local, moment
from organizer.words import Refused


class ActivityForm(Form):
    """The fields as text: broken dates get a sentence and stay as they were typed."""

    title = StringField(lazy_gettext("Vad är det?"))
    kind = SelectField(lazy_gettext("Slags aktivitet"))
    place_id = SelectField(lazy_gettext("Förening som håller i det"))
    others = SelectMultipleField(lazy_gettext("Tillsammans med"))
    day = StringField(lazy_gettext("Dag"))
    starts = StringField(lazy_gettext("Börjar"))
    ends = StringField(lazy_gettext("Slutar"))
    place = StringField(lazy_gettext("Plats"))
    capacity = StringField(lazy_gettext("Antal platser"))
    description = TextAreaField(lazy_gettext("Beskrivning"))

    def __init__(self, sent: Any, places: list[Any]) -> None:
        super().__init__(sent)
        self.places = places
        self.kind.choices = [(code, gettext(word)) for code, word in KINDS.items()]
        self.place_id.choices = [(str(one.id), one.short_name) for one in places]
        self.others.choices = self.place_id.choices

    def fill(self, row: Any, held: list[int]) -> None:
        """Show an activity as it is."""
        starts, ends = local(row.starts_at), local(row.ends_at)
        self.title.data, self.kind.data, self.place.data = row.title, row.kind, row.place
        self.day.data, self.starts.data = starts.date().isoformat(), starts.strftime("%H:%M")
        self.ends.data = ends.strftime("%H:%M")
        self.capacity.data = "" if row.capacity is None else str(row.capacity)
        self.description.data = row.description
        self.others.data = [str(one) for one in held if one != row.association_id]

    def draft(self) -> Draft:
        """What was typed, as values; Refused with the field that cannot be read."""
        day = _day(_text(self.day))
        starts, ends = _clock(_text(self.starts), "starts"), _clock(_text(self.ends), "ends")
        return Draft(
            title=_text(self.title), kind=_text(self.kind), place=_text(self.place),
            starts_at=moment(day, starts), ends_at=_not_before(day, starts, ends),
            capacity=_seats(_text(self.capacity)), description=_text(self.description),
        )  # fmt: skip

    def place_chosen(self) -> int:
        """The association that holds it: the only one, or the one chosen."""
        if len(self.places) == 1:
            return int(self.places[0].id)
        for one in self.places:
            if str(one.id) == self.place_id.data:
                return int(one.id)
        raise Refused("Välj vilken förening som håller i aktiviteten.", field="place_id")

    def together(self) -> list[int]:
        """The other associations that hold it, of those the viewer reaches."""
        wanted = set(self.others.data or ())
        return [int(one.id) for one in self.places if str(one.id) in wanted]

    def refuse(self, refusal: Refused) -> None:
        """Put a no beside its field."""
        field = self._fields.get(refusal.field or "title", self.title)
        field.errors = [page.in_words(refusal)]


def _text(field: Any) -> str:
    return str(field.data or "").replace("\x00", "").strip()


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused("Skriv dagen som år-månad-dag, till exempel 2026-12-01.", field="day") from None
    if not 2000 <= day.year <= 2100:
        raise Refused("Året ser fel ut. Skriv dagen som år-månad-dag, till exempel 2026-12-01.", field="day")
    return day


def _clock(text: str, field: str) -> time:
    try:
        clock = datetime.strptime(text.replace(".", ":"), "%H:%M")  # noqa: DTZ007  a wall clock without a day
    except ValueError:
        raise Refused("Skriv klockslaget med timmar och minuter, till exempel 17.30.", field=field) from None
    return clock.time()


def _not_before(day: date, starts: time, ends: time) -> datetime:
    if ends <= starts:
        raise Refused("Sluttiden måste vara efter starttiden.", field="ends")
    return moment(day, ends)


def _seats(text: str) -> int | None:
    if not text:
        return None
    digits = text.replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
    if not digits.isdecimal() or len(digits) > 6:
        raise Refused("Ange antal platser mellan 1 och 10 000, eller lämna tomt.", field="capacity")
    return int(digits)
