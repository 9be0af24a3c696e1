"""Every page of the application: who finds it, and the things its address is tried with.

Adding a page means adding a line here; tests/test_access_matrix.py fails until it stands here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from organizer.models import RoleName as R
from tests.world import Things

EVERYONE = frozenset(R)
STAFF = frozenset({R.ORGANIZER, R.CHAIR, R.STEWARD})
KEEPERS = frozenset({R.ORGANIZER, R.STEWARD})
ORGANIZER, CALLER = frozenset({R.ORGANIZER}), frozenset({R.CALLER})
LEADERS = frozenset({R.ORGANIZER, R.SHIFT_LEADER})
RINGERS = STAFF | {R.CALLER, R.SHIFT_LEADER}
SENDERS = KEEPERS | {R.APPROVER}
RULERS = frozenset({R.ORGANIZER, R.OWNER})
LOCAL = frozenset({R.CALLER, R.SHIFT_LEADER, R.STEWARD, R.CHAIR})
"""Roles that the cast holds in our association; the others hold theirs in the district, the neighbour's included."""

Values = Callable[[Things], Mapping[str, object]]


@dataclass(frozen=True)
class RouteCase:
    """`roles` find the page; `values` fill its address from our things, the neighbour's or a stranger's.

    `form` is what a real visitor would post there: a refusal must come from whose the thing is, not from a bad form.
    `open_address` marks pages that answer the same whosever the thing is, and show nothing of it.
    `last` is tried after everything else, because it takes the thing away.
    """

    roles: frozenset[str]
    values: Values = lambda _things: {}
    form: Mapping[str, str] | Callable[[Things], Mapping[str, object]] | None = None
    open_address: bool = False
    last: bool = False


def place(things: Things) -> Mapping[str, object]:
    return {"slug": things.association.slug}


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


def thread(things: Things) -> Mapping[str, object]:
    return {"thread_id": things.thread_id}


def way_out(things: Things) -> Mapping[str, object]:
    return {"token": things.stop_token}


def link(things: Things) -> Mapping[str, object]:
    return {"token": f"link-{things.caller.id}"}


PUBLIC = {
    "home.front_door", "home.switch_language", "static",
    "notices.privacy", "notices.accessibility", "notices.get_help", "notices.alive",
    "login.start", "login.send", "login.code", "login.check", "login.password", "login.as_role", "login.leave",
    "second_door.factor", "second_door.check_factor", "second_door.check_recovery", "second_door.send_factor",
    "second_door.new_app", "second_door.set_up_app", "second_door.forgotten", "second_door.replace_password",
    "second_door.welcome", "second_door.choose", "link.start", "link.code", "link.check", "link.send",
    "messages.news", "messages.incoming", "way_out.start", "way_out.refuse", "way_out.undo",
    "survey_link.start", "survey_link.save", "survey_link.thanks", "survey_link.result",
    "calendar.start", "calendar.feed", "calendar.feed_of",
    "signup.personal", "signup.answer", "signup.public", "signup.ask", "signup.code", "signup.prove", "signup.leave",
}  # fmt: skip
"""What anybody may ask for without having logged in. Nothing else."""

PARTS = {
    "motions.file",
    "inbox.live",
    "blasts.live_count",
    "blasts.live",
    "blasts.failures",
    "provider.live",
    "selections.live_count",
    "campaigns.live",
    "call.qr",
    "practice.qr",
    "imports.example",
    "imports.bad_rows",
    "import_people.work",
    "privacy.download_extract",
    "calendar.feed",
    "calendar.feed_of",
}
"""Addresses that answer with a part of a page, a picture or a file."""

PUBLIC_VALUES: dict[str, Values] = {
    "static": lambda _things: {"version": "x", "name": "rundan.css"},
    "link.start": link,
    "link.code": link,
    "link.check": link,
    "link.send": link,
    "second_door.welcome": lambda things: {"token": things.setup_token},
    "second_door.choose": lambda things: {"token": things.setup_token},
    "messages.news": lambda _things: {"ref": "x"},
    "way_out.start": way_out,
    "way_out.refuse": way_out,
    "way_out.undo": way_out,
    "survey_link.start": survey_address,
    "survey_link.save": survey_address,
    "survey_link.thanks": survey_address,
    "survey_link.result": lambda things: {"code": things.survey_result},
    "calendar.feed_of": place,
    "signup.personal": personal_invitation,
    "signup.answer": personal_invitation,
    "signup.public": shown_to_all,
    "signup.ask": shown_to_all,
    "signup.code": shown_to_all,
    "signup.prove": shown_to_all,
    "signup.leave": shown_to_all,
}

