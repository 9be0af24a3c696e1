"""After any sequence of reports, changes, undos and refusals every queue row stands where the facts put it, and the
figures are nested: reached ⊆ contacted ⊆ sought ⊆ T in every association (D1)."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from campaigns import call_queue, outcomes, replay
from campaigns.models import Call, Hold, QueueRow, QueueState, Target
from campaigns.outcomes import OUTCOMES, Report
from campaigns.sweep import free_broken_promises, put_back_due
from organizer import people
from organizer.models import Event, Kind
from organizer.words import Refused
from tests.calling import put_in_queue
from tests.factories import NOW, add_number, make_account, make_association, make_campaign, make_person

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["report", "report", "report", "late", "change", "undo", "release", "refuse", "wait"]),
        st.integers(0, 1), st.integers(0, 1), st.sampled_from(sorted(OUTCOMES)), st.integers(1, 40),
    ),
    min_size=3, max_size=9,
)  # fmt: skip


class Story:
    """Two callers, two campaigns for the same four people in two associations."""

    def __init__(self, session: Session) -> None:
        self.session, self.now, self.refs = session, NOW, 0
        places = [make_association(session, name) for name in ("Härnösand", "Timrå")]
        self.campaigns = [make_campaign(session, places[0], title, any_hour=True) for title in ("Aktivera", "Förnya")]
        self.people = [make_person(session, places[n % 2]) for n in range(4)]
        add_number(session, self.people[0], "+46701740699", position=1)
        self.callers = [make_account(session, name).id for name in ("Birgitta", "Nils")]
        for campaign in self.campaigns:
            for n, person in enumerate(self.people):
                put_in_queue(session, campaign, person, association_id=places[n % 2].id)
        self.mine: list[tuple[int, int]] = []
        self.loose: list[tuple[int, int]] = []

    def said(self, outcome: str, hours: int) -> Report:
        self.refs += 1
        detail = {"callback": {"at": (self.now + timedelta(hours=hours)).isoformat(), "who": "me" if hours % 2 else "anyone"},
                  "language": {"language": "so"}}.get(outcome, {})  # fmt: skip
        return Report(outcome, f"ref-{self.refs}", detail=detail)

    def do(self, what: str, caller: int, campaign: int, outcome: str, hours: int) -> None:
        account = self.callers[caller]
        if what == "wait":
            self.now += timedelta(hours=hours)
        elif what == "refuse":
            people.refuse(self.session, self.people[hours % 4].id, "call", "staff", self.now)
            replay.person(self.session, self.people[hours % 4].id, self.now)
        elif what == "release":
            call_queue.release(self.session, account, self.now)
        elif what == "late" and self.loose:
            call, account = self.loose.pop(hours % len(self.loose))
            outcomes.report(self.session, call, account, self.said(outcome, hours), self.now)
            self.mine.append((call, account))
        elif what in ("change", "undo") and self.mine:
            call, account = self.mine[hours % len(self.mine)]
            if what == "undo":
                outcomes.undo(self.session, call, account, self.now)
            else:
                outcomes.change(self.session, call, account, self.said(outcome, hours), self.now)
        elif what == "report":
            self.ring(account, self.campaigns[campaign].id, outcome, hours)

    def ring(self, account: int, campaign_id: int, outcome: str, hours: int) -> None:
        call = call_queue.claim_next(self.session, account, campaign_id, self.now)
        if call is None:
            return
        if hours % 5 == 0:
            self.loose.append((call, account))
            call_queue.release(self.session, account, self.now)
        else:
            outcomes.report(self.session, call, account, self.said(outcome, hours), self.now)
            self.mine.append((call, account))

    def bring_up_to_now(self) -> None:
        for campaign in self.campaigns:
            free_broken_promises(self.session, campaign.id, self.now)
            put_back_due(self.session, campaign.id, self.now)
        self.session.expire_all()


def rows_stand_where_the_facts_put_them(story):
    for person in story.people:
        for row, there in replay.where(story.session, person.id, story.now):
            stands = row.back_to if row.held else row.state
            assert stands == there.state
            assert (row.state == QueueState.HELD) == bool(row.held)
            for name in (
                "why",
                "priority",
                "due_at",
                "attempts",
                "last_call_at",
                "callback_by",
                "avoid_account_id",
                "language",
            ):
                assert getattr(row, name) == getattr(there, name), (name, row.state)


def figures_are_nested(story):
    targets = set(story.session.execute(sa.select(Target.campaign_id, Target.association_id, Target.person_id)))
    found = {kind: set() for kind in Kind}
    for row in story.session.execute(sa.select(Event.campaign_id, Event.association_id, Event.person_id, Event.kind)):
        found[row.kind].add(tuple(row)[:3])
    assert found[Kind.CONVERSATION] <= found[Kind.CONTACT] <= found[Kind.ATTEMPT] <= {tuple(one) for one in targets}


def attempts_are_those_of_the_ledger(story):
    counted = {}
    for row in story.session.execute(
        sa.select(Event.campaign_id, Event.person_id, sa.func.count()).where(Event.kind == Kind.ATTEMPT)
        .group_by(Event.campaign_id, Event.person_id)
    ):  # fmt: skip
        counted[row[0], row[1]] = row[2]
    for row in story.session.execute(sa.select(QueueRow.campaign_id, QueueRow.person_id, QueueRow.attempts)):
        assert row.attempts == counted.get((row.campaign_id, row.person_id), 0)


def nobody_is_ready_who_was_just_rung_elsewhere(story):
    recent = story.session.execute(
        sa.select(QueueRow.id)
        .join(Call, sa.and_(Call.person_id == QueueRow.person_id, Call.campaign_id != QueueRow.campaign_id))
        .join(Event, Event.key == sa.literal("attempt:calls:") + sa.cast(Call.id, sa.String))
        .where(QueueRow.state == QueueState.READY, Event.at > story.now - timedelta(hours=20), sa.func.coalesce(QueueRow.why, "") != "callback")
    ).all()  # fmt: skip
    assert not recent
    assert len(set(story.session.scalars(sa.select(Hold.person_id)))) == len(
        story.session.scalars(sa.select(Hold.call_id)).all()
    )


@pytest.fixture
def engine(database):
    return database.engine.execution_options(writing=True)


def test_any_sequence_leaves_the_queue_where_the_facts_put_it(engine):
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(STEPS)
    def tell(steps):
        with Session(engine, expire_on_commit=False) as session:  # never committed: each story begins anew
            story = Story(session)
            for step in steps:
                try:
                    with session.begin_nested():
                        story.do(*step)
                except Refused:
                    pass
                story.bring_up_to_now()
                rows_stand_where_the_facts_put_them(story)
            figures_are_nested(story)
            attempts_are_those_of_the_ledger(story)
            nobody_is_ready_who_was_just_rung_elsewhere(story)

    tell()
