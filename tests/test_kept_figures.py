"""Figures kept for the day equal those counted from the ledger, are used by the pages, and can be rebuilt."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaigns import figures, keeping
from organizer import district_figures
from organizer.models import KeptFigure, Kind
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
            in_the_database = district_figures.kept_pools(session, TODAY, scope, cast.district, own, 5)
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
