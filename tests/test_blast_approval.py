"""Four eyes: bound to what was seen, void at any change, never by an author, not for ever; and the first step out."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from campaigns import blast_approval, blast_checks, blast_hours, blast_progress, blast_watch, blasts
from campaigns.models import Blast, BlastState, Message
from campaigns.sms_settings import SmsSettings
from organizer.models import PersonalLink, Role, Selection
from organizer.words import Missing, Refused
from tests.blasting import BASE, approve, ask, district, draft, limit, number, seen, send
from tests.factories import NOW, make_account, make_activity, make_association, make_person

S = BlastState


@pytest.fixture
def stage(session):
    place, author, approver, people = district(session, 4)
    limit(session, approver, approval_above=3)
    return place, author, approver, people, draft(session, place, author)


def frozen(session, blast):
    return session.scalar(sa.select(sa.func.count()).select_from(Message).where(Message.blast_id == blast.id))


def test_above_the_limit_somebody_else_must_say_yes_and_then_it_is_frozen(session, stage):
    place, author, approver, _people, blast = stage
    with pytest.raises(Refused, match="Fler än 3"):
        send(session, blast, author)
    ask(session, blast, author)
    assert (blast.state, blast.asked_of, frozen(session, blast)) == (S.WAITING, [approver.id], 0)
    told = session.execute(sa.select(Message.e164, Message.body).where(Message.kind == "notice")).one()
    assert told.e164 == approver.e164
    assert told.body.endswith(f"{BASE}/utskick/{blast.id}/granska")
    approve(session, blast, approver)
    assert (blast.state, frozen(session, blast), blast.recipients) == (S.APPROVED, 4, 4)
    make_person(session, place, "Sen Medlem", number(60))
    blasts.send(session, blast.id, author.id, BASE, NOW)
    assert (blast.state, frozen(session, blast)) == (S.SENDING, 4), "the set was frozen"


def test_whoever_has_written_any_of_it_may_not_approve_it_and_others_not_at_all(session, stage):
    place, author, approver, _people, blast = stage
    other = make_account(session, "Olle Viklander", ("organizer", place))
    blasts.save_text(session, blast.id, blasts.Text("Ny text från Olle"), other.id, NOW)
    ask(session, blast, author)
    for account in (author, other):
        with pytest.raises(Refused, match="Någon annan behöver titta"):
            approve(session, blast, account)
    with pytest.raises(Missing):
        approve(session, blast, make_account(session, "Nils", ("chair", place)))
    approve(session, blast, approver)
    assert blast.approved_by == approver.id


def test_whoever_no_longer_approves_or_approves_elsewhere_is_neither_asked_nor_may(session, stage):
    place, author, approver, _people, blast = stage
    was, closed, elsewhere = (
        make_account(session, name, ("approver", where))
        for name, where in (("Var", place), ("Stängd", place), ("Annan", make_association(session, "Timrå")))
    )
    session.execute(sa.update(Role).where(Role.account_id == was.id).values(to_day=NOW.date()))
    closed.disabled_at = NOW
    session.flush()
    assert [one.id for one in blast_approval.approvers(session, blast, NOW)] == [approver.id]
    ask(session, blast, author)
    for account in (was, closed, elsewhere):
        with pytest.raises(Missing):
            approve(session, blast, account)


def test_what_was_changed_behind_the_pages_is_not_what_somebody_asked_about(session, stage):
    _place, author, approver, _people, blast = stage
    ask(session, blast, author)
    session.execute(sa.update(Blast).where(Blast.id == blast.id).values(body="Något helt annat"))
    session.refresh(blast)
    with pytest.raises(Refused, match="inte längre det som godkändes"):
        approve(session, blast, approver)
    assert (blast.state, frozen(session, blast)) == (S.WAITING, 0)


@pytest.mark.parametrize("what", ["text", "recipients", "time", "sender", "category"])
def test_any_change_voids_it_and_says_what_was_changed(session, stage, what):
    _place, author, approver, _people, blast = stage
    limit(session, approver, approval_above=3, names=("V Norrland",))
    blasts.save_text(session, blast.id, blasts.Text("Hej {förnamn}!"), author.id, NOW)
    ask(session, blast, author)
    approve(session, blast, approver)
    text = {"text": blasts.Text("Hej!"), "sender": blasts.Text("Hej {förnamn}!", sender="V Norrland"),
            "category": blasts.Text("Hej {förnamn}!", important=True)}  # fmt: skip
    if what in text:
        changed = blasts.save_text(session, blast.id, text[what], author.id, NOW)
    elif what == "time":
        at = NOW + timedelta(hours=16)
        changed = blasts.save_time(session, blast.id, at, author.id, NOW, look_first=blast.look_first)
    else:
        to = blasts.To(blast.include, [], with_recent=True)
        changed = blasts.save_recipients(session, blast.id, to, author.id, NOW)
    assert (changed, blast.state, frozen(session, blast), blast.approved_by) == ([what], S.DRAFT, 0, None)
    last = blast_progress.history(session, blast.id)[-1]
    assert (last.what, last.detail) == ("voided", {"changed": [what]})


def test_saving_the_same_again_voids_nothing(session, stage):
    _place, author, approver, _people, blast = stage
    ask(session, blast, author)
    approve(session, blast, approver)
    assert blasts.save_text(session, blast.id, blasts.Text(blast.body), author.id, NOW) == []
    assert blast.state == S.APPROVED


def test_nobody_decides_about_something_else_than_they_saw(session, stage):
    place, author, approver, _people, blast = stage
    ask(session, blast, author)
    before = seen(session, blast)
    make_person(session, place, "Ny Medlem", number(60))
    with pytest.raises(Refused, match="nu är det 5"):
        blast_approval.approve(session, blast.id, approver.id, BASE, NOW, seen=before)
    approve(session, blast, approver)
    assert blast.recipients == 5


def test_a_selection_changed_afterwards_is_told_and_does_not_change_who_gets_it(session, stage):
    place, author, approver, _people, blast = stage
    everyone = {"version": 1, "all": []}
    saved = Selection(association_id=place.id, name="Alla", definition=everyone, created_at=NOW)
    session.add(saved)
    session.flush()
    chosen = [{"name": "Alla", "definition": everyone, "selection_id": saved.id}]
    blasts.save_recipients(session, blast.id, blasts.To(chosen, []), author.id, NOW)
    ask(session, blast, author)
    approve(session, blast, approver)
    saved.definition = {"version": 1, "all": [{"kind": "joined_within", "days": 3}]}
    session.flush()
    assert blast_checks.selection_changed(session, blast)
    blasts.send(session, blast.id, author.id, BASE, NOW)
    assert (blast.state, frozen(session, blast)) == (S.SENDING, 4)


def test_sent_back_with_a_comment_it_is_a_draft_again(session, stage):
    _place, author, approver, _people, blast = stage
    ask(session, blast, author)
    with pytest.raises(Refused, match="vad som behöver"):
        blast_approval.send_back(session, blast.id, approver.id, " ", NOW)
    blast_approval.send_back(session, blast.id, approver.id, "Fel dag.", NOW)
    assert blast.state == S.DRAFT
    assert blast_progress.history(session, blast.id)[-1].detail == {"comment": "Fel dag."}


def test_an_approval_lasts_seven_days_or_to_its_time(session, stage):
    _place, author, approver, _people, blast = stage
    ask(session, blast, author)
    approve(session, blast, approver)
    late = NOW + timedelta(days=7, minutes=1)
    with pytest.raises(Refused, match="har gått ut"):
        blasts.send(session, blast.id, author.id, BASE, late)
    assert blast_approval.expire(session, NOW + timedelta(days=6)) == 0
    assert blast_approval.expire(session, late) == 1
    assert (blast.state, frozen(session, blast)) == (S.DRAFT, 0)


def test_as_soon_as_it_is_approved_means_that_nobody_need_press_anything_more(session, stage):
    _place, author, approver, _people, blast = stage
    ask(session, blast, author)
    changed = blasts.save_time(session, blast.id, None, author.id, NOW, look_first=blast.look_first, on_approval=True)
    assert (changed, blast.state) == (["time"], S.DRAFT), "it is part of what is approved"
    ask(session, blast, author)
    approve(session, blast, approver)
    assert (blast.state, frozen(session, blast), blast.started_at) == (S.SENDING, 4, NOW)


def test_a_scheduled_one_begins_by_itself_unless_its_time_is_missed(session, stage):
    _place, author, approver, _people, blast = stage
    at = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    blasts.save_time(session, blast.id, at, author.id, NOW, look_first=True)
    ask(session, blast, author)
    approve(session, blast, approver)
    assert blast_watch.begin_due(session, at - timedelta(seconds=1)) == 0
    assert blast_watch.begin_due(session, at + timedelta(hours=7)) == 0
    assert blast_watch.begin_due(session, at) == 1
    assert blast.state == S.SENDING


def test_an_important_event_is_asked_of_the_next_after_half_an_hour(session, stage):
    place, author, approver, _people, blast = stage
    second = make_account(session, "Siv Ternström", ("organizer", place), e164=number(7))
    blasts.save_text(session, blast.id, blasts.Text(blast.body, important=True), author.id, NOW)
    ask(session, blast, author)
    assert blast_approval.escalate(session, BASE, NOW + timedelta(minutes=29)) == 0
    assert blast_approval.escalate(session, BASE, NOW + timedelta(minutes=30)) == 1
    assert blast.asked_of == [approver.id, second.id]
    assert blast_approval.escalate(session, BASE, NOW + timedelta(hours=3)) == 0


def test_the_author_chooses_who_is_asked_and_anybody_else_who_may_still_may(session, stage):
    place, author, approver, _people, blast = stage
    other = make_account(session, "Olle Viklander", ("organizer", place), e164=number(7))
    outsider = make_account(session, "Nils", ("chair", place))
    for nobody in (author, outsider):
        with pytest.raises(Refused, match="Välj någon i listan"):
            blast_approval.ask(session, blast.id, author.id, BASE, NOW, seen=seen(session, blast), of=nobody.id)
    blast_approval.ask(session, blast.id, author.id, BASE, NOW, seen=seen(session, blast), of=other.id)
    assert session.scalars(sa.select(Message.e164).where(Message.kind == "notice")).all() == [other.e164]
    waits = {one.name: blast_approval.waiting_for(session, one.id, [place.path]) for one in (author, approver, other)}
    assert waits == {author.name: [], approver.name: [], other.name: [blast.id]}
    assert blast_approval.waiting_for(session, other.id, []) == [], "somebody who no longer has the task"
    approve(session, blast, approver)
    assert blast_approval.waiting_for(session, other.id, [place.path]) == []


@pytest.mark.parametrize(
    ("now", "found"),
    [
        ((2026, 11, 19, 12, 0), {"tonight": (2026, 11, 19, 16, 0), "tomorrow": (2026, 11, 20, 9, 0)}),
        ((2026, 11, 19, 16, 0), {"tomorrow": (2026, 11, 20, 9, 0)}),
        ((2027, 3, 27, 12, 0), {"tonight": (2027, 3, 27, 16, 0), "tomorrow": (2027, 3, 28, 8, 0)}),
    ],
)
def test_a_moment_is_chosen_with_one_tap_if_it_is_to_come_and_within_the_hours(now, found):
    wanted = {name: datetime(*at, tzinfo=UTC) for name, at in found.items()}
    at = datetime(*now, tzinfo=UTC)
    assert blast_hours.quick(SmsSettings(), at) == wanted
    closed = SmsSettings(weekday=("11:00", "15:00"), weekend=("11:00", "15:00"))
    assert blast_hours.quick(closed, at) == {}
    assert blast_hours.quick(closed, at, any_hour=True) == wanted


def test_withdrawn_nothing_is_left_to_send(session, stage):
    place, author, approver, _people, blast = stage
    activity = make_activity(session, place)
    blasts.save_text(session, blast.id, blasts.Text("Kom! {anmälningslänk}", activity_id=activity.id), author.id, NOW)
    ask(session, blast, author)
    approve(session, blast, approver)
    assert session.scalar(sa.select(sa.func.count()).select_from(PersonalLink)) == 4
    blasts.withdraw(session, blast.id, author.id, NOW)
    assert (blast.state, frozen(session, blast)) == (S.DRAFT, 0)
    assert session.scalar(sa.select(sa.func.count()).select_from(PersonalLink)) == 0


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ((2026, 11, 19, 18, 59), (2026, 11, 19, 18, 59)), ((2026, 11, 19, 19, 0), (2026, 11, 20, 8, 0)),
        ((2026, 11, 20, 19, 0), (2026, 11, 21, 9, 0)), ((2026, 12, 24, 8, 30), (2026, 12, 24, 9, 0)),
        ((2026, 6, 6, 7, 0), (2026, 6, 6, 8, 0)), ((2026, 10, 24, 17, 0), (2026, 10, 25, 9, 0)),
        ((2027, 3, 27, 18, 0), (2027, 3, 28, 8, 0)),
    ],
)  # fmt: skip
def test_the_hours_are_stockholms_also_on_red_days_and_when_the_clocks_change(now, opens):
    assert blast_hours.opening(SmsSettings(), datetime(*now, tzinfo=UTC)) == datetime(*opens, tzinfo=UTC)


def test_what_is_not_finished_in_the_evening_goes_on_in_the_morning():
    begins = datetime(2026, 11, 19, 18, 55, tzinfo=UTC)
    assert blast_hours.done_at(SmsSettings(), begins, 3000) == begins + timedelta(minutes=5)
    assert blast_hours.done_at(SmsSettings(), begins, 3600) == datetime(2026, 11, 20, 8, 1, tzinfo=UTC)
    assert blast_hours.done_at(SmsSettings(), begins, 3600, any_hour=True) == begins + timedelta(minutes=6)


def test_outside_the_hours_only_with_a_written_reason(session, stage):
    _place, author, approver, _people, blast = stage
    blasts.save_time(session, blast.id, datetime(2026, 11, 20, 4, 0, tzinfo=UTC), author.id, NOW, look_first=True)
    with pytest.raises(Refused, match=r"mellan 09\.00 och 20\.00"):
        ask(session, blast, author)
    with pytest.raises(Refused, match="Skriv varför"):
        blasts.save_any_hour(session, blast.id, " ", author.id, NOW)
    blasts.save_any_hour(session, blast.id, "Extra val i morgon", author.id, NOW)
    ask(session, blast, author)
    approve(session, blast, approver)
    assert blast.any_hour_by == author.id
