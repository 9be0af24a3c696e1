"""A steward or organiser builds a selection without JavaScript, sees the count, saves it, and never loses what was typed."""

import pytest
import sqlalchemy as sa

from campaigns.models import Campaign
from organizer.conditions import CONDITIONS
from organizer.models import Membership, Selection, Tag
from tests.conftest import scalar
from tests.factories import NOW, make_campaign, make_person


@pytest.fixture
def members(database, cast):
    with database.writing() as session:
        for _ in range(3):
            make_person(session, cast.harnosand)
        for _ in range(2):
            make_person(session, cast.timra)
        session.add(Tag(association_id=cast.timra.id, name="kassör"))


@pytest.fixture
def organizer(visitor, cast, members):
    return visitor.log_in_as(cast.organizer)


def the_saved(database) -> Selection | None:
    return scalar(database, sa.select(Selection))


def test_conditions_are_added_one_by_one_and_counted(organizer, cast):
    page = organizer.get("/urval/ny")
    assert "5 av 5 medlemmar" in page.words
    page = organizer.submit(page, "/urval/ny", button="Förening")
    page = organizer.submit(page, "/urval/ny", button="Räkna om", **{"ids-0": [str(cast.timra.id)]})
    assert "Medlemmar i Timrå" in page.words
    assert "2 av 5 medlemmar" in page.words
    page = organizer.submit(page, "/urval/ny", button="Ta bort villkoret")
    assert "5 av 5 medlemmar" in page.words


def test_the_condition_that_removes_the_last_is_named(organizer):
    page = organizer.submit(organizer.get("/urval/ny"), "/urval/ny", button="Gått med i en period")
    assert "0 av 5 medlemmar" in page.words
    assert "Ingen blir kvar efter villkoret ”gått med de senaste 90 dagarna”" in page.words


def test_a_selection_is_saved_found_changed_and_removed(organizer, database, cast):
    page = organizer.submit(organizer.get("/urval/ny"), "/urval/ny", button="Avgiften betald eller inte")
    page = organizer.submit(page, "/urval/ny", button="Spara urvalet", name="Inte betalt 🙂")
    assert page.status == 200
    assert "Urvalet är sparat" in page.words
    assert the_saved(database).definition["steps"][0]["all"][0]["kind"] == "renewed"
    listed = organizer.get("/urval")
    assert "Inte betalt 🙂" in listed.words
    assert "Medlemmar som saknar betald avgift för 2026" in listed.words
    page = organizer.submit(page, "/urval/", button="Spara urvalet", name="Betalt", **{"is-0": "yes"})
    assert the_saved(database).definition["steps"][0]["all"][0]["is"] is True
    organizer.submit(page, "/urval/", button="Ta bort urvalet")
    assert the_saved(database) is None


@pytest.mark.parametrize(
    ("button", "fields", "sentence"),
    [
        ("Gått med i en period", {"days-0": "många"}, "Skriv antalet dagar som ett helt tal"),
        ("Aktiv eller inte", {"days-0": "", "from-0": "31/12"}, "Skriv dagen som år-månad-dag"),
        ("Avgiften betald eller inte", {"year-0": "26"}, "Skriv året med fyra siffror"),
        ("Förening", {}, "Välj minst en förening"),
        ("Har telefonnummer", {"number-0": "fax"}, "Välj vilket slags telefonnummer"),
    ],
)
def test_mistakes_are_said_at_the_place_and_what_was_typed_stays(organizer, database, button, fields, sentence):
    page = organizer.submit(organizer.get("/urval/ny"), "/urval/ny", button=button)
    page = organizer.submit(page, "/urval/ny", button="Spara urvalet", name="Prov", **fields)
    assert page.status == 422
    assert sentence in page.words
    assert 'value="Prov"' in page.html
    for name, typed in fields.items():
        if typed and name != "number-0":
            assert f'value="{typed}"' in page.html
    assert the_saved(database) is None


def test_a_name_is_needed(organizer):
    page = organizer.submit(organizer.get("/urval/ny"), "/urval/ny", button="Spara urvalet", name="  ")
    assert page.status == 422
    assert "Skriv ett namn" in page.words


