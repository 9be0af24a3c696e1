"""From an idea to a sent blast in four saved steps, approved by somebody else, stopped with two taps, told in plain words."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaigns import blasts, sms_settings
from campaigns.models import Blast, BlastState, Message, MessageState
from campaigns.sms_settings import SmsSettings
from organizer import activities, personal_links, refusals
from organizer.models import Account, Change, Look, Person, PersonalLink, PersonTag, Selection
from tests.blasting import draft, send
from tests.conftest import scalar
from tests.factories import make_account, make_activity, make_person

S = BlastState


@pytest.fixture
def members(database, cast, clock):
    """Four in Härnösand: two with mobiles, one with only a landline, one who has said no."""
    with database.writing() as session:
        for n, name in enumerate(("Anna Berg", "Bo Lind")):
            make_person(session, cast.harnosand, name, f"+467017406{20 + n}")
        make_person(session, cast.harnosand, "Fia Fast", "+46313900601")
        no = make_person(session, cast.harnosand, "Nils Nej", "+46701740633")
        refusals.refuse(session, no.id, "sms", "staff", clock.now)
        session.get(Account, cast.organizer.id).e164 = "+46701740640"
        sms_settings.change(session, SmsSettings(approval_above=1, names=("V Norrland",)), cast.owner.id, clock.now)


def state(database):
    return scalar(database, sa.select(Blast.state))


def test_idea_to_sent_with_four_eyes(visitor, app, database, clock, cast, members):
    first = visitor.log_in_as(cast.organizer).get("/utskick")
    assert "Inga riktiga sms skickas" in first.words
    step1 = visitor.post("/utskick/nytt", {"template": "important"})
    assert ("2 av 4 i urvalet kan få sms" in step1.words, "Bara fast telefon: 1" in step1.words) == (True, True)
    step2 = visitor.submit(step1, "/mottagare", "Fortsätt")
    step3 = visitor.submit(
        step2, "/skriv", "Fortsätt till granskning", body="Hej {förnamn}! Extra möte i kväll – välkommen."
    )
    assert ("2 personer får sms:et" in step3.words, "Hej Anna! Extra möte i kväll - välkommen." in step3.words) == (
        True,
        True,
    )
    with database.writing() as session:
        make_account(session, "Olle Viklander", ("organizer", cast.district))
    step3 = visitor.get("/utskick/1/granska")
    asked = visitor.submit(step3, "/be-om-godkannande", "Be om godkännande", of=str(cast.approver.id))
    assert (state(database), "Gun Godkännare är tillfrågad" in asked.words) == (S.WAITING, True)
    assert visitor.get("/utskick/1/godkann").status == 404, "the author is never the approver"
    approver = type(visitor)(app).log_in_as(cast.approver)
    assert "Väntar på dig" in approver.get("/utskick").words
    look = approver.get("/utskick/1/granska")
    assert ("2 personer får sms:et" in look.words, "Berg" in look.html) == (True, False)
    looks = sa.select(sa.func.count()).select_from(Look).where(Look.account_id == cast.approver.id)
    assert scalar(database, looks) > 0, "the preview holds first names"
    going = approver.submit(approver.get("/utskick/1/godkann"), "/godkann", "Ja, godkänn och skicka 2 sms")
    assert (state(database), "0 av 2 skickade" in going.words) == (S.SENDING, True)
    for _ in range(3):
        app.extensions["worker"].tick()
        clock.forward(minutes=2)
    done = visitor.get("/utskick/1/granska")
    assert "Bett om godkännande" in done.words, "when it has left, the review leads to how it went"
    assert ("2 av 2 skickade" in done.words, "Klart" in done.words) == (True, True)
    assert "Anna Berg" in visitor.get("/utskick/1/personer/fick").words
    assert scalar(database, sa.select(sa.func.count()).select_from(Look)) > 0


def test_a_change_after_approval_voids_it_and_says_what(visitor, app, database, clock, cast, members):
    with database.writing() as session:
        draft(session, cast.district, cast.organizer, clock.now)
    review = visitor.log_in_as(cast.organizer).get("/utskick/1/granska")
    visitor.submit(review, "/be-om-godkannande")
    approver = type(visitor)(app).log_in_as(cast.approver)
    assert approver.submit(approver.get("/utskick/1/granska"), "/skicka-tillbaka", comment="").status == 422
    approver.submit(approver.get("/utskick/1/granska"), "/skicka-tillbaka", comment="Skriv var vi ses.")
    back = visitor.get("/utskick/1/skriv").words
    assert "Gun Godkännare skickade tillbaka utskicket" in back
    assert "”Skriv var vi ses.”" in back
    visitor.submit(visitor.get("/utskick/1/granska"), "/be-om-godkannande")
    approver.submit(approver.get("/utskick/1/godkann"), "/godkann")
    with database.writing() as session:
        make_person(session, cast.harnosand, "Sen Medlem", "+46701740650")
    fast = visitor.get("/utskick/1/granska").words
    assert ("Skicka 2 sms" in fast, "2 personer får sms:et" in fast, "De här mottagarna står fast" in fast) == (
        True,
    ) * 3
    changed = visitor.submit(visitor.get("/utskick/1/skriv"), "/skriv", "Spara och räkna", body="Något annat.")
    assert "Godkännandet gäller inte längre, för att texten har ändrats" in changed.words
    assert state(database) == S.DRAFT
    assert scalar(database, sa.select(sa.func.count()).select_from(Message).where(Message.blast_id.is_not(None))) == 0
    stale = visitor.submit(review, "/be-om-godkannande")
    assert (stale.status, "har ändrats medan du läste" in stale.words) == (422, True)


def test_what_is_typed_is_kept_and_mistakes_stand_at_their_field(visitor, database, clock, cast, members):
    with database.writing() as session:
        draft(session, cast.district, cast.organizer, clock.now, body="Hej")
    page = visitor.log_in_as(cast.organizer).get("/utskick/1/skriv")
    wrong = visitor.submit(page, "/skriv", "Spara och räkna", body="Hej {fornamn}!")
    assert (wrong.status, "Menade du {förnamn}?" in wrong.words, "Hej {fornamn}!" in wrong.html) == (422, True, True)
    added = visitor.submit(page, "/skriv", "förening", body="Hej från ")
    assert "Hej från {förening}" in added.html
    dear = visitor.submit(added, "/skriv", "Spara och räkna", body="Kom – nu. " * 9)
    assert ("Byt tillbaka" in dear.words, "Kom - nu" in dear.html) == (True, True)
    back = visitor.submit(dear, "/skriv", "Byt tillbaka")
    assert ("Kom – nu" in back.html, "gör utskicket dyrare" in back.words) == (True, True)
    kept = visitor.submit(back, "/skriv", "Spara och räkna")
    assert "Kom – nu" in kept.html, "kept on the next save too"
    named = visitor.submit(kept, "/skriv", "Spara och räkna", body="Hej", sender="V Norrland")
    assert "Slippa sms:" in named.words
    visitor.submit(named, "/skriv", "Spara mallen", template_name="Vår mall")
    assert "Vår mall" in visitor.get("/utskick").words
    visitor.submit(visitor.get("/utskick/1/skriv"), "/skriv", "Ta bort mallen", template="1")
    assert "Vår mall" not in visitor.get("/utskick").words
    visitor.submit(visitor.get("/utskick/1/skriv"), "/prov")
    assert scalar(database, sa.select(Message.body).where(Message.kind == "proof")).startswith("PROV: Hej")


def test_recipients_are_chosen_by_selection_conditions_and_activity(visitor, database, clock, cast, members):
    with database.writing() as session:
        make_activity(session, cast.district, "Höstmöte")
        draft(session, cast.district, cast.organizer, clock.now)
        session.add(Selection(association_id=cast.district.id, name="Med mobil", created_at=clock.now, definition={
            "version": 1, "all": [{"kind": "has_number", "number": "mobile"}]}))  # fmt: skip
    page = visitor.log_in_as(cast.organizer).get("/utskick/1/mottagare")
    assert "Med mobil" in page.words
    visitor.submit(page, "/mottagare", "Fortsätt", include=["s1"], title="Bara mobiler")
    again = visitor.get("/utskick/1/mottagare")
    assert ('value="s1" checked' in again.html, "2 av 3 i urvalet" in again.words, "Bara mobiler" in again.words) == (
        True,
    ) * 3
    built = visitor.submit(again, "/mottagare", "Har telefonnummer", include=[])
    visitor.submit(built, "/mottagare", "Fortsätt", include=[], **{"number-0": "landline"})
    assert "0 av 1 i urvalet" in visitor.get("/utskick/1/mottagare").words
    counted = visitor.get("/utskick/1/antal?include=all&exclude=s1")
    assert "0 av 1 i urvalet" in counted.words
    blocked = visitor.submit(visitor.get("/utskick/1/granska"), "/skicka")
    assert (blocked.status, "Ingen i urvalet kan få sms" in blocked.words) == (422, True)


def test_those_with_only_a_landline_become_a_call_list(visitor, database, clock, cast, members):
    with database.writing() as session:
        draft(session, cast.district, cast.organizer, clock.now)
    page = visitor.log_in_as(cast.organizer).get("/utskick/1/granska")
    who = visitor.get("/utskick/1/far-inte/landline")
    assert ("Fia Fast" in who.words, visitor.get("/utskick/1/far-inte/protected").status) == (True, 404)
    draft_of_calls = visitor.submit(page, "/ringlista/landline")
    assert ("Vilka ska ringas?" in draft_of_calls.words, "Ring: Extra möte" in draft_of_calls.html) == (True, True)
    with database.reading() as session:
        tagged = session.scalars(sa.select(Person.first_name).join(PersonTag, PersonTag.person_id == Person.id)).all()
    assert tagged == ["Fia"]


def test_a_blast_is_paused_and_stopped_in_two_taps_and_the_unclear_is_decided_by_a_human(
    visitor, app, database, clock, cast, members
):
    with database.writing() as session:
        sms_settings.change(session, SmsSettings(approval_above=50), cast.owner.id, clock.now)
        blast = draft(session, cast.district, cast.organizer, clock.now)
        send(session, blast, cast.organizer, clock.now)
    page = visitor.log_in_as(cast.organizer).get("/utskick/1/status")
    assert "Pausat" in visitor.submit(page, "/pausa").words
    visitor.submit(visitor.get("/utskick/1/status"), "/fortsatt")
    with database.writing() as session:
        one = session.scalars(sa.select(Message.id).where(Message.blast_id == 1).order_by(Message.id)).first()
        session.execute(sa.update(Message).where(Message.id == one).values(
            state=MessageState.UNKNOWN, claimed_at=clock.now, looked_at=clock.now, provider="rehearsal"))  # fmt: skip
    question = visitor.get("/utskick/1/status?stoppa=1")
    assert "De 1 som ligger i kö får inget sms" in question.words
    stopped = visitor.submit(question, "/stoppa", "Ja, stoppa")
    assert (state(database), "1 sms är oklart" in stopped.words) == (S.STOPPED, True)
    unclear = visitor.get("/utskick/1/personer/oklara")
    assert "kan någon få samma sms två gånger" in unclear.words
    visitor.submit(unclear, "/oklart/", "Låt bli")
    app.extensions["worker"].tick()
    assert (
        scalar(database, sa.select(sa.func.count()).where(Message.state == MessageState.CANCELLED).select_from(Message))
        == 2
    )
    copied = visitor.submit(visitor.get("/utskick/1/status"), "/kopiera")
    assert copied.address.endswith("/mottagare")


def test_it_is_scheduled_within_the_hours_and_made_from_an_activity(visitor, database, clock, cast, members):
    with database.writing() as session:
        make_activity(session, cast.district, "Höstmöte", starts_at=clock.now + timedelta(days=9))
    visitor.log_in_as(cast.organizer)
    step1 = visitor.post("/utskick/nytt", {"activity": "1"})
    step3 = visitor.submit(visitor.submit(step1, "/mottagare", "Fortsätt"), "/skriv", "Fortsätt till granskning")
    assert "Välkommen till Höstmöte den 28 november" in step3.words
    assert (
        "Den dagen går utskick mellan" in visitor.submit(step3, "/tid", when="other", send_at="2026-11-20T03:00").words
    )
    for odd in ("x", "0001-01-01T00:00", "9999-12-31T23:59", "2026-11-19T08:00", "2027-03-28T02:30"):
        refused = visitor.submit(step3, "/tid", when="other", send_at=odd)
        assert (refused.status, f'value="{odd}"' in refused.html) == (422, True), odd
    timed = visitor.submit(step3, "/tid", "Spara tiden", when="tomorrow")
    assert ("Börjar fre 20 nov 10.00" in timed.words, 'value="tomorrow" checked' in timed.html) == (True, True)
    clock.forward(hours=4)
    late = visitor.submit(step3, "/tid", when="tonight")
    assert (late.status, "Den tiden har passerat" in late.words, "I kväll" in late.words) == (422, True, False)


def test_a_draft_is_its_writers_and_thrown_away_on_a_button(visitor, app, database, clock, cast, members):
    with database.writing() as session:
        draft(session, cast.district, cast.organizer, clock.now)
    assert type(visitor)(app).log_in_as(cast.approver).get("/utskick/1/granska").status == 404
    visitor.log_in_as(cast.organizer)
    visitor.submit(visitor.get("/utskick/1/mottagare"), "/kasta")
    assert "Ingen text än" not in visitor.get("/utskick").words
    assert scalar(database, sa.select(sa.func.count()).select_from(Blast)) == 0


def test_the_reviewer_steps_through_what_each_one_gets_without_script(visitor, database, clock, cast, members):
    with database.writing() as session:
        make_person(session, cast.timra, "Maximiliana-Kristina Ek", "+46701740625")
        draft(session, cast.district, cast.organizer, clock.now, body="Hej {förnamn}! Vi ses i {plats}.")
    page = visitor.log_in_as(cast.organizer).get("/utskick/1/granska")
    assert ("Till Maximiliana-Kristina E., Timrå" in page.words, "3 av 3" in page.words) == (True, True), "the longest"
    first = visitor.get("/utskick/1/granska?visa=1")
    assert ("Till Anna B., Härnösand" in first.words, "1 av 3" in first.words) == (True, True)
    assert "visa=2#visar" in first.html
    assert "3 av 3" in visitor.get("/utskick/1/granska?visa=99").words
    for case in ("Kortast", "Längst", "Dyrast", "Saknar en uppgift"):
        assert case in first.words
    lacks = visitor.get("/utskick/1/far/plats")
    assert ("3 av 3 får texten utan uppgiften" in lacks.words, "Anna Berg" in lacks.words) == (True, True)
    assert "Bo Lind" in visitor.get("/utskick/1/far/alla").words
    saved = visitor.submit(visitor.get("/utskick/1/skriv"), "/skriv", "Spara", visa="2", body="Hej igen {förnamn}!")
    assert ("Hej igen Bo!" in saved.words, "2 av 3" in saved.words) == (True, True), "stepping saves what is written"


def test_the_list_of_failures_is_a_logged_link_of_ones_own_that_expires(visitor, app, database, clock, cast, members):
    with database.writing() as session:
        sms_settings.change(session, SmsSettings(approval_above=50), cast.owner.id, clock.now)
        make_person(session, cast.harnosand, "=HYPERLINK(1) Elak", "+46701740626")
        send(session, draft(session, cast.district, cast.organizer, clock.now), cast.organizer, clock.now)
        session.execute(sa.update(Message).values(state=MessageState.UNDELIVERED, error_code=30005))
    page = visitor.log_in_as(cast.organizer).get("/utskick/1/personer/inte")
    file = visitor.submit(page, "/lista", "Ladda ner listan")
    assert ("'=HYPERLINK(1) Elak" in file.html, "Numret finns inte" in file.html, "+46" in file.html) == (
        True,
        True,
        False,
    )
    taken = sa.select(Change.account_id).where(Change.action == "export", Change.subject == "blast")
    assert scalar(database, taken) == cast.organizer.id
    address = file.response.request.full_path
    other = type(visitor)(app).log_in_as(cast.steward)
    assert {other.get(address).status, visitor.get("/utskick/1/kom-inte-fram.csv").status} <= {404, 410}
    clock.forward(minutes=16)
    late = visitor.get(address)
    assert (late.status, "Länken till listan har gått ut" in late.words) == (410, True)


def test_what_came_back_stands_beside_the_blasts_before_with_every_denominator(
    visitor, app, database, clock, cast, members
):
    with database.writing() as session:
        sms_settings.change(session, SmsSettings(approval_above=50), cast.owner.id, clock.now)
        activity = make_activity(session, cast.district, "Höstmöte", starts_at=clock.now + timedelta(days=9))
    for title, again in (("Första", False), ("Andra", True)):
        with database.writing() as session:
            body = "Kom till {aktivitet}! {anmälningslänk}"
            blast = draft(session, cast.district, cast.organizer, clock.now, with_recent=again, body="Hej")
            blast.title = title
            blasts.save_text(
                session, blast.id, blasts.Text(body, activity_id=activity.id), cast.organizer.id, clock.now
            )
            send(session, blast, cast.organizer, clock.now)
        for _ in range(2):
            app.extensions["worker"].tick()
            clock.forward(minutes=1)
    with database.writing() as session:
        anna = session.scalars(sa.select(Person.id).where(Person.first_name == "Anna")).one()
        link = session.scalars(
            sa.select(PersonalLink).where(PersonalLink.blast_id == 2, PersonalLink.person_id == anna)
        ).one()
        personal_links.used(session, link.id, clock.now)
        activities.sign_up(session, activity.id, anna, clock.now)
    page = visitor.log_in_as(cast.organizer).get("/utskick/2/status")
    assert "Anmälda via länken 1 av 2" in page.words
    assert "Jämfört med utskicket före" in page.words
    rows = re.findall(r"(Det här utskicket|Första) .*? 100 % 2 av 2 (\d) av 2 0 av 2 0 av 2", page.words)
    assert rows == [("Det här utskicket", "1"), ("Första", "0")]


def test_a_question_needs_something_to_answer_about_and_a_number_to_answer_to(visitor, database, clock, cast, members):
    with database.writing() as session:
        make_activity(session, cast.district, "Höstmöte", starts_at=clock.now + timedelta(days=9))
        blast = draft(session, cast.district, cast.organizer, clock.now)
        text = blasts.Text("Kommer du? Svara JA eller NEJ.", asks=True, sender="V Norrland")
        blasts.save_text(session, blast.id, text, cast.organizer.id, clock.now)
    page = visitor.log_in_as(cast.organizer).get("/utskick/1/granska")
    assert "Välj vilken aktivitet det gäller" in page.words
    assert "Ett namn som avsändare kan inte ta emot svar" in page.words
    page = visitor.submit(
        visitor.get("/utskick/1/skriv"), "/skriv", "Fortsätt till granskning", activity="1", sender=""
    )
    assert ("Välj vilken" in page.words, "kan inte ta emot svar" in page.words) == (False, False)
