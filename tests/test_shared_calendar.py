"""The shared calendar: what is shown to everybody and what is not, and feeds that calendar programs accept."""

from datetime import date, datetime, time, timedelta

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from organizer import activities, ics, shared_calendar
from organizer.activity_drafts import Draft
from organizer.models import Association
from organizer.times import STOCKHOLM, moment
from tests import ical_rules
from tests.factories import NOW, make_activity, make_association

SUMMER = moment(date(2027, 6, 10), time(18, 30))


@pytest.fixture
def district(session):
    return make_association(session, "Västernorrland", kind="district")


def draft(**changes):
    values = {"title": "Årsmöte; med, allt", "kind": "meeting", "place": "Folkets hus, Härnösand", "starts_at": SUMMER}
    return Draft(**{**values, "ends_at": SUMMER + timedelta(hours=2), "public": True, **changes})


def events(text):
    calendar = icalendar.Calendar.from_ical(text)
    assert not calendar.errors
    return {str(one["UID"]): one for one in calendar.walk("VEVENT")}


def feed(session, place, now=NOW):
    return events(shared_calendar.feed(session, place.name, place.path, now, "https://x.se"))


def test_a_change_and_a_cancellation_follow_under_the_same_uid(session, district):
    made = activities.create(session, district.id, draft(description="Rad ett\nRad två 🎉"), NOW)
    ((uid, first),) = feed(session, district).items()
    assert (first["SUMMARY"], first["LOCATION"]) == ("Årsmöte; med, allt", "Folkets hus, Härnösand")
    assert first["DESCRIPTION"].startswith("Rad ett\nRad två 🎉\n")
    assert first.decoded("DTSTART") == datetime(2027, 6, 10, 18, 30, tzinfo=STOCKHOLM)
    assert first.decoded("DTSTART").utcoffset() == timedelta(hours=2)
    later = NOW + timedelta(days=1)
    winter = moment(date(2027, 11, 2), time(18))
    activities.edit(session, made, draft(starts_at=winter, ends_at=winter + timedelta(hours=9)), later)
    moved = feed(session, district)[uid]
    assert (moved["SEQUENCE"], moved.decoded("LAST-MODIFIED")) == (1, later)
    assert (moved.decoded("DTSTART").utcoffset(), moved.decoded("DTEND").day) == (timedelta(hours=1), 3)
    assert first["STATUS"] == moved["STATUS"] == "CONFIRMED"
    activities.cancel(session, made, later)
    off = feed(session, district)[uid]
    assert (off["STATUS"], off["SEQUENCE"]) == ("CANCELLED", 2)
    assert off["SUMMARY"] == "INSTÄLLT: Årsmöte; med, allt", "Outlook does not look at the status"


def test_the_link_to_take_part_is_in_no_feed_and_everybody_who_holds_it_is(session, district):
    other = make_association(session, "Timrå", district)
    activities.create(session, district.id, draft(link="https://meet.example/hemligt"), NOW, organizers=[other.id])
    text = shared_calendar.feed(session, "Timrå", other.path, NOW, "https://x.se")
    assert "hemligt" not in text
    (one,) = events(text).values()
    assert one["DESCRIPTION"] == "Arrangör: Timrå, Västernorrland"


def test_a_place_has_its_own_and_the_districts_and_nobodys_inner_meetings(session, district):
    own, other = make_association(session, "Härnösand", district), make_association(session, "Timrå", district)
    for place, title, public in (
        (district, "Konferens", True), (own, "Fika", True), (own, "Styrelsemöte", False), (other, "Deras", True),
    ):  # fmt: skip
        make_activity(session, place, title, public=public)
    make_activity(session, own, "Längesedan", public=True, starts_at=NOW - timedelta(days=300))
    titles = lambda place: {str(one["SUMMARY"]) for one in feed(session, place).values()}  # noqa: E731
    assert titles(own) == {"Konferens", "Fika"}
    assert titles(district) == {"Konferens", "Fika", "Deras"}


