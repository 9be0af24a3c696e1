"""Three associations with one of everything: ours, a neighbour in the same district, and one in another district."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import blasts, call_queue, merged_people, outcomes, report_work, sms_queue, todos
from campaigns.effects import Report
from campaigns.models import (
    Blast,
    BlastState,
    BlastTemplate,
    Call,
    Campaign,
    Message,
    MessageState,
    QueueRow,
    Shift,
    Thread,
    ThreadMessage,
)
from organizer import (
    accounts,
    bulk_tags,
    chosen_people,
    consents,
    contacts,
    guests,
    motions,
    personal_links,
    phones,
    report_seal,
    reports,
    setup_links,
    survey_drafts,
    surveys,
)
from organizer import people as register
from organizer.assignments import add as hold_office
from organizer.imports import layouts
from organizer.models import (
    Account,
    Activity,
    Association,
    Import,
    ImportLayout,
    Membership,
    Person,
    Phone,
    Role,
    RoleName,
    Selection,
    SignUp,
    SupportStep,
    Survey,
)
from organizer.selections import EVERYONE
from organizer.survey_drafts import Asked, Draft
from tests.cast import Cast, make_cast
from tests.factories import make_account, make_activity, make_association, make_campaign, make_person, make_shift
from tests.planning import make_goal, note


@dataclass
class Things:
    """One of everything that belongs to one association; `secrets` are words no stranger's page may hold."""

    association: Association
    caller: Account
    spare: Account
    people: list[Person]
    activity: Activity
    survey_id: int
    selection: Selection
    member_file: Import
    campaign: Campaign
    shift: Shift
    call_id: int
    role: Role
    of_a_person: dict[str, int]
    """A phone number, a refusal and a tag of the first of `people`."""
    setup_token: str
    login_id: int
    rung_id: int = 0
    """A call the caller has reported, and its row in the queue."""
    rung_queue_id: int = 0
    promised_id: int = 0
    """The queue row of somebody the caller has promised to ring again."""
    todo_id: int = 0
    """Something the responsible have to do about one of `people`."""
    other_todo_id: int = 0
    follow_up_id: int = 0
    """Something to do about the last of `people`."""
    tag_run_id: int = 0
    layout_id: int = 0
    """What the columns of a kind of member file hold."""
    """A tag put on two of `people` in one go."""
    merge_id: int = 0
    """Somebody who stood twice and has been merged into the last of `people`."""
    secrets: list[str] = field(default_factory=list)
    motion_id: int = 0
    goal_id: int = 0
    """A goal of the association's plan that is counted by hand, with one note."""
    goal_entry_id: int = 0
    survey_code: str = ""
    """The personal address of the first of `people` to the survey."""
    survey_result: str = ""
    """The open address of its published result."""
    step_ids: tuple[int, int] = (0, 0)
    """Two steps of the plan of support for the association."""
    contact_id: int = 0
    """A contact that the association's chair wrote down."""
    draft_id: int = 0
    """A blast to those of the association that somebody is writing."""
    waiting_id: int = 0
    """One that waits for somebody else's yes."""
    sent_id: int = 0
    """One that is paused, and a message of it whose fate is unclear."""
    unclear_id: int = 0
    thread_id: int = 0
    answer_id: int = 0
    """A saved answer of the inbox."""
    """What somebody wrote from a number that several of the association have."""
    stop_token: str = ""
    """The way out that the first of `people` got in an SMS."""
    public_activity: Activity | None = None
    """One of the shared calendar."""
    activity_token: str = ""
    """A personal link of the first of `people` to the activity."""
    assignment_id: int = 0
    """An office of the first of `people`."""
    guest_id: int = 0
    sign_up_id: int = 0
    """Somebody unknown who was coming to an activity that has been moved, and is to be rung."""
    """Somebody who has signed up to the activity in public."""
    merged_slug: str = ""
    """An association that has become part of this one, and a role somebody has there still."""
    merged_role_id: int = 0
    messages: tuple[int, int] = (0, 0)
    """Two whose fate a human must decide; a stranger's are long since settled."""


