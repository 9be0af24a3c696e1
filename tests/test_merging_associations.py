"""One association becomes part of another: members move with their history, work goes along, and people decide the rest (D22)."""

import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from campaigns import place_mergers
from campaigns.models import Campaign, CampaignState, Todo
from organizer import after_mergers, assignments, imports, membership
from organizer.models import (
    Activity,
    Association,
    Change,
    Event,
    Import,
    Kind,
    Membership,
    Plan,
    PlanGoal,
    Role,
    RoleName,
    Selection,
    Tag,
)
from organizer.words import Refused
from tests.factories import make_account, make_activity, make_association, make_campaign, make_person
from tests.ledger import CONVERSATION, happened
from tests.planning import make_goal, note
from tests.scene import TODAY

DAY = date(2026, 6, 1)


def merge(session, cast, clock, day=DAY, into=None):
    place_mergers.merge(session, cast.timra, into or cast.harnosand, day, cast.organizer.id, clock.now)
    session.expire_all()


def intervals(session, person):
    rows = session.scalars(sa.select(Membership).where(Membership.person_id == person.id).order_by(Membership.id))
    return [(row.association_id, row.from_day, row.from_why, row.to_day, row.to_why) for row in rows]


def test_members_move_by_intervals_and_nothing_before_the_day_changes(session, cast, clock):
    timra, harnosand = cast.timra.id, cast.harnosand.id
    stays = make_person(session, cast.timra, joined=date(2020, 1, 1))
    unknown = make_person(session, cast.timra, joined=None)
    gone = make_person(session, cast.timra, joined=date(2021, 1, 1))
    left = make_person(session, cast.timra, joined=date(2021, 1, 1))
    late = make_person(session, cast.timra, joined=date(2026, 8, 1))
    for person, day in ((gone, date(2026, 3, 1)), (left, date(2026, 9, 1))):
        here = sa.update(Membership).where(Membership.person_id == person.id)
        session.execute(here.values(to_day=day, to_why="left"))
    before = membership.counted(session, DAY - timedelta(days=1), [timra, harnosand])
    merge(session, cast, clock)
    assert intervals(session, stays) == [
        (timra, date(2020, 1, 1), "joined", DAY, "merged"), (harnosand, DAY, "merged", None, None),
    ]  # fmt: skip
    assert intervals(session, unknown)[0] == (timra, None, "joined", DAY, "merged")
    assert intervals(session, gone) == [(timra, date(2021, 1, 1), "joined", date(2026, 3, 1), "left")]
    assert intervals(session, left)[1] == (harnosand, DAY, "merged", date(2026, 9, 1), "left")
    assert intervals(session, late) == [(harnosand, date(2026, 8, 1), "joined", None, None)]
    assert membership.counted(session, DAY - timedelta(days=1), [timra, harnosand]) == before
    assert membership.counted(session, TODAY, [timra, harnosand]) == {harnosand: 3}
    grown = membership.growth(session, date(2026, 1, 1), TODAY, [timra, harnosand])
    assert (grown[harnosand].merged_in, grown[harnosand].net, grown[timra].net) == (3, 3, -4)


def test_work_that_goes_on_goes_along_and_what_is_over_stays(session, cast, clock):
    timra, harnosand = cast.timra.id, cast.harnosand.id
    person = make_person(session, cast.timra)
    over = make_activity(session, cast.timra, starts_at=clock.now - timedelta(days=9))
    coming = make_activity(session, cast.timra)
    draft = make_campaign(session, cast.timra, state=CampaignState.DRAFT)
    closed = make_campaign(session, cast.timra, state=CampaignState.CLOSED)
    session.add_all([Tag(association_id=timra, name="Bil"), Tag(association_id=harnosand, name="bil")])
    office = assignments.add(session, person.id, timra, "chair", date(2026, 1, 1), None, None, clock.now)
    happened(session, person, date(2026, 2, 1), Kind.ATTENDANCE)
    todo = Todo(kind="moved", person_id=person.id, association_id=timra, created_at=clock.now, visible_at=clock.now)
    session.add(todo)
    session.flush()
    merge(session, cast, clock)
    at = {one: session.get(kind, one.id).association_id for kind, some in (
        (Activity, (over, coming)), (Campaign, (draft, closed)), (Todo, (todo,))) for one in some}  # fmt: skip
    assert at == {over: timra, coming: harnosand, draft: harnosand, closed: timra, todo: harnosand}
    assert set(session.scalars(sa.select(Tag.name).where(Tag.association_id == harnosand))) == {"bil", "Bil (Timrå)"}
    assert [row.to_day for row in assignments.of_person(session, person.id) if row.id == office] == [DAY]
    assert set(session.scalars(sa.select(Event.association_id).where(Event.person_id == person.id))) == {timra}
    told = session.scalars(sa.select(Change).where(Change.action == "place_merged")).one()
    assert (told.subject_id, told.detail) == (timra, {"into": harnosand, "day": "2026-06-01", "members": 1})


def test_whoever_is_new_is_as_new_afterwards_and_waits_still(session, cast, clock):
    person = make_person(session, cast.timra, joined=TODAY - timedelta(days=20))
    met = make_person(session, cast.timra, joined=TODAY - timedelta(days=20))
    happened(session, met, TODAY - timedelta(days=15), *CONVERSATION)
    make_person(session, cast.timra, joined=date(2019, 1, 1))
    merge(session, cast, clock, TODAY - timedelta(days=1))
    found = session.execute(membership.waiting(TODAY, [cast.harnosand.id])).all()
    assert found == [(person.id, cast.harnosand.id, TODAY - timedelta(days=20))]