CASES: dict[str, RouteCase] = {
    "home.menu": RouteCase(EVERYONE),
    "kept_form.show": RouteCase(EVERYONE),
    "kept_form.drop": RouteCase(EVERYONE),
    "account.start": RouteCase(EVERYONE),
    "account.look": RouteCase(EVERYONE, form={"language": "sv", "theme": "auto"}),
    "account.password": RouteCase(EVERYONE),
    "account.begin_app": RouteCase(EVERYONE),
    "account.app": RouteCase(EVERYONE),
    "account.finish_app": RouteCase(EVERYONE),
    "account.end_others": RouteCase(EVERYONE),
    "account.end_login": RouteCase(frozenset(), lambda things: {"login_id": things.login_id}),
    "settings.start": RouteCase(RULERS),
    "settings.place": RouteCase(RULERS, place),
    "settings.change": RouteCase(RULERS, lambda things: {**place(things), "key": "new_member"}, {"days": "30"}),
    "settings.tree": RouteCase(RULERS),
    "settings.add": RouteCase(RULERS, form=lambda things: {"name": "Ny ort", "under": things.association.slug}),
    "users.all_roles": RouteCase(RULERS),
    "users.give": RouteCase(RULERS, form=role_to_give),
    "users.end": RouteCase(RULERS, lambda things: {"role_id": things.role.id}),
    "users.people": RouteCase(RULERS),
    "users.add": RouteCase(RULERS, form=user_to_add),
    "users.link": RouteCase(frozenset({R.OWNER}), account),
    "users.close": RouteCase(RULERS, account, last=True),
    "log.looks": RouteCase(RULERS),
    "log.changes": RouteCase(RULERS),
    "data_protection.start": RouteCase(RULERS | {R.STEWARD}),
    "data_protection.save": RouteCase(RULERS, form={"name": "Distriktet", "contact": "dso@example.org"}),
    "data_protection.forgetting": RouteCase(RULERS),
    "log.search": RouteCase(ORGANIZER, form={"q": "Agda"}),
    "association.own": RouteCase(frozenset({R.CHAIR, R.STEWARD})),
    "archive.show": RouteCase(STAFF, place),
    "association.dashboard": RouteCase(STAFF, place),
    "association_todos.own": RouteCase(frozenset({R.CHAIR, R.STEWARD})),
    "association_todos.todos": RouteCase(STAFF, place),
    "association_todos.contribute": RouteCase(STAFF, place),
    "association_new.own": RouteCase(frozenset({R.CHAIR, R.STEWARD})),
    "association_new.waiting": RouteCase(STAFF, place),
    "association_new.person": RouteCase(STAFF, lambda things: {**place(things), **one_person(things)}),
    "association_new.log": RouteCase(STAFF, lambda things: {**place(things), **one_person(things)}, {"how": "spoke"}),
    "association_new.take_back": RouteCase(
        frozenset({R.CHAIR}), lambda things: {**place(things), "contact_id": things.contact_id}, last=True
    ),
    "association_todos.done": RouteCase(
        STAFF, lambda things: {**place(things), "todo_id": things.other_todo_id}, last=True
    ),
    "association_new.give": RouteCase(STAFF, lambda things: {**place(things), **one_person(things)}, {"owner": ""}),
    "association_new.district": RouteCase(ORGANIZER),
    "association_table.table": RouteCase(ORGANIZER),
    "support.one": RouteCase(ORGANIZER, place),
    "support.log": RouteCase(ORGANIZER, place, {"how": "called", "day": "2026-11-01"}),
    "support.plan": RouteCase(ORGANIZER, place, {"step": "Träffas"}),
    "support.done": RouteCase(ORGANIZER, lambda things: {**place(things), "step_id": things.step_ids[0]}, last=True),
    "support.remove": RouteCase(ORGANIZER, lambda things: {**place(things), "step_id": things.step_ids[1]}, last=True),
    "overview.start": RouteCase(ORGANIZER),
    "todos.work": RouteCase(STAFF),
    "todos.one": RouteCase(KEEPERS, todo),
    "todos.mend": RouteCase(KEEPERS, todo),
    "todos.pass_on": RouteCase(KEEPERS, todo),
    "todos.done": RouteCase(KEEPERS, todo, last=True),
    "campaigns.index": RouteCase(frozenset({R.ORGANIZER, R.CHAIR, R.SHIFT_LEADER})),
    "campaigns.one": RouteCase(frozenset({R.ORGANIZER, R.CHAIR}), campaign),
    "campaigns.live": RouteCase(frozenset({R.ORGANIZER, R.CHAIR}), campaign),
    "campaigns.answers": RouteCase(frozenset({R.ORGANIZER, R.CHAIR}), campaign),
    "todos.of_campaign": RouteCase(KEEPERS, campaign),
    "campaigns.confirm": RouteCase(ORGANIZER, campaign_move),
    "campaigns.do_move": RouteCase(ORGANIZER, campaign_move, last=True),
    "campaigns.review": RouteCase(ORGANIZER, campaign),
    "campaigns.settings": RouteCase(ORGANIZER, campaign),
    "campaigns.save_settings": RouteCase(ORGANIZER, campaign),
    "campaigns.when": RouteCase(ORGANIZER, campaign),
    "campaigns.save_when": RouteCase(ORGANIZER, campaign),
    "campaigns.what": RouteCase(ORGANIZER, campaign),
    "campaigns.save_what": RouteCase(ORGANIZER, campaign),
    "campaigns.start": RouteCase(ORGANIZER, campaign),
    "campaigns.choose": RouteCase(ORGANIZER),
    "campaigns.create": RouteCase(ORGANIZER),
    "campaigns.new_shift": RouteCase(ORGANIZER, campaign),
    "campaigns.add_shift": RouteCase(ORGANIZER, campaign),
    "campaigns.shift": RouteCase(LEADERS, shift),
    "campaigns.change_shift": RouteCase(LEADERS, shift),
    "campaigns.new_caller": RouteCase(ORGANIZER, shift),
    "campaigns.send_links": RouteCase(LEADERS, shift),
    "campaigns.remove_caller": RouteCase(LEADERS, shift),
    "campaigns.shift_kit": RouteCase(LEADERS, shift),
    "shift_leader.lead": RouteCase(LEADERS, shift),
    "shift_leader.helped": RouteCase(LEADERS, shift_caller),
    "shift_leader.code": RouteCase(LEADERS, shift_caller),
    "shift_leader.link": RouteCase(LEADERS, shift_caller),
    "shift_leader.pause": RouteCase(LEADERS, shift),
    "shift_leader.add": RouteCase(LEADERS, shift),
    "ring.start": RouteCase(RINGERS),
    "ring.help_page": RouteCase(RINGERS),
    "ring.promise_page": RouteCase(RINGERS),
    "ring.promise": RouteCase(RINGERS),
    "ring.shift": RouteCase(CALLER, shift),
    "ring.ask_for_help": RouteCase(CALLER, shift),
    "ring.done": RouteCase(CALLER, shift),
    "ring.pause": RouteCase(CALLER, shift, last=True),
    "ring.stop": RouteCase(CALLER, shift, last=True),
    "call.begin": RouteCase(CALLER, shift),
    "call.now": RouteCase(CALLER, shift),
    "call.mine": RouteCase(CALLER, shift),
    "call.promised_call": RouteCase(CALLER, shift_queue),
    "call.address": RouteCase(CALLER, call),
    "call.part": RouteCase(CALLER, part_of_call),
    "call.qr": RouteCase(CALLER, call),
    "call.keep": RouteCase(CALLER, call),
    "call.report": RouteCase(CALLER, call),
    "call.undo": RouteCase(CALLER, rung, last=True),
    "change.start": RouteCase(CALLER, rung),
    "change.part": RouteCase(CALLER, part_of_rung),
    "change.save": RouteCase(CALLER, rung),
    "incoming.start": RouteCase(RINGERS),
    "incoming.search": RouteCase(RINGERS, form={"q": "Agda"}),
    "incoming.open_row": RouteCase(CALLER, lambda things: {"queue_id": things.rung_queue_id}),
    "practice.start": RouteCase(RINGERS),
    "practice.report": RouteCase(RINGERS),
    "practice.undo": RouteCase(RINGERS, lambda _things: {"n": 1}, open_address=True),
    "practice.qr": RouteCase(RINGERS),
    "practice.stop": RouteCase(RINGERS),
    "counting.how_we_count": RouteCase(EVERYONE),
    "activities.start": RouteCase(STAFF),
    "activities.new": RouteCase(STAFF),
    "activities.yearly": RouteCase(STAFF),
    "activities.show": RouteCase(STAFF, activity),
    "activities.copy": RouteCase(STAFF, activity),
    "activities.edit": RouteCase(STAFF, activity),
    "activities.sign_up": RouteCase(STAFF, activity, chosen),
    "activities.withdraw": RouteCase(STAFF, activity, chosen),
    "activities.attendance": RouteCase(STAFF, activity, chosen),
    "activities.find": RouteCase(STAFF, activity, {"q": "Agda"}),
    "activities.cancel": RouteCase(STAFF, activity),
    "assignments.start": RouteCase(STAFF),
    "assignments.find": RouteCase(STAFF, form={"q": "Agda"}),
    "assignments.of_person": RouteCase(STAFF, one_person),
    "assignments.add": RouteCase(STAFF, one_person),
    "assignments.end": RouteCase(STAFF, office, {"to_day": "2027-01-01"}),
    "assignments.remove": RouteCase(STAFF, office, last=True),
    "guests.start": RouteCase(STAFF, activity),
    "guests.add": RouteCase(STAFF, activity),
    "guests.settle": RouteCase(STAFF, guest, {"person": "nobody"}),
    "guests.attendance": RouteCase(STAFF, guest),
    "interest.start": RouteCase(STAFF),
    "interest.of_kind": RouteCase(STAFF, kind_of_interest, open_address=True),
    "interest.find": RouteCase(STAFF, kind_of_interest, {"q": "Agda"}, open_address=True),
    "interest.add": RouteCase(STAFF, form=wish),
    "interest.remove": RouteCase(STAFF, form=wish),
    "interest.select_new": RouteCase(KEEPERS),
    "responsibilities.start": RouteCase(EVERYONE),
    "motions.start": RouteCase(EVERYONE),
    "motions.new": RouteCase(STAFF),
    "motions.show": RouteCase(EVERYONE, motion, open_address=True),
    "motions.file": RouteCase(EVERYONE, motion, open_address=True),
    "motions.edit": RouteCase(STAFF, motion),
    "motions.borrow": RouteCase(STAFF, motion, open_address=True),
    "motions.remove": RouteCase(STAFF, motion, last=True),
    "surveys.start": RouteCase(STAFF),
    "surveys.new": RouteCase(STAFF),
    "surveys.show": RouteCase(STAFF, survey),
    "surveys.edit": RouteCase(STAFF, survey),
    "surveys.copy": RouteCase(STAFF, survey),
    "surveys.do": RouteCase(STAFF, survey_move, last=True),
    "survey_paper.start": RouteCase(STAFF, survey),
    "survey_paper.find": RouteCase(STAFF, survey, {"q": "Agda"}),
    "survey_paper.count": RouteCase(frozenset(), survey),
    "survey_paper.of_person": RouteCase(STAFF, survey_and_person),
    "survey_paper.save": RouteCase(STAFF, survey_and_person),
    "selections.index": RouteCase(KEEPERS),
    "selections.new": RouteCase(KEEPERS),
    "selections.create": RouteCase(KEEPERS),
    "selections.edit": RouteCase(KEEPERS, selection),
    "selections.change": RouteCase(KEEPERS, selection, {"name": "Några", "place": "all"}),
    "selections.live_count": RouteCase(KEEPERS),
    "provider.start": RouteCase(frozenset({R.OWNER})),
    "provider.live": RouteCase(frozenset({R.OWNER})),
    "provider.save": RouteCase(frozenset({R.OWNER})),
    "provider.trial": RouteCase(frozenset({R.OWNER})),
    "provider.pretend": RouteCase(frozenset({R.OWNER}), form={"from": "070-174 06 50", "text": "Hej"}),
    "messages.outbox": RouteCase(frozenset({R.OWNER})),
    "messages.leave": RouteCase(frozenset({R.OWNER}), unclear_message(0)),
    "messages.send_again": RouteCase(frozenset({R.OWNER}), unclear_message(1)),
    "blasts.index": RouteCase(SENDERS),
    "blasts.create": RouteCase(KEEPERS, form=lambda things: {"place": things.association.slug}),
    "blasts.one": RouteCase(SENDERS, waiting),
    "blasts.recipients": RouteCase(KEEPERS, writing),
    "blasts.save_recipients": RouteCase(KEEPERS, writing, {"include": "all"}),
    "blasts.live_count": RouteCase(KEEPERS, writing),
    "blasts.write": RouteCase(KEEPERS, writing),
    "blasts.save_text": RouteCase(KEEPERS, writing, {"body": "Hej", "category": "information"}),
    "blasts.proof": RouteCase(KEEPERS, writing),
    "blasts.review": RouteCase(SENDERS, waiting),
    "blasts.when": RouteCase(KEEPERS, writing),
    "blasts.any_hour": RouteCase(frozenset(), writing, {"any_hour_why": "Nödläge"}),
    "blasts.ask": RouteCase(KEEPERS, writing),
    "blasts.send": RouteCase(KEEPERS, writing),
    "blasts.left_out": RouteCase(KEEPERS, lambda things: {**writing(things), "why": "no_number"}),
    "blasts.call_list": RouteCase(KEEPERS, lambda things: {**writing(things), "why": "landline"}),
    "blasts.approving": RouteCase(frozenset({R.ORGANIZER, R.APPROVER}), waiting),
    "blasts.approve": RouteCase(frozenset({R.ORGANIZER, R.APPROVER}), waiting),
    "blasts.send_back": RouteCase(frozenset({R.ORGANIZER, R.APPROVER}), waiting, {"comment": ""}),
    "blasts.withdraw": RouteCase(KEEPERS, waiting, last=True),
    "blasts.copy": RouteCase(KEEPERS, sent),
    "blasts.status": RouteCase(SENDERS, sent),
    "blasts.live": RouteCase(SENDERS, sent),
    "blasts.do_move": RouteCase(KEEPERS, part_of_sent(move="fortsatt")),
    "blasts.people": RouteCase(KEEPERS, part_of_sent(group="oklara")),
    "blasts.failures": RouteCase(KEEPERS, sent),
    "blasts.decide": RouteCase(
        KEEPERS, lambda things: {**sent(things), "message_id": things.unclear_id}, {"what": "leave"}, last=True
    ),
    "blasts.discard": RouteCase(KEEPERS, writing, last=True),
    "inbox.start": RouteCase(KEEPERS),
    "inbox.live": RouteCase(KEEPERS),
    "inbox.show": RouteCase(KEEPERS, thread),
    "inbox.reply": RouteCase(KEEPERS, thread, {"body": "Tack för ditt svar."}),
    "inbox.pass_on": RouteCase(KEEPERS, thread),
    "inbox.read_stop": RouteCase(KEEPERS, thread),
    "inbox.find": RouteCase(KEEPERS, thread, {"q": "Agda"}),
    "inbox.done": RouteCase(KEEPERS, thread),
    "inbox.attach": RouteCase(KEEPERS, thread, chosen, last=True),
    "people.start": RouteCase(STAFF),
    "people.search": RouteCase(STAFF, form={"q": "Agda"}),
    "people.show": RouteCase(STAFF, one_person),
    "people.refuse": RouteCase(STAFF, one_person, {"channel": "sms"}),
    "people.revoke": RouteCase(KEEPERS, part_of_one_person("refusal_id")),
    "people.add_number": RouteCase(KEEPERS, one_person, {"number": "070-174 06 50"}),
    "people.remove_number": RouteCase(KEEPERS, part_of_one_person("phone_id")),
    "people.set_email": RouteCase(KEEPERS, one_person, {"email": "ny@example.org"}),
    "people.tag": RouteCase(KEEPERS, one_person, {"tag": "Ny"}),
    "people.untag": RouteCase(KEEPERS, part_of_one_person("tag_id")),
    "people.move": RouteCase(KEEPERS, one_person, {"association": "0"}),
    "privacy.show_extract": RouteCase(KEEPERS, one_person),
    "privacy.download_extract": RouteCase(KEEPERS, one_person),
    "privacy.show_erasure": RouteCase(KEEPERS, one_person),
    "privacy.erase": RouteCase(KEEPERS, one_person, {"reason": "asked", "confirmation": "inte än"}),
    "people.end": RouteCase(KEEPERS, one_person, {"why": "left"}, last=True),
    "person_edit.edit": RouteCase(KEEPERS, one_person),
    "person_edit.save": RouteCase(KEEPERS, one_person, {"first_name": "Agda", "reason": "Ringde"}),
    "person_edit.consent": RouteCase(
        KEEPERS, one_person, {"channel": "sms", "purpose": "offer", "how": "paper", "evidence": "Pärm 2"}
    ),
    "person_edit.take_back": RouteCase(KEEPERS, part_of_one_person("consent_id")),
    "follow_ups.follow_up": RouteCase(STAFF, one_person, {"text": "Ring"}),
    "follow_ups.finished": RouteCase(
        STAFF, lambda things: {"person_id": things.people[3].id, "todo_id": things.follow_up_id}, last=True
    ),
    "households.choose": RouteCase(KEEPERS, one_person),
    "households.search": RouteCase(KEEPERS, one_person, {"q": "Bror"}),
    "households.join": RouteCase(KEEPERS, two_people),
    "households.leave": RouteCase(KEEPERS, one_person, last=True),
    "many.tags": RouteCase(KEEPERS),
    "many.tag": RouteCase(KEEPERS, form=lambda things: {"person": things.people[0].id, "tag": "Ny"}, open_address=True),
    "many.tagged": RouteCase(KEEPERS, lambda things: {"run_id": things.tag_run_id}),
    "many.undo_tags": RouteCase(KEEPERS, lambda things: {"run_id": things.tag_run_id}, last=True),
    "many.start": RouteCase(KEEPERS),
    "many.download": RouteCase(KEEPERS, form=lambda things: {"selection": things.selection.id}, open_address=True),
    "merging.suggested": RouteCase(KEEPERS),
    "merging.not_same": RouteCase(KEEPERS, two_people),
    "merging.choose": RouteCase(KEEPERS, one_person),
    "merging.search": RouteCase(KEEPERS, one_person, {"q": "Bror"}),
    "merging.compare": RouteCase(KEEPERS, two_people),
    "merging.merge": RouteCase(KEEPERS, two_people, last=True),
    "merging.show": RouteCase(KEEPERS, lambda things: {"merge_id": things.merge_id}),
    "merging.undo": RouteCase(KEEPERS, lambda things: {"merge_id": things.merge_id}, last=True),
    "imports.start": RouteCase(KEEPERS),
    "imports.example": RouteCase(KEEPERS),
    "imports.upload": RouteCase(KEEPERS, form=lambda things: {"place": things.association.id}),
    "imports.show": RouteCase(KEEPERS, member_file),
    "imports.bad_rows": RouteCase(KEEPERS, member_file),
    "imports.apply": RouteCase(KEEPERS, member_file, {"fingerprint": "0"}),
    "imports.discard": RouteCase(KEEPERS, member_file, last=True),
    "import_people.all_files": RouteCase(KEEPERS),
    "import_people.columns": RouteCase(KEEPERS, member_file),
    "import_people.people": RouteCase(KEEPERS, member_file),
    "import_people.work": RouteCase(KEEPERS, member_file),
    "import_people.undo": RouteCase(KEEPERS, member_file),
}