@dataclass
class World:
    """The cast, and the things of each association."""

    cast: Cast
    own: Things
    neighbour: Things
    foreign: Things


def make_world(session: Session, now: datetime) -> World:
    cast = make_cast(session, now)
    elsewhere = make_association(session, "Jämtland", cast.national, kind="district")
    ostersund = make_association(session, "Östersund", elsewhere)
    stranger = make_account(session, "Frej Främling", (RoleName.CALLER, ostersund), e164="+46701740608")
    world = World(
        cast,
        own=_things(session, cast.harnosand, cast.caller, cast.shift_leader, "Egenlund", now),
        neighbour=_things(session, cast.timra, cast.timra_caller, cast.timra_chair, "Granntorp", now),
        foreign=_things(session, ostersund, stranger, stranger, "Bortaberg", now),
    )
    for things, account in (
        (world.own, cast.chair),
        (world.neighbour, cast.timra_chair),
        (world.foreign, stranger),
    ):
        things.rung_id, things.rung_queue_id = session.execute(
            sa.select(Call.id, Call.queue_id).where(Call.account_id == things.caller.id, Call.id != things.call_id)
        ).one()
        things.promised_id = session.scalars(
            sa.update(QueueRow)
            .where(
                QueueRow.campaign_id == things.campaign.id,
                QueueRow.state == "ready",
                QueueRow.person_id == things.people[2].id,
            )
            .values(state="waiting", why="callback", callback_by=things.caller.id, due_at=now + timedelta(hours=1))
            .returning(QueueRow.id)
        ).one()
        things.todo_id = todos.add(
            session, kind="wrong_number", person_id=things.people[2].id, association_id=things.association.id, now=now,
            campaign_id=things.campaign.id,
        )  # fmt: skip
        things.other_todo_id = todos.add(
            session, kind="follow_up", person_id=things.people[1].id, association_id=things.association.id, now=now,
            campaign_id=things.campaign.id,
        )  # fmt: skip
        things.follow_up_id = todos.add(
            session, kind="follow_up", person_id=things.people[3].id, association_id=things.association.id, now=now,
        )  # fmt: skip
        several = chosen_people.ticked(
            [one.id for one in things.people[:2]], sa.select(sa.literal(things.association.id))
        )
        things.tag_run_id = bulk_tags.run(session, several, things.association.id, "Flera", now, put=True)
        twin = make_person(session, things.association, f"Tvilling {things.people[0].last_name}")
        things.merge_id = merged_people.merge(session, things.people[3].id, twin.id, {}, now)
        _invite(session, things, now)
        things.contact_id = contacts.log(session, things.people[3].id, account.id, "spoke", False, now)
        things.step_ids = _steps(session, things, now)
        layouts.remember(
            session, things.association.id, ["Namn", f"Rum {things.people[0].last_name}"], {"1": ""}, account.id, now
        )
        things.layout_id = session.scalar(sa.select(sa.func.max(ImportLayout.id))) or 0
        _blasts(session, cast, things, account, now)
        things.thread_id = _thread(session, things, now)
        answer = BlastTemplate(association_id=things.association.id, name="Eget", body="Hej!", category="reply")
        session.add(answer)
        session.flush()
        things.answer_id = answer.id
        things.stop_token = personal_links.make(
            session, "stop", things.people[0].id, now, expires_at=now + timedelta(days=365)
        )
        motion, paper = motions.Draft("Gratis buss", "Text."), motions.File("motion.pdf", b"%PDF-1.7")
        things.motion_id = motions.add(session, things.association.id, motion, paper, account.id, now)
        counted = make_goal(session, things.association, "counted", text=f"Mål i {things.association.name}", target=3)
        things.goal_id = counted.id
        things.goal_entry_id = note(session, counted, things.association, "count", 1, account_id=account.id).id
        things.survey_code, things.survey_result = _survey_addresses(session, things, now)
        _reports(session, things, account, now)
        _merged(session, things, now)
    world.own.messages = _messages(session, MessageState.UNKNOWN, now)
    world.neighbour.messages = world.foreign.messages = _messages(session, MessageState.DELIVERED, now)
    return world