def test_somebody_elses_change_is_not_written_over(organizer, database):
    page = organizer.submit(organizer.get("/urval/ny"), "/urval/ny", button="Spara urvalet", name="Mitt")
    organizer.submit(page, "/urval/", button="Spara urvalet", name="Någon annans")
    page = organizer.submit(page, "/urval/", button="Spara urvalet", name="Mitt igen")
    assert page.status == 422
    assert "Någon annan har ändrat urvalet" in page.words
    assert 'value="Mitt igen"' in page.html
    assert the_saved(database).name == "Någon annans"


def test_the_live_count_answers_with_a_piece_of_a_page(organizer, cast):
    page = organizer.get(f"/urval/antal?kind-0=association&below-0=yes&ids-0={cast.timra.id}")
    assert "2 av 5 medlemmar" in page.words
    assert "<html" not in page.html
    assert "Skriv antalet dagar" in organizer.get("/urval/antal?kind-0=joined&days-0=x").words
    assert organizer.get("/urval/antal?kind-0=%F0%9F%99%82&kind-999=tag&place=99999999999").status == 200


def test_a_steward_counts_and_chooses_only_at_home(visitor, database, cast, members):
    steward = visitor.log_in_as(cast.steward)
    page = steward.submit(steward.get("/urval/ny"), "/urval/ny", button="Förening")
    assert "Timrå" not in page.words
    assert "3 medlemmar" in steward.get("/urval/ny").words
    page = steward.submit(page, "/urval/ny", button="Spara urvalet", name="Grannen", **{"ids-0": [str(cast.timra.id)]})
    assert page.status == 422
    assert "Välj bland dem som finns i listan" in page.words
    assert "Timrå" not in page.words
    with database.writing() as session:
        other = Selection(association_id=cast.timra.id, name="Grannens", definition={"version": 1, "all": []},
                          created_at=steward.app.extensions["clock"]())  # fmt: skip
        session.add(other)
        session.flush()
        other_id = other.id
    assert "Grannens" not in steward.get("/urval").words
    assert steward.get(f"/urval/{other_id}").status == 404
    assert steward.post(f"/urval/{other_id}", {"name": "Min", "save": "1"}).status == 404
    assert steward.post(f"/urval/{other_id}", {"delete": "1"}).status == 404


@pytest.mark.parametrize("role", ["caller", "shift_leader", "chair", "approver", "owner", "nobody"])
def test_others_find_no_such_page(visitor, cast, role):
    stranger = visitor.log_in_as(getattr(cast, role))
    assert [stranger.get(address).status for address in ("/urval", "/urval/ny", "/urval/antal")] == [404] * 3


def test_steps_add_remove_and_limit_without_javascript(organizer, database, cast):
    page = organizer.submit(organizer.get("/urval/ny"), "/urval/ny", button="Undanta några: men inte …")
    page = organizer.submit(page, "/urval/ny", button="Spara urvalet", name="Inte Timrå")
    assert page.status == 422
    assert "Gruppen är tom" in page.words
    page = organizer.post("/urval/ny", {**dict(page.form("/urval/ny").fields), "add": "association:1"})
    page = organizer.submit(page, "/urval/ny", button="Räkna om", **{"ids-0": [str(cast.timra.id)], "limit-0": "4"})
    assert "Högst 4 lottade medlemmar, men inte medlemmar i Timrå" in page.words
    before = page.form("/urval/ny").fields
    page = organizer.submit(page, "/urval/ny", button="Lotta om")
    assert dict(before)["seed-0"] != dict(page.form("/urval/ny").fields)["seed-0"]
    page = organizer.submit(page, "/urval/ny", button="Spara urvalet", name="Inte Timrå")
    steps = the_saved(database).definition["steps"]
    assert [(one["do"], one.get("limit"), len(one["all"])) for one in steps] == [("add", 4, 0), ("remove", None, 1)]
    page = organizer.submit(page, "/urval/", button="Ta bort gruppen")
    assert "Högst 4 lottade medlemmar 4 av 5 medlemmar" in page.words


def test_every_kind_can_be_added_filled_in_and_saved(organizer, database):
    page = organizer.get("/urval/ny")
    for kind in CONDITIONS:
        page = organizer.post("/urval/ny", {**dict(page.form("/urval/ny").fields), "add": f"{kind}:0", "name": "Allt"})
    fields = dict(page.form("/urval/ny").fields)
    assert sum(name.startswith("kind-") for name in fields) == len(CONDITIONS)
    page = organizer.post("/urval/ny", {**fields, "save": "1", "name": "Allt"})
    assert "Välj minst en förening" in page.words
    assert 'value="Allt"' in page.html


