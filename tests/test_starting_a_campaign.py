"""From the list to a running campaign in five clicks, with everything that can go wrong on the way said in words."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaigns.models import Campaign, CampaignActivity, Message, QueueRow, Shift, ShiftCaller
from organizer import survey_drafts, surveys
from organizer.models import Activity, Association, Refusal
from tests.conftest import scalar
from tests.factories import NOW, make_activity, make_person


@pytest.fixture
def members(database, cast):
    """Four to ring, one without a number, one who has said no, one protected."""
    with database.writing() as session:
        for _ in range(4):
            make_person(session, cast.harnosand)
        make_person(session, cast.timra, number=None)
        no = make_person(session, cast.timra)
        session.add(Refusal(person_id=no.id, channel="call", recorded_at=NOW, how="staff"))
        make_person(session, cast.timra, protected=True)
        make_activity(session, cast.district)


@pytest.fixture
def organizer(visitor, cast, members):
    return visitor.log_in_as(cast.organizer)


def begin(organizer, template: str = "activate"):
    return organizer.submit(organizer.get("/kampanjer/ny"), "/kampanjer/ny", button=template)


def the_campaign(database) -> Campaign:
    return scalar(database, sa.select(Campaign))


def test_five_clicks_from_the_list_to_a_running_campaign(organizer, database, cast):
    assert "/kampanjer/ny" in organizer.get("/kampanjer").html  # 1
    page = begin(organizer)  # 2
    assert "Vilka och vad" in page.words
    assert "Medlemmar som inte deltagit på 365 dagar" in page.words
    page = organizer.submit(page, "/vilka", button="Fortsätt")  # 3
    assert "Första ringpasset" in page.words
    page = organizer.submit(page, "/nar", button="Fortsätt", caller=[str(cast.caller.id)])  # 4
    assert "4 att ringa" in page.words
    assert "2 kan inte ringas" in page.words
    assert "Saknar telefonnummer" in page.words
    assert "Har bett att slippa samtal" in page.words
    page = organizer.submit(page, "/starta", button="Starta")  # 5
    assert page.status == 200
    assert "Kampanjen är startad" in page.words
    assert "0 av 6 nådda" in page.words
    campaign = the_campaign(database)
    assert campaign.state == "running"
    assert campaign.started_at == NOW
    assert scalar(database, sa.select(sa.func.count()).select_from(QueueRow).where(QueueRow.state == "ready")) == 4
    assert scalar(database, sa.select(ShiftCaller.account_id)) == cast.caller.id
    assert scalar(database, sa.select(Message.kind)) == "shift_link"
    assert "/p/" in scalar(database, sa.select(Message.body))


def test_it_invites_to_what_comes_after_the_first_evening_of_calls(organizer, database, cast):
    with database.writing() as session:
        for days, title in ((1, "Redan i morgon"), (9, "Nästa vecka")):
            make_activity(session, cast.district, title, starts_at=NOW + timedelta(days=days))
    begin(organizer)
    assert scalar(database, sa.select(Activity.title).join(CampaignActivity)) == "Nästa vecka"


@pytest.mark.parametrize("template", ["new_members", "activate", "renew", "mobilise", "how_are_you"])
def test_every_template_can_be_started_as_it_stands(organizer, database, template):
    page = begin(organizer, template)
    page = organizer.submit(page, "/vilka", button="Fortsätt")
    page = organizer.submit(page, "/nar", button="Fortsätt")
    page = organizer.submit(page, "/starta", button="Starta")
    assert page.status == 200, page.words
    assert the_campaign(database).state == "running"


def test_a_survey_to_link_to_is_chosen_with_the_outcomes_it_follows(organizer, database, cast):
    asked = survey_drafts.Draft("Vad tycker du?", (surveys.Asked("Vad är viktigast?", "text", ()),))
    with database.writing() as session:
        survey_id = str(survey_drafts.write(session, cast.district.id, asked, NOW))
    page = organizer.submit(begin(organizer), "/vilka", button="Fortsätt")
    page = organizer.submit(page, "/nar", button="Fortsätt", link_survey=survey_id, survey_after=[])
    assert (page.status, "Välj efter vilka samtal" in page.words) == (422, True)
    page = organizer.submit(page, "/nar", button="Fortsätt", link_survey=survey_id, survey_after=["no_answer"])
    assert "länk till ”Vad tycker du?”" in page.words
    campaign = the_campaign(database)
    assert (str(campaign.link_survey_id), campaign.follow_ups["survey_after"]) == (survey_id, ["no_answer"])


def test_a_second_click_on_start_does_nothing_more(organizer, database):
    page = organizer.submit(begin(organizer), "/vilka", button="Fortsätt")
    page = organizer.submit(page, "/nar", button="Fortsätt")
    organizer.submit(page, "/starta", button="Starta")
    rows = scalar(database, sa.select(sa.func.count()).select_from(QueueRow))
    again = organizer.submit(page, "/starta", button="Starta")
    assert again.status == 200
    assert scalar(database, sa.select(sa.func.count()).select_from(QueueRow)) == rows == 6


def test_nobody_to_ring_stops_the_start_and_says_why(organizer, database, cast):
    page = organizer.submit(begin(organizer, "how_are_you"), "/vilka", button="Förening")
    page = organizer.submit(page, "/vilka", button="Fortsätt", **{"ids-1": [str(cast.timra.id)]})
    page = organizer.submit(page, "/nar", button="Fortsätt")
    assert "0 att ringa" in page.words
    assert "2 kan inte ringas" in page.words
    page = organizer.submit(page, "/starta", button="Starta")
    assert page.status == 422
    assert "Det finns ingen att ringa i urvalet" in page.words
    assert the_campaign(database).state == "draft"
    assert scalar(database, sa.select(sa.func.count()).select_from(QueueRow)) == 0


IN_THE_FIRST_STEP = [
    ({"title": "  "}, "Skriv vad kampanjen ska heta"),
    ({"title": "🙂" * 121}, "Namnet är för långt"),
    ({"opening": "Hej {fornamn}!"}, "Fältet {fornamn} finns inte. Menade du {förnamn}?"),
    ({"steps": "Bjud in till {aktivitet"}, "en klammer som inte hör till något fält"),
    ({"opening": ""}, "Skriv vad ringaren säger först"),
    ({"goal": "många"}, "Skriv målet som ett helt tal"),
    ({"asks_money": "on"}, "kontrollera listan mot NIX"),
    ({"activity": ["1", "2", "3", "99"]}, "Välj högst tre aktiviteter"),
    ({"activity": ["99"]}, "En aktivitet finns inte längre"),
    ({"question-0": "", "options-0": "Ja\nNej"}, "Skriv frågan som den ska sägas"),
    ({"question-0": "Vad?", "kind-of-0": "one", "options-0": "Bara ett"}, "Skriv minst två svar"),
    ({"days-0": "0"}, "Skriv antalet dagar"),
    ({"kind-0": "everyone"}, "av ett slag som inte finns"),
    ({"ids-0": ["x"], "kind-0": "association"}, "Välj minst en förening"),
]
IN_THE_SECOND_STEP = [
    ({"ends_on": "2026-11-01"}, "Kampanjen slutar innan den börjar"),
    ({"starts_on": "igår"}, "Skriv dagen som år-månad-dag"),
    ({"ends_on": "2026-02-30"}, "Skriv dagen som år-månad-dag"),
    ({"max_attempts": "0"}, "Skriv antalet försök: 1 till 20"),
    ({"weekday_from": "21:00", "weekday_to": "09:00"}, "Ringtiden slutar innan den börjar"),
    ({"weekend_from": "klockan nio"}, "Skriv tiden som timmar och minuter"),
    ({"pause_busy": "-5"}, "Skriv hur länge"),
    ({"shift_day": "2026-99-01"}, "Skriv dagen som år-månad-dag"),
    ({"shift_from": "20:00", "shift_to": "17:30"}, "Passet slutar innan det börjar"),
    ({"shift_day": "2026-11-01"}, "Passet ligger i det förflutna"),
    ({"place": ""}, "Skriv var ni ringer"),
    ({"wanted": "0"}, "Skriv hur många som ska ringa"),
    ({"caller": ["99999"]}, "Välj bland dem som finns i listan"),
    ({"leader": "99999"}, "Välj bland dem som finns i listan"),
]


def test_mistakes_in_the_first_step_stand_at_their_field(organizer, database):
    first = begin(organizer)
    for wrong, sentence in IN_THE_FIRST_STEP:
        fields = {"opening": "Hej! 🙂 Det är jag.", **wrong}
        page = organizer.submit(first, "/vilka", button="Fortsätt", **fields)
        assert page.status == 422, wrong
        assert sentence in page.words
        assert 'role="alert"' in page.html
        assert "opening" in wrong or "Hej! 🙂 Det är jag." in page.html
    assert the_campaign(database).opening.startswith("Hej {förnamn}")


def test_mistakes_in_the_second_step_stand_at_their_field_and_nothing_is_half_saved(organizer, database):
    second = organizer.submit(begin(organizer), "/vilka", button="Fortsätt")
    for wrong, sentence in IN_THE_SECOND_STEP:
        page = organizer.submit(second, "/nar", button="Fortsätt", **{"pause_no_answer": "7", **wrong})
        assert page.status == 422, wrong
        assert sentence in page.words
        assert 'value="7"' in page.html
        assert the_campaign(database).pauses["no_answer"] == 1200
        assert scalar(database, sa.select(Shift)) is None


def test_conditions_are_added_without_losing_what_was_typed(organizer):
    page = organizer.submit(begin(organizer), "/vilka", button="Förening", title="Mitt namn 🙂", goal="abc")
    assert 'value="Mitt namn 🙂"' in page.html
    assert 'value="abc"' in page.html
    assert "Härnösand" in page.words


def test_steps_can_be_left_and_come_back_to(organizer, database):
    page = begin(organizer, "renew")
    page = organizer.submit(page, "/vilka", button="Fortsätt", title="Förnya nu", goal="80")
    campaign = the_campaign(database)
    assert (campaign.title, campaign.goal) == ("Förnya nu", 80)
    assert "Förnya nu" in organizer.get("/kampanjer").words
    draft = organizer.get(f"/kampanjer/{campaign.id}")
    assert "Kampanjen är inte startad än" in draft.words
    assert 'value="Förnya nu"' in organizer.get(f"/kampanjer/{campaign.id}/vilka").html


def test_the_shift_of_a_draft_is_changed_not_doubled(organizer, database):
    page = organizer.submit(begin(organizer), "/vilka", button="Fortsätt")
    organizer.submit(page, "/nar", button="Fortsätt", place="Folkets hus")
    page = organizer.get(f"/kampanjer/{the_campaign(database).id}/nar")
    assert 'value="Folkets hus"' in page.html
    organizer.submit(page, "/nar", button="Fortsätt", place="Kansliet")
    assert scalar(database, sa.select(sa.func.count()).select_from(Shift)) == 1
    page = organizer.get(f"/kampanjer/{the_campaign(database).id}/nar")
    organizer.submit(page, "/nar", button="Fortsätt", no_shift="on")
    assert scalar(database, sa.select(Shift)) is None


def test_somebody_elses_change_is_noticed_and_what_was_typed_is_kept(organizer, database):
    page = begin(organizer)
    organizer.submit(page, "/vilka", button="Fortsätt", title="Den andras")
    page = organizer.submit(page, "/vilka", button="Fortsätt", title="Min")
    assert page.status == 422
    assert "Någon annan har ändrat kampanjen" in page.words
    assert 'value="Min"' in page.html
    assert the_campaign(database).title == "Den andras"
    organizer.submit(page, "/vilka", button="Fortsätt", title="Min")
    assert the_campaign(database).title == "Min"


def test_a_started_campaign_has_no_steps_any_more(organizer, database):
    page = organizer.submit(begin(organizer), "/vilka", button="Fortsätt")
    page = organizer.submit(page, "/nar", button="Fortsätt")
    organizer.submit(page, "/starta", button="Starta")
    page = organizer.get(f"/kampanjer/{the_campaign(database).id}/vilka")
    assert page.status == 409
    assert "redan startad" in page.words


def test_an_unknown_template_or_foreign_place_is_refused(organizer, cast):
    assert organizer.post("/kampanjer/ny", {"template": "sales"}).status == 409
    assert organizer.post("/kampanjer/ny", {"template": "renew", "place": str(cast.national.id)}).status == 404


def test_an_organiser_of_another_district_finds_nothing(organizer, database, app, cast):
    begin(organizer)
    campaign_id = the_campaign(database).id
    with database.writing() as session:
        from organizer.models import RoleName
        from tests.factories import make_account, make_association

        other = make_association(session, "Jämtland", session.get(Association, cast.national.id), kind="district")
        stranger = make_account(session, "Jan Jämt", (RoleName.ORGANIZER, other))
    visitor = type(organizer)(app).log_in_as(stranger)
    for part in (
        "",
        "/vilka",
        "/nar",
        "/granska",
        "/installningar",
        "/laget",
        "/svar",
        "/pausa",
        "/ringpass/nytt",
        "/atgarder",
    ):
        assert visitor.get(f"/kampanjer/{campaign_id}{part}").status == 404, part
    for part in ("/vilka", "/nar", "/starta", "/pausa", "/kasta", "/kopiera", "/installningar"):
        assert visitor.post(f"/kampanjer/{campaign_id}{part}", {}).status == 404, part
    assert "Aktivera" not in visitor.get("/kampanjer").words


def test_a_campaign_that_ended_before_it_began_is_not_started(organizer, database, clock):
    page = organizer.submit(begin(organizer), "/vilka", button="Fortsätt")
    organizer.submit(page, "/nar", button="Fortsätt", no_shift="on")
    with database.writing() as session:
        session.execute(
            sa.update(Campaign).values(starts_on=NOW.date() - timedelta(40), ends_on=NOW.date() - timedelta(9))
        )
    page = organizer.get(f"/kampanjer/{the_campaign(database).id}/granska")
    assert "Slutdatumet har redan varit" in page.words
    assert organizer.submit(page, "/starta", button="Starta").status == 422
