"""Shifts for staff: made, changed and filled with callers, who each get a link of their own."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaigns import contents, script
from campaigns.models import Campaign, Message, Shift, ShiftCaller
from organizer.models import Account, Role
from tests.conftest import scalar
from tests.factories import make_activity, make_campaign, make_shift


@pytest.fixture
def campaign(database, cast) -> Campaign:
    with database.writing() as session:
        return make_campaign(session, cast.district)


@pytest.fixture
def shift(database, cast, campaign) -> Shift:
    with database.writing() as session:
        return make_shift(session, campaign, cast.caller, leader=cast.shift_leader)


def save(visitor, page, **values: str):
    """Save the shift's own form with nobody ticked."""
    form = next(form for form in page.forms if any("Spara passet" in button[2] for button in form.buttons))
    return visitor.post(form.action, {**{name: value for name, value in form.fields if name != "caller"}, **values})


def count(database, table: type) -> object:
    return scalar(database, sa.select(sa.func.count()).select_from(table))


def test_a_shift_is_added_with_its_callers(database, cast, campaign, visitor):
    organizer = visitor.log_in_as(cast.organizer)
    page = organizer.get(f"/kampanjer/{campaign.id}/ringpass/nytt")
    page = organizer.submit(
        page, "/ringpass/nytt", place="Kansliet 🙂", caller=[str(cast.caller.id), str(cast.timra_caller.id)]
    )
    assert page.status == 200
    assert "Passet är sparat" in page.words
    assert "Birgitta Ringare" in page.words
    assert "2 av 6" in page.words
    assert scalar(database, sa.select(Shift.place)) == "Kansliet 🙂"


def test_mistakes_stand_at_their_field_and_nothing_is_half_saved(database, cast, campaign, visitor):
    organizer = visitor.log_in_as(cast.organizer)
    page = organizer.get(f"/kampanjer/{campaign.id}/ringpass/nytt")
    for wrong, sentence in [
        ({"shift_day": "31/12"}, "Skriv dagen som år-månad-dag"),
        ({"shift_from": "25:00"}, "Skriv tiden som timmar och minuter"),
        ({"shift_from": "21:00", "shift_to": "18:00"}, "Passet slutar innan det börjar"),
        ({"shift_day": "2020-01-01"}, "Passet ligger i det förflutna"),
        ({"place": "  "}, "Skriv var ni ringer"),
        ({"wanted": "många"}, "Skriv hur många som ska ringa"),
        ({"caller": [str(cast.nobody.id)]}, "Välj bland dem som finns i listan"),
        ({"leader": str(cast.chair.id)}, "Välj bland dem som finns i listan"),
    ]:
        answer = organizer.submit(page, "/ringpass/nytt", **{"place": "Kansliet", **wrong})
        assert answer.status == 422, wrong
        assert sentence in answer.words
        assert "place" in wrong or 'value="Kansliet"' in answer.html
    assert count(database, Shift) == 0


def test_the_leader_changes_the_own_shift_and_no_other(database, cast, shift, campaign, visitor):
    leader = visitor.log_in_as(cast.shift_leader)
    page = leader.get(f"/ringpass/{shift.id}")
    page = save(leader, page, place="Biblioteket")
    assert "Passet är sparat" in page.words
    assert count(database, ShiftCaller) == 0
    with database.writing() as session:
        other = make_shift(session, session.get(Campaign, campaign.id))
    assert leader.get(f"/ringpass/{other.id}").status == 404
    assert leader.post(f"/ringpass/{shift.id}/ny-ringare", {"name": "Ny", "phone": "0701740677"}).status == 404
    assert "Aktivera höst 2026" in leader.get("/kampanjer").words
    assert leader.get(f"/kampanjer/{campaign.id}").status == 404


def test_everyone_invited_gets_a_fresh_link_by_sms(database, cast, shift, visitor):
    organizer = visitor.log_in_as(cast.organizer)
    before = scalar(database, sa.select(ShiftCaller.link_hash))
    page = organizer.submit(organizer.get(f"/ringpass/{shift.id}"), "/sms")
    assert "1 ringare får sin länk med sms" in page.words
    body = scalar(database, sa.select(Message.body))
    assert body.startswith("Hej Birgitta! 19/11 kl. 17.30 ringer vi: Aktivera höst 2026.")
    assert scalar(database, sa.select(ShiftCaller.link_hash)) != before
    token = body.rsplit("/p/", 1)[1]
    assert type(visitor)(visitor.app).get(f"/p/{token}").status == 200


