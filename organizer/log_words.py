"""The words of the logs: what was done to what, and on which pages people were seen."""

from organizer.words import N_

ACTIONS = {
    "attach": N_("Kopplade en person till"),
    "consent": N_("Antecknade ett ja från"),
    "done": N_("Blev klar med"),
    "pass_on": N_("Lämnade vidare"),
    "read_stop": N_("Avgjorde om det var ett STOPP i"),
    "reply": N_("Svarade i"),
    "revoke_consent": N_("Tog bort ett ja från"),
    "account_closed": N_("Stängde"),
    "activity_cancelled": N_("Ställde in"),
    "assignment_added": N_("Lade till"),
    "assignment_ended": N_("Avslutade"),
    "assignment_removed": N_("Tog bort"),
    "guest_matched": N_("Kopplade en gäst till"),
    "activity_changed": N_("Ändrade"),
    "activity_created": N_("Lade till"),
    "add_number": N_("Lade till nummer hos"),
    "close_membership": N_("Avslutade medlemskap för"),
    "closed": N_("Avslutade"),
    "caller_invited": N_("Bjöd in en ringare till"),
    "code_read_out": N_("Läste upp koden för"),
    "code_shown": N_("Visade koden för"),
    "copy": N_("Kopierade"),
    "create": N_("Lade till"),
    "delete": N_("Tog bort"),
    "discard": N_("Kastade"),
    "draft": N_("Gjorde till utkast"),
    "edit": N_("Ändrade"),
    "erase": N_("Raderade"),
    "export": N_("Tog ut en lista"),
    "factor_removed": N_("Tog bort kodappen för"),
    "factor_set_up": N_("Tog kodapp i bruk för"),
    "import": N_("Läste in"),
    "leave": N_("Lät vara"),
    "link_issued": N_("Gav en länk till"),
    "merge": N_("Slog ihop en dubblett med"),
    "merged_into": N_("Slog ihop med en annan"),
    "not_same": N_("Sade att det inte är samma som en annan:"),
    "undo_merge": N_("Ångrade en sammanslagning av"),
    "open_membership": N_("Skrev in"),
    "password_replaced": N_("Valde nytt lösenord för"),
    "paused": N_("Pausade"),
    "owner_given": N_("Gav någon ansvar för"),
    "place_contacted": N_("Antecknade en kontakt med"),
    "step_added": N_("Lade till ett steg i stödplanen för"),
    "step_done": N_("Bockade av ett steg i stödplanen för"),
    "step_removed": N_("Tog bort ett steg i stödplanen för"),
    "place_added": N_("Lade till"),
    "recovery_code_used": N_("Använde återställningskod för"),
    "refuse": N_("Antecknade ett nej från"),
    "remove_number": N_("Tog bort nummer hos"),
    "revoke_refusal": N_("Tog bort ett nej från"),
    "role_ended": N_("Avslutade en roll för"),
    "role_given": N_("Gav en roll till"),
    "running": N_("Startade"),
    "save": N_("Sparade"),
    "send_again": N_("Skickade igen"),
    "set_email": N_("Ändrade e-post hos"),
    "setting_changed": N_("Ändrade en inställning för"),
    "survey_created": N_("Lade till"),
    "motion_added": N_("Lade till"),
    "motion_changed": N_("Ändrade"),
    "motion_removed": N_("Tog bort"),
    "survey_changed": N_("Ändrade"),
    "survey_closed": N_("Stängde"),
    "survey_opened": N_("Öppnade"),
    "survey_published": N_("Visade resultatet av"),
    "survey_hidden": N_("Dolde resultatet av"),
    "tag": N_("Satte märke på"),
    "tag_many": N_("Ändrade för många samtidigt"),
    "undo": N_("Ångrade"),
    "untag": N_("Tog bort märke från"),
}
SUBJECTS = {
    "account": N_("användare"),
    "activity": N_("aktivitet"),
    "assignment": N_("uppdrag"),
    "association": N_("plats"),
    "call": N_("samtal"),
    "campaign": N_("kampanj"),
    "export": N_("fil"),
    "import": N_("medlemsfil"),
    "message": N_("sms"),
    "person": N_("person"),
    "selection": N_("urval"),
    "shift": N_("ringpass"),
    "survey": N_("enkät"),
    "motion": N_("motion"),
    "thread": N_("sms-tråd"),
    "todo": N_("uppgift"),
}
PLACES = {
    "activities": N_("Aktiviteter"),
    "assignments": N_("Uppdrag"),
    "guests": N_("Aktiviteter"),
    "interest": N_("Intresselistor"),
    "association": N_("Föreningen"),
    "association_new": N_("Nya medlemmar"),
    "new_members": N_("Nya medlemmar"),
    "association_todos": N_("Att göra"),
    "call": N_("Ringsidan"),
    "campaigns": N_("Kampanjer"),
    "change": N_("Mina samtal"),
    "imports": N_("Import"),
    "import_people": N_("Import, person för person"),
    "inbox": N_("Inkorg"),
    "log": N_("Logg"),
    "incoming": N_("Någon ringer upp"),
    "many": N_("Uttag och etiketter"),
    "merging": N_("Dubbletter"),
    "messages": N_("Sms"),
    "overview": N_("Översikt"),
    "people": N_("Medlemmar"),
    "privacy": N_("Registerutdrag och radering"),
    "ring": N_("Ringpass"),
    "shift_leader": N_("Passledning"),
    "todos": N_("Behöver dig"),
}
"""By area of pages: the part of an endpoint before its dot."""


def of_action(action: str) -> str:
    """What was done, in Swedish, for `_`; the plainest word for what is not in the table."""
    return ACTIONS.get(action, "Ändrade")


def of_subject(subject: str) -> str:
    """To what."""
    return SUBJECTS.get(subject, subject)


def place_of(endpoint: str) -> str:
    """On which pages somebody was seen."""
    area = endpoint.split(".", 1)[0]
    return PLACES.get(area, area)
