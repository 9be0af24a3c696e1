"""What an SMS says and how many parts it costs."""

import math
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns import sms_text
from organizer.words import Refused

GSM = st.text(st.sampled_from(sorted(sms_text.BASIC | sms_text.EXTENDED)), max_size=500)
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1), ("å" * 160, 1), ("å" * 161, 2), ("é" * 306, 2), ("ä" * 307, 3),
        ("€" * 80, 1), ("€" * 81, 2), ("a" * 152 + "€" * 5, 2), ("a" * 152 + "€" + "a" * 152, 3),
        ("ž" * 70, 1), ("ž" * 71, 2), ("😀" * 35, 1), ("😀" * 36, 2), ("ž" * 66 + "😀" + "ž" * 66, 3),
        (unicodedata.normalize("NFD", "å" * 160), 1), ("Hej – du", 1), ("–" * 71, 2),
    ],
)  # fmt: skip
def test_parts_are_counted_as_the_operators_count(text, parts):
    assert sms_text.parts(text) == parts


@given(GSM)
@settings(max_examples=60, deadline=None)
def test_cheap_letters_take_160_places_or_153_each_and_a_pair_is_never_split(text):
    places = sum(2 if one in sms_text.EXTENDED else 1 for one in text)
    counted = sms_text.parts(text)
    assert counted == 1 if places <= 160 else math.ceil(places / 153) <= counted <= math.ceil(places / 152)


@given(ANY, ANY)
@settings(max_examples=60, deadline=None)
def test_more_text_never_costs_less(first, second):
    together = unicodedata.normalize("NFC", first + " " + second)
    assert sms_text.parts(together) >= max(
        sms_text.parts(part) for part in (first, second) if sms_text.gsm(part) or not sms_text.gsm(together)
    )


@given(ANY)
@settings(max_examples=60, deadline=None)
def test_a_text_without_fields_is_sent_as_it_was_written(text):
    plain = text.replace("{", "").replace("\0", "")
    assert sms_text.filled(plain, {"förnamn": "Anders"}) == plain


@given(ANY)
@settings(max_examples=60, deadline=None)
def test_what_a_name_holds_is_never_read_as_a_field(name):
    name = name.replace("\0", "")
    assert sms_text.filled("Hej {förnamn}.", {"förnamn": name or "x", "tid": "18"}) == f"Hej {name or 'x'}."


@pytest.mark.parametrize(
    ("template", "values", "text"),
    [
        ("Hej {förnamn}!", {"förnamn": "Åsa"}, "Hej Åsa!"),
        ("Hej {förnamn}!", {"förnamn": ""}, "Hej!"),
        ("Hej {förnamn|du}!", {"förnamn": None}, "Hej du!"),
        ("Hej {förnamn}, kom {datum} till {plats}.", {"förnamn": "", "datum": "", "plats": "Folkets hus"},
         "Hej, kom till Folkets hus."),
        ("{okänt} står kvar", {"förnamn": "Åsa"}, "{okänt} står kvar"),
        ("Kom gärna ...", {}, "Kom gärna ..."),
    ],
)  # fmt: skip
def test_fields_are_filled_and_what_is_missing_leaves_no_hole(template, values, text):
    assert sms_text.filled(template, values) == text


def test_a_misspelled_field_is_refused_with_the_one_that_was_meant():
    with pytest.raises(Refused, match=r"Menade du \{förnamn\}"):
        sms_text.check("Hej {fornamn}!")
    with pytest.raises(Refused, match="finns inte"):
        sms_text.check("Hej {personnummer}!")
    sms_text.check("Hej {förnamn|du}, {tid}!")


def test_receivers_without_a_value_are_known_beforehand():
    template, values = "Hej {förnamn}, {plats|hos oss} {tid}", {"förnamn": "", "plats": "", "tid": "18"}
    assert sms_text.missing(template, values) == ["förnamn"]


def test_dear_punctuation_becomes_cheap():
    dear = "”Träff” – kl\u00a018…"
    assert sms_text.cheapened(dear) == '"Träff" - kl 18...'
    assert sms_text.gsm(sms_text.cheapened(dear))