@settings(max_examples=40, deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
    st.integers(0, 2_000_000),
)
def test_whatever_is_typed_comes_back_from_the_file(words, at):
    at = NOW.replace(year=2026, month=1) + timedelta(minutes=at)
    entry = ics.Entry("u", 0, at, at, at + timedelta(hours=1), words, words, words, "https://x.se/1", "Möte", False)
    text = ics.feed(words, [entry])
    ical_rules.events(text.encode())
    (one,) = events(text).values()
    assert one.decoded("DTSTART") == at, "also in the hour that comes twice"
    assert one.decoded("DTEND") == at + timedelta(hours=1)
    kept = words.replace("\r\n", "\n").translate({9: " ", 0x85: "\n", 0x2028: "\n", 0x2029: "\n"})
    kept = "".join(sign for sign in kept if sign == "\n" or (sign >= " " and sign != "\x7f"))
    assert str(one["SUMMARY"]) == kept


def test_a_letter_of_several_octets_is_never_broken_wherever_the_line_ends():
    for before in range(58, 78):
        words = "x" * before + "åäö🎉\\;,\n" * 20
        text = ics.feed(
            words, [ics.Entry("u", 0, NOW, NOW, SUMMER, words, words, words, "https://x.se", "Möte", False)]
        )
        ical_rules.events(text.encode())
        ((_, one),) = events(text).items()
        assert (str(one["SUMMARY"]), str(one["DESCRIPTION"])) == (words, words), before
    assert ics.text("Kl 18\tSamling\u2028Kl 19\x85Fika") == "Kl 18 Samling\\nKl 19\\nFika"


def test_the_zone_in_the_feed_says_by_itself_what_the_clocks_of_stockholm_show():
    (zone,) = icalendar.Calendar.from_ical(ics.feed("x", [])).walk("VTIMEZONE")
    told = zone.to_tz(lookup_tzid=False)
    for day in range(366 * 6):
        for hour in (1, 3, 12):  # half past two is not there, or there twice
            at = datetime(2026, 1, 1, hour, 30, tzinfo=told) + timedelta(days=day)
            assert at.utcoffset() == at.replace(tzinfo=STOCKHOLM).utcoffset(), at


def test_the_feed_is_fetched_once_while_nothing_changes(visitor, cast, database, clock):
    with database.writing() as session:
        made = activities.create(session, cast.district.id, draft(title="Konferens"), clock.now)
    first = visitor.client.get("/kalender.ics")
    assert (first.mimetype, first.status_code) == ("text/calendar", 200)
    assert "Konferens" in first.get_data(as_text=True)

    def again():
        answer = visitor.client.get("/kalender.ics", headers={"If-None-Match": first.headers["ETag"]})
        return answer.status_code, answer.get_data(as_text=True)

    assert again() == (304, "")
    assert visitor.client.get(f"/kalender/{cast.timra.slug}.ics").status_code == 200
    assert visitor.client.get("/kalender/finns-inte.ics").status_code == 404
    changes = (
        lambda session: activities.edit(session, made, draft(title="Kongress"), clock.now),
        lambda session: session.get_one(Association, cast.district.id).__setattr__("short_name", "Norr"),
        lambda session: activities.edit(
            session, made, draft(title="Kongress"), clock.now, organizers=[cast.timra.id]
        ),
        lambda session: activities.cancel(session, made, clock.now),
        lambda session: make_activity(session, cast.district, "Till", public=True),
    )  # fmt: skip
    for change in changes:
        with database.writing() as session:
            change(session)
        status, text = again()
        assert status == 200
        first = visitor.client.get("/kalender.ics")
        assert first.get_data(as_text=True) == text
    assert again()[0] == 304


def test_programs_may_fetch_the_calendar_and_nothing_else(visitor):
    rules = visitor.client.get("/robots.txt").get_data(as_text=True).splitlines()
    assert rules == ["User-agent: *", "Allow: /kalender", "Disallow: /"]


