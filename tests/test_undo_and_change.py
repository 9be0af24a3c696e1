"""A report counts once however often it is sent; undo restores everything; a change is as if said right at once; late is not lost."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaigns import call_queue, outcomes
from campaigns.models import Call, CampaignActivity, CampaignState, Message, Todo
from campaigns.outcomes import OUTCOMES, Report
from organizer import activities, people, surveys
from organizer.db import Base
from organizer.models import Answer, Question, SignUp
from organizer.words import Missing, Refused
from tests.calling import Evening, put_in_queue
from tests.factories import NOW, add_number, make_activity, make_campaign

DETAIL = {"callback": {"at": (NOW + timedelta(hours=2)).isoformat(), "who": "me"}, "language": {"language": "so"}}
FACTS = (
    "call_queue", "timeline", "refusals", "blocked_numbers", "people", "campaign_targets", "acquaintances", "todos",
    "sign_ups", "answers", "call_invitations",
)  # fmt: skip


def snapshot(session):
    """Everything that is known, table by table; ledger rows without the serial number nobody sees."""
    session.flush()
    found = {}
    for name in FACTS:
        table = Base.metadata.tables[name]
        columns = [column for column in table.columns if not (name == "timeline" and column.name == "id")]
        found[name] = sorted(map(repr, session.execute(sa.select(*columns))))
    found["held"] = session.execute(sa.text("SELECT person_id, account_id FROM holds ORDER BY person_id")).all()
    found["numbers"] = session.execute(sa.text("SELECT e164 FROM hold_numbers ORDER BY e164")).all()
    return found


@pytest.fixture
def evening(session) -> Evening:
    """With a survey already answered once, an activity already declined and another campaign for the same people."""
    evening = Evening(session)
    evening.other = make_campaign(session, evening.place, "Förnya")
    put_in_queue(session, evening.other, *evening.people)
    evening.questions = surveys.create(
        session, evening.place.id, "Höst", [surveys.Asked("Kommer du?", "yes_no", ()), surveys.Asked("Annat?", "text", ())], NOW
    )  # fmt: skip
    evening.campaign.survey_id = evening.questions
    evening.ids = session.scalars(sa.select(Question.id).order_by(Question.id)).all()
    evening.meeting, evening.course = (
        make_activity(session, evening.place),
        make_activity(session, evening.place, "Kurs"),
    )
    session.add(CampaignActivity(campaign_id=evening.campaign.id, activity_id=evening.meeting.id))
    session.flush()
    person = evening.people[0]
    add_number(session, person, "+46701740655", position=1)
    surveys.answer(session, evening.ids[0], person.id, [1], "", NOW - timedelta(days=9))
    activities.decline(session, evening.meeting.id, person.id, NOW - timedelta(days=9))
    return evening


def everything(evening, outcome, ref="ref-1", **more) -> Report:
    """A report that touches all there is to touch."""
    values = {
        "detail": DETAIL.get(outcome, {}), "note": "Ring efter klockan 18", "follow_up": True,
        "answers": {evening.ids[0]: ([0], ""), evening.ids[1]: ([], "Gärna")},
        "sign_ups": {evening.meeting.id}, "invited": {evening.meeting.id, evening.course.id},
    }  # fmt: skip
    return Report(outcome, ref, **{**values, **more})


def report(evening, call, said, now=NOW, caller=None):
    return outcomes.report(evening.session, call, (caller or evening.birgitta).id, said, now)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_undo_restores_everything_and_gives_the_person_back(evening, outcome):
    call = evening.call()
    before = snapshot(evening.session)
    report(evening, call, everything(evening, outcome), NOW + timedelta(minutes=4))
    assert snapshot(evening.session) != before
    evening.call(now=NOW + timedelta(minutes=5))
    again = outcomes.undo(evening.session, call, evening.birgitta.id, NOW + timedelta(minutes=6))
    assert snapshot(evening.session) == before
    assert evening.person_of(again) == evening.people[0].id
    assert call_queue.held_call(evening.session, evening.birgitta.id, NOW) == again
    # Pressing twice does nothing more.
    assert outcomes.undo(evening.session, call, evening.birgitta.id, NOW + timedelta(minutes=7)) == again
    assert not evening.session.scalars(sa.select(Message.id).where(Message.state == "queued")).all()


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_change_is_as_if_it_had_been_said_at_once(evening, outcome):
    call = evening.call()
    report(evening, call, everything(evening, "leaving"))
    outcomes.change(evening.session, call, evening.birgitta.id, everything(evening, outcome, "ref-2"), NOW)
    changed = snapshot(evening.session)
    outcomes.undo(evening.session, call, evening.birgitta.id, NOW)
    straight = call_queue.held_call(evening.session, evening.birgitta.id, NOW)
    report(evening, straight, everything(evening, outcome, "ref-3"))
    assert counted(snapshot(evening.session)) == counted(changed)


def counted(found):
    """What a snapshot says, without the numbers of rows and calls."""
    return {name: len(rows) for name, rows in found.items()} | {
        "call_queue": found["call_queue"],
        "people": found["people"],
    }


def test_the_same_report_again_changes_nothing_and_answers_the_same(evening):
    call = evening.call()
    first = report(evening, call, everything(evening, "reached"))
    before = snapshot(evening.session)
    again = report(evening, call, everything(evening, "reached"), NOW + timedelta(hours=30))
    assert (first.repeated, again.repeated) == (False, True)
    assert (first.outcome, first.person_id) == (again.outcome, again.person_id)
    assert snapshot(evening.session) == before


@pytest.mark.parametrize("ref", ["ref-1", "ref-2"])
def test_other_content_is_a_change_whether_the_form_is_the_same_or_another(evening, ref):
    call = evening.call()
    report(evening, call, Report("reached", "ref-1"))
    report(evening, call, Report("no_answer", ref))
    assert evening.kinds(evening.people[0]) == ["attempt", "response", "response"]
    assert evening.row(evening.people[0]).state == "waiting"


def test_a_report_that_arrives_again_after_the_undo_is_not_applied_again(evening):
    call = evening.call()
    report(evening, call, Report("reached", "ref-1"))
    outcomes.undo(evening.session, call, evening.birgitta.id, NOW)
    before = snapshot(evening.session)
    assert report(evening, call, Report("reached", "ref-1")).repeated
    assert snapshot(evening.session) == before
    with pytest.raises(Refused, match="ångrat"):
        report(evening, call, Report("no_answer", "ref-2"))


def test_a_confirmation_leaves_in_ten_minutes_and_not_at_all_after_undo(evening):
    call = evening.call()
    report(evening, call, everything(evening, "reached"))
    message = evening.session.scalars(sa.select(Message)).one()
    assert (message.kind, message.not_before) == ("confirmation", NOW + timedelta(minutes=10))
    assert "Introduktionsträff den 2 december kl. 18.00, Folkets hus" in message.body
    outcomes.undo(evening.session, call, evening.birgitta.id, NOW)
    evening.session.expire_all()
    assert evening.session.scalars(sa.select(Message.state)).all() == ["cancelled"]


def test_undo_is_refused_in_words_while_somebody_else_holds_the_person(evening):
    call = evening.call()
    for other in evening.people[1:]:
        evening.session.delete(evening.row(other))
    report(evening, call, Report("skip", "ref-1"))
    assert evening.person_of(evening.call(evening.nils)) == evening.people[0].id
    with pytest.raises(Refused, match="Någon annan"):
        outcomes.undo(evening.session, call, evening.birgitta.id, NOW)


def test_undo_and_change_are_refused_after_a_day_and_when_the_campaign_is_closed(evening):
    call = evening.call()
    report(evening, call, Report("reached", "ref-1"))
    later = NOW + timedelta(hours=25)
    with pytest.raises(Refused, match="mer än ett dygn"):
        outcomes.undo(evening.session, call, evening.birgitta.id, later)
    with pytest.raises(Refused, match="mer än ett dygn"):
        outcomes.change(evening.session, call, evening.birgitta.id, Report("busy", "ref-2"), later)
    evening.campaign.state = CampaignState.CLOSED
    evening.session.flush()
    with pytest.raises(Refused, match="avslutad"):
        outcomes.undo(evening.session, call, evening.birgitta.id, NOW)


def test_an_unreported_call_cannot_be_undone_or_changed(evening):
    call = evening.call()
    with pytest.raises(Refused, match="inte rapporterat"):
        outcomes.undo(evening.session, call, evening.birgitta.id, NOW)
    with pytest.raises(Missing):
        outcomes.change(evening.session, call, evening.nils.id, Report("busy", "ref-2"), NOW)


def test_undo_leaves_a_refusal_heard_by_somebody_else_in_force(evening):
    call = evening.call()
    report(evening, call, Report("opt_out_calls", "ref-1"))
    people.refuse(evening.session, evening.people[0].id, "call", "staff", NOW)
    assert outcomes.undo(evening.session, call, evening.birgitta.id, NOW) is None
    assert evening.row(evening.people[0]).why == "refused"


def test_a_late_report_is_kept_and_both_count_when_somebody_reported_in_between(evening):
    person = evening.people[0]
    early = evening.call()
    later = NOW + timedelta(minutes=50)
    between = evening.call(evening.nils, later)
    assert evening.person_of(between) == person.id
    report(evening, between, Report("no_answer", "nils-1"), later, evening.nils)
    answer = report(evening, early, Report("reached", "ref-1", happened_at=NOW + timedelta(minutes=3)), later)
    assert (answer.late, answer.contested) == (True, True)
    assert evening.kinds(person).count("attempt") == 2
    assert evening.row(person).state == "done"
    assert evening.session.scalars(sa.select(Todo.kind)).all() == ["contested"]
    assert evening.session.get(Call, early).happened_at == NOW + timedelta(minutes=3)


def test_a_late_report_while_somebody_else_holds_the_person_is_kept_too(evening):
    person = evening.people[0]
    early = evening.call()
    later = NOW + timedelta(minutes=50)
    held = evening.call(evening.nils, later)
    report(evening, early, Report("reached", "ref-1"), later + timedelta(minutes=1))
    assert evening.row(person).state == "held"
    call_queue.release(evening.session, evening.nils.id, later)
    assert evening.row(person).state == "done"
    assert report(evening, held, Report("no_answer", "nils-1"), later, evening.nils).contested
    assert evening.row(person).state == "done"


def test_twelve_hours_after_the_hold_ran_out_a_report_is_refused_in_words(evening):
    call = evening.call()
    call_queue.release(evening.session, evening.birgitta.id, NOW)
    assert report(evening, call, Report("reached", "ref-1"), NOW + timedelta(hours=13)).late
    other = evening.call()
    call_queue.release(evening.session, evening.birgitta.id, NOW)
    with pytest.raises(Refused, match="för lång tid"):
        report(evening, other, Report("reached", "ref-2"), NOW + timedelta(hours=14))


def test_the_moment_told_by_the_phone_is_held_within_the_call(evening):
    call = evening.call()
    report(evening, call, Report("reached", "ref-1", happened_at=NOW - timedelta(days=3)), NOW + timedelta(minutes=5))
    second = evening.call()
    report(evening, second, Report("reached", "ref-2", happened_at=NOW + timedelta(days=3)), NOW + timedelta(minutes=5))
    times = evening.session.scalars(sa.select(Call.happened_at).order_by(Call.id)).all()
    assert times == [NOW, NOW + timedelta(minutes=5)]


def test_an_answer_and_a_sign_up_from_before_stand_again_after_undo(evening):
    call = evening.call()
    report(evening, call, everything(evening, "reached"))
    outcomes.undo(evening.session, call, evening.birgitta.id, NOW)
    assert evening.session.execute(sa.select(Answer.choices)).scalars().all() == [[1]]
    assert evening.session.execute(sa.select(SignUp.state)).scalars().all() == ["declined"]
