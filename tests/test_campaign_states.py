"""A campaign's life: which moves are allowed, and that starting is whole or not at all."""

import contextlib
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from campaigns import definitions, preview, script
from campaigns.models import CampaignState, QueueRow, Target, Template
from organizer.models import BlockedNumber, Change, Refusal
from organizer.words import Refused
from tests.factories import NOW, make_account, make_association, make_campaign, make_person

MOVES = {
    CampaignState.RUNNING: definitions.resume,
    CampaignState.PAUSED: definitions.pause,
    CampaignState.CLOSED: definitions.close,
}


@pytest.fixture
def place(session):
    return make_association(session, "Härnösand", make_association(session, "Västernorrland", kind="district"))


@pytest.fixture
def organizer(session):
    return make_account(session, "Disa Distrikt")


@pytest.mark.parametrize("here", list(CampaignState))
@pytest.mark.parametrize("to", list(MOVES))
def test_every_state_by_every_move(session, place, organizer, here, to):
    campaign = make_campaign(session, place, state=here)
    allowed = to in definitions.MOVES[here] and here != CampaignState.DRAFT
    if here == to:
        MOVES[to](session, campaign.id, organizer.id, NOW)
        assert session.scalar(sa.select(sa.func.count()).select_from(Change)) == 0
    elif allowed:
        MOVES[to](session, campaign.id, organizer.id, NOW)
        assert campaign.state == to
        assert (campaign.closed_at == NOW) == (to == CampaignState.CLOSED)
    else:
        with pytest.raises(Refused):
            MOVES[to](session, campaign.id, organizer.id, NOW)
        assert campaign.state == here


def test_starting_a_closed_one_is_refused_and_a_started_one_is_harmless(session, place, organizer):
    make_person(session, place)
    closed = make_campaign(session, place, state=CampaignState.CLOSED)
    with pytest.raises(Refused):
        definitions.start(session, closed.id, organizer.id, NOW)
    campaign = make_campaign(session, place, state=CampaignState.DRAFT, started_at=None, steps=[])
    for _ in range(3):
        definitions.start(session, campaign.id, organizer.id, NOW)
    assert session.scalar(sa.select(sa.func.count()).select_from(QueueRow)) == 1
    session.execute(sa.update(QueueRow).values(state="done"))
    definitions.start(
        session, campaign.id, organizer.id, NOW + timedelta(days=1)
    )  # everybody is rung: no reason to refuse
    assert campaign.started_at == NOW


@pytest.mark.parametrize("template", list(Template))
def test_a_template_makes_a_draft_that_passes_its_own_checks(session, place, organizer, template):
    make_person(session, place)
    campaign_id = definitions.from_template(session, template, place.id, organizer.id, NOW)
    campaign = definitions.locked(session, campaign_id)
    if template == Template.MOBILISE:
        with pytest.raises(Refused, match="aktivitet"):
            definitions.start(session, campaign_id, organizer.id, NOW)
        return
    assert not script.fields([campaign.opening, *campaign.steps]) & script.OF_ACTIVITY
    if template == Template.NEW_MEMBERS:
        assert campaign.standing
        assert campaign.ends_on is None
    definitions.start(session, campaign_id, organizer.id, NOW)
    assert campaign.state == CampaignState.RUNNING


def test_the_review_foretells_exactly_what_starting_does(session, place, organizer):
    for n in range(9):
        person = make_person(session, place, number=None if n == 0 else "")
        if n == 1:
            session.add(Refusal(person_id=person.id, channel="all", recorded_at=NOW, how="staff"))
        if n == 2:
            person.blocked_why = "leaving"
    blocked = make_person(session, place, number="+46701740612")
    session.add(BlockedNumber(e164="+46701740612", at=NOW))
    make_person(session, place, protected=True)
    session.flush()
    campaign_id = definitions.from_template(session, Template.ACTIVATE, place.id, organizer.id, NOW)
    foretold = preview.of(session, definitions.locked(session, campaign_id), NOW)
    assert (foretold.callable, foretold.hindered) == (6, {"no_number": 2, "refused": 1, "leaving": 1})
    definitions.start(session, campaign_id, organizer.id, NOW)
    states = dict(
        list(row) for row in session.execute(sa.select(QueueRow.state, sa.func.count()).group_by(QueueRow.state))
    )
    assert states == {"ready": 6, "blocked": 3, "removed": 1}
    assert session.scalar(sa.select(sa.func.count()).select_from(Target)) == foretold.callable + foretold.cannot
    assert blocked.id


@given(text=st.text(alphabet="{}| förnamnHej aktivitet🙂", max_size=60))
def test_no_script_breaks_the_check_or_the_filling(text):
    script.fill(text, {"förnamn": "Åsa"})
    with contextlib.suppress(Refused):
        script.check(text, "opening")
        assert "{" not in script.fill(text, dict.fromkeys(script.FIELDS, "x"))


def test_the_pieces_of_a_script_are_the_script():
    text = "Hej {förnamn}! Jag heter {ringare|någon}."
    assert "".join(piece for piece, _field in script.pieces(text)) == text
    assert [piece for piece, field in script.pieces(text) if field] == ["{förnamn}", "{ringare|någon}"]
