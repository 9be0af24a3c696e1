"""Searching for people and their card: who finds whom, what can be changed, and that every look is logged."""

import re
from datetime import date

import pytest
import sqlalchemy as sa

from organizer import people
from organizer.models import Look, Membership, Person, Phone, Refusal
from tests.conftest import scalar
from tests.factories import make_campaign, make_person


@pytest.fixture
def asa(database, cast):
    with database.writing() as session:
        return make_person(
            session, cast.harnosand, "Åsa Öberg", number="+46701740605", email="asa@example.org", member_number="17"
        )


@pytest.fixture
def organizer(visitor, cast):
    return visitor.log_in_as(cast.organizer)


def look_up(visitor, words):
    return visitor.submit(visitor.get("/medlemmar"), "/medlemmar", q=words)


def test_nobody_is_listed_before_somebody_is_asked_for(organizer, asa, database):
    assert "Öberg" not in organizer.get("/medlemmar").words
    assert "Öberg" not in organizer.get("/medlemmar?q=asa").words
    few = look_up(organizer, "å")
    assert "minst två bokstäver" in few.words
    assert "Öberg" not in few.words
    assert scalar(database, sa.select(sa.func.count()).select_from(Look)) == 0


@pytest.mark.parametrize("words", ["asa", "öberg", "0605", "070-1740605", "17a", "17"])
def test_a_person_is_found_by_name_number_or_member_number_and_the_look_is_logged(organizer, asa, database, words):
    found = look_up(organizer, words)
    if words == "17a":
        assert "Ingen hittades" in found.words
        return
    assert "Åsa Öberg" in found.words
    assert scalar(database, sa.select(Look.person_id).where(Look.page == "people.search")) == asa.id
    assert "?" not in found.address


def test_the_card_shows_membership_numbers_refusals_and_history(organizer, asa, database, cast, clock):
    from organizer import timeline
    from organizer.models import Kind

    with database.writing() as session:
        people.refuse(session, asa.id, "sms", "staff", clock.now, account_id=cast.steward.id)
        people.tag(session, asa.id, cast.harnosand.id, "Kör bil", clock.now)
        timeline.record(session, kind=Kind.RENEWAL, table="fees", source_id=1, person_id=asa.id, at=clock.now)
    card = organizer.get(f"/medlemmar/{asa.id}")
    for words in ("Åsa Öberg", "Härnösand", "asa@example.org", "17", "Vill inte ha sms", "antecknat av Sara Medlemsansvarig",
                  "Kör bil", "Betalade medlemsavgiften", "från 1 januari 2020", "Har sagt nej"):  # fmt: skip
        assert words in card.words
    assert scalar(database, sa.select(Look.person_id).where(Look.page == "people.show")) == asa.id


def test_a_person_without_history_says_so(organizer, asa):
    assert "Ingen kontakt än." in organizer.get(f"/medlemmar/{asa.id}").words


def test_a_number_is_added_and_removed_and_a_bad_one_is_kept_where_it_was_typed(organizer, asa, database):
    wrong = organizer.post(f"/medlemmar/{asa.id}/nummer", {"number": "070-GRATTIS", "because": "said"})
    assert wrong.status == 422
    assert "Det står bokstäver" in wrong.words
    assert 'value="070-GRATTIS"' in wrong.html
    assert 'role="alert"' in wrong.html
    right = organizer.post(
        f"/medlemmar/{asa.id}/nummer", {"number": "08-465 004 00", "because": "other", "reason": "Stod i protokollet"}
    )
    assert "08-465 004 00" in right.words
    first = scalar(database, sa.select(Phone.id).where(Phone.e164 == "+46701740605"))
    why = organizer.submit(right, f"/nummer/{first}/ta-bort")
    assert (why.status, "Välj eller skriv varför du ändrar" in why.words) == (422, True)
    gone = organizer.submit(why, f"/nummer/{first}/ta-bort", because="broken", reason="Sur person")
    assert {"Stod i protokollet", "Det gamla fungerar inte. Sur person"} <= set(
        re.findall(r"note wraps\">([^<]+)", gone.html)
    )
    assert "Numret är borttaget" in gone.words
    assert scalar(database, sa.select(sa.func.count()).select_from(Phone)) == 1


