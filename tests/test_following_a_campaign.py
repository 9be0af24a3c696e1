"""The campaign page: every number with its denominator, a chair's own part only, and no query in a loop."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaigns import call_queue, outcomes, progress
from campaigns.models import Campaign
from organizer import surveys
from organizer.models import Look
from tests.conftest import scalar
from tests.factories import NOW, make_account, make_association, make_campaign, make_person, make_shift


@pytest.fixture
def campaign(database, cast) -> Campaign:
    """Six in Härnösand, three in Timrå, one without a number; a shift; a question."""
    with database.writing() as session:
        for _ in range(6):
            make_person(session, cast.harnosand)
        for _ in range(3):
            make_person(session, cast.timra)
        make_person(session, cast.harnosand, number=None)
        survey_id = surveys.create(
            session,
            cast.district.id,
            "Frågor",
            [surveys.Asked("Vill du vara med?", "one", ("Ja", "Nej", "Kanske"))],
            NOW,
        )
        campaign = make_campaign(session, cast.district, goal=80, survey_id=survey_id)
        make_shift(session, campaign, cast.caller, leader=cast.shift_leader)
        call_queue.fill(session, campaign, NOW)
    return campaign


def ring(database, cast, clock, campaign, outcome: str, answer: int | None = None, place=None) -> int:
    """One call through the product's own functions; whom it was about."""
    from campaigns.models import Call

    now = clock.forward(minutes=5)
    with database.writing() as session:
        call_id = call_queue.claim_next(
            session, cast.caller.id, campaign.id, now, association_id=place.id if place else None
        )
        assert call_id, "nobody to ring"
        answers = {}
        if answer is not None:
            question = surveys.questions(session, campaign.survey_id)[0]
            answers = {question.id: ([answer], "")}
        report = outcomes.Report(
            outcome=outcome, client_ref=f"ref-{call_id}", happened_at=now, detail={}, note="", answers=answers,
            sign_ups=set(), invited=set(), withdrawn=set(), follow_up=False,
        )  # fmt: skip
        outcomes.report(session, call_id, cast.caller.id, report, now)
        return session.get(Call, call_id).person_id


def test_the_bar_parts_everyone_and_the_numbers_carry_denominators(database, cast, clock, campaign, visitor):
    for outcome in ("reached", "no_answer", "no_answer", "wrong_number", "opt_out_calls"):
        ring(database, cast, clock, campaign, outcome)
    clock.forward(minutes=11)
    with database.reading() as session:
        bar = progress.bar(session, campaign, clock.now)
    assert (bar.people, bar.reached, bar.sought, bar.waiting, bar.untouched) == (10, 2, 2, 1, 5)
    page = visitor.log_in_as(cast.organizer).get(f"/kampanjer/{campaign.id}")
    for words in (
        "2 av 10 nådda",
        "av mål 80",
        "1 av 5 sökta",
        "0 rättade",
        "1 kan inte ringas",
        "Saknar telefonnummer",
    ):
        assert words in page.words, words
    assert "5 av 10" in page.words.split("Alla")[-1]


def test_the_pace_says_when_or_how_many_shifts_are_missing(database, cast, clock, campaign):
    def pace(session) -> progress.Pace | None:
        return progress.pace(session, campaign, progress.of(session, campaign, clock.now), clock.now)

    with database.reading() as session:
        assert pace(session) is None
    for _ in range(3):
        ring(database, cast, clock, campaign, "no_answer")
    with database.writing() as session:
        found = pace(session)
        assert (found.left, found.missing) == (6, 1)
        make_shift(session, campaign, starts_at=NOW + timedelta(days=2), ends_at=NOW + timedelta(days=2, hours=2))
        found = pace(session)
    assert (found.day, found.missing) == ((NOW + timedelta(days=2)).date(), 0)


def test_a_chair_sees_the_own_part_and_nothing_of_the_others(database, cast, clock, campaign, visitor):
    ring(database, cast, clock, campaign, "wrong_number", place=cast.timra)
    ring(database, cast, clock, campaign, "reached", place=cast.harnosand)
    clock.forward(minutes=11)
    chair = visitor.log_in_as(cast.chair)
    for address in (f"/kampanjer/{campaign.id}", f"/kampanjer/{campaign.id}/laget"):
        page = chair.get(address)
        assert page.status == 200
        assert "Timrå" not in page.words
        assert "1 av 7" in page.words
        assert "av 10" not in page.words
        assert "Behöver dig" not in page.words.replace("Står under Behöver dig", "")
    assert "Aktivera höst 2026" in chair.get("/kampanjer").words
    assert chair.get(f"/kampanjer/{campaign.id}/installningar").status == 404
    assert chair.post(f"/kampanjer/{campaign.id}/pausa", {}).status == 404


def test_too_small_a_group_is_not_shown(database, cast, campaign, visitor):
    page = visitor.log_in_as(cast.timra_chair).get(f"/kampanjer/{campaign.id}")
    assert "Färre än 5: visas inte" in page.html
    assert "Färre än 5 av era medlemmar är med i kampanjen" in page.words
    assert "0 av 3 nådda" not in page.words


