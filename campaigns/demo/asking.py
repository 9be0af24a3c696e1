"""The demo's surveys: what members want to do, asked by name, and how they think the election went, asked without."""

import random
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.demo.district import District
from campaigns.demo.gatherings import Step
from organizer import anonymous_answers, survey_drafts, surveys
from organizer.models import Association, Membership, Person
from organizer.question_bank import BANK
from organizer.survey_drafts import Asked, Draft
from organizer.times import moment

WORDS = (
    "Fler möten på kvällar mitt i veckan.", "Att någon ringer och frågar.", "Skjuts till aktiviteterna.",
    "Mer om kommunpolitiken.", "Ingenting just nu, tack för att ni frågar.", "En studiecirkel på dagtid.",
)  # fmt: skip
AFTERWARDS = (
    Asked("Hur gick valrörelsen i din kommun?", "scale"),
    Asked("Vad borde vi göra annorlunda nästa gång?", "many",
          ("Börja tidigare", "Knacka fler dörrar", "Synas mer på sociala medier", "Samarbeta mellan föreningarna")),
    Asked("Något annat du vill säga?", "text"),
)  # fmt: skip

UNTIL_COUNTED = "the demo's answers are counted in the step that gives them"


def asking(district: District, today: date) -> list[Step]:
    """Two surveys of the last two months with their answers, and one that has just been opened."""
    dice = random.Random(8)
    named, unnamed = moment(today - timedelta(days=50), time(10)), moment(today - timedelta(days=30), time(10))

    def by_name(session: Session, at: datetime) -> None:
        draft = Draft(
            "Vad vill du vara med på?", (BANK["wants"], BANK["often"], BANK["missing"]),
            "Vi frågar alla medlemmar, för att ordna det som ni faktiskt vill ha. Det tar två minuter.",
        )  # fmt: skip
        survey_id = survey_drafts.write(session, district.root, draft, at)
        asked = surveys.questions(session, survey_id)
        for n, person_id in enumerate(_some(session, district.root_path, dice, 74)):
            answers: tuple[list[int], ...] = (
                sorted(dice.sample(range(5), dice.choice((1, 1, 2, 3)))), [dice.choice((0, 0, 1, 1, 1, 2, 3))], [],
            )  # fmt: skip
            for question, choices in zip(asked, answers, strict=True):
                words = dice.choice(WORDS) if question.kind == "text" and n % 8 == 0 else ""
                how = "paper" if n % 9 == 0 else "link"
                surveys.answer(session, question.id, person_id, choices, words, at + timedelta(hours=n), how=how)
        surveys.publish(session, survey_id, at + timedelta(days=20))

    def without_name(session: Session, at: datetime) -> None:
        closes = today - timedelta(days=9)
        draft = Draft("Efter valet", AFTERWARDS, "Svaren är anonyma.", "anonymous", closes)
        survey_id = survey_drafts.write(session, district.root, draft, at)
        scale, many, text = (one.id for one in surveys.questions(session, survey_id))
        for n in range(41):
            chosen = sorted(dice.sample(range(4), dice.choice((1, 2, 2))))
            words = dice.choice(WORDS) if n % 4 == 0 else ""
            given = {scale: ([dice.choice((1, 2, 2, 3, 3, 4))], ""), many: (chosen, ""), text: ([], words)}
            anonymous_answers.give(session, survey_id, given, secret=UNTIL_COUNTED)
        anonymous_answers.count_rest(session, survey_id, secret=UNTIL_COUNTED)
        surveys.publish(session, survey_id, moment(closes, time(12)))

    return [(named, by_name), (unnamed, without_name)]


def _some(session: Session, path: str, dice: random.Random, wanted: int) -> list[int]:
    members = session.scalars(
        sa.select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .join(Association, Association.id == Membership.association_id)
        .where(
            Membership.to_day.is_(None), Association.path.startswith(path), Person.protected.is_(False),
            Person.deceased_on.is_(None),
        )
        .order_by(Person.id)
    ).all()  # fmt: skip
    return dice.sample(members, min(wanted, len(members)))
