"""Starting a campaign puts everyone it is for into its target and its queue, each once, with the reason if not to ring."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from campaigns import call_queue
from campaigns.models import CampaignActivity, QueueRow, Target, Template
from organizer import timeline
from organizer.models import BlockedNumber, Fee, Kind, Refusal, SignUp
from tests.factories import NOW, make_activity, make_association, make_campaign, make_person


@pytest.fixture
def place(session):
    return make_association(session, "Härnösand")


def queue(session, campaign):
    rows = session.execute(
        sa.select(QueueRow.person_id, QueueRow.state, QueueRow.why).where(QueueRow.campaign_id == campaign.id)
    )
    return {row.person_id: (row.state, row.why) for row in rows}


def targets(session, campaign):
    return set(session.scalars(sa.select(Target.person_id).where(Target.campaign_id == campaign.id)))


def happened(session, person, kind, at=NOW, campaign=None, n=1):
    timeline.record(
        session, kind=kind, table="tests", source_id=n + person.id * 10, person_id=person.id, at=at,
        campaign_id=campaign.id if campaign else None,
    )  # fmt: skip


def test_everyone_the_campaign_is_for_comes_in_once(session, place):
    people = [make_person(session, place) for _ in range(3)]
    campaign = make_campaign(session, place)
    assert call_queue.fill(session, campaign, NOW) == 3
    assert queue(session, campaign) == {person.id: ("ready", None) for person in people}
    assert call_queue.fill(session, campaign, NOW) == 0
    late = make_person(session, place)
    assert call_queue.fill(session, campaign, NOW + timedelta(hours=1)) == 1
    assert len(queue(session, campaign)) == 4
    assert late.id in targets(session, campaign)


def test_only_the_campaigns_own_part_of_the_tree(session, place):
    stranger = make_person(session, make_association(session, "Timrå"))
    campaign = make_campaign(session, place)
    call_queue.fill(session, campaign, NOW)
    assert stranger.id not in targets(session, campaign)


def test_who_cannot_be_rung_is_in_the_target_and_the_row_says_why(session, place):
    refused, numberless, wrong = make_person(session, place), make_person(session, place, number=None), make_person(session, place, number="+46701740699")  # fmt: skip
    protected = make_person(session, place, protected=True)
    session.add_all([
        Refusal(person_id=refused.id, channel="call", how="staff", recorded_at=NOW),
        BlockedNumber(e164="+46701740699", at=NOW),
    ])  # fmt: skip
    session.flush()
    campaign = make_campaign(session, place)
    call_queue.fill(session, campaign, NOW)
    assert queue(session, campaign) == {
        refused.id: ("removed", "refused"), numberless.id: ("blocked", "no_number"), wrong.id: ("blocked", "no_number"),
    }  # fmt: skip
    assert protected.id not in targets(session, campaign)


def test_who_was_just_rung_by_another_campaign_rests_first(session, place):
    tried, talked, long_ago = (make_person(session, place) for _ in range(3))
    other = make_campaign(session, place, "Förnya")
    happened(session, tried, Kind.ATTEMPT, NOW - timedelta(hours=5), other)
    happened(session, talked, Kind.ATTEMPT, NOW - timedelta(days=3), other)
    happened(session, talked, Kind.CONVERSATION, NOW - timedelta(days=3), other)
    happened(session, long_ago, Kind.CONVERSATION, NOW - timedelta(days=20), other)
    campaign = make_campaign(session, place)
    call_queue.fill(session, campaign, NOW)
    due = dict(session.execute(sa.select(QueueRow.person_id, QueueRow.due_at)).all())
    assert due == {tried.id: NOW + timedelta(hours=15), talked.id: NOW + timedelta(days=11), long_ago.id: NOW}
    assert [queue(session, campaign)[one.id][0] for one in (tried, talked, long_ago)] == ["waiting", "waiting", "ready"]


def test_who_was_active_the_year_before_is_marked(session, place):
    active, rusty = make_person(session, place), make_person(session, place)
    happened(session, active, Kind.ATTENDANCE, NOW - timedelta(days=100))
    happened(session, rusty, Kind.ATTENDANCE, NOW - timedelta(days=400))
    campaign = make_campaign(session, place)
    call_queue.fill(session, campaign, NOW)
    marked = dict(session.execute(sa.select(Target.person_id, Target.active_at_entry)).all())
    assert marked == {active.id: True, rusty.id: False}


@pytest.mark.parametrize("template", list(Template))
def test_who_already_meets_the_goal_never_enters(session, place, template):
    done, not_done = make_person(session, place), make_person(session, place)
    campaign = make_campaign(session, place, template=template, starts_on=date(2026, 11, 1))
    activity = make_activity(session, place)
    session.add(CampaignActivity(campaign_id=campaign.id, activity_id=activity.id))
    session.flush()
    if template == Template.RENEW:
        session.add(Fee(person_id=done.id, year=2026, paid_on=date(2026, 2, 1)))
    elif template == Template.MOBILISE:
        session.add(SignUp(activity_id=activity.id, person_id=done.id, state="declined", at=NOW))
    else:
        happened(session, done, Kind.CONVERSATION, n=1)
        happened(session, done, Kind.INVITATION, n=2)
    session.flush()
    call_queue.fill(session, campaign, NOW)
    # Only what happens after entry activates anyone, so there nobody is done beforehand.
    assert targets(session, campaign) == ({not_done.id} | ({done.id} if template == Template.ACTIVATE else set()))
