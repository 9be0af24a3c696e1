"""What is kept of large districts and campaigns equals what the ledger says, at every moment and whatever changes."""

import random
from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaigns import association_page, figures, keeping, large_campaigns, progress
from campaigns.models import Target
from organizer import activation, counted, district_figures, membership, own_figures
from organizer.models import ChangedPerson, CountedPerson, CountedPlace, Event, Fee, Kind, Membership, Person
from organizer.periods import period
from tests.ledger import CONVERSATION, happened, moved, paid, target
from tests.scene import TODAY, make_scene


@pytest.fixture
def scene(database, cast, clock, monkeypatch):
    """A district and a campaign that count as large and have been counted."""
    monkeypatch.setattr(large_campaigns, "FROM", 100)
    monkeypatch.setattr(district_figures, "LARGE", 100)
    with database.writing() as session:
        scene = make_scene(session, cast, clock.now)
    assert keeping.keep_large(database, clock.now) > 1
    keeping.keep_up(database, clock.now)
    return scene


def the_same(database, cast, scene):
    """Every figure as kept and corrected, against the same counted from the ledger."""
    with database.reading() as session:
        for place in (cast.harnosand, *scene.places):
            known = own_figures.counted_of(session, place.id, TODAY)
            this_year = period("year", TODAY)
            assert known == association_page.counted(session, place.id, this_year, TODAY, cast.district.path)
            in_campaign = figures.of_campaign(session, scene.campaign, TODAY, [place.id])
            assert in_campaign.get(place.id) == by_hand(session, scene.campaign).get(place.id)
        everywhere = by_hand(session, scene.campaign)
        assert figures.of_campaign(session, scene.campaign, TODAY) == everywhere
        whole = large_campaigns.total(session, scene.campaign, figures.ends(scene.campaign, TODAY))
        assert whole.people == sum(one.people for one in everywhere.values())
        for step in activation.STEPS:
            assert getattr(whole, step) == activation.pooled(getattr(one, step) for one in everywhere.values())
        places = district_figures.below(cast.district.path)
        everyone = activation.active_on(session, membership.members_on(TODAY, places), TODAY)
        kept = own_figures.everywhere(session, TODAY)
        assert {place: share for place, share in kept.active.items() if share.whole} == everyone
        waiting = session.execute(membership.waiting(TODAY, places)).all()
        assert sum(number for number, _ in kept.waiting.values()) == len(waiting)
        assert min((since for _, since in kept.waiting.values()), default=None) == min(
            (one[2] for one in waiting), default=None
        )


def by_hand(session, campaign):
    return figures.counted(session, campaign, figures.target_of(campaign), figures.last_day(campaign, TODAY))


def change_something(session, cast, scene, dice):
    """One of everything that can happen to somebody's figures, through plain statements: nobody has to remember us."""
    places = [cast.harnosand, *scene.places]
    person = session.get_one(Person, dice.choice(session.scalars(sa.select(Person.id)).all()))
    other = session.get_one(
        Person, dice.choice(session.scalars(sa.select(Person.id).where(Person.id != person.id)).all())
    )
    day = TODAY - timedelta(days=dice.choice([0, 1, 20, 60, 200, 364, 365, 366, 500]))
    here = session.scalar(sa.select(Membership).where(Membership.person_id == person.id, Membership.to_day.is_(None)))
    in_target = session.get(Target, (scene.campaign.id, person.id))

    def merge():
        session.execute(sa.update(Event).where(Event.person_id == other.id).values(person_id=person.id))

    def erase():
        session.execute(sa.delete(Target).where(Target.person_id == other.id))
        session.execute(sa.text("DELETE FROM todos WHERE person_id = :one").bindparams(one=other.id))
        session.execute(sa.text("UPDATE accounts SET person_id = NULL WHERE person_id = :one").bindparams(one=other.id))
        session.execute(sa.delete(Person).where(Person.id == other.id))

    def exclude():
        if in_target:
            in_target.excluded_on = None if in_target.excluded_on else TODAY

    def enter():
        if in_target is None:
            target(session, scene.campaign, dice.choice(places), person)

    doing = [
        lambda: happened(session, person, day, *CONVERSATION, Kind.RESPONSE, campaign=scene.campaign),
        lambda: happened(session, person, day, dice.choice([Kind.SIGN_UP, Kind.ATTENDANCE, Kind.TASK, Kind.MESSAGE])),
        lambda: session.execute(sa.delete(Event).where(Event.person_id == person.id, Event.kind == Kind.CONVERSATION)),
        lambda: session.execute(sa.update(Event).where(Event.person_id == person.id).values(day=day)),
        lambda: moved(session, person, day, dice.choice(places)) if here and (here.from_day or day) < day else None,
        lambda: moved(session, person, day, None, "left") if here and (here.from_day or day) < day else None,
        lambda: setattr(person, "deceased_on", None if person.deceased_on else day),
        lambda: session.execute(sa.delete(Fee).where(Fee.person_id == person.id)),
        lambda: paid(session, person, day) if session.get(Fee, (person.id, day.year)) is None else None,
        merge, erase, exclude, enter,
    ]  # fmt: skip
    dice.choice(doing)()


