"""The form of an activity: what was typed is kept, and what cannot be read is said at its field."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, Form, SelectField, SelectMultipleField, StringField, TextAreaField

from organizer import page, typed_days
from organizer.activity_drafts import INNER, KINDS, REMINDERS, Draft
from organizer.activity_series import EVERY
from organizer.times import local, moment
from organizer.words import Refused
from organizer.writing import clock


class ActivityForm(Form):
    """The fields as text: broken dates get a sentence and stay as they were typed."""

    title = StringField(lazy_gettext("Vad är det?"))
    kind = SelectField(lazy_gettext("Slags aktivitet"))
    theme = StringField(lazy_gettext("Tema"))
    place_id = SelectField(lazy_gettext("Förening som håller i det"))
    others = SelectMultipleField(lazy_gettext("Tillsammans med"))
    day = StringField(lazy_gettext("Dag"))
    starts = StringField(lazy_gettext("Börjar"))
    ends = StringField(lazy_gettext("Slutar"))
    last_day = StringField(lazy_gettext("Slutar dagen"))
    every = SelectField(lazy_gettext("Upprepas"))
    until = StringField(lazy_gettext("Till och med"))
    place = StringField(lazy_gettext("Plats"))
    link = StringField(lazy_gettext("Länk till mötet på nätet"))
    capacity = StringField(lazy_gettext("Antal platser"))
    responsible = SelectField(lazy_gettext("Ansvarig"))
    remind = SelectField(lazy_gettext("Påminnelse med sms"))
    travel_pool = BooleanField(lazy_gettext("Fråga vilka som kan köra och vilka som behöver skjuts"))
    public = BooleanField(lazy_gettext("Visa i den öppna kalendern"))
    description = TextAreaField(lazy_gettext("Beskrivning"))
    scope = SelectField(lazy_gettext("Vad ska ändras?"))

    def __init__(self, sent: Any, places: list[Any], people: list[Any]) -> None:
        super().__init__(sent)
        self.places = places
        self.kind.choices = [(code, gettext(word)) for code, word in KINDS.items()]
        self.place_id.choices = [(str(one.id), one.short_name) for one in places]
        self.others.choices = self.place_id.choices
        self.every.choices = [(code, gettext(word)) for code, word in EVERY.items()]
        self.remind.choices = [(str(hours or ""), gettext(word)) for hours, word in REMINDERS.items()]
        self.responsible.choices = [("", gettext("Ingen särskild")), *((str(one.id), one.name) for one in people)]
        self.scope.choices = [
            ("one", gettext("Bara den här gången")), ("following", gettext("Den här och alla efter i serien")),
        ]  # fmt: skip

    def fresh(self) -> None:
        """What stands in the form of a new activity: shown to all, with a reminder the day before."""
        self.public.data, self.remind.data, self.starts.data, self.ends.data = True, "24", "18:00", "20:00"

    def fill(self, row: Any, held: list[int]) -> None:
        """Show an activity as it is."""
        starts, ends = local(row.starts_at), local(row.ends_at)
        for name in ("title", "kind", "place", "theme", "link", "description", "travel_pool", "public"):
            self._fields[name].data = getattr(row, name)
        self.day.data, self.starts.data = starts.date().isoformat(), starts.strftime("%H:%M")
        self.ends.data = ends.strftime("%H:%M")
        self.last_day.data = "" if ends.date() == starts.date() else ends.date().isoformat()
        self.capacity.data = "" if row.capacity is None else str(row.capacity)
        self.responsible.data, self.remind.data = str(row.responsible_id or ""), str(row.remind_hours or "")
        self.place_id.data = str(row.association_id)
        self.others.data = [str(one) for one in held if one != row.association_id]

    def draft(self, *, kept_responsible: int | None = None) -> Draft:
        """What was typed, as values; Refused with the field that cannot be read.

        `kept_responsible`: who answers for it so far, kept when the one who edits cannot choose that person.
        """
        day = _day(_text(self.day), "day")
        last = _day(_text(self.last_day), "last_day") if _text(self.last_day) else day
        kind = _text(self.kind)
        starts_at = _at(day, _clock(_text(self.starts), "starts"), "starts")
        ends_at = _at(last, _clock(_text(self.ends), "ends"), "ends")
        if ends_at <= starts_at:
            raise Refused("Sluttiden måste vara efter starttiden.", field="ends")
        return Draft(
            title=_text(self.title), kind=kind, place=_text(self.place), starts_at=starts_at, ends_at=ends_at,
            capacity=_seats(_text(self.capacity)), description=_text(self.description), theme=_text(self.theme),
            link=_text(self.link), responsible_id=self._responsible(kept_responsible),
            travel_pool=bool(self.travel_pool.data), public=bool(self.public.data) and kind not in INNER,
            remind_hours=self._remind(),
        )  # fmt: skip

    def repeated(self) -> tuple[str, date] | None:
        """How often it comes back, and until which day; None = once."""
        every = _text(self.every)
        if not every:
            return None
        if every not in EVERY:
            raise Refused("Välj hur ofta det upprepas.", field="every")
        until = _day(_text(self.until), "until")
        if until > _day(_text(self.day), "day") + timedelta(days=800):
            raise Refused("En serie kan vara i högst två år. Välj ett tidigare slut.", field="until")
        return every, until

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
        name = {"remind_hours": "remind"}.get(refusal.field or "title", refusal.field or "title")
        self._fields.get(name, self.title).errors = [page.in_words(refusal)]

    def _responsible(self, kept: int | None) -> int | None:
        known = {value for value, _name in self.responsible.choices if value}
        chosen = _text(self.responsible)
        if chosen and chosen not in known and chosen != str(kept):
            raise Refused("Välj en ansvarig i listan.", field="responsible")
        return int(chosen) if chosen else None

    def _remind(self) -> int | None:
        chosen = _text(self.remind)
        if chosen not in {str(hours or "") for hours in REMINDERS}:
            raise Refused("Välj när påminnelsen ska skickas.", field="remind")
        return int(chosen) if chosen else None


def _text(field: Any) -> str:
    return str(field.data or "").replace("\x00", "").strip()


def _day(text: str, field: str) -> date:
    day = typed_days.asked(text, field)
    if not 2000 <= day.year <= 2100:
        raise Refused(typed_days.SENTENCE, field=field)
    return day


def _clock(text: str, field: str) -> time:
    try:
        clock = datetime.strptime(text.replace(".", ":"), "%H:%M")  # noqa: DTZ007  a wall clock without a day
    except ValueError:
        raise Refused("Skriv klockslaget med timmar och minuter, till exempel 17.30.", field=field) from None
    return clock.time()


def _at(day: date, wanted: time, field: str) -> datetime:
    """The moment; a clock that is passed over when summer time begins is said, not guessed."""
    at = moment(day, wanted)
    if local(at).time() != wanted:
        raise Refused(
            "Den tiden finns inte: klockan ställs fram den natten. Menade du %(clock)s?", field=field, clock=clock(at)
        )
    return at


def _seats(text: str) -> int | None:
    if not text:
        return None
    digits = text.replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
    if not digits.isdecimal() or len(digits) > 6:
        raise Refused("Ange antal platser mellan 1 och 10 000, eller lämna tomt.", field="capacity")
    return int(digits)