def test_answers_are_added_up_and_small_numbers_hidden(database, cast, clock, campaign, visitor):
    organizer = visitor.log_in_as(cast.organizer)
    for answer in (0, 0, 0):
        ring(database, cast, clock, campaign, "reached", answer)
    assert "Visas när minst 5 har svarat (nu 3)" in organizer.get(f"/kampanjer/{campaign.id}/svar").words
    for answer in (0, 0, 1):
        ring(database, cast, clock, campaign, "reached", answer)
    page = organizer.get(f"/kampanjer/{campaign.id}/svar")
    assert "6 har svarat" in page.words
    assert "5 av 6" in page.words
    assert page.words.count("visas inte") >= 2 + 1
    assert "1 av 6" not in page.words


def test_looking_at_the_names_is_logged_and_the_live_part_has_none(database, cast, clock, campaign, visitor):
    person_id = ring(database, cast, clock, campaign, "wrong_number")
    clock.forward(minutes=11)
    organizer = visitor.log_in_as(cast.organizer)
    page = organizer.get(f"/kampanjer/{campaign.id}")
    assert "Fel nummer" in page.words
    looks = scalar(database, sa.select(sa.func.count()).select_from(Look).where(Look.person_id == person_id))
    assert looks == 1
    organizer.get(f"/kampanjer/{campaign.id}/laget")
    assert scalar(database, sa.select(sa.func.count()).select_from(Look)) == 1


def test_a_campaign_is_paused_resumed_closed_and_copied_on_confirming_pages(database, cast, campaign, visitor):
    organizer = visitor.log_in_as(cast.organizer)

    def move(name: str, said: str) -> None:
        page = organizer.get(f"/kampanjer/{campaign.id}/{name}")
        page = organizer.submit(page, f"/{name}")
        assert page.status == 200
        assert said in page.words

    move("pausa", "Kampanjen är pausad")
    assert f'href="/kampanjer/{campaign.id}/fortsatt">Fortsätt ringa' in organizer.get(f"/kampanjer/{campaign.id}").html
    with database.writing() as session:
        assert call_queue.claim_next(session, cast.caller.id, campaign.id, NOW) is None
    move("fortsatt", "Kampanjen är igång igen")
    move("avsluta", "Kampanjen är avslutad")
    assert organizer.post(f"/kampanjer/{campaign.id}/fortsatt", {}).status == 409
    move("kopiera", "Kopian är ett utkast")
    copy = scalar(database, sa.select(Campaign).where(Campaign.state == "draft"))
    assert copy.title == "Aktivera höst 2026 (kopia)"
    assert copy.survey_id not in {None, campaign.survey_id}
    page = organizer.submit(organizer.get(f"/kampanjer/{copy.id}/kasta"), "/kasta")
    assert "Utkastet är borta" in page.words
    assert scalar(database, sa.select(Campaign).where(Campaign.state == "draft")) is None


def test_settings_change_a_running_campaign_but_not_answered_questions(database, cast, clock, campaign, visitor):
    organizer = visitor.log_in_as(cast.organizer)
    page = organizer.get(f"/kampanjer/{campaign.id}/installningar")
    page = organizer.submit(
        page, "/installningar", button="Spara ändringarna", goal="5", ends_on="2026-12-24", max_attempts="6"
    )
    assert "Ändringarna är sparade" in page.words
    saved = scalar(database, sa.select(Campaign))
    assert (saved.goal, saved.max_attempts, str(saved.ends_on)) == (5, 6, "2026-12-24")
    ring(database, cast, clock, campaign, "reached", 0)
    page = organizer.get(f"/kampanjer/{campaign.id}/installningar")
    assert "frågorna kan inte ändras" in page.words
    page = organizer.submit(page, "/installningar", button="Spara ändringarna", **{"question-0": "En annan?"})
    assert page.status == 422
    assert "Frågorna kan inte ändras när någon har svarat" in page.words


def test_no_page_asks_more_when_there_is_more_to_show(database, cast, campaign, visitor, app):
    organizer = visitor.log_in_as(cast.organizer)
    asked: list[str] = []
    sa.event.listen(app.extensions["database"].engine, "before_cursor_execute", lambda *what: asked.append(what[2]))

    def queries(address: str) -> int:
        organizer.get(address)
        asked.clear()
        organizer.get(address)
        return len(asked)

    pages = (
        "/kampanjer",
        f"/kampanjer/{campaign.id}",
        f"/kampanjer/{campaign.id}/laget",
        f"/kampanjer/{campaign.id}/installningar",
    )
    few = {address: queries(address) for address in pages}
    with database.writing() as session:
        again = session.get(Campaign, campaign.id)
        for n in range(12):
            place = make_association(session, f"Ort {n}", cast.district)
            make_person(session, place)
            make_account(session, f"Ringare {n}")
            make_campaign(session, cast.district, f"Till {n}")
            make_shift(
                session, again, starts_at=NOW + timedelta(days=n + 1), ends_at=NOW + timedelta(days=n + 1, hours=1)
            )
        call_queue.fill(session, again, NOW)
    assert {address: queries(address) for address in pages} == few
    assert max(few.values()) <= 30