def _merged(session: Session, things: Things, now: datetime) -> None:
    place = make_association(
        session, f"Gamla {things.association.name}", session.get(Association, things.association.parent_id)
    )
    place.closed_on, place.merged_into_id = now.date() - timedelta(days=30), things.association.id
    make_account(session, f"Förra {place.name}", (RoleName.CALLER, place))
    things.merged_slug = place.slug
    things.merged_role_id = session.scalars(sa.select(Role.id).where(Role.association_id == place.id)).one()


def _reports(session: Session, things: Things, chair: Account, now: datetime) -> None:
    """An adopted report of last year, and a draft of this."""
    for year in (now.year - 1, now.year):
        report = reports.ask(session, things.association, year, chair.id, now)
        report_work.count(session, report, now)
        if year < now.year:
            seen = report_seal.of(reports.to_seal(report, {}))
            reports.adopt(session, report.id, seen, chair.id, now)


def _survey_addresses(session: Session, things: Things, now: datetime) -> tuple[str, str]:
    surveys.publish(session, things.survey_id, now)
    until = now + timedelta(days=30)
    whose = things.people[0].id
    mine = personal_links.make(session, "survey", whose, now, expires_at=until, target_id=things.survey_id)
    return mine, session.get_one(Survey, things.survey_id).public_code or ""


def _steps(session: Session, things: Things, now: datetime) -> tuple[int, int]:
    rows = [
        SupportStep(association_id=things.association.id, text=text, created_at=now) for text in ("Ring", "Träffas")
    ]
    session.add_all(rows)
    session.flush()
    return rows[0].id, rows[1].id


def _messages(session: Session, state: str, now: datetime) -> tuple[int, int]:
    queued = [sms_queue.enqueue(session, kind="notice", e164="+46701740609", body="Hej", now=now) for _ in range(2)]
    session.execute(sa.update(Message).where(Message.id.in_(queued)).values(state=state, claimed_at=now, looked_at=now))
    return queued[0], queued[1]


def _blasts(session: Session, cast: Cast, things: Things, author: Account, now: datetime) -> None:
    """A draft, one that waits for approval, and one that has been paused with a message nobody knows the fate of."""
    made = []
    for state in (BlastState.DRAFT, BlastState.WAITING, BlastState.PAUSED):
        blast_id = blasts.create(
            session, things.association.id, author.id, now, title=f"Utskick i {things.association.name}"
        )
        to = blasts.To(include=[{"name": "Alla", "definition": EVERYONE}], exclude=[])
        blasts.save_recipients(session, blast_id, to, author.id, now)
        blasts.save_text(session, blast_id, blasts.Text("Hej {förnamn}!"), author.id, now)
        values = {"state": state, "asked_by": author.id, "asked_at": now, "recipients": 1, "parts": 1}
        values |= {"paused_at": now, "paused_why": "person"} if state == BlastState.PAUSED else {}
        session.execute(
            sa.update(Blast)
            .where(Blast.id == blast_id)
            .values(**(values if state != BlastState.DRAFT else {"state": state}))
        )
        made.append(blast_id)
    things.draft_id, things.waiting_id, things.sent_id = made
    things.unclear_id = sms_queue.enqueue(session, kind="notice", e164=f"+467017406{80 + things.association.id}", body="Hej", now=now,
                                          person_id=things.people[3].id)  # fmt: skip
    session.execute(
        sa.update(Message).where(Message.id == things.unclear_id)
        .values(kind="blast", blast_id=things.sent_id, association_id=things.association.id, state=MessageState.UNKNOWN, claimed_at=now, looked_at=now)
    )  # fmt: skip