def test_no_link_is_sent_after_the_shift_or_before_the_start(database, cast, shift, visitor, clock):
    organizer = visitor.log_in_as(cast.organizer)
    page = organizer.get(f"/ringpass/{shift.id}")
    with database.writing() as session:
        session.execute(sa.update(Campaign).values(state="draft"))
    assert "Starta den först" in organizer.submit(page, "/sms").words
    clock.forward(hours=4)
    assert "Passet är slut" in organizer.submit(page, "/sms").words
    assert count(database, Message) == 0


def test_a_new_caller_is_added_by_name_and_number_and_invited(database, cast, shift, visitor):
    organizer = visitor.log_in_as(cast.organizer)
    page = organizer.get(f"/ringpass/{shift.id}")
    wrong = organizer.submit(page, "/ny-ringare", name="Nya Ringare", phone="12")
    assert wrong.status == 422
    assert 'value="Nya Ringare"' in wrong.html
    page = organizer.submit(page, "/ny-ringare", name="Nya Ringare", phone="070-174 06 77")
    assert "Nya Ringare är inbjuden till passet" in page.words
    new = scalar(database, sa.select(Account).where(Account.e164 == "+46701740677"))
    assert scalar(database, sa.select(Role.name).where(Role.account_id == new.id)) == "caller"
    organizer.submit(page, "/ny-ringare", name="Nya Ringare", phone="0701740677")
    assert scalar(database, sa.select(sa.func.count()).select_from(Account).where(Account.name == "Nya Ringare")) == 1


def test_an_invitation_is_taken_back_and_the_link_dies(database, cast, shift, visitor):
    organizer = visitor.log_in_as(cast.organizer)
    organizer.submit(organizer.get(f"/ringpass/{shift.id}"), "/ta-bort", button="Ta bort")
    assert count(database, ShiftCaller) == 0


def test_who_has_already_rung_stays_in_the_shift(database, cast, shift, visitor, clock):
    with database.writing() as session:
        session.execute(sa.update(ShiftCaller).values(joined_at=clock.now))
    organizer = visitor.log_in_as(cast.organizer)
    page = organizer.get(f"/ringpass/{shift.id}")
    assert "Har börjat" in page.words
    save(organizer, page)
    assert count(database, ShiftCaller) == 1


def test_the_paper_guide_names_nobody(cast, shift, visitor):
    page = visitor.log_in_as(cast.shift_leader).get(f"/ringpass/{shift.id}/utskrift")
    assert page.status == 200
    assert "<svg" in page.html
    assert "Passledare: Nils Öberg" in page.words
    assert "Birgitta" not in page.words


def test_the_paper_guide_says_what_the_callers_invite_to(cast, shift, campaign, visitor, database):
    with database.writing() as session:
        contents.invite_to(session, campaign.id, [make_activity(session, cast.district, "Medlemsdag").id])
    page = visitor.log_in_as(cast.shift_leader).get(f"/ringpass/{shift.id}/utskrift")
    assert "Bjud in till Medlemsdag." in page.words
    assert '<span class="mf">förnamn</span>' in page.html
    assert "Bjud in till Medlemsdag." in visitor.log_in_as(cast.caller).get(f"/ring/{shift.id}").words


def test_neither_the_guide_nor_the_caller_is_told_to_invite_to_what_is_over(
    cast, shift, campaign, visitor, database, clock
):
    with database.writing() as session:
        over = make_activity(session, cast.district, "Medlemsdag", starts_at=clock.now - timedelta(days=1))
        contents.invite_to(session, campaign.id, [over.id])
    for who, address in ((cast.shift_leader, f"/ringpass/{shift.id}/utskrift"), (cast.caller, f"/ring/{shift.id}")):
        page = visitor.log_in_as(who).get(address)
        assert "ringer från" in page.words
        assert "Bjud in till" not in page.words


def test_only_the_sentences_that_need_an_activity_are_left_out():
    text = "Hej {förnamn}! Vi ses på {aktivitet} kl. {tid}. Kommer du på {aktivitet|vårt möte}?"
    assert script.without_activity(text) == "Hej {förnamn}! Kommer du på {aktivitet|vårt möte}?"