def test_a_member_file_that_says_the_old_name_means_the_other(session, cast, clock):
    merge(session, cast, clock)
    there = imports.places_under(session, cast.district.id)
    assert {there.find("Timrå"), there.find("Timrå partiförening")} == {cast.harnosand.id}
    again = make_association(session, "Ånge", cast.district)
    place_mergers.merge(session, cast.harnosand, again, TODAY, cast.organizer.id, clock.now)
    assert imports.places_under(session, cast.district.id).find("Timrå") == again.id


@pytest.mark.parametrize(
    ("day", "into"),
    [(date(2025, 12, 31), "harnosand"), (TODAY + timedelta(days=1), "harnosand"), (None, "harnosand"), (DAY, "timra"),
     (DAY, "district"), (DAY, None)],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(session, cast, clock, day, into):
    with pytest.raises(Refused):
        place_mergers.merge(session, cast.timra, into and getattr(cast, into), day, cast.organizer.id, clock.now)
    assert session.get(Association, cast.timra.id).closed_on is None


def test_what_goes_on_is_ended_first(session, cast, clock):
    waiting = Import(
        association_id=cast.timra.id, filename="timra.csv", digest="", created_at=clock.now, state="checked", report={}
    )
    session.add(waiting)
    session.flush()
    named = {"version": 1, "all": [{"kind": "association", "ids": [cast.timra.id], "below": False}]}
    campaign = make_campaign(session, cast.district, target=named)
    found = [one.title for one in place_mergers.hindrances(session, cast.timra)]
    assert found == [campaign.title, "timra.csv"]
    waiting.state = "discarded"
    with pytest.raises(Refused):
        merge(session, cast, clock)
    campaign.state = CampaignState.CLOSED
    merge(session, cast, clock)


def test_the_pages_check_in_words_do_it_and_ask_about_the_rest(visitor, database, cast, clock):
    with database.writing() as session:
        for _ in range(3):
            make_person(session, cast.timra, joined=date(2020, 1, 1))
        goal = make_goal(session, cast.timra, "articles", text="Två debattartiklar", target=2)
        note(session, goal, cast.timra, kind="count", value=1)
        make_goal(
            session, cast.district, "articles", text="Timrå skriver", target=1, scope="one", place_id=cast.timra.id
        )
        session.add(
            Selection(
                association_id=cast.district.id, name="De i Timrå", created_at=clock.now,
                definition={"version": 1, "all": [{"kind": "association", "ids": [cast.timra.id], "below": False}]},
            )
        )  # fmt: skip
        make_account(session, "Hilda Härnö", (RoleName.ORGANIZER, cast.harnosand), email="hilda@example.org")
    page = visitor.log_in_as(cast.organizer).get("/installningar/platser")
    assert "/installningar/plats/timra/sla-ihop" in page.html
    address = "/installningar/plats/timra/sla-ihop"
    assert "Välj vilken förening" in visitor.get(f"{address}?into=riket&day=2026-06-01").words
    page = visitor.get(f"{address}?into=harnosand&day=2026-06-01")
    for words in ("Timrå blir en del av Härnösand den 1 juni 2026", "medlemmar 3", "Det går inte att ångra"):
        assert words in page.words
    after = visitor.submit(page, "/sla-ihop#errors")
    assert after.address == "/installningar/plats/timra/efter"
    assert "5 saker är kvar att bestämma efter att Timrå" in visitor.get("/oversikt").words
    menu = visitor.get("/meny")
    addresses = {one for one in re.findall(r'href="(/[^"#?]*)"', menu.html) if "/static" not in one}
    assert len(addresses) > 15
    for address in sorted(addresses - {"/logga-ut"}):
        assert visitor.client.get(address, follow_redirects=True).status_code == 200, (address, "roles remain at Timrå")
    for words in ("Tora Timrå", "Ture Timrå", "Två debattartiklar", "Timrå skriver", "De i Timrå"):
        assert words in after.words
    for what in ("/roll/", "/roll/", "/mal/", "/distriktsmal/", "/urval/"):
        after = visitor.submit(after, what, go="on")
    assert "Inget är kvar att bestämma." in after.words
    assert "saker är kvar att bestämma" not in visitor.get("/oversikt").words
    with database.reading() as session:
        assert not len(after_mergers.left(session, session.get_one(Association, cast.timra.id), clock.now))
        held = session.execute(sa.select(Role.name, Role.association_id, Role.to_day).where(
            Role.account_id == cast.timra_chair.id).order_by(Role.id)).all()  # fmt: skip
        assert held == [("chair", cast.timra.id, TODAY), ("chair", cast.harnosand.id, None)]
        mine = sa.select(PlanGoal.text).join(Plan).where(Plan.association_id == cast.harnosand.id)
        assert list(session.scalars(mine)) == ["Två debattartiklar"]
    visitor.log_in_as(cast.chair)
    assert visitor.get("/forening/timra").address == "/forening/harnosand"
    assert visitor.get("/forening/timra/siffror").status == 200, "whoever has a role in the one may read the other"
    assert "Två debattartiklar Räknas för hand 1 av minst 2" in visitor.get("/verksamhetsplan/harnosand").words
