"""What anybody may ask for without logging in, what its address is tried with, and which addresses answer with no page."""

from tests import route_values as its
from tests.route_values import Values

PUBLIC = {
    "home.front_door", "home.switch_language", "static",
    "notices.privacy", "notices.accessibility", "notices.get_help", "notices.alive",
    "login.start", "login.send", "login.code", "login.check", "login.password", "login.as_role", "login.leave",
    "second_door.factor", "second_door.check_factor", "second_door.check_recovery", "second_door.send_factor",
    "second_door.new_app", "second_door.set_up_app", "second_door.forgotten", "second_door.replace_password",
    "second_door.welcome", "second_door.choose", "link.start", "link.code", "link.check", "link.send",
    "messages.news", "messages.incoming", "way_out.start", "way_out.refuse", "way_out.undo",
    "way_out.without_link", "way_out.ask", "way_out.code", "way_out.prove",
    "survey_link.start", "survey_link.save", "survey_link.thanks", "survey_link.result",
    "calendar.start", "calendar.feed", "calendar.feed_of", "calendar.robots",
    "signup.personal", "signup.answer", "signup.public", "signup.ask", "signup.code", "signup.prove", "signup.leave",
}  # fmt: skip
"""What anybody may ask for without having logged in. Nothing else."""

PARTS = {
    "motions.file",
    "report_files.odt",
    "report_files.markdown",
    "report_files.csv",
    "report_files.seal",
    "inbox.live",
    "blasts.live_count",
    "blasts.live",
    "blasts.failures",
    "blasts.take_out",
    "provider.live",
    "selections.live_count",
    "campaigns.live",
    "call.rest",
    "call.qr",
    "practice.qr",
    "imports.example",
    "imports.bad_rows",
    "import_people.work",
    "privacy.download_extract",
    "calendar.feed",
    "calendar.robots",
    "calendar.feed_of",
}
"""Addresses that answer with a part of a page, a picture or a file."""

PUBLIC_VALUES: dict[str, Values] = {
    "static": lambda _things: {"version": "x", "name": "rundan.css"},
    "link.start": its.link,
    "link.code": its.link,
    "link.check": its.link,
    "link.send": its.link,
    "second_door.welcome": lambda things: {"token": things.setup_token},
    "second_door.choose": lambda things: {"token": things.setup_token},
    "messages.news": lambda _things: {"ref": "x"},
    "way_out.start": its.way_out,
    "way_out.refuse": its.way_out,
    "way_out.undo": its.way_out,
    "survey_link.start": its.survey_address,
    "survey_link.save": its.survey_address,
    "survey_link.thanks": its.survey_address,
    "survey_link.result": lambda things: {"code": things.survey_result},
    "calendar.feed_of": its.place,
    "signup.personal": its.personal_invitation,
    "signup.answer": its.personal_invitation,
    "signup.public": its.shown_to_all,
    "signup.ask": its.shown_to_all,
    "signup.code": its.shown_to_all,
    "signup.prove": its.shown_to_all,
    "signup.leave": its.shown_to_all,
}
