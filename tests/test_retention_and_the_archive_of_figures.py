"""What is too old goes by itself, and every figure from before stays what it was (D6)."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from campaigns import call_queue, figures, forgetting_campaigns, outcomes, progress, retention
from campaigns.effects import Report
from campaigns.models import Call, CampaignState, Message, QueueRow, Target, Todo
from organizer import audit, closed_periods, district_figures, figure_archive, settings, timeline
from organizer.metrics import METRICS, Measured
from organizer.models import ArchivedFigure, Change, Event, Kind, Look, Setting
from organizer.periods import Period
from organizer.times import local_day
from tests.cast import make_cast
from tests.factories import NOW, make_campaign, make_person

THEN = datetime(2024, 3, 12, 17, 0, tzinfo=UTC)
"""Thirty-two months before NOW."""


@pytest.fixture
def long_ago(session) -> SimpleNamespace:
    """A campaign of March 2024 in which somebody was reached, somebody refused, and somebody has a wrong number."""
    cast = make_cast(session, THEN)
    people = [make_person(session, cast.harnosand, f"Person{n} Förr") for n in range(7)]
    campaign = make_campaign(
        session, cast.harnosand, any_hour=True, starts_on=local_day(THEN), created_at=THEN, started_at=THEN
    )
    call_queue.fill(session, campaign, THEN)
    for n, code in enumerate(("reached", "no_answer", "opt_out_calls", "wrong_number", "left_message")):
        rung = call_queue.claim_next(session, cast.caller.id, campaign.id, THEN + timedelta(minutes=n))
        report = Report(code, f"ref-{n}", THEN + timedelta(minutes=n), note="En anteckning")
        outcomes.report(session, rung, cast.caller.id, report, THEN + timedelta(minutes=n))
    for person in people[:3]:
        timeline.record(
            session, kind=Kind.ATTENDANCE, table="attendances", source_id=person.id, person_id=person.id, at=THEN
        )
    session.execute(sa.update(Todo).values(done_at=THEN, done_how="number"))
    campaign.state, campaign.closed_at = CampaignState.CLOSED, THEN + timedelta(days=20)
    session.flush()
    return SimpleNamespace(cast=cast, campaign=campaign, people=people)


def run(session, now=NOW) -> None:
    """The worker's hour, without the worker: archive everything that waits, then forget until nothing is left."""
    for period in figure_archive.waiting(session, local_day(now)):
        shares = closed_periods.count(session, period, local_day(now))
        assert figure_archive.keep(session, period, shares, now)
        assert not figure_archive.keep(session, period, shares, now), "two workers may have counted it"
    for rule in retention.RULES:
        while retention.apply(session, rule.name, now):
            pass
    for part in retention.BESIDE:
        while part(session, now):
            pass
    session.expire_all()


def shown(session, one, now=NOW) -> list[object]:
    """Everything the pages of a campaign count that does not say who."""
    whole = progress.of(session, one.campaign, now)
    here = figures.of_campaign(session, one.campaign, local_day(now), [one.cast.harnosand.id])
    return [
        whole.by_association,
        whole.bar,
        whole.refused,
        whole.wrong,
        here,
        progress.cards(session, [one.campaign.id]),
    ]


def test_a_campaigns_figures_are_the_same_when_nobody_in_it_is_known_any_more(session, long_ago):
    before = shown(session, long_ago)
    assert before[0][long_ago.cast.harnosand.id].reached.part == 2
    assert before[2] == 1
    run(session)
    for table in (Call, QueueRow, Target, Todo):
        assert session.scalar(sa.select(sa.func.count()).select_from(table)) == 0, table
    assert shown(session, long_ago) == before


def test_the_figures_are_the_same_also_half_way(session, long_ago):
    before = shown(session, long_ago)
    cutoff = NOW - timedelta(days=800)
    assert forgetting_campaigns.waiting(session, cutoff) == 7
    assert forgetting_campaigns.forget(session, cutoff, NOW, 3) == 3
    session.expire_all()
    assert shown(session, long_ago) == before
    assert session.scalar(sa.select(sa.func.count()).select_from(Target)) == 4


def test_in_a_campaign_that_goes_on_only_those_long_settled_are_forgotten(session, long_ago):
    campaign = long_ago.campaign
    campaign.state, campaign.closed_at, campaign.standing = CampaignState.RUNNING, None, True
    fresh = make_person(session, long_ago.cast.harnosand, "Färsk Ny")
    call_queue.fill(session, campaign, NOW)
    session.execute(sa.update(QueueRow).where(QueueRow.person_id != fresh.id).values(state="done", due_at=NOW))
    before = shown(session, long_ago)
    run(session)
    assert session.scalars(sa.select(Target.person_id)).all() == [fresh.id]
    assert shown(session, long_ago) == before


