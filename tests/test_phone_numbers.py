"""Every spelling of a number becomes one number; what is not a number gets a sentence."""

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from organizer import phones
from organizer.words import Refused

ACCEPTED = [
    "070-174 06 05", "+46 70-174 06 05", "0046701740605", "00 46 70 174 06 05", "46701740605", "701740605",
    "+46 (0)70-174 06 05", "+460701740605", "070–174 06 05", "070\u00a0174\u00a006\u00a005", "０７０１７４０６０５",
    "tel:0701740605", "701740605.0", "46701740605.0", " 0701740605\n", "\u202a+46 70 174 06 05\u202c", "070.174.06.05",
    "070/174 06 05", "(070) 174 06 05", "'0701740605",
]  # fmt: skip
REFUSED = [
    ("", phones.EMPTY), ("\u200b", phones.EMPTY),
    ("4,67E+10", phones.SCIENTIFIC), ("4.67017E+10", phones.SCIENTIFIC), ("7,01741E+08", phones.SCIENTIFIC),
    ("070-1740605/08-46500400", phones.SEVERAL), ("0701740605, 0701740606", phones.SEVERAL),
    ("0701740605 eller 08-46500400", phones.SEVERAL), ("+46701740605 +46701740606", phones.SEVERAL),
    ("070-174 06 05 ext 5", phones.EXTENSION), ("08-465 004 00 ankn. 12", phones.EXTENSION),
    ("08-465 004 00 x12", phones.EXTENSION), ("0701740605#5", phones.EXTENSION),
    ("0701740605 (mobil)", phones.LETTERS), ("hemligt", phones.LETTERS), ("070-GRATTIS", phones.LETTERS),
    ("070174", phones.SHORT), ("112", phones.SHORT), ("+", phones.SHORT), ("0", phones.SHORT),
    ("0701740605123", phones.LONG), ("070174060512345678901234", phones.LONG),
    ("0741740605", phones.UNKNOWN), ("0711740605", phones.UNKNOWN), ("+999 123 456 78", phones.UNKNOWN),
]  # fmt: skip
KINDS = [
    ("0701740605", "mobile", True), ("0791740605", "mobile", True), ("08-465 004 00", "landline", False),
    ("0980-319 200", "landline", False), ("0900-1234567", "other", False), ("020-123456", "other", False),
    ("077-1234567", "other", False), ("010-1234567", "other", False), ("0751234567", "other", False),
    ("+47 22 11 11 11", "landline", False), ("+47 406 12 345", "mobile", False),
]  # fmt: skip


@pytest.mark.parametrize("written", ACCEPTED)
def test_an_accepted_spelling_becomes_the_one_number(written):
    assert phones.normalise(written) == "+46701740605"


@pytest.mark.parametrize(("written", "sentence"), REFUSED)
def test_what_is_not_one_number_is_refused_in_words(written, sentence):
    with pytest.raises(Refused) as refusal:
        phones.normalise(written)
    assert refusal.value.sentence == sentence


@pytest.mark.parametrize(("written", "kind", "sendable"), KINDS)
def test_only_mobiles_get_sms_and_only_mobiles_and_landlines_are_rung(written, kind, sendable):
    number = phones.normalise(written)
    assert (phones.classify(number), phones.sendable(number)) == (kind, sendable)


def test_a_foreign_mobile_gets_sms_only_where_the_district_has_said_so():
    assert phones.sendable("+4740612345", abroad=True)
    assert not phones.sendable("+4722111111", abroad=True)


def test_numbers_are_shown_as_people_write_them():
    assert phones.display("+46701740605") == "070-174 06 05"
    assert phones.display("+46846500400") == "08-465 004 00"
    assert phones.display("+4722111111") == "+47 22 11 11 11"
    assert phones.display("not a number") == "not a number"


def test_the_fictional_ranges_have_495_numbers_and_end_where_they_end():
    count = sum(int(last) - int(first) + 1 for first, last in phones.FICTION)
    assert count == 495
    assert phones.fictional("+46701740605")
    assert phones.fictional("+46980319299")
    assert not phones.fictional("+46701740604")
    assert not phones.fictional("+46701740700")
    assert not phones.fictional("+467017406050")


@given(
    st.sampled_from(["70", "72", "73", "76", "79"]), st.integers(0, 9_999_999), st.sampled_from(["0", "+46", "46", ""])
)
@settings(max_examples=300, deadline=None)
def test_the_quick_way_for_plain_mobiles_agrees_with_the_library(prefix, rest, lead):
    number = phonenumbers.parse(f"0{prefix}{rest:07d}", "SE")
    assert phonenumbers.is_valid_number(number)
    e164 = phones.normalise(f"{lead}{prefix}{rest:07d}")
    assert e164 == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    assert phones.display(e164) == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    assert phones.classify(e164) == "mobile"
    assert phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE


@given(st.text(max_size=40) | st.text("0123456789+-/() .eExX#,\u00a0", max_size=24))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_number_that_stays_itself_or_a_refusal(text):
    try:
        number = phones.normalise(text)
    except Refused:
        return
    assert phones.normalise(number) == number
    assert phones.normalise(phones.display(number)) == number
    assert phones.classify(number) in {"mobile", "landline", "other"}
