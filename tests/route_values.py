"""What the addresses and forms of pages are filled with, from the things of one association (tests/world.py)."""

from collections.abc import Callable, Mapping

from tests.world import Things

Values = Callable[[Things], Mapping[str, object]]


def place(things: Things) -> Mapping[str, object]:
    return {"slug": things.association.slug}


def merged(things: Things) -> Mapping[str, object]:
    return {"slug": things.merged_slug}


def merged_role(things: Things) -> Mapping[str, object]:
    return {**merged(things), "what": "roll", "subject_id": things.merged_role_id}


def report(things: Things) -> Mapping[str, object]:
    return {**place(things), "year": 2026}


def adopted_report(things: Things) -> Mapping[str, object]:
    return {**place(things), "year": 2025}


def report_part(things: Things) -> Mapping[str, object]:
    return {**report(things), "part": "members"}


def account(things: Things) -> Mapping[str, object]:
    return {"account_id": things.spare.id}


def role_to_give(things: Things) -> Mapping[str, object]:
    return {"account": things.spare.id, "role": "shift_leader", "place": things.association.slug}


def user_to_add(things: Things) -> Mapping[str, object]:
    return {"name": "Nya Användare", "email": "ny@example.org", "role": "caller", "place": things.association.slug}


def activity(things: Things) -> Mapping[str, object]:
    return {"activity_id": things.activity.id}


def office(things: Things) -> Mapping[str, object]:
    return {**one_person(things), "assignment_id": things.assignment_id}


def guest(things: Things) -> Mapping[str, object]:
    return {"activity_id": things.activity.id, "guest_id": things.guest_id}


def to_ring(things: Things) -> Mapping[str, object]:
    return {"activity_id": things.activity.id, "sign_up_id": things.sign_up_id}


def kind_of_interest(_things: Things) -> Mapping[str, object]:
    return {"kind": "course"}


def wish(things: Things) -> Mapping[str, object]:
    return {**chosen(things), "kind": "course"}


def shown_to_all(things: Things) -> Mapping[str, object]:
    return {"activity_id": things.public_activity.id}


def personal_invitation(things: Things) -> Mapping[str, object]:
    return {"token": things.activity_token}


def survey(things: Things) -> Mapping[str, object]:
    return {"survey_id": things.survey_id}


def motion(things: Things) -> Mapping[str, object]:
    return {"motion_id": things.motion_id}


def survey_move(things: Things) -> Mapping[str, object]:
    return {"survey_id": things.survey_id, "move": "stang"}


def survey_and_person(things: Things) -> Mapping[str, object]:
    return {**survey(things), **one_person(things)}


def survey_address(things: Things) -> Mapping[str, object]:
    return {"code": things.survey_code}


def selection(things: Things) -> Mapping[str, object]:
    return {"selection_id": things.selection.id}


def one_person(things: Things) -> Mapping[str, object]:
    return {"person_id": things.people[0].id}


def two_people(things: Things) -> Mapping[str, object]:
    return {**one_person(things), "other_id": things.people[2].id}


def part_of_one_person(name: str) -> Values:
    return lambda things: {**one_person(things), name: things.of_a_person[name]}


def member_file(things: Things) -> Mapping[str, object]:
    return {"import_id": things.member_file.id}


def layout(things: Things) -> Mapping[str, object]:
    return {"layout_id": things.layout_id}


def chosen(things: Things) -> Mapping[str, object]:
    return {"person": things.people[0].id}


def unclear_message(which: int) -> Values:
    return lambda things: {"message_id": things.messages[which]}


def call(things: Things) -> Mapping[str, object]:
    return {"call_id": things.call_id}


def part_of_call(things: Things) -> Mapping[str, object]:
    return {"call_id": things.call_id, "name": "nej"}


def rung(things: Things) -> Mapping[str, object]:
    return {"call_id": things.rung_id}


def part_of_rung(things: Things) -> Mapping[str, object]:
    return {"call_id": things.rung_id, "name": "nej"}


def shift(things: Things) -> Mapping[str, object]:
    return {"shift_id": things.shift.id}


def shift_queue(things: Things) -> Mapping[str, object]:
    return {"shift_id": things.shift.id, "queue_id": things.promised_id}


def shift_caller(things: Things) -> Mapping[str, object]:
    return {"shift_id": things.shift.id, "account_id": things.caller.id}


def campaign(things: Things) -> Mapping[str, object]:
    return {"campaign_id": things.campaign.id}


def campaign_move(things: Things) -> Mapping[str, object]:
    return {"campaign_id": things.campaign.id, "move": "pausa"}


def todo(things: Things) -> Mapping[str, object]:
    return {"todo_id": things.todo_id}


def writing(things: Things) -> Mapping[str, object]:
    return {"blast_id": things.draft_id}


def waiting(things: Things) -> Mapping[str, object]:
    return {"blast_id": things.waiting_id}


def sent(things: Things) -> Mapping[str, object]:
    return {"blast_id": things.sent_id}


def part_of_sent(**more: object) -> Values:
    return lambda things: {**sent(things), **more}


def answer(things: Things) -> Mapping[str, object]:
    return {"answer_id": things.answer_id}


def thread(things: Things) -> Mapping[str, object]:
    return {"thread_id": things.thread_id}


def way_out(things: Things) -> Mapping[str, object]:
    return {"token": things.stop_token}


def link(things: Things) -> Mapping[str, object]:
    return {"token": f"link-{things.caller.id}"}


def goal(things: Things) -> Mapping[str, object]:
    return {"goal_id": things.goal_id}


def note_of_goal(things: Things) -> Mapping[str, object]:
    return {**goal(things), "entry_id": things.goal_entry_id}
