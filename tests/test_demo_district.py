"""The demo district: whole, invented from end to end, true on every page, and unable to reach anybody."""

import html
import re
import shutil
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from app import create_app
from campaigns import figures, outcomes, telephony
from campaigns.demo import loading, tonight
from campaigns.demo.names import FIRST, LAST, OTHERS
from campaigns.demo.register import CALLERS_MOBILES, make_register
from campaigns.models import (
    Call,
    Campaign,
    CampaignState,
    Hold,
    Message,
    QueueRow,
    QueueState,
    Shift,
    ShiftCaller,
    Target,
    Todo,
)  # fmt: skip
from organizer import demo_roles, phones, surveys
from organizer.activation import STEPS
from organizer.db import Database
from organizer.models import (
    Account,
    Association,
    Attendance,
    Event,
    Import,
    ImportLayout,
    Kind,
    Membership,
    Motion,
    Person,
    Phone,
    RoleName,
    SignUp,
)  # fmt: skip
from organizer.words import Refused
from tests.visitor import Visitor

NOW = datetime(2026, 11, 19, 17, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def whole(tmp_path_factory, sqlite_template):
    """The whole district, loaded once; tests only read it."""
    file = tmp_path_factory.mktemp("demo") / "rundan.db"
    shutil.copy(sqlite_template, file)
    database = Database(f"sqlite:///{file}")
    with database.writing() as session:
        loading.load(session, NOW)
        tonight.ensure_tonight(session, NOW)
    yield database
    database.dispose()


@pytest.fixture
def demo(whole):
    with whole.reading() as session:
        yield session


@pytest.fixture
def site(whole, configuration, clock):
    """The application on the whole district; only logins and looks are written."""
    app = create_app(replace(configuration, database_url=str(whole.engine.url), demo=True), clock)
    yield app
    app.extensions["database"].dispose()


def count(session, *what):
    return session.scalar(sa.select(sa.func.count()).select_from(what[0]).where(*what[1:]))


def test_seven_associations_have_some_480_members_with_three_years_behind_them(demo):
    assert count(demo, Association, Association.kind == "association") == 7
    assert 455 <= count(demo, Membership, Membership.to_day.is_(None)) <= 480
    assert count(demo, Import, Import.state == "applied") >= 20
    assert demo.scalar(sa.select(sa.func.min(Event.day)).where(Event.kind == "attendance")) < date(2024, 3, 1)
    assert count(demo, Membership, Membership.to_why == "moved") > 5
    assert count(demo, Person, Person.protected) == 3
    assert count(demo, Membership, Membership.from_day > date(2026, 11, 5)) >= 3


def test_some_share_a_number_some_have_none_and_ninety_have_mobiles_of_their_own(demo):
    per_number = dict.fromkeys(())
    per_number = {row[0]: row[1] for row in demo.execute(sa.select(Phone.e164, sa.func.count()).group_by(Phone.e164))}
    assert sum(number.startswith("+467") for number in per_number) == 90
    assert sum(number > 1 for number in per_number.values()) >= 10
    without = sa.not_(sa.exists().where(Phone.person_id == Person.id))
    assert count(demo, Person, without) >= 20
    assert not set(per_number) & set(CALLERS_MOBILES)


def test_every_number_is_reserved_for_fiction(demo):
    numbers = [
        *demo.scalars(sa.select(Phone.e164)),
        *demo.scalars(sa.select(Account.e164).where(Account.e164.is_not(None))),
        *demo.scalars(sa.select(Message.e164)),
        *demo.scalars(sa.select(Todo.new_number).where(Todo.new_number.is_not(None))),
    ]
    assert [number for number in numbers if not phones.fictional(number)] == []


def test_a_demo_never_gets_the_real_gateway_whatever_is_configured(configuration):
    account = {"twilio_account_sid": "AC1", "twilio_auth_token": "x", "twilio_sender": "+46701740605"}
    for demo, kind in ((False, "demo"), (True, "real"), (True, "demo"), (False, "synthetic")):
        gateway = telephony.gateway(replace(configuration, demo=demo, **account), kind)
        assert isinstance(gateway, telephony.Rehearsal)


def test_every_outcome_has_happened_and_one_report_was_undone(demo):
    seen = set(demo.scalars(sa.select(Call.outcome).where(Call.state == "reported")))
    assert set(outcomes.OUTCOMES) - seen == set()
    assert count(demo, Call, Call.state == "undone") == 1


def test_there_is_a_campaign_that_runs_one_that_stands_and_some_that_are_over(demo):
    rows = demo.execute(sa.select(Campaign.state, Campaign.standing, Campaign.any_hour).order_by(Campaign.id))
    assert sorted(tuple(row) for row in rows) == [
        (CampaignState.CLOSED, False, False),
        (CampaignState.CLOSED, False, False),
        (CampaignState.RUNNING, False, True),
        (CampaignState.RUNNING, True, False),
    ]


def test_no_figure_is_empty(demo):
    for campaign in demo.scalars(sa.select(Campaign)):
        funnel = figures.of_campaign(demo, campaign, date(2026, 11, 19))
        for step in STEPS[:5]:
            part = sum(getattr(one, step).part for one in funnel.values())
            assert 0 < part <= count(demo, Target, Target.campaign_id == campaign.id), (campaign.title, step)
    for kind in set(Kind) - {Kind.ASSIGNMENT, Kind.MESSAGE}:
        assert count(demo, Event, Event.kind == kind) > 0, kind
    active = Event.kind.in_((Kind.ATTENDANCE, Kind.CONTRIBUTION, Kind.TASK))
    people = demo.scalar(
        sa.select(sa.func.count(Event.person_id.distinct())).where(active, Event.day > NOW.date() - timedelta(days=365))
    )
    assert 0.2 < people / 480 < 0.6
    assert any(one.answered >= 30 for survey in demo.scalars(sa.select(surveys.Survey.id)) for one in surveys.results(demo, survey))  # fmt: skip


def test_the_library_of_motions_has_most_results_and_one_that_was_borrowed(demo):
    results = demo.scalars(sa.select(Motion.result).where(Motion.borrowed_from_id.is_(None))).all()
    assert sorted(results) == ["approved", "open", "partly", "rejected"]
    assert demo.scalar(sa.select(Motion.title).where(Motion.borrowed_from_id.is_not(None))) == "Buss också på kvällen"


def test_the_queue_keeps_its_promises(demo):
    assert count(demo, Hold) == 0
    assert count(demo, QueueRow, QueueRow.state == QueueState.HELD) == 0
    assert count(demo, QueueRow, QueueRow.attempts > 4) == 0
    outside = sa.not_(
        sa.exists().where(Target.campaign_id == QueueRow.campaign_id, Target.person_id == QueueRow.person_id)
    )
    assert count(demo, QueueRow, outside) == 0
    hidden = sa.select(Person.id).where(Person.protected)
    assert count(demo, Call, Call.person_id.in_(hidden)) == 0
    full = sa.select(SignUp.activity_id).where(SignUp.state == "signed_up").group_by(SignUp.activity_id)
    assert demo.execute(full.having(sa.func.count() > 120)).all() == []
    assert count(demo, Attendance) > 400


def test_tonight_there_is_a_shift_with_people_to_ring_and_everybody_invited(demo):
    shift = demo.execute(
        sa.select(Shift).where(Shift.starts_at <= NOW, Shift.ends_at > NOW + timedelta(hours=3))
    ).one()[0]
    assert count(demo, ShiftCaller, ShiftCaller.shift_id == shift.id) == 6
    ready = (QueueRow.campaign_id == shift.campaign_id, QueueRow.state == QueueState.READY)
    assert count(demo, QueueRow, *ready) >= 60
    assert count(demo, QueueRow, *ready, QueueRow.attempts == 0) >= 20
    assert count(demo, Shift, Shift.starts_at > NOW) == 2


def test_every_role_has_somebody_to_log_in_as(demo):
    holders = {one.role: one.name for one in demo_roles.holders(demo, NOW)}
    assert set(holders) == set(RoleName)
    assert holders[RoleName.CALLER] == "Birgitta Norlin"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", list(RoleName))
def test_every_link_a_role_can_follow_leads_to_a_page(site, whole, role):
    with whole.reading() as session:
        account = session.get(Account, demo_roles.holder(session, role, NOW).account_id)
    visitor = Visitor(site).log_in_as(account, "caller" if role in {RoleName.CALLER, RoleName.SHIFT_LEADER} else "full")
    waiting, seen, patterns, broken = ["/", "/meny"], set(), Counter(), []
    while waiting:
        address = waiting.pop(0)
        pattern = re.sub(r"[0-9]+|forening/[a-z-]+", "N", address.split("?")[0])
        if address in seen or patterns[pattern]:
            continue
        seen.add(address)
        patterns[pattern] += 1
        if address.endswith((".odt", ".md")):  # a file to take home, not a page to go on from
            assert visitor.client.get(address).status_code == 200
            continue
        page = visitor.get(address)
        if page.status != 200:
            broken.append((address, page.status))
        waiting += [html.unescape(one).split("#")[0] for one in re.findall(r'<a[^>]*href="(/[^"]*)"', page.html)]
    assert broken == []
    assert len(patterns) >= 3


def test_an_odd_file_was_explained_once_and_taken_back_whole(demo):
    row = demo.scalars(sa.select(Import).where(Import.state == "undone")).one()
    assert (row.undone["restored"], row.undone.get("partly", 0)) == (6, 0)
    assert demo.scalars(sa.select(ImportLayout.columns)).one() == {"0": "member_number", "3": "email", "4": ""}


def test_something_waits_for_the_organizer(demo):
    assert count(demo, Todo, Todo.done_at.is_(None), Todo.visible_at <= NOW) >= 3


def test_a_start_days_later_makes_a_new_shift_and_a_start_minutes_later_does_not(database):
    with database.writing() as session:
        loading.load(session, NOW, scale=0.08)
        first = tonight.ensure_tonight(session, NOW)
        assert tonight.ensure_tonight(session, NOW + timedelta(minutes=30)) == first
        later = tonight.ensure_tonight(session, NOW + timedelta(days=40))
        assert later not in {None, first}
        campaign = session.scalar(sa.select(Campaign).where(Campaign.any_hour))
        assert campaign.ends_on > date(2026, 12, 29)


def test_the_same_seed_gives_the_same_district_on_both_engines(database, tmp_path, sqlite_template):
    shutil.copy(sqlite_template, tmp_path / "other.db")
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    told = []
    for one in (database, other):
        with one.writing() as session:
            loading.load(session, NOW, scale=0.08)
            calls = session.execute(sa.select(Call.outcome, Call.person_id, Call.happened_at).order_by(Call.id)).all()
            ledger = session.execute(sa.select(Event.key, Event.day, Event.association_id).order_by(Event.key)).all()
            told.append(([tuple(row) for row in calls], sorted(tuple(row) for row in ledger)))
    other.dispose()
    assert told[0] == told[1]
    assert len(told[0][0]) > 30


def test_a_database_with_anything_in_it_is_left_alone(database):
    with database.writing() as session:
        session.add(Association(name="Min", short_name="Min", slug="min", kind="district", sort_key="min", path="1/"))
        session.flush()
        with pytest.raises(Refused, match="inte tom"):
            loading.load(session, NOW)


def test_nobody_bears_the_name_of_somebody_known():
    known = {
        "Ulf Kristersson", "Magdalena Andersson", "Nooshi Dadgostar", "Jonas Sjöstedt", "Ebba Busch", "Jimmie Åkesson",
        "Annie Lööf", "Elisabeth Svantesson", "Amanda Lind", "Daniel Helldén", "Simona Mohamsson", "Johan Pehrson",
        "Märta Stenevi", "Per Bolund", "Muharrem Demirok", "Stefan Löfven", "Gudrun Schyman", "Lars Ohly",
    }  # fmt: skip
    possible = {f"{first} {last}" for first in FIRST for last in LAST}
    possible |= {f"{first} {last}" for firsts, lasts in OTHERS for first in firsts for last in lasts}
    assert not possible & known
    register = make_register(2026, date(2026, 11, 19))
    assert any("é" in one.last for one in register)
    assert any(set("åäö") & set(one.first + one.last) for one in register)
