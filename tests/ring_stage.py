"""An evening on the phones: a campaign with an activity and questions, people to ring, a shift and its callers."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import call_queue
from campaigns.models import Campaign, CampaignActivity, QueueRow, Shift
from organizer.models import Activity, Person, Question, Survey
from organizer.surveys import YES_NO
from tests.cast import Cast, make_cast
from tests.factories import NOW, add_number, make_activity, make_campaign, make_person, make_shift


@dataclass
class Evening:
    """Whom and what the evening is about."""

    cast: Cast
    campaign: Campaign
    shift: Shift
    activity: Activity
    questions: list[Question]
    people: list[Person] = field(default_factory=list)

    @property
    def address(self) -> str:
        """The shift's page."""
        return f"/ring/{self.shift.id}"


NAMES = (
    "Anders Wikberg", "Ingegerd Sundin", "Maj-Britt Lund", "Mikael Åkerlund", "Fatima Öberg", "Sven-Åke Ärlig",
    "Lisbeth Norgren", "Göran Hägg", "Karin Björk", "Ahmed Ek", "Ulla Stål", "Per Forsman", "Britta Hed", "Nisse Lind",
    "Eva Moberg", "Ragnar Sten", "Tuva Alm", "Olof Vik",
)  # fmt: skip


def make_evening(session: Session, *, people: int = 4, cast: Cast | None = None, **campaign: Any) -> Evening:
    """A running shift, half an hour old, with `people` in the queue; the caller and the Timrå caller are invited."""
    cast = cast or make_cast(session, NOW)
    survey = Survey(association_id=cast.harnosand.id, title="Vad vill du?", created_at=NOW)
    session.add(survey)
    session.flush()
    questions = [
        Question(survey_id=survey.id, position=0, text="Vill du vara med på något?", kind="many",
                 options=["Studiecirkel", "Dela ut flygblad", "Hjälpa till på möten"]),
        Question(survey_id=survey.id, position=1, text="Får vi ringa igen i vår?", kind="yes_no", options=list(YES_NO)),
        Question(survey_id=survey.id, position=2, text="Vad är viktigast för dig?", kind="text", options=[]),
    ]  # fmt: skip
    session.add_all(questions)
    activity = make_activity(session, cast.harnosand)
    running = make_campaign(
        session, cast.harnosand, "Välkomna nya medlemmar",
        **{"survey_id": survey.id, "steps": ["Hälsa välkommen.", "Bjud in till {aktivitet} {datum}."], **campaign},
    )  # fmt: skip
    session.add(CampaignActivity(campaign_id=running.id, activity_id=activity.id, position=0))
    shift = make_shift(session, running, cast.caller, cast.timra_caller, leader=cast.shift_leader)
    evening = Evening(cast, running, shift, activity, questions)
    for n in range(people):
        joined = date(2026, 10, 29) if n == 0 else date(2009, 3, 1)
        evening.people.append(make_person(session, cast.harnosand, NAMES[n % len(NAMES)], joined=joined))
    session.flush()
    if len(evening.people) > 1:
        add_number(session, evening.people[1], f"+4631390{600 + evening.people[1].id % 50}", position=1)
    call_queue.fill(session, running, NOW - timedelta(minutes=30))
    _in_order(session, evening)
    return evening


def _in_order(session: Session, evening: Evening) -> None:
    """The queue hands out people in the order of NAMES, so that a test knows whom it rings."""
    for n, person in enumerate(evening.people):
        session.execute(
            sa.update(QueueRow)
            .where(QueueRow.person_id == person.id)
            .values(due_at=NOW - timedelta(minutes=60 - n), entered_at=NOW - timedelta(minutes=60 - n))
        )
