"""Figures kept for the day equal those counted from the ledger, are used by the pages, and can be rebuilt."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaigns import figures, keeping, large_campaigns, progress
from organizer import district_figures
from organizer.models import Event, KeptFigure, Kind
from organizer.periods import period
from tests.ledger import CONVERSATION, happened
from tests.scene import TODAY, make_scene


@pytest.fixture
def scene(database, cast, clock):
    with database.writing() as session:
        return make_scene(session, cast, clock.now)


def test_what_is_kept_equals_what_is_counted(database, cast, scene, clock):
    assert keeping.keep(database, clock.now) > 0
    with database.reading() as session:
        for name in ("year", "last_year", "days90"):
            counted = district_figures.of_period(session, period(name, TODAY), TODAY, cast.district.path)
            assert district_figures.kept(session, TODAY, name, cast.district.path) == {
                key: shares for key, shares in counted.items() if shares
            }
        counted = district_figures.by_step(
            list(figures.of_campaign(session, scene.campaign, TODAY, None, TODAY - timedelta(days=1)).values())
        )
        scope = figures.scope(scene.campaign.id)
        assert district_figures.kept(session, TODAY, scope, cast.district.path) == counted
        for own in ({cast.harnosand.id}, {cast.harnosand.id, scene.places[0].id}, None):
            in_the_database = district_figures.kept_pools(session, TODAY, scope, cast.district.path, own, 5)
            assert in_the_database == district_figures.pools(counted, own, 5)


def test_a_page_shows_the_same_with_kept_figures_as_without(visitor, database, cast, scene, clock):
    chair = visitor.log_in_as(cast.chair)
    before = {key: chair.get(f"/forening/harnosand?period={key}").words for key in ("year", "last_year", "days90")}
    keeping.keep(database, clock.now)
    assert {key: chair.get(f"/forening/harnosand?period={key}").words for key in before} == before


def test_keeping_twice_changes_nothing_and_rebuilding_counts_again(database, scene, clock, app):
    assert keeping.keep(database, clock.now) > 0
    assert keeping.keep(database, clock.now) == 0
    with database.writing() as session:
        session.execute(sa.update(KeptFigure).values(part=0))
    told = app.test_cli_runner().invoke(args=["activation", "rebuild"])
    assert "Counted anew" in told.output
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.sum(KeptFigure.part))) > 0


def test_what_happens_after_midnight_is_first_in_tomorrows_figures(database, cast, scene, clock):
    keeping.keep(database, clock.now)
    with database.writing() as session:
        person = session.merge(scene.members[27])
        happened(session, person, TODAY, *CONVERSATION, Kind.TASK, campaign=scene.campaign)
    keeping.keep(database, clock.now, again=True)
    scope = figures.scope(scene.campaign.id)
    with database.reading() as session:
        first = district_figures.kept(session, TODAY, scope, cast.district.path)["reached"][cast.harnosand.id]
    keeping.keep(database, clock.forward(days=1))
    with database.reading() as session:
        second = district_figures.kept(session, TODAY + timedelta(days=1), scope, cast.district.path)
    assert second["reached"][cast.harnosand.id].part == first.part + 1


def test_kept_figures_go_after_a_week(database, scene, clock):
    keeping.keep(database, clock.now)
    keeping.keep(database, clock.forward(days=8))
    with database.reading() as session:
        assert session.scalars(sa.select(KeptFigure.day).distinct()).all() == [TODAY + timedelta(days=8)]


def test_a_large_district_reads_its_table_as_it_was_kept(visitor, database, cast, scene, clock, monkeypatch):
    monkeypatch.setattr(district_figures, "LARGE", 100)
    organizer = visitor.log_in_as(cast.organizer)
    counted = organizer.get("/foreningar").words
    keeping.keep(database, clock.now)
    kept = organizer.get("/foreningar").words
    assert "Aktiva är räknade 18 november 2026." in kept
    assert kept.replace(" Aktiva är räknade 18 november 2026.", "") == counted


@pytest.fixture
def large(monkeypatch, database, scene, clock):
    """The scene's campaign counts as a large one, and has been counted."""
    monkeypatch.setattr(large_campaigns, "FROM", 100)
    assert keeping.keep_large(database, clock.now) == 1
    return scene.campaign


def by_hand(session, campaign):
    last = figures.last_day(campaign, TODAY)
    return figures.counted(session, campaign, figures.target_of(campaign), last)


def test_a_large_campaign_is_shown_as_counted_and_with_what_came_since(database, scene, large):
    with database.writing() as session:
        assert figures.of_campaign(session, large, TODAY) == by_hand(session, large)
        for person in scene.members[20:24]:
            happened(session, session.merge(person), TODAY, *CONVERSATION, Kind.RESPONSE, Kind.SIGN_UP, campaign=large)
        happened(session, session.merge(scene.members[0]), TODAY, *CONVERSATION, campaign=large)
        happened(session, session.merge(scene.members[27]), TODAY, Kind.TASK)
        found = figures.of_campaign(session, large, TODAY)
        assert found == by_hand(session, large)
        assert found[scene.places[0].id].reached.part == 20
    assert sum(one.sought.part for one in found.values()) == 66 + 4


def test_a_large_campaign_is_counted_again_after_ten_minutes_and_what_was_taken_back_is_gone(
    database, scene, large, clock
):
    with database.writing() as session:
        session.execute(sa.delete(Event).where(Event.person_id == scene.members[0].id))
    clock.forward(minutes=9)
    assert keeping.keep_large(database, clock.now) == 0
    assert keeping.keep_large(database, clock.forward(minutes=1)) == 1
    with database.reading() as session:
        assert figures.of_campaign(session, large, TODAY) == by_hand(session, large)


def test_small_campaigns_are_never_kept_so(database, scene, clock):
    assert keeping.keep_large(database, clock.now) == 0


def test_the_pace_of_a_large_campaign_is_the_one_counted_from_the_ledger(database, scene, large):
    with database.reading() as session:
        counted = progress.evenings(session, large.id)
        assert counted == [46, 20]
        assert large_campaigns.evenings(session, large.id) == counted
