"""A district of five associations with a year of history, for tests of pages of figures; every number is known."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from campaigns.models import Campaign, Todo
from organizer.models import Answer, Association, Kind, Person, Question, Survey
from tests.cast import Cast
from tests.factories import make_activity, make_association, make_campaign, make_person
from tests.ledger import CONVERSATION, happened, paid, target

START, TODAY = date(2026, 9, 1), date(2026, 11, 19)
SIZES = {"Sundsvall": 40, "Kramfors": 30, "Ånge": 22}


@dataclass
class Scene:
    """Härnösand has 30 members, 2 of them new and waiting; T is everyone."""

    campaign: Campaign
    survey: Survey
    members: list[Person]
    waiting: list[Person]
    places: list[Association]


def make_scene(session: Session, cast: Cast, now: datetime) -> Scene:
    places = [make_association(session, name, cast.district) for name in SIZES]
    survey = Survey(association_id=cast.district.id, title="Vad vill du?", created_at=now)
    session.add(survey)
    session.flush()
    question = Question(
        survey_id=survey.id, position=0, text="Vad vill du vara med på?", kind="many",
        options=["Möten", "Studiecirkel", "Flygblad", "Uppdrag"],
    )  # fmt: skip
    session.add(question)
    make_activity(session, cast.harnosand)
    campaign = make_campaign(session, cast.district, "Höstens ringkampanj", starts_on=START, survey_id=survey.id)
    session.flush()
    ours = [make_person(session, cast.harnosand, f"Medlem{n} Härnö") for n in range(28)]
    waiting = [
        make_person(session, cast.harnosand, name, joined=TODAY - timedelta(days=days))
        for name, days in (("Ester Nyberg", 24), ("Folke Nyström", 11))
    ]
    _history(session, ours)
    target(session, campaign, cast.harnosand, *ours, *waiting)
    _calls(session, campaign, ours, question, now)
    for place, size in zip(places, SIZES.values(), strict=True):
        people = [make_person(session, place, number=None) for _ in range(size)]
        target(session, campaign, place, *people)
        for person in people[: size // 2]:
            happened(session, person, date(2026, 10, 1), *CONVERSATION, campaign=campaign)
        for person in people[: size // 4]:
            happened(session, person, date(2026, 10, 9), Kind.ATTENDANCE)
            paid(session, person, date(2026, 3, 1))
    session.add(
        Todo(
            kind="wrong_number", person_id=ours[0].id, association_id=cast.harnosand.id, created_at=now - timedelta(days=1),
            visible_at=now - timedelta(hours=1), campaign_id=campaign.id,
        )
    )  # fmt: skip
    return Scene(campaign, survey, ours, waiting, places)


def _history(session: Session, ours: list[Person]) -> None:
    """Active: 12 of 30 today, 6 of 28 on 19 November last year; renewed: 20 of 28."""
    for person in ours[:6]:
        happened(session, person, date(2023, 12, 1), Kind.ATTENDANCE)
        happened(session, person, date(2025, 8, 1), Kind.ATTENDANCE)
        happened(session, person, date(2026, 6, 1), Kind.TASK)
    for n, person in enumerate(ours[6:12]):
        happened(session, person, date(2026, 2 + n, 1), Kind.ATTENDANCE)
    for person in ours[:20]:
        paid(session, person, date(2026, 3, 1))


def _calls(session: Session, campaign: Campaign, ours: list[Person], question: Question, now: datetime) -> None:
    """Sought 20, contacted 16, reached 12, responded 9, signed up 4, attended 2 of 30."""
    for person in ours[:20]:
        happened(session, person, START, Kind.ATTEMPT, campaign=campaign)
    for person in ours[:16]:
        happened(session, person, START, Kind.CONTACT, campaign=campaign)
    for person in ours[:12]:
        happened(session, person, START, Kind.CONVERSATION, campaign=campaign)
    for n, person in enumerate(ours[:9]):
        happened(session, person, START, Kind.RESPONSE, campaign=campaign)
        session.add(
            Answer(
                question_id=question.id, person_id=person.id, choices=[0] if n < 3 else [0, 1], at=now,
                campaign_id=campaign.id,
            )
        )  # fmt: skip
    for person in ours[:4]:
        happened(session, person, START, Kind.SIGN_UP, campaign=campaign)
    for person in ours[:2]:
        happened(session, person, date(2026, 10, 1), Kind.ATTENDANCE)
