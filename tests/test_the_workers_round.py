"""The worker's round of a campaign: who comes in, falls out, comes back and is freed, whatever happened elsewhere."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from campaigns import call_queue
from campaigns.models import CampaignActivity, CampaignState, QueueRow, QueueState, Target, Template, Todo
from organizer import activities, people, timeline
from organizer.models import Fee, Kind, Person, Refusal
from tests.calling import Evening, put_in_queue
from tests.factories import NOW, add_number, make_activity, make_association, make_person


@pytest.fixture
def evening(session) -> Evening:
    return Evening(session)


def sweep(evening, now=NOW):
    evening.session.flush()
    call_queue.sweep(evening.session, evening.campaign.id, now)
    evening.session.expire_all()


def stands(evening, person):
    row = evening.row(person)
    return row.state, row.why


def target(evening, person):
    return evening.session.scalars(sa.select(Target).where(Target.person_id == person.id)).one()


def test_late_comers_come_in(evening):
    new = make_person(evening.session, evening.place)
    sweep(evening)
    assert stands(evening, new) == ("ready", None)
    assert target(evening, new).entered_on == date(2026, 11, 19)


def test_nobody_comes_into_a_paused_campaign_and_nothing_happens_to_a_closed_one(evening):
    new = make_person(evening.session, evening.place)
    for state in (CampaignState.PAUSED, CampaignState.CLOSED, CampaignState.DRAFT):
        evening.campaign.state = state
        sweep(evening)
    assert evening.session.scalar(sa.select(QueueRow.id).where(QueueRow.person_id == new.id)) is None


def test_a_refusal_recorded_anywhere_takes_the_person_out_and_back_when_it_is_taken_back(evening):
    person = evening.people[0]
    refusal = people.refuse(evening.session, person.id, "call", "staff", NOW)
    sweep(evening)
    assert stands(evening, person) == ("removed", "refused")
    people.revoke(evening.session, refusal, NOW)
    sweep(evening)
    assert stands(evening, person) == ("ready", None)


def test_a_refusal_takes_the_person_out_of_a_callers_hands(evening):
    call = evening.call()
    people.refuse(evening.session, evening.people[0].id, "all", "staff", NOW)
    sweep(evening)
    assert call_queue.held_call(evening.session, evening.birgitta.id, NOW) is None
    assert stands(evening, evening.people[0]) == ("removed", "refused")
    assert evening.report("reached", call=call).late


def test_the_dead_the_protected_and_those_who_moved_out_of_the_district_leave_the_target(evening):
    dead, protected, moved = evening.people
    elsewhere = make_association(evening.session, "Umeå")
    dead.deceased_on, protected.protected = date(2026, 11, 18), True
    people.move(evening.session, moved.id, elsewhere.id, date(2026, 11, 18), NOW)
    sweep(evening)
    assert [target(evening, one).excluded_why for one in evening.people] == ["deceased", "protected", "moved_out"]
    assert {stands(evening, one)[0] for one in evening.people} == {"removed"}
    dead.deceased_on = None
    sweep(evening)
    assert target(evening, dead).excluded_on is None
    assert stands(evening, dead) == ("ready", None)


def test_who_moves_within_the_district_stays(session):
    district = make_association(session, "Västernorrland", kind="district")
    evening = Evening(session)
    evening.place.parent_id, evening.place.path = district.id, f"{district.path}{evening.place.id}/"
    timra = make_association(session, "Timrå", district)
    session.flush()
    people.move(session, evening.people[0].id, timra.id, date(2026, 11, 18), NOW)
    sweep(evening)
    assert target(evening, evening.people[0]).excluded_on is None
    assert evening.row(evening.people[0]).association_id == evening.place.id


def test_who_leaves_stays_in_the_target_but_is_not_rung(evening):
    person = evening.people[0]
    people.close_membership(evening.session, person.id, date(2026, 11, 19), "left", NOW)
    sweep(evening)
    assert stands(evening, person) == ("removed", "left")
    assert target(evening, person).excluded_on is None


def test_a_new_number_brings_somebody_back(evening):
    person = make_person(evening.session, evening.place, number=None)
    sweep(evening)
    assert stands(evening, person) == ("blocked", "no_number")
    add_number(evening.session, person, "+46701740644")
    sweep(evening)
    assert stands(evening, person) == ("ready", None)


@pytest.mark.parametrize("template", list(Template))
def test_who_meets_the_goal_after_entry_is_left_alone(evening, template):
    session, person, campaign = evening.session, evening.people[0], evening.campaign
    campaign.template = template
    activity = make_activity(session, evening.place)
    session.add(CampaignActivity(campaign_id=campaign.id, activity_id=activity.id))
    session.flush()
    if template == Template.RENEW:
        session.add(Fee(person_id=person.id, year=2026, paid_on=date(2026, 11, 19)))
    elif template in (Template.MOBILISE, Template.ACTIVATE):
        activities.sign_up(session, activity.id, person.id, NOW)
    else:
        for n, kind in enumerate((Kind.CONVERSATION, Kind.INVITATION)):
            timeline.record(session, kind=kind, table="tests", source_id=n, person_id=person.id, at=NOW)
    sweep(evening)
    assert stands(evening, person) == ("done", "goal_met")
    assert (target(evening, person).settled_on, target(evening, person).excluded_on) == (date(2026, 11, 19), None)
    assert stands(evening, evening.people[1]) == ("ready", None)
    if template in (Template.MOBILISE, Template.ACTIVATE):
        activities.withdraw(session, activity.id, person.id, NOW)
        sweep(evening)
        assert stands(evening, person) == ("ready", None)
        assert target(evening, person).settled_on is None


def test_a_standing_campaign_lets_go_after_ninety_days(evening):
    evening.campaign.standing = True
    evening.session.execute(sa.update(Target).values(entered_on=date(2026, 8, 21)))
    person = evening.people[0]
    sweep(evening)
    assert stands(evening, person) == ("done", "goal_met")
    evening.session.execute(sa.update(Target).values(entered_on=date(2026, 8, 22), settled_on=None))
    sweep(evening)
    assert stands(evening, person) == ("ready", None)


def test_a_promise_not_kept_within_a_day_goes_to_anyone_and_somebody_is_told(evening):
    person = evening.people[0]
    at = NOW + timedelta(hours=1)
    evening.report("callback", detail={"at": at.isoformat(), "who": "me"})
    sweep(evening, at + timedelta(hours=23))
    assert evening.row(person).callback_by == evening.birgitta.id
    sweep(evening, at + timedelta(hours=25))
    sweep(evening, at + timedelta(hours=26))
    assert evening.row(person).callback_by is None
    assert evening.session.scalars(sa.select(Todo.kind)).all() == ["callback_missed"]


def test_what_is_due_becomes_callable_and_holds_run_out(evening):
    evening.report("busy")
    evening.call()
    sweep(evening, NOW + timedelta(minutes=46))
    assert [stands(evening, one)[0] for one in evening.people] == ["ready", "ready", "ready"]
    assert evening.holds() == 0


def test_a_second_round_changes_nothing(evening):
    evening.session.add(Refusal(person_id=evening.people[0].id, channel="call", how="staff", recorded_at=NOW))
    sweep(evening)
    before = evening.session.execute(sa.select(*QueueRow.__table__.columns).order_by(QueueRow.id)).all()
    sweep(evening)
    assert evening.session.execute(sa.select(*QueueRow.__table__.columns).order_by(QueueRow.id)).all() == before


def reasons(evening, now=NOW):
    return {
        one.key: (one.count, one.when) for one in call_queue.why_not_callable(evening.session, evening.campaign.id, now)
    }


def test_every_reason_is_counted_once_with_the_time_it_opens(evening):
    session, place = evening.session, evening.place
    extra = [make_person(session, place) for _ in range(6)]
    put_in_queue(session, evening.campaign, *extra)
    for person, columns in zip(extra, (
        {"state": "waiting", "why": "no_answer", "due_at": NOW + timedelta(hours=20)},
        {"state": "waiting", "why": "callback", "due_at": NOW + timedelta(hours=1)},
        {"state": "exhausted", "why": "no_answer"}, {"state": "removed", "why": "refused"},
        {"state": "blocked", "why": "distress"}, {"language": "so"},
    ), strict=True):  # fmt: skip
        session.execute(sa.update(QueueRow).where(QueueRow.person_id == person.id).values(**columns))
    evening.call()
    assert reasons(evening) == {
        "promised": (1, NOW + timedelta(hours=1)), "waiting": (1, NOW + timedelta(hours=20)),
        "held": (1, NOW + timedelta(minutes=45)), "language": (1, None), "exhausted": (1, None),
        "blocked": (1, None), "refused": (1, None),
    }  # fmt: skip


def test_outside_hours_everyone_waits_for_the_next_opening(evening):
    late = NOW + timedelta(hours=4)
    opens = NOW + timedelta(hours=15)  # nine o'clock on Friday
    assert reasons(evening, late) == {"outside_hours": (3, opens)}
    evening.campaign.state = CampaignState.PAUSED
    evening.session.flush()
    assert reasons(evening, late) == {"not_running": (3, None)}


def test_somebody_merged_into_another_is_not_rung(evening):
    evening.session.execute(
        sa.update(Person).where(Person.id == evening.people[0].id).values(merged_into_id=evening.people[1].id)
    )
    sweep(evening)
    assert stands(evening, evening.people[0]) == (QueueState.REMOVED, "merged")
