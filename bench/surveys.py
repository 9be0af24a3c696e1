"""Survey results: counting a hundred thousand answers against the shortest statement that reads them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import sqlalchemy as sa

from bench import district
from bench.engines import Make
from bench.figures import Figure, seconds
from organizer import survey_drafts, survey_results
from organizer.models import Question
from organizer.survey_drafts import Asked, Draft

PEOPLE = 20_000
QUESTIONS = (
    Asked("Vad vill du vara med på?", "many", ("Flygblad", "Cirkel", "Ringa", "Möten")), Asked("Hur ofta?", "one", ("Ofta", "Ibland")),
    Asked("Uppdrag?", "yes_no"), Asked("Hur nöjd?", "scale"), Asked("Något mer?", "text"),
)  # fmt: skip
CHOICES = ("[0, 2]", "[1]", "[0]", "[3]", "[]")
NOW = datetime(2026, 11, 19, 17, 0, tzinfo=UTC)


def measure(make: Make) -> Iterator[Figure]:
    """The result of five questions that twenty thousand have answered."""
    with make() as database:
        district.make(database, PEOPLE, 0)
        with database.writing() as session:
            survey = survey_drafts.write(session, 1, Draft("Stor", QUESTIONS), NOW)
            asked = session.scalars(sa.select(Question.id).order_by(Question.position)).all()
            for question, choices in zip(asked, CHOICES, strict=True):
                words = "ja" if choices == "[]" else ""
                session.execute(sa.text(
                    "INSERT INTO answers (question_id, person_id, choices, text, at, how)"
                    f" SELECT {question}, id, '{choices}', '{words}', created_at, 'link' FROM people"
                ))  # fmt: skip
        district.settle(database)
        with database.reading() as session:
            assert sum(one.answered for one in survey_results.results(session, survey)) == PEOPLE * len(QUESTIONS)
            ours = seconds(lambda: survey_results.results(session, survey, path="1/"))
            limit = seconds(lambda: session.connection().exec_driver_sql(
                "SELECT question_id, CAST(choices AS VARCHAR(60)), count(*) FROM answers WHERE person_id IN"
                " (SELECT person_id FROM memberships WHERE association_id = 1 AND to_day IS NULL) GROUP BY 1, 2"
            ).fetchall())  # fmt: skip
        engine = "sqlite" if database.sqlite else "postgresql"
        yield Figure("survey result, 100 000 answers", engine, PEOPLE * len(QUESTIONS), ours, limit, "s", "<= 2.0")