def _thread(session: Session, things: Things, now: datetime) -> int:
    row = Thread(
        e164=f"+467017406{70 + things.association.id}", association_id=things.association.id, state="open",
        waiting_since=now, last_at=now, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    body = f"Hej, det är {things.people[0].last_name}. Vi kommer!"
    session.add(ThreadMessage(thread_id=row.id, incoming=True, sid=f"SM{row.id}", body=body, at=now))
    session.flush()
    return row.id


def _things(
    session: Session, place: Association, caller: Account, leader: Account, surname: str, now: datetime
) -> Things:
    people = [make_person(session, place, f"{first} {surname}") for first in ("Agda", "Bror", "Cilla", "Doris")]
    protected = make_person(session, place, f"Skyddad {surname}hemlig", protected=True)
    activity = make_activity(session, place, f"Träff {surname}s")
    survey_id = survey_drafts.write(
        session, place.id, Draft(f"Enkät i {place.name}", (Asked("Vad tycker du?", "text"),)), now
    )
    selection = Selection(association_id=place.id, name="Alla", definition={"version": 1, "all": []}, created_at=now)
    member_file = Import(
        association_id=place.id, account_id=leader.id, filename="medlemmar.csv", digest="0" * 64, created_at=now,
        state="checked", report={"rows": 0, "problems": []},
    )  # fmt: skip
    campaign = make_campaign(session, place, f"Ringrunda i {place.name}", any_hour=True)
    shift = make_shift(session, campaign, caller, leader=leader)
    session.add_all([selection, member_file])
    session.flush()
    call_queue.fill(session, campaign, now)
    rung = call_queue.claim_next(session, caller.id, campaign.id, now, shift_id=shift.id)
    outcomes.report(session, rung, caller.id, Report("no_answer", f"ref-{rung}", now), now)
    call_id = call_queue.claim_next(session, caller.id, campaign.id, now + timedelta(minutes=1), shift_id=shift.id)
    numbers = session.scalars(
        sa.select(Phone.e164)
        .join(Membership, Membership.person_id == Phone.person_id)
        .where(Membership.association_id == place.id)
    ).all()
    role = session.scalars(sa.select(Role).where(Role.account_id == caller.id)).one()
    spare = make_account(session, f"Reserv {place.name}", (RoleName.CALLER, place))
    accounts.open_login(session, spare.id, "caller", now)
    logins = accounts.logins(session, spare.id, now)
    return Things(
        place, caller, spare, people, activity, survey_id, selection, member_file, campaign, shift, call_id, role,
        _of_a_person(session, people[0], place, now), setup_links.issue(session, caller.id, None, now), logins[0].id,
        secrets=[surname, protected.last_name, *numbers, *(phones.display(one) for one in numbers)],
    )  # fmt: skip


def _invite(session: Session, things: Things, now: datetime) -> None:
    """A public activity, and a personal link and a guest of the other one."""
    place, activity = things.association, things.activity
    things.public_activity = make_activity(session, place, f"Öppet hus i {place.name}", public=True)
    things.activity_token = personal_links.make(
        session, "activity", things.people[0].id, now, target_id=activity.id, expires_at=activity.ends_at
    )
    things.assignment_id = hold_office(
        session, things.people[0].id, place.id, "chair", date(2026, 3, 1), None, None, now
    )
    things.guest_id = guests.newcomer(session, activity.id, f"Gäst {place.name}", "", now)
    unknown = guests.newcomer(session, activity.id, f"Känd {place.name}", "", now)
    guests.is_nobody(session, activity.id, unknown, now)
    things.sign_up_id = session.execute(
        sa.insert(SignUp)
        .values(activity_id=activity.id, guest_id=unknown, state="signed_up", at=now, news_at=now)
        .returning(SignUp.id)
    ).scalar_one()


def _of_a_person(session: Session, person: Person, place: Association, now: datetime) -> dict[str, int]:
    return {
        "phone_id": session.scalars(sa.select(Phone.id).where(Phone.person_id == person.id)).one(),
        "refusal_id": register.refuse(session, person.id, "email", "staff", now),
        "consent_id": consents.record(session, person.id, "email", "offer", "paper", now),
        "tag_id": register.tag(session, person.id, place.id, "Egen", now),
    }
