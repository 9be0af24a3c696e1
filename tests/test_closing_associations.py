"""An association is closed without a merger: what is in the way is said, its figures stay, and it can be opened again."""

from datetime import timedelta

import sqlalchemy as sa

from organizer import membership
from organizer.models import Association, Change, Membership, Role
from tests.conftest import scalar
from tests.factories import make_activity, make_association, make_campaign, make_person
from tests.scene import TODAY

ADDRESS = "/installningar/plats/timra/lagg-ned"


def everybody_leaves(session, place, day) -> None:
    here = sa.update(Membership).where(Membership.association_id == place.id)
    session.execute(here.values(to_day=day, to_why="left"))


def test_what_is_in_the_way_is_said_with_a_way_to_it(visitor, database, cast, clock):
    with database.writing() as session:
        make_person(session, cast.timra)
        make_campaign(session, cast.timra, "Timrå ringer")
        make_activity(session, cast.timra, "Höstmöte", starts_at=clock.now + timedelta(days=9))
        make_association(session, "Söråker", cast.timra)
    visitor.log_in_as(cast.organizer)
    assert ADDRESS in visitor.get("/installningar/platser").html
    page = visitor.get(ADDRESS)
    for words in ("1 är medlem här.", "Timrå ringer", "Höstmöte", "Söråker"):
        assert words in page.words, words
    for link in ("/installningar/plats/timra/sla-ihop", "/installningar/plats/soraker/lagg-ned"):
        assert f'href="{link}"' in page.html
    refused = visitor.post(ADDRESS, {})
    assert (refused.status, "Avsluta först det som pågår i Timrå." in refused.words) == (422, True)
    assert scalar(database, sa.select(Association.closed_on).where(Association.id == cast.timra.id)) is None
    wrong = visitor.post("/installningar/plats/timra/oppna", {})
    assert (wrong.status, "Timrå är inte nedlagd." in wrong.words) == (422, True)


def test_it_is_closed_from_today_goes_from_every_choice_and_can_be_opened_again(visitor, database, cast, clock):
    with database.writing() as session:
        person = make_person(session, cast.timra)
        everybody_leaves(session, cast.timra, TODAY)
        before = membership.counted(session, TODAY - timedelta(days=1), [cast.timra.id])
    visitor.log_in_as(cast.organizer)
    page = visitor.get(ADDRESS)
    assert "Tora Timrå" in page.words
    after = visitor.submit(page, "/lagg-ned")
    assert "Timrå är nedlagd" in after.words
    assert "Nedlagda Timrå" in visitor.get("/installningar/platser").words
    assert "Timrå är nedlagd från och med" in visitor.get("/forening/timra").words
    assert "Timrå" not in visitor.get("/aktiviteter/ny").words
    assert visitor.post(ADDRESS, {}).status == 422
    with database.reading() as session:
        place = session.get_one(Association, cast.timra.id)
        assert (place.closed_on, place.merged_into_id) == (TODAY, None)
        held = sa.select(Role.id).where(Role.association_id == place.id, Role.to_day.is_(None))
        assert session.scalars(held).all() == []
        assert membership.counted(session, TODAY - timedelta(days=1), [place.id]) == before
        assert person.id
    opened = visitor.submit(after, "/oppna")
    assert "Timrå är öppen igen." in opened.words
    assert "Timrå" in visitor.get("/aktiviteter/ny").words
    with database.reading() as session:
        told = session.scalars(sa.select(Change.action).where(Change.subject_id == cast.timra.id)).all()
        assert [one for one in told if one.startswith("place_")] == ["place_closed", "place_opened"]
