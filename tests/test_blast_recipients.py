"""Who gets a blast and who does not: every reason of P§5.2, in its order, counted once; and the text each one gets."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaigns import (
    blast_call_list,
    blast_recipients,
    blast_review,
    blast_spent,
    blast_texts,
    blasts,
    contents,
    sms_prices,
    sms_text,
)
from campaigns.blast_recipients import REASONS
from campaigns.blast_texts import Writer
from campaigns.models import Campaign, FailingNumber, Message
from campaigns.sms_settings import SmsSettings
from organizer import consents, people, refusals, selections
from organizer.models import BlockedNumber, SignUp
from organizer.words import Refused
from tests.blasting import BASE, district, draft, limit, number, send
from tests.factories import NOW, add_number, make_account, make_activity, make_association, make_person

EVERYONE_TWICE = [{"name": "Alla", "definition": {"version": 1, "all": []}}] * 2


def everybody(session, place):
    """One person for each reason, and one who gets it."""
    made = {"gets": make_person(session, place, "Åsa Öberg", number(30))}
    for why, e164, fields in (
        ("protected", number(31), {"protected": True}), ("no_contact", number(32), {}), ("no_sms", number(33), {}),
        ("responsible", number(34), {"blocked_why": "distress"}), ("no_number", None, {}),
        ("landline", "+46313900612", {}), ("invalid", number(35), {}), ("failing", number(36), {}),
        ("abroad", None, {}), ("shared", number(30), {}), ("under_16", number(37), {}),
        ("recent", number(39), {}),
    ):  # fmt: skip
        made[why] = make_person(session, place, f"{why.capitalize()} Prov", e164, **fields)
    refusals.refuse(session, made["no_contact"].id, "all", "staff", NOW)
    refusals.refuse(session, None, "sms", "sms", NOW, e164=number(33))
    session.add(BlockedNumber(e164=number(35), at=NOW))
    session.add(FailingNumber(e164=number(36), in_a_row=3, code=30003, dead=False, at=NOW))
    people.add_number(session, made["abroad"].id, "+47 401 23 456", NOW)
    people.tag(session, made["under_16"].id, place.id, "Under 16", NOW)
    young = made["young"] = make_person(session, place, "Ung Prov", number(41), birth_year=2010)
    consents.record(session, young.id, "sms", "under_16", "paper", NOW)
    consents.revoke(session, consents.record(session, young.id, "sms", "under_16", "paper", NOW), NOW)
    session.add(
        Message(
            ref="r" * 32, kind="tried", priority=6, state="delivered", e164=number(39), body="x",
            person_id=made["recent"].id, created_at=NOW, not_before=NOW, expires_at=NOW, tries=1,
            claimed_at=NOW - timedelta(hours=23),
        )
    )  # fmt: skip
    session.flush()
    return made


def test_every_reason_is_found_once_and_in_its_order(session):
    place, author, _approver, _people = district(session)
    made = everybody(session, place)
    blast = draft(session, place, author)
    found = blast_recipients.audience(session, blast, NOW)
    left = set(REASONS) - {"no_consent", "already"}
    young = made.pop("young")
    assert found.counts == {why: 1 + (why == "under_16") for why in REASONS if why in left}
    assert found.left_out.pop("under_16") == [made["under_16"].id, young.id]
    left.remove("under_16")
    assert found.left_out == {why: [made[why].id] for why in left - {"protected"}}
    assert [one.person_id for one in found.recipients] == [made["gets"].id]
    assert found.recipients[0].first_name == "", "the number is shared: no name"
    assert found.all == len(made) - 1
    refusals.refuse(session, made["recent"].id, "all", "staff", NOW)
    assert blast_recipients.audience(session, blast, NOW).counts["no_contact"] == 2, "the first reason wins"


def test_a_foreign_number_costs_what_its_country_costs_and_what_is_not_known_is_said(session):
    place, author, _approver, _people = district(session, 1)
    for n, foreign in enumerate(("+47 401 23 456", "+45 20 12 34 56", "+358 41 2345678")):
        people.add_number(session, make_person(session, place, f"Utlandet{n}").id, foreign, NOW)
    limit(session, author, price=40, abroad=True, prices_abroad=sms_prices.parsed("+47 95\n45: 70\n"))
    blast = draft(session, place, author, body="x" * 200)
    left = blast_review.review(session, blast, BASE, NOW)
    assert sorted(blast_review.prices_abroad(left)) == [("358", 1, None), ("45", 1, 70), ("47", 1, 95)]
    assert (left.figures.cost, left.figures.abroad) == (2 * 40, 0)
    blasts.save_recipients(session, blast.id, blasts.To(blast.include, [], with_abroad=True), author.id, NOW)
    looked = blast_review.review(session, blast, BASE, NOW)
    assert (looked.figures.cost, looked.figures.unpriced, looked.figures.abroad) == (2 * (40 + 95 + 70), 2, 3)
    assert any(one.values == {"many": 2} for one in looked.notices)
    send(session, blast, author)
    limit(session, author, price=1000)
    promised = blast_spent.this_month(session, NOW)
    assert (promised.cost, promised.unpriced, blast_spent.of_blast(session, blast).cost) == (410, 2, 0)
    session.execute(sa.update(Message).where(Message.kind == "blast").values(state="delivered", claimed_at=NOW))
    spent = blast_spent.of_blast(session, blast)
    assert (spent.cost, spent.unpriced, spent.parts) == (410, 2, 8), "the prices of when it was let go"
    assert blast_spent.this_month(session, NOW) == spent
    session.execute(sa.update(Message).where(Message.e164.startswith("+47")).values(state="failed"))
    assert blast_spent.of_blast(session, blast).cost == 220, "what was refused is not paid for"


@pytest.mark.parametrize("line", ["+46 39", "Norge 95", "+47", "+47 9999999", "+999 10", "47 -5", "+47 95 kr"])
def test_a_price_abroad_that_cannot_be_read_is_refused(line):
    with pytest.raises(Refused) as no:
        sms_prices.parsed(f"+45 70\n{line}")
    assert no.value.field == "prices_abroad"


def test_what_may_be_taken_with_is_taken_with(session):
    place, author, _approver, _people = district(session)
    made = everybody(session, place)
    blast = draft(session, place, author, with_recent=True)
    blast.with_abroad = True
    gets = {one.person_id for one in blast_recipients.audience(session, blast, NOW).recipients}
    assert gets == {made["gets"].id, made["recent"].id, made["abroad"].id}


def test_an_offer_goes_only_to_those_who_have_said_yes_to_it(session):
    place, author, _approver, (one, two) = district(session, 2)
    blast = draft(session, place, author)
    blasts.save_text(session, blast.id, blasts.Text("Köp en mugg!", category="offer"), author.id, NOW)
    yes = consents.record(session, one.id, "sms", "offer", "paper", NOW, evidence="pärm 2")
    assert consents.record(session, one.id, "sms", "offer", "form", NOW) == yes
    found = blast_recipients.audience(session, blast, NOW)
    assert ([r.person_id for r in found.recipients], found.left_out) == ([one.id], {"no_consent": [two.id]})
    consents.revoke(session, yes, NOW)
    assert blast_recipients.audience(session, blast, NOW).recipients == []


def test_selections_are_added_and_subtracted_and_a_copy_leaves_out_who_got_it(session):
    place, author, _approver, members = district(session, 4)
    for one in members[:2]:
        people.tag(session, one.id, place.id, "Aktiv", NOW)
    tag = {"name": "Aktiva", "definition": {"version": 1, "all": [
        {"kind": "tag", "ids": [people.tag(session, members[0].id, place.id, "Aktiv", NOW)], "is": True}]}}  # fmt: skip
    blast = draft(session, place, author, exclude=[tag])
    assert [r.person_id for r in blast_recipients.audience(session, blast, NOW).recipients] == [
        one.id for one in members[2:]
    ]
    send(session, blast, author)
    session.execute(Message.__table__.update().values(state="delivered"))
    again = blasts.one(session, blasts.copy(session, blast, author.id, NOW))
    again.exclude, again.with_recent = [], True
    found = blast_recipients.audience(session, again, NOW)
    assert (len(found.recipients), found.counts) == (2, {"already": 2})


def test_everybody_gets_a_text_of_their_own_with_sender_and_way_out(session):
    place, author, _approver, _people = district(session)
    timra = make_association(session, "Timrå", place)
    make_account(session, "Håkan Selin", ("chair", timra))
    activity = make_activity(session, place, "Årsmöte", place="Folkets hus")
    asa, bo = make_person(session, place, "Åsa Öberg", number(30)), make_person(session, timra, "Bo Ek", number(31))
    blast = draft(session, place, author)
    body = (
        "Hej {förnamn} i {förening}! {ordförande|Vi} hälsar välkommen till {aktivitet} {datum} {tid}. {anmälningslänk}"
    )
    blasts.save_text(session, blast.id, blasts.Text(body, activity_id=activity.id), author.id, NOW)
    send(session, blast, author)
    texts = dict(session.execute(Message.__table__.select().with_only_columns(Message.person_id, Message.body)).all())
    assert texts[asa.id].startswith("Hej Åsa i Härnösand! Vi hälsar välkommen till Årsmöte 2 december 18.00. ")
    assert texts[bo.id].startswith("Hej Bo i Timrå! Håkan Selin hälsar")
    assert all(text.endswith("\nHärnösand. Svara STOPP för att slippa sms.") for text in texts.values())
    links = {text.split(f"{BASE}/a/")[1][:12] for text in texts.values()}
    assert len(links) == 2
    assert blast.parts == sum(sms_text.parts(text) for text in texts.values())


def test_a_name_as_sender_takes_no_replies_so_the_way_out_is_a_link(session):
    place, author, approver, (one,) = district(session, 1)
    limit(session, approver, names=("V Norrland",))
    blast = draft(session, place, author)
    with pytest.raises(Refused, match="Avsändaren"):
        blasts.save_text(session, blast.id, blasts.Text("Hej!", sender="Skurk"), author.id, NOW)
    blasts.save_text(session, blast.id, blasts.Text("Hej!", sender="V Norrland"), author.id, NOW)
    send(session, blast, author)
    text = session.scalar(Message.__table__.select().with_only_columns(Message.body))
    assert text.startswith(f"Hej!\nV Norrland. Slippa sms: {BASE}/stopp/")
    assert one.id == blast_recipients.audience(session, blast, NOW).recipients[0].person_id


def test_figures_are_of_the_real_texts(session):
    place, author, _approver, _people = district(session)
    make_person(session, place, "Bo Ek", number(30))
    make_person(session, place, "Maximiliana-Charlotta Ek", number(31))
    make_person(session, place, "Ayşe Ek", number(32))
    nameless = make_person(session, place, "Ek", number(33))
    nameless.first_name = ""
    session.flush()
    blast = draft(session, place, author, body="Hej {förnamn}! " + "x" * 96)
    found = blast_recipients.audience(session, blast, NOW)
    figures = blast_texts.figures(Writer(session, blast, BASE, NOW), found.recipients, SmsSettings(price=39))
    assert dict(figures.by_parts) == {1: 2, 2: 1, 3: 1}, "ş makes it dear"
    assert (figures.parts, figures.cost, figures.most, figures.usual) == (7, 273, 3, 1)
    assert "Ayşe" in getattr(figures.dearest, "text", "")
    assert "Maximiliana" in getattr(figures.longest, "text", "")
    assert figures.missing == {"förnamn": [nameless.id]}
    assert getattr(figures.without, "text", "").startswith("Hej! ")


@pytest.mark.parametrize(
    ("body", "match"),
    [
        ("x" * 1601, "1601 tecken"), ("Hej {fornamn}!", "Menade du"), ("Hej {FÖRNAMN}!", "Menade du"),
        ("Hej {förnamn!", "klammer"), ("Hej {förnamn|{förening}}", "klammer"), ("Se bit.ly/abc", "förkortade"),
        ("Se http://exempel.se", "https"),
    ],
)  # fmt: skip
def test_a_text_that_could_never_be_sent_is_refused_at_once(session, body, match):
    place, author, _approver, _people = district(session)
    blast = draft(session, place, author)
    with pytest.raises(Refused, match=match):
        blasts.save_text(session, blast.id, blasts.Text(body), author.id, NOW)


def test_strange_characters_and_many_fields_do_no_harm(session):
    place, author, _approver, _people = district(session, 1)
    blast = draft(session, place, author)
    strange = "Hej\u202e {förnamn}\ud800\x00 \ue000\ufeff" + "{förening}" * 40
    blasts.save_text(session, blast.id, blasts.Text(strange), author.id, NOW)
    assert blast.body == "Hej {förnamn} " + "{förening}" * 40
    blasts.save_text(session, blast.id, blasts.Text("Möte – “nu”"), author.id, NOW)
    assert (blast.body, blast.typed) == ('Möte - "nu"', "Möte – “nu”")
    blasts.save_text(session, blast.id, blasts.Text(blast.typed, dear=True), author.id, NOW)
    assert (blast.body, blast.typed) == ("Möte – “nu”", None)


def test_two_numbers_and_the_first_that_can_be_used_is_used(session):
    place, author, _approver, _people = district(session)
    person = make_person(session, place, "Bo Ek", number(40))
    add_number(session, person, number(41), position=1)
    session.add(BlockedNumber(e164=number(40), at=NOW))
    session.flush()
    assert [r.e164 for r in blast_recipients.audience(session, draft(session, place, author), NOW).recipients] == [
        number(41)
    ]


def test_those_with_only_a_landline_become_a_call_list(session):
    place, author, _approver, _people = district(session, 2)
    activity = make_activity(session, place)
    old = [make_person(session, place, f"Fast{n} Prov", f"+4631390060{n}") for n in range(3)]
    blast = draft(session, place, author)
    with pytest.raises(Refused, match="Ingen är kvar"):
        blast_call_list.make(session, draft(session, make_association(session, "Timrå"), author), author.id, NOW)
    blast.activity_id = activity.id
    made = [blast_call_list.make(session, blast, author.id, NOW) for _ in range(2)]
    campaign = session.get_one(Campaign, made[1])
    found = session.execute(selections.people(campaign.target, NOW, place.path)).all()
    assert sorted(row.person_id for row in found) == [one.id for one in old]
    assert (campaign.state, contents.activity_ids(session, campaign.id)) == ("draft", [activity.id])


def test_those_signed_up_to_an_activity_are_recipients_once_however_they_are_found(session):
    place, author, _approver, members = district(session, 3)
    activity = make_activity(session, place)
    for one, state in zip(members, ("signed_up", "waiting", "withdrawn"), strict=True):
        session.add(SignUp(activity_id=activity.id, person_id=one.id, state=state, at=NOW))
    session.flush()
    blast = draft(session, place, author, include=[], signed_up_to=activity.id)
    assert [r.person_id for r in blast_recipients.audience(session, blast, NOW).recipients] == [
        one.id for one in members[:2]
    ]
    blasts.save_recipients(session, blast.id, blasts.To(EVERYONE_TWICE, [], activity.id), author.id, NOW)
    assert blast_recipients.audience(session, blast, NOW).all == 3