def test_a_shared_selection_is_used_below_but_not_changed(visitor, database, cast, members):
    with database.writing() as session:
        shared, kept = (
            Selection(association_id=cast.district.id, name=name, shared=name == "Delat", created_at=NOW, definition={
                "version": 1, "all": [{"kind": "association", "ids": [cast.harnosand.id, cast.timra.id], "below": True}],
            })
            for name in ("Delat", "Distriktets eget")
        )  # fmt: skip
        session.add_all([shared, kept])
    steward = visitor.log_in_as(cast.steward)
    listed = steward.get("/urval").words
    assert "Delat" in listed
    assert "Distriktets eget" not in listed
    page = steward.get(f"/urval/{shared.id}")
    assert "3 av 3 medlemmar hos dig" in page.words
    assert steward.post(f"/urval/{shared.id}", {"name": "Mitt", "save": "1"}).status == 404
    assert steward.get(f"/urval/{kept.id}").status == 404
    page = steward.submit(steward.get("/urval/ny"), "/urval/ny", button="I ett annat urval")
    refused = steward.submit(page, "/urval/ny", button="Spara urvalet", name="Bygger", **{"ids-0": [str(kept.id)]})
    assert refused.status == 422
    assert "Distriktets eget" not in refused.words
    page = steward.submit(page, "/urval/ny", button="Spara urvalet", name="Bygger", **{"ids-0": [str(shared.id)]})
    assert "Medlemmar som finns i urvalet Delat" in page.words


def test_a_selection_in_use_says_where_and_cannot_be_removed(organizer, database, cast):
    page = organizer.submit(organizer.get("/urval/ny?fran=aktiva"), "/urval/ny", button="Spara urvalet")
    first = the_saved(database).id
    target = {"version": 2, "steps": [{"do": "add", "all": [{"kind": "selection", "ids": [first], "match": "any"}]}]}
    with database.writing() as session:
        campaign = make_campaign(session, cast.district, "Väck till liv", target=target)
    page = organizer.get(f"/urval/{first}")
    assert "Används av Ringkampanj Väck till liv" in page.words
    page = organizer.submit(page, "/urval/", button="Ta bort urvalet")
    assert page.status == 422
    assert "används av ”Väck till liv” och kan inte tas bort" in page.words
    with database.writing() as session:
        session.get(Campaign, campaign.id).state = "closed"
    organizer.submit(page, "/urval/", button="Ta bort urvalet")
    assert the_saved(database) is None


def test_a_ring_of_selections_is_refused_when_it_would_close(organizer, database):
    def choose(address: str, other: int, **more: str):
        page = organizer.submit(organizer.get(address), address, button="I ett annat urval")
        return organizer.submit(page, address, button="Spara urvalet", **{"ids-0": [str(other)]}, **more)

    organizer.submit(organizer.get("/urval/ny"), "/urval/ny", button="Spara urvalet", name="Ett")
    first = the_saved(database).id
    choose("/urval/ny", first, name="Två")
    second = scalar(database, sa.select(Selection.id).where(Selection.name == "Två"))
    page = choose(f"/urval/{first}", first)
    assert page.status == 422
    assert "Urvalet bygger på sig självt: ”Ett” → ”Ett”" in page.words
    page = choose(f"/urval/{first}", second)
    assert page.status == 422
    assert "”Ett” → ”Två” → ”Ett”" in page.words
    assert the_saved(database).definition["steps"] == [{"do": "add", "all": []}]


def test_former_members_are_counted_but_no_campaign_takes_them(organizer, database, cast):
    with database.writing() as session:
        gone = make_person(session, None)
        session.add(Membership(person_id=gone.id, association_id=cast.timra.id, from_day=None, from_why="unknown",
                               to_day=NOW.date(), to_why="left"))  # fmt: skip
    page = organizer.submit(organizer.get("/urval/ny"), "/urval/ny", button="Räkna om", status="former")
    assert "1 av 1 tidigare medlem" in page.words
    assert "aldrig ringas eller få sms" in page.words