def test_the_feed_keeps_the_standard_across_midnight_and_summer_time(visitor, cast, database, clock):
    """Read by our own parser of RFC 5545, and by hand on the nights when the clocks change."""
    night, morning = moment(date(2027, 3, 28), time(1, 30)), moment(date(2027, 3, 28), time(3, 30))
    twice = moment(date(2026, 10, 25), time(2, 30)) + timedelta(hours=1)
    assert morning - night == timedelta(hours=1)
    with database.writing() as session:
        for title, starts, ends in (("Vår", night, morning), ("Höst", twice, twice + timedelta(hours=1))):
            made = make_activity(session, cast.district, title, public=True, starts_at=starts, ends_at=ends)
        late = moment(date(2027, 6, 10), time(22))
        plain = draft(title="Fest; \\, ”natt”\r\n🎉 " + "å" * 60, starts_at=late, ends_at=late + timedelta(hours=1))
        party = activities.create(session, cast.district.id, plain, clock.now)
    first = {one["SUMMARY"][1]: one for one in ical_rules.events(visitor.client.get("/kalender.ics").data)}
    assert first["Vår"]["DTSTART"] == (";TZID=Europe/Stockholm", "20270328T013000")
    assert first["Vår"]["DTEND"] == (";TZID=Europe/Stockholm", "20270328T033000")
    assert first["Höst"]["DTSTART"] == ("", "20261025T013000Z"), "half past two comes twice: in UTC it does not"
    with database.writing() as session:
        over = draft(title="Fest", starts_at=late, ends_at=late + timedelta(hours=4))
        activities.edit(session, party, over, clock.forward(minutes=1))
        activities.cancel(session, made.id, clock.now)
    answer = visitor.client.get("/kalender.ics", headers={"Accept-Encoding": "identity"})
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    then = {one["UID"]: one for one in ical_rules.events(answer.data)}
    assert set(then) == {one["UID"] for one in first.values()}, "nobody changes identity"
    (moved,) = (one for one in then.values() if one["SUMMARY"][1] == "Fest")
    assert moved["DTEND"] == (";TZID=Europe/Stockholm", "20270611T020000")
    assert moved["SEQUENCE"][1] == "1"
    assert then[first["Höst"]["UID"]]["STATUS"][1] == "CANCELLED"


def test_the_calendar_can_be_read_as_list_month_and_frame(visitor, cast, database):
    with database.writing() as session:
        make_activity(
            session, cast.harnosand, "Öppet fika", public=True, starts_at=moment(date(2026, 12, 1), time(0, 30))
        )
        make_activity(session, cast.harnosand, "Styrelsen", public=False)
        make_activity(session, cast.timra, "Deras", public=True)
    page = visitor.get(f"/kalender?forening={cast.harnosand.slug}")
    assert ("Öppet fika" in page.words, "Styrelsen" in page.words, "Deras" in page.words) == (True, False, False)
    assert "December 2026" in page.words
    month = visitor.get("/kalender?manad=2026-12")
    assert ("Öppet fika" in month.words, "Deras" in month.words) == (True, True)
    for bad in ("manad=2026-13", "manad=x", "manad=0001-01", "manad=9999-12"):
        assert visitor.get(f"/kalender?{bad}").status == 200
    frame = visitor.get("/kalender?embed=1").response.headers
    assert "frame-ancestors *" in frame["Content-Security-Policy"]
    assert "X-Frame-Options" not in frame
    other = visitor.get("/kalender").response.headers
    assert "frame-ancestors 'none'" in other["Content-Security-Policy"]
    assert other["X-Frame-Options"] == "DENY"


def test_an_empty_installation_has_an_empty_calendar(visitor):
    assert "Inga aktiviteter just nu" in visitor.get("/kalender").words
    assert visitor.get("/kalender.ics").status == 404