def test_whatever_changes_the_kept_figures_are_those_of_the_ledger(database, cast, scene, clock):
    dice = random.Random(7)
    for n in range(40):
        with database.writing() as session:
            change_something(session, cast, scene, dice)
        if n % 4 == 0:
            the_same(database, cast, scene)
        if n % 5 == 4:
            assert keeping.keep_up(database, clock.now) > 0
            the_same(database, cast, scene)
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(ChangedPerson)) == 0
    keeping.keep_large(database, clock.now, again=True)
    the_same(database, cast, scene)


def test_a_report_and_its_undo_are_seen_at_once(database, cast, scene, visitor):
    chair = visitor.log_in_as(cast.chair)
    before = chair.get("/forening/harnosand").words
    with database.writing() as session:
        happened(session, session.merge(scene.members[27]), TODAY, *CONVERSATION, campaign=scene.campaign)
    after = chair.get("/forening/harnosand").words
    assert after != before
    with database.writing() as session:
        session.execute(sa.delete(Event).where(Event.person_id == scene.members[27].id))
    assert chair.get("/forening/harnosand").words == before


def test_pages_say_the_same_kept_and_counted(database, cast, scene, visitor, clock):
    chair, organizer = visitor.log_in_as(cast.chair), visitor.log_in_as(cast.organizer)
    pages = ((chair, "/forening/harnosand"), (chair, "/forening/harnosand/siffror"), (organizer, "/foreningar"), (organizer, "/oversikt"),
             (organizer, f"/kampanjer/{scene.campaign.id}"))  # fmt: skip
    kept = [who.get(path).words for who, path in pages]
    with database.writing() as session:
        for table in (CountedPlace, CountedPerson):
            session.execute(sa.delete(table))
    assert [who.get(path).words for who, path in pages] == kept


def test_too_many_changes_at_once_are_counted_from_the_ledger_until_they_are_taken_up(
    database, cast, scene, clock, monkeypatch
):
    monkeypatch.setattr(counted, "MOST_CHANGED", 3)
    with database.writing() as session:
        for person in scene.members[20:27]:
            happened(session, session.merge(person), TODAY, *CONVERSATION, campaign=scene.campaign)
    with database.reading() as session:
        assert own_figures.counted_of(session, cast.harnosand.id, TODAY) is None
        assert figures.of_campaign(session, scene.campaign, TODAY) == by_hand(session, scene.campaign)
    keeping.keep_up(database, clock.now)
    the_same(database, cast, scene)


def test_what_somebody_else_has_taken_up_is_not_taken_up_twice(database, cast, scene, clock, monkeypatch):
    with database.writing() as session:
        happened(session, session.merge(scene.members[27]), TODAY, *CONVERSATION, campaign=scene.campaign)
    remove = counted._remove

    def overtaken(session, ids):
        remove(session, [*ids, max(ids) + 1])

    monkeypatch.setattr(counted, "_remove", overtaken)
    assert keeping.keep_up(database, clock.now) == 0
    monkeypatch.setattr(counted, "_remove", remove)
    the_same(database, cast, scene)
    assert keeping.keep_up(database, clock.now) > 0
    the_same(database, cast, scene)


def test_yesterdays_counts_are_not_shown_today(database, cast, scene, clock):
    tomorrow = TODAY + timedelta(days=1)
    with database.reading() as session:
        assert own_figures.counted_of(session, cast.harnosand.id, tomorrow) is None
    keeping.keep_large(database, clock.forward(days=1))
    with database.reading() as session:
        assert own_figures.counted_of(session, cast.harnosand.id, tomorrow) is not None


def test_a_small_district_and_campaign_are_never_kept_so(database, cast, clock):
    with database.writing() as session:
        make_scene(session, cast, clock.now)
    assert keeping.keep_large(database, clock.now) == 0


def test_the_pace_of_a_large_campaign_is_the_one_counted_from_the_ledger(database, scene):
    with database.reading() as session:
        assert progress.evenings(session, scene.campaign.id) == [46, 20]
        assert large_campaigns.evenings(session, scene.campaign.id) == [46, 20]
