"""What the owner decides about SMS holds from that day for everybody, and nothing impossible is kept."""

import dataclasses

import pytest

from campaigns import sms_settings
from campaigns.sms_settings import SmsSettings
from organizer.times import local_day
from organizer.words import Refused
from tests.factories import NOW

TODAY = local_day(NOW)


def test_settings_hold_from_the_day_they_are_made_and_leave_the_rest_as_it_was(session, cast):
    assert sms_settings.current(session, TODAY) == SmsSettings()
    wanted = SmsSettings(price=52, names=("V Norrland",), weekday=("08:30", "19:00"))
    for one in (SmsSettings(price=1), wanted):
        sms_settings.change(session, one, cast.owner.id, NOW)
    assert sms_settings.current(session, TODAY) == wanted
    assert sms_settings.current(session, TODAY.replace(day=1)) == SmsSettings()


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("price", {"price": -1}), ("approval_above", {"approval_above": 0}), ("parts_per_second", {"parts_per_second": 0}),
        ("names", {"names": ("Åsa",)}), ("names", {"names": ("0701740605",)}), ("names", {"names": ("Distriktet Norr",)}),
        ("weekday_from", {"weekday": ("06:00", "20:00")}), ("weekend_to", {"weekend": ("18:00", "10:00")}),
        ("weekend_from", {"weekend": ("tio", "18:00")}),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_at_its_field(session, cast, field, values):
    with pytest.raises(Refused) as no:
        sms_settings.change(session, dataclasses.replace(SmsSettings(), **values), cast.owner.id, NOW)
    assert no.value.field == field
