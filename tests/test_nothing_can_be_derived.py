"""Whatever pages a chair opens, in whatever order, no number about a neighbour or about a few people can be worked out."""

import random
from datetime import timedelta
from itertools import combinations

import pytest

from campaigns import all_figures, association_page
from campaigns.association_page import COHORTS
from campaigns.models import Campaign
from organizer import district_figures, survey_parts
from organizer.models import Answer, Kind, Question, Survey
from organizer.periods import BEFORE, BUSINESS, NAMES, NOTHING, period
from tests.factories import make_association, make_campaign, make_person
from tests.ledger import CONVERSATION, happened, paid, target
from tests.scene import TODAY

K = 5


def shown_district(page):
    """Every pooled figure on the page, by its key."""
    found = {card.key: card.district for card in (page.active, page.new_n, page.new_inv, page.renewed)}
    found |= {f"period:{step.key}": step.district for step in page.in_period.steps}
    if page.in_campaign:
        found |= {f"campaign:{step.key}": step.district for step in page.in_campaign.steps}
    return {key: share for key, share in found.items() if share is not None}


def shown_own(page):
    found = [card.own for card in (page.active, page.new_n, page.new_inv, page.renewed)] + list(page.years.own)
    found += [step.own for funnel in (page.in_period, page.in_campaign) if funnel for step in funnel.steps]
    return [share for share in found if share is not None]


def some_district(session, cast, dice):
    """Associations of one to twenty-five members, of whom some are new, active, paid-up or rung."""
    campaign = make_campaign(session, cast.district, starts_on=TODAY - timedelta(days=40))
    places = [
        cast.harnosand,
        *(make_association(session, f"Ort {n}", cast.district) for n in range(dice.randint(2, 6))),
    ]
    for place in places:
        for _ in range(dice.randint(1, 25)):
            person = make_person(
                session, place, joined=TODAY - timedelta(days=dice.choice([20, 60, 200, 900])), number=None
            )
            if dice.random() < 0.6:
                target(session, campaign, place, person)
                happened(
                    session, person, TODAY - timedelta(days=5), *CONVERSATION[: dice.randint(1, 3)], campaign=campaign
                )
            if dice.random() < 0.4:
                happened(session, person, TODAY - timedelta(days=dice.choice([1, 100, 300])), Kind.ATTENDANCE)
            if dice.random() < 0.5:
                paid(session, person, TODAY - timedelta(days=30))
    return places


@pytest.mark.parametrize("seed", range(2))
def test_no_sequence_of_pages_tells_of_a_neighbour_or_of_a_few(session, cast, clock, seed):
    dice = random.Random(seed)
    places = some_district(session, cast, dice)
    own = {cast.harnosand.id}
    seen = {}
    for name in NAMES:
        page = association_page.of(session, cast.harnosand, period(name, TODAY), clock.now, own)
        assert all(share.whole >= K for share in shown_own(page))
        seen[name] = shown_district(page)
        truth = district_figures.of_period(session, period(name, TODAY), TODAY, cast.district.path)
        for key, share in seen[name].items():
            by_place = truth.get(key.removeprefix("period:"))
            if by_place is None or key.startswith("campaign:"):
                continue
            others = [one for place, one in by_place.items() if place not in own]
            assert sum(one.whole >= K for one in others) >= 3, key
            assert max(one.whole for one in others) <= 0.7 * sum(one.whole for one in others), key
            assert share.whole == sum(one.whole for one in by_place.values())
    for (one, first), (other, second) in combinations(seen.items(), 2):
        if {one, other} == {"year", "days90"}:  # the one lies inside the other, so a difference would mean something
            for key in ("new_n", "new_inv"):
                assert key not in first or key not in second
    assert len(places) > 2


def test_all_figures_of_every_period_and_comparison_tell_no_more(session, cast, clock):
    places = some_district(session, cast, random.Random(5))
    inner = make_campaign(session, cast.district, "Några av dem", starts_on=TODAY - timedelta(days=20))
    for place in places:
        target(session, inner, place, *(make_person(session, place, number=None) for _ in range(3)))
    own = {cast.harnosand.id, places[1].id}
    cohorts = {}
    for name in (*NAMES, *BUSINESS):
        chosen = period(name, TODAY, 7)
        truth = district_figures.of_period(session, chosen, TODAY, cast.district.path)
        tables = [
            all_figures.of_period(session, cast.harnosand, chosen, clock.now, own, choice)
            for choice in ((BEFORE, "2023", NOTHING) if name == "year" else (BEFORE,))
        ]
        for row in (row for table in tables for row in table.rows):
            for one in (row.own, row.before):
                assert one is None or one.whole is None or one.whole >= K, (name, row.metric.key)
            assert row.own is not None or (row.before is None and row.change is None), row.metric.key
            if row.district is None:
                continue
            by_place = truth[row.metric.key]
            others = [one.whole for place, one in by_place.items() if place not in own]
            assert sum(one >= K for one in others) >= 3, (name, row.metric.key)
            assert max(others) <= 0.7 * sum(others), (name, row.metric.key)
            assert row.district.whole == sum(one.whole for one in by_place.values())
            if row.metric.key in COHORTS:
                cohorts[name] = (chosen.first_day, chosen.last_day)
        beside = [{row.metric.key: row.district for row in table.rows} for table in tables]
        assert all(one == beside[0] for one in beside), "what one compares with says nothing new of the district"
    assert "year" in cohorts, "or nothing was tried"
    for (_, (first, last)), (_, (begins, ends)) in combinations(cohorts.items(), 2):
        assert last < begins or ends < first, "the new of one period are some of another's, and could be subtracted"
    both = [all_figures.of_campaign(session, cast.harnosand, one, clock.now, own) for one in _campaigns(session, cast)]
    assert sum(any(row.district for row in table.rows) for table in both) <= 1, "one campaign lies inside the other"


def _campaigns(session, cast):
    return [session.get_one(Campaign, one) for one in all_figures.campaigns_at(session, cast.harnosand)]


def test_all_answers_less_a_campaigns_are_never_a_few(session, cast, clock):
    survey = Survey(association_id=cast.district.id, title="Vad vill du?", created_at=clock.now)
    session.add(survey)
    session.flush()
    question = Question(survey_id=survey.id, position=0, text="Vad?", kind="many", options=["Möten", "Kurs"])
    session.add(question)
    session.flush()

    def answered(number, campaign):
        for _ in range(number):
            person = make_person(session, cast.harnosand, number=None)
            session.add(
                Answer(
                    question_id=question.id,
                    person_id=person.id,
                    choices=[0],
                    text="",
                    at=clock.now,
                    campaign_id=campaign,
                )
            )
        session.flush()

    def shown(campaign):
        path = cast.harnosand.path
        return bool(survey_parts.may_be_shown(session, survey.id, path=path, campaign_id=campaign, k=K))

    answered(8, 1)
    assert shown(1)
    answered(2, None)
    assert not shown(1)  # the two who answered by link could be told from the rest
    answered(3, None)
    assert shown(1)
    answered(4, 2)
    assert (shown(1), shown(2)) == (True, False)  # the smallest of the others is hidden with it