def test_months_and_years_are_archived_before_anything_they_were_counted_from_goes(session, long_ago):
    march = Period("2024-03", "", date(2024, 3, 1), date(2024, 3, 31))
    found = district_figures.of_period(session, march, local_day(NOW), long_ago.cast.district.path)
    counted = {key: by_place for key, by_place in found.items() if by_place}
    assert counted["reached"][long_ago.cast.harnosand.id].part == 2
    assert retention.terms(session, NOW).outcomes_before == date(2024, 3, 1), "not before March is archived"
    run(session)
    assert session.scalar(sa.select(sa.func.count()).select_from(Event).where(Event.kind == Kind.CONVERSATION)) == 0
    assert figure_archive.of(session, "2024-03").items() >= counted.items()
    there = set(session.scalars(sa.select(ArchivedFigure.scope)))
    assert {"2025", "2026-07"} <= there
    assert not there & {"2024", "2026-10"}, "2024 is not whole, October is not settled"
    run(session, NOW + timedelta(days=400))
    assert figure_archive.of(session, "2024-03").items() >= counted.items(), "an archived period is never counted again"


def test_every_metric_of_a_closed_period_is_the_same_when_its_details_are_gone(session, long_ago):
    march, today = (date(2024, 3, 1), date(2024, 3, 31)), local_day(NOW)

    def measured():
        return {
            (key, place.id): metric.compute(session, place, *march, today)
            for key, metric in METRICS.items()
            for place in (long_ago.cast.harnosand, long_ago.cast.timra, long_ago.cast.district)
        }

    before = measured()
    assert before["reached", long_ago.cast.harnosand.id] == Measured(2, 7)
    run(session)
    run(session, THEN + timedelta(days=36 * 31 + 62))
    assert session.scalar(sa.select(sa.func.count()).select_from(Event)) == 0
    after = measured()
    for key, found in before.items():
        assert (after[key].value or 0, after[key].whole or 0) == (found.value or 0, found.whole or 0), key
    other = METRICS["reached"].compute(session, long_ago.cast.harnosand, date(2024, 3, 1), date(2024, 4, 15), today)
    assert other == Measured(), "of other days nothing is said, rather than too little"


def test_a_chair_reads_the_figures_of_long_ago(app, database, visitor, long_ago, session):
    run(session)
    session.refresh(long_ago.cast.chair)
    session.commit()
    page = visitor.log_in_as(long_ago.cast.chair).get("/forening/harnosand/forr")
    row = page.words.split("Mars 2024")[1].split("Februari 2024")[0]
    assert "2 av 7" in row
    assert visitor.get("/forening/timra/forr").status == 404


def test_attendance_outlives_calls_by_a_year(session, long_ago):
    def attended() -> int:
        return session.scalar(sa.select(sa.func.count()).select_from(Event).where(Event.kind == Kind.ATTENDANCE))

    run(session)
    assert attended() == 3
    run(session, THEN + timedelta(days=36 * 31 + 31))
    assert attended() == 0


def test_each_term_is_a_setting_and_the_preview_says_what_would_go(session, long_ago):
    root, account = long_ago.cast.national, long_ago.cast.organizer.id
    for days in (400, 800):
        audit.looked(session, account, [long_ago.people[0].id], "people.show", NOW - timedelta(days=days))
        audit.changed(session, account, "edit", "person", 1, NOW - timedelta(days=days))
    session.add(
        Message(
            ref="r", kind="notice", priority=5, state="delivered", e164="+46701740605", body="Hej", tries=0,
            created_at=NOW - timedelta(days=400), not_before=NOW, expires_at=NOW,
        )
    )  # fmt: skip
    session.flush()
    found = dict(retention.preview(session, NOW))
    assert found["Texten i sms"] == found["Vem som fick ett sms"] == found["Loggen över vem som har tittat"] == 1
    term = settings.ALL[settings.RETENTION].default | {"look_months": 12}
    settings.set_at(session, root, settings.RETENTION, term, account, NOW)
    assert dict(retention.preview(session, NOW))["Loggen över vem som har tittat"] == 2
    assert session.scalar(sa.select(sa.func.count()).select_from(Setting)) == 1
    run(session)
    assert session.scalar(sa.select(sa.func.count()).select_from(Look)) == 0
    assert session.scalar(sa.select(sa.func.count()).where(Change.action == "edit")) == 2
    assert session.execute(sa.select(Message.body, sa.func.substr(Message.e164, 1, 1))).one() == ("", "-")


def test_the_worker_does_it_by_itself(app, database, clock):
    with database.writing() as session:
        cast = make_cast(session, clock.now)
        audit.looked(session, cast.organizer.id, [1], "people.show", clock.now - timedelta(days=800))
        timeline.record(
            session,
            kind=Kind.CONTACT,
            table="x",
            source_id=1,
            person_id=make_person(session, cast.harnosand).id,
            at=clock.now - timedelta(days=300),
        )
    said = app.test_cli_runner().invoke(args=["retention", "preview"]).output
    assert "1  Loggen över vem som har tittat" in said
    assert "archive first: 2026-01" in said
    app.extensions["worker"].tick()
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Look)) == 0
        assert session.scalar(sa.select(sa.func.count()).where(ArchivedFigure.key == figure_archive.KEPT)) > 3