def test_the_email_is_changed_or_refused(organizer, asa, database):
    card = organizer.get(f"/medlemmar/{asa.id}")
    assert organizer.submit(card, "/e-post", email="asa(at)example", because="said").status == 422
    assert organizer.submit(card, "/e-post", email="ny@example.org", because="other", reason="?").status == 422
    organizer.submit(card, "/e-post", email="ny@example.org", because="typo")
    assert scalar(database, sa.select(Person.email).where(Person.id == asa.id)) == "ny@example.org"


def test_a_refusal_is_recorded_and_taken_back(organizer, asa, database):
    card = organizer.get(f"/medlemmar/{asa.id}")
    assert "Välj vad personen säger nej till" in organizer.submit(card, "/nej").words
    said = organizer.submit(card, "/nej", channel="call")
    assert "Vill inte bli uppringd" in said.words
    refusal = scalar(database, sa.select(Refusal.id))
    organizer.submit(said, f"/nej/{refusal}/aterta")
    assert scalar(database, sa.select(Refusal.revoked_at)) is not None
    assert organizer.post(f"/medlemmar/{asa.id}/nej/{refusal}/aterta").status == 404
    assert organizer.post(f"/medlemmar/{asa.id}/nej/9999/aterta").status == 404


def test_a_membership_is_moved_and_ended_with_history_kept(organizer, asa, database, cast):
    card = organizer.get(f"/medlemmar/{asa.id}")
    assert "Välj en förening i listan" in organizer.submit(card, "/flytta").words
    assert (
        "Skriv dagen som år-månad-dag"
        in organizer.submit(card, "/flytta", association=str(cast.timra.id), day="i går", because="said").words
    )
    moved = organizer.submit(card, "/flytta", association=str(cast.timra.id), day="2026-11-01", because="office")
    assert "Det står så i partiets register" in moved.words
    assert "Medlemskapet är flyttat" in moved.words
    future = organizer.submit(moved, "/avsluta", why="left", day="2027-01-01", because="said")
    assert "framtiden" in future.words
    organizer.submit(moved, "/avsluta", why="left", day="2026-11-10", because="said")
    with database.reading() as session:
        rows = session.execute(
            sa.select(Membership.association_id, Membership.to_day, Membership.to_why).order_by(Membership.id)
        ).all()
    assert [tuple(row) for row in rows] == [
        (cast.harnosand.id, date(2026, 11, 1), "moved"), (cast.timra.id, date(2026, 11, 10), "left"),
    ]  # fmt: skip
    assert organizer.post(f"/medlemmar/{asa.id}/avsluta", {"why": "left"}).status == 422


def test_interests_are_shown_and_changed_on_the_card(organizer, asa):
    card = organizer.get(f"/medlemmar/{asa.id}")
    assert "Inget antecknat." in card.words
    both = organizer.submit(card, "/intressen", kind=["course", "action", "board"])
    assert re.findall(r'value="(\w+)" checked', both.html) == ["course", "action"]
    one = organizer.submit(both, "/intressen", kind=["action"])
    assert re.findall(r'value="(\w+)" checked', one.html) == ["action"]


def test_a_tag_is_put_on_and_taken_off(organizer, asa):
    card = organizer.submit(organizer.get(f"/medlemmar/{asa.id}"), "/etikett", tag="Kör bil")
    assert "Kör bil" in card.words
    tagged = next(form for form in card.forms if "/etikett/" in form.action)
    assert "Inga etiketter" in organizer.post(tagged.action).words


def test_a_chair_sees_and_records_a_no_but_edits_nothing(visitor, asa, cast, database):
    visitor.log_in_as(cast.chair)
    card = visitor.get(f"/medlemmar/{asa.id}")
    assert card.status == 200
    assert not [
        form for form in card.forms if form.action.endswith(("/nummer", "/e-post", "/flytta", "/avsluta", "/etikett"))
    ]
    for what in ("nummer", "e-post", "flytta", "avsluta", "etikett"):
        assert visitor.post(f"/medlemmar/{asa.id}/{what}").status == 404
    visitor.submit(card, "/nej", channel="all")
    assert scalar(database, sa.select(Refusal.channel)) == "all"


