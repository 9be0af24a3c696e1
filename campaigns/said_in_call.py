"""What a reported call says now, so that whoever changes it begins from what was said and loses nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.caller_card import Card
from campaigns.models import Call, CallInvitation, Todo
from organizer.models import Answer, SignUp


@dataclass(frozen=True, slots=True)
class Filled:
    """The conversation as the caller left it: questions answered, activities ticked (their ids), and the note."""

    choices: Mapping[int, list[int]]
    texts: Mapping[int, str]
    note: str
    sign_ups: set[int]
    invited: set[int]
    withdrawn: set[int]
    declined: set[int]
    follow_up: bool


def again(session: Session, card: Card) -> tuple[Card, Filled]:
    """The call's conversation as it was reported, and the card as it stood before: a change takes it all back first.

    Without it a change that says nothing about a sign-up would take the sign-up away.
    """
    columns = (SignUp.activity_id, SignUp.state, SignUp.before)
    answered = session.execute(sa.select(*columns).where(SignUp.call_id == card.call_id)).all()
    earlier = {one.activity_id: one.before["row"]["state"] if one.before else "" for one in answered}
    before = replace(
        card, activities=tuple(replace(one, state=earlier.get(one.id, one.state)) for one in card.activities)
    )
    return before, _filled(session, card.call_id, {one.activity_id: one.state for one in answered})


def _filled(session: Session, call_id: int, answered: dict[int, str]) -> Filled:
    answers = session.execute(
        sa.select(Answer.question_id, Answer.choices, Answer.text).where(Answer.call_id == call_id)
    ).all()
    invited = session.scalars(sa.select(CallInvitation.activity_id).where(CallInvitation.call_id == call_id))
    follow_up = sa.exists().where(Todo.call_id == call_id, Todo.kind == "follow_up")
    note, asked_for = session.execute(sa.select(Call.note, follow_up).where(Call.id == call_id)).one()
    signed_up = {one for one, state in answered.items() if state in {"signed_up", "waiting"}}
    declined = {one for one, state in answered.items() if state == "declined"}
    return Filled(
        choices={one.question_id: one.choices for one in answers},
        texts={one.question_id: one.text for one in answers},
        note=note,
        sign_ups=signed_up,
        invited=set(invited) - signed_up - declined,
        withdrawn={one for one, state in answered.items() if state == "withdrawn"},
        declined=declined,
        follow_up=bool(asked_for),
    )
