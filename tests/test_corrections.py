"""What is corrected by hand is written down field by field, and the last correction is what stands."""

from datetime import timedelta

from organizer import corrections
from tests.factories import NOW, make_person


def test_the_last_correction_of_each_field_stands_and_all_are_told_newest_first(session, cast):
    person = make_person(session, cast.harnosand, "Åsa Öberg")
    for old, new in (("a@x.se", "b@x.se"), ("b@x.se", "c@x.se"), ("c@x.se", "c@x.se")):
        corrections.record(session, person.id, "email", old, new, " Ringde  in ", cast.organizer.id, NOW)
    told = corrections.of_person(session, person.id)
    assert [(one.old, one.new, one.reason, one.by) for one in told] == [
        ("b@x.se", "c@x.se", "Ringde in", "Disa Distrikt"), ("a@x.se", "b@x.se", "Ringde in", "Disa Distrikt"),
    ]  # fmt: skip
    held = corrections.of_people(session, [person.id])[person.id]
    assert held.holds("email", "c@x.se")
    assert held.corrected_from("email") == "b@x.se"
    assert not held.holds("email", "b@x.se")
    assert not held.holds("last_name", "Öberg")


def test_numbers_added_and_removed_by_hand_are_remembered_as_they_are_now(session, cast):
    person = make_person(session, cast.harnosand)
    one, two = "+46701740605", "+46701740606"
    for old, new in ((None, one), (two, None), (one, None), (None, two)):
        corrections.record(session, person.id, "phone", old, new, "", None, NOW + timedelta(hours=1))
    held = corrections.of_people(session, [person.id])[person.id]
    assert (held.added, held.removed) == ({two}, {one})
