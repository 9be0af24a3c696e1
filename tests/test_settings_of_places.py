"""A setting holds for a place and everything below it from a day on; the nearest place above wins."""

from datetime import timedelta

import pytest

from campaigns import definitions
from campaigns.models import Campaign, Template
from organizer import settings
from organizer.times import local_day
from organizer.words import Refused

HOURS = {"weekday": ["10:00", "19:00"], "weekend": ["12:00", "16:00"]}


def held(session, place, clock, key=settings.HOURS, days=0):
    return settings.get(session, place.id, key, local_day(clock.now) + timedelta(days=days))


def test_the_default_holds_until_someone_chooses(session, cast, clock):
    assert held(session, cast.harnosand, clock)["weekday"] == ["09:00", "20:30"]


def test_a_choice_holds_below_and_the_nearest_wins(session, cast, clock):
    settings.set_at(session, cast.national, settings.HOURS, HOURS, cast.owner.id, clock.now)
    assert held(session, cast.harnosand, clock) == HOURS
    own = {**HOURS, "weekday": ["17:00", "20:00"]}
    settings.set_at(session, cast.harnosand, settings.HOURS, own, cast.organizer.id, clock.now)
    assert held(session, cast.harnosand, clock) == own
    assert held(session, cast.timra, clock) == HOURS


def test_a_choice_does_not_change_the_days_before_it(session, cast, clock):
    settings.set_at(session, cast.district, settings.NEW_MEMBER, {"days": 30}, cast.organizer.id, clock.now)
    clock.forward(days=2)
    settings.set_at(session, cast.district, settings.NEW_MEMBER, {"days": 60}, cast.organizer.id, clock.now)
    days = [held(session, cast.timra, clock, settings.NEW_MEMBER, back)["days"] for back in (0, -1, -3)]
    assert days == [60, 30, 90]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (settings.HOURS, {**HOURS, "weekday": ["20:00", "10:00"]}),
        (settings.HOURS, {**HOURS, "weekday": ["06:00", "10:00"]}),
        (settings.HOURS, {**HOURS, "weekend": ["tolv", "16:00"]}),
        (settings.NEW_MEMBER, {"days": 0}),
        (settings.NEW_MEMBER, {"days": 10**9}),
        (settings.SMALL_GROUP, {"k": 4}),
        (settings.REST, {"attempt_hours": 0, "conversation_days": 14}),
        (settings.REST, {"attempt_hours": 20}),
    ],
)
def test_what_makes_no_sense_is_refused(session, cast, clock, key, value):
    with pytest.raises(Refused):
        settings.set_at(session, cast.national, key, value, cast.owner.id, clock.now)


def test_small_groups_are_decided_at_the_root_alone(session, cast, clock):
    with pytest.raises(Refused):
        settings.set_at(session, cast.district, settings.SMALL_GROUP, {"k": 8}, cast.organizer.id, clock.now)


def test_a_new_campaign_takes_its_hours_and_who_is_new_from_its_place(session, cast, clock):
    settings.set_at(session, cast.district, settings.HOURS, HOURS, cast.organizer.id, clock.now)
    settings.set_at(session, cast.district, settings.NEW_MEMBER, {"days": 60}, cast.organizer.id, clock.now)
    made = definitions.from_template(session, Template.NEW_MEMBERS, cast.timra.id, cast.organizer.id, clock.now)
    campaign = session.get_one(Campaign, made)
    assert campaign.hours == HOURS
    assert {"kind": "joined_within", "days": 60} in campaign.target["all"]