def test_others_find_neither_the_person_nor_the_page(visitor, asa, cast):
    for account in (cast.timra_chair, cast.caller, cast.shift_leader, cast.approver, cast.owner, cast.nobody):
        visitor.log_in_as(account, "caller" if account in (cast.caller, cast.shift_leader) else "full")
        assert visitor.get(f"/medlemmar/{asa.id}").status == 404
        assert visitor.post(f"/medlemmar/{asa.id}/nej", {"channel": "all"}).status == 404
    visitor.log_in_as(cast.timra_chair)
    assert "Åsa Öberg" not in look_up(visitor, "asa").words
    assert visitor.get("/medlemmar/999999999999999999999").status == 404


def test_whoever_has_moved_is_found_by_the_new_association_alone(visitor, database, cast, clock):
    with database.writing() as session:
        moved = make_person(session, cast.timra, "Moa Flyttad")
        people.move(session, moved.id, cast.harnosand.id, clock.now.date(), clock.now)
    for account, status in ((cast.chair, 200), (cast.timra_chair, 404)):
        visitor.log_in_as(account)
        assert visitor.get(f"/medlemmar/{moved.id}").status == status


def test_a_protected_person_exists_only_for_their_own_steward(visitor, database, cast):
    with database.writing() as session:
        hidden = make_person(session, cast.harnosand, "Hemlig Person", protected=True)
    for account, found in ((cast.organizer, False), (cast.chair, False), (cast.steward, True)):
        visitor.log_in_as(account)
        assert (visitor.get(f"/medlemmar/{hidden.id}").status == 200) is found
        assert ("Hemlig Person" in look_up(visitor, "hemlig").words) is found
    visitor.log_in_as(cast.steward)
    assert "Skyddade personuppgifter" in visitor.get(f"/medlemmar/{hidden.id}").words


def test_somebody_merged_leads_to_who_they_are_now(organizer, asa, database, cast):
    with database.writing() as session:
        old = make_person(session, None, "Åsa Berg", merged_into_id=asa.id)
    assert organizer.get(f"/medlemmar/{old.id}").address == f"/medlemmar/{asa.id}"


def test_a_call_is_one_line_with_its_note_only_as_long_as_notes_are_kept(organizer, asa, database, cast, clock):
    from campaigns.models import Call, CallState, QueueRow
    from organizer import timeline
    from organizer.models import Kind

    with database.writing() as session:
        campaign = make_campaign(session, cast.harnosand, "Höstens rundringning")
        row = QueueRow(
            campaign_id=campaign.id, person_id=asa.id, association_id=cast.harnosand.id, state="done", due_at=clock.now
        )
        session.add(row)
        session.flush()
        call = Call(
            campaign_id=campaign.id, queue_id=row.id, person_id=asa.id, association_id=cast.harnosand.id,
            account_id=cast.caller.id, state=CallState.REPORTED, assigned_at=clock.now, outcome="reached", detail={},
            happened_at=clock.now, reported_at=clock.now, note="Vill baka", before={},
        )  # fmt: skip
        session.add(call)
        session.flush()
        for kind in (Kind.ATTEMPT, Kind.CONTACT, Kind.CONVERSATION):
            timeline.record(session, kind=kind, table="calls", source_id=call.id, person_id=asa.id, at=clock.now)
    card = organizer.get(f"/medlemmar/{asa.id}")
    assert card.words.count("Höstens rundringning") == 1
    assert "Vi pratade" in card.words
    assert "Vill baka" in card.words
    with database.writing() as session:
        session.execute(sa.update(type(campaign)).values(closed_at=clock.now))
    clock.forward(days=31)
    organizer.log_in_as(cast.organizer)
    later = organizer.get(f"/medlemmar/{asa.id}")
    assert "Vill baka" not in later.words
    assert "Vi pratade" in later.words
