"""After any outcomes and undos, every page of figures says the same of the same people: chair, table, campaign, overview."""

import random
from datetime import timedelta

import pytest

from campaigns import all_figures, association_page, association_table, call_queue, outcomes, overview, progress
from campaigns.effects import Report
from organizer import access
from organizer.activation import STEPS
from organizer.metrics import METRICS
from organizer.models import RoleName
from organizer.periods import period
from tests.factories import make_association, make_campaign, make_person
from tests.scene import TODAY

CODES = (
    "reached",
    "no_answer",
    "left_message",
    "wrong_number",
    "opt_out_calls",
    "busy",
    "moved",
    "leaving",
    "deceased",
)


def organizer(cast):
    role = access.Held(RoleName.ORGANIZER, cast.district.id, cast.district.path)
    return access.Viewer(cast.organizer.id, "Disa", "", "full", roles=(role,))


def all_agree(session, cast, campaign, now):
    everyone, places = organizer(cast), (cast.harnosand, cast.timra)
    table = association_table.of_district(session, everyone, now, "name")
    rows = {row.slug: row for row in table.rows}
    whole = progress.of(session, campaign, now)
    start = overview.of(session, everyone, now)
    (running,) = start.running
    assert (running.people, running.sought, running.reached) == (
        whole.bar.people, whole.total.sought.part, whole.total.reached.part,
    )  # fmt: skip
    assert (table.total.reached.part, table.total.reached.whole) == (running.reached, running.sought)
    assert whole.bar.reached + whole.bar.sought + whole.bar.waiting + whole.bar.untouched == whole.bar.people
    assert start.waiting == sum(row.waiting for row in table.rows)
    for place in places:
        page = association_page.of(session, place, period("year", TODAY), now, {place.id})
        row = rows[place.slug]
        assert row.members == page.members == page.years.own[-1].whole == page.in_period.people
        assert row.active == page.active.own == page.years.own[-1]
        assert (row.waiting, row.longest_wait) == (len(page.waiting), max(page.waiting, default=0))
        figures = {
            one.metric.key: one.own
            for one in all_figures.of_period(session, place, page.period, now, {place.id}, "before").rows
        }
        assert figures["members"].number == page.members
        for card in (page.active, page.new_n, page.new_inv, page.renewed):
            assert (figures[card.key].share if figures[card.key] else None) == card.own, card.key
        for step in page.in_period.steps:
            assert (figures[step.key].share if figures[step.key] else None) == step.own, step.key
        of_campaign = {
            one.metric.key: one.own for one in all_figures.of_campaign(session, place, campaign, now, None).rows
        }
        for step in page.in_campaign.steps:
            counted = getattr(whole.by_association[place.id], step.key)
            assert step.own == (counted if counted.whole >= page.k else None), step.key
            assert (of_campaign[step.key].share if of_campaign[step.key] else None) == step.own
        one = whole.by_association[place.id]
        assert one.people >= one.sought.part >= one.contacted.part >= one.reached.part


@pytest.mark.parametrize("seed", range(2))
def test_whatever_callers_report_and_undo_the_pages_agree(session, cast, clock, seed):
    dice = random.Random(seed)
    make_association(session, "Tomt", cast.district)
    for place in (cast.harnosand, cast.timra):
        for n in range(9):
            make_person(
                session,
                place,
                f"Person{n} {place.short_name}",
                joined=TODAY - timedelta(days=dice.choice([3, 30, 900])),
            )
    campaign = make_campaign(session, cast.district, any_hour=True, starts_on=TODAY - timedelta(days=3))
    call_queue.fill(session, campaign, clock.now)
    made = []
    for n in range(14):
        clock.forward(minutes=1)
        now = clock.now
        if made and dice.random() < 0.25:
            outcomes.undo(session, made.pop(), cast.caller.id, now)
        else:
            call = call_queue.claim_next(session, cast.caller.id, campaign.id, now)
            if call is None:
                break
            outcomes.report(session, call, cast.caller.id, Report(dice.choice(CODES), f"r{n}", now), now)
            made.append(call)
        if n % 7 == 6:
            all_agree(session, cast, campaign, now)
    all_agree(session, cast, campaign, clock.now)
    assert set(STEPS) <= set(METRICS)
