"""The register of personal data, the organizer's half: every table that holds something about a person, and what is done with it."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from organizer import assignments, corrections, guests, history, log_words, people, person_edits, refusals
from organizer.activity_drafts import KINDS
from organizer.imports import staging
from organizer.imports.telling import LABELS as FIELDS_OF_FILES
from organizer.models import (
    Account,
    Activity,
    ActivityGuest,
    Answer,
    Assignment,
    Association,
    Attendance,
    BlockedNumber,
    Change,
    ChangedPerson,
    Consent,
    Contribution,
    Correction,
    CountedPerson,
    Event,
    Fee,
    GoalEntry,
    HouseholdMember,
    Import,
    ImportChange,
    ImportRow,
    ImportSighting,
    Interest,
    KeptForm,
    LoggedContact,
    Login,
    LoginCode,
    Look,
    Membership,
    Merge,
    MergedRow,
    NewMemberOwner,
    NotSame,
    Person,
    PersonalLink,
    PersonTag,
    Phone,
    PlaceContact,
    PlanGoal,
    Question,
    RecoveryCode,
    Refusal,
    Report,
    ReportNote,
    ReportText,
    Role,
    SelectionNews,
    SetupLink,
    SignUp,
    SupportStep,
    Tag,
    TagRunPerson,
)
from organizer.personal_register import (
    Erasing,
    Keep,
    Mentions,
    Merging,
    Move,
    Numbers,
    Personal,
    Register,
    Settle,
    Shown,
    Whose,
)
from organizer.roles import NAMES as ROLE_NAMES
from organizer.words import N_

WHEN, WHERE, WHAT, FROM, TO = N_("När"), N_("Var"), N_("Vad"), N_("Från"), N_("Till")
STANDING = {
    "signed_up": N_("Anmäld"),
    "waiting": N_("Står på väntelistan"),
    "withdrawn": N_("Har avanmält sig"),
    "declined": N_("Har tackat nej"),
}
REACHED = {"spoke": N_("Samtal"), "wrote": N_("Brev eller mejl"), "message": N_("Meddelande")}
YES_TO = {"offer": N_("Erbjudanden"), "fundraising": N_("Insamling"), "under_16": N_("Kontakt med någon under 16 år")}
SAID_BY = {
    "form": N_("i ett formulär"), "call": N_("i ett samtal"), "sms": N_("i ett sms"), "link": N_("genom en länk"),
    "paper": N_("på papper"), "import": N_("i en medlemsfil"),
}  # fmt: skip
LINKS = {"activity": N_("Anmälan"), "survey": N_("Enkät"), "stop": N_("Slippa sms")}


def _accounts(person_ids: Sequence[int]) -> sa.Select[int]:
    return sa.select(Account.id).where(Account.person_id.in_(person_ids))


def _by_account(column: InstrumentedAttribute[int]) -> Whose:
    """The rows of the people's own accounts."""
    return lambda person_ids: column.in_(_accounts(person_ids))


def _merged(person_ids: Sequence[int]) -> sa.ColumnElement[bool]:
    return sa.or_(Merge.kept_id.in_(person_ids), Merge.gone_id.in_(person_ids))


PERSONAL = (
    Personal(
        Person, N_("Personen"), Person.id,
        {"member_number": Shown(N_("Medlemsnummer")), "first_name": Shown(N_("Förnamn")),
         "last_name": Shown(N_("Efternamn")), "email": Shown(N_("E-post")), "language": Shown(N_("Språk"), person_edits.SPOKEN), "birth_year": Shown(N_("Födelseår")),
         "protected": Shown(N_("Skyddad identitet")), "deceased_on": Shown(N_("Avled")),
         "blocked_why": Shown(N_("Rings inte, därför att"), {"leaving": N_("Vill gå ur partiet"), "distress": N_("Obehagligt samtal")}),
         "created_at": Shown(N_("I registret sedan"))},
        Erasing.DELETE, Merging.STAY,
    ),
    Personal(
        Phone, N_("Telefonnummer"), Phone.person_id, {"e164": Shown(N_("Nummer"))},
        Erasing.DELETE, Move(one_per=("e164",)),
    ),
    Personal(
        Membership, N_("Medlemskap"), Membership.person_id,
        {"association_id": Shown(N_("Förening")), "from_day": Shown(FROM), "from_why": Shown(N_("Hur det började"), people.BEGAN),
         "to_day": Shown(TO), "to_why": Shown(N_("Hur det slutade"), people.ENDS)},
        Keep(), Move(one_per=(), open_column="to_day"),
    ),
    Personal(
        Fee, N_("Medlemsavgifter"), Fee.person_id, {"year": Shown(N_("År")), "paid_on": Shown(N_("Betald"))},
        Keep(), Move(one_per=("year",), settle=Settle.EARLIEST, by="paid_on"),
    ),
    Personal(
        PersonTag, N_("Etiketter"), PersonTag.person_id, {"tag_id": Shown(N_("Etikett"))},
        Erasing.DELETE, Move(one_per=("tag_id",)),
    ),
    Personal(
        HouseholdMember, N_("Hushåll"), HouseholdMember.person_id, {"at": Shown(WHEN)}, Erasing.DELETE, Move(one_per=()),
    ),
    Personal(TagRunPerson, N_("Märken på många samtidigt"), TagRunPerson.person_id, {}, Erasing.DELETE, Move(one_per=("run_id",))),
    Personal(
        Refusal, N_("Vad personen har sagt nej till"), Refusal.person_id,
        {"channel": Shown(WHAT, refusals.CHANNELS), "how": Shown(N_("Hur"), refusals.WAYS),
         "evidence": Shown(N_("Underlag")), "recorded_at": Shown(WHEN), "revoked_at": Shown(N_("Återtaget")),
         "revoked_why": Shown(N_("Varför det återtogs"))},
        Erasing.DELETE, Move(),
    ),
    Personal(
        Consent, N_("Vad personen har sagt ja till"), Consent.person_id,
        {"purpose": Shown(WHAT, YES_TO), "how": Shown(N_("Hur"), SAID_BY), "evidence": Shown(N_("Underlag")),
         "at": Shown(WHEN), "revoked_at": Shown(N_("Återtaget")), "revoked_why": Shown(N_("Varför det återtogs"))},
        Erasing.DELETE, Move(),
    ),
    Personal(
        Correction, N_("Rättelser"), Correction.person_id,
        {"at": Shown(WHEN), "field": Shown(N_("Fält"), corrections.FIELDS), "old": Shown(FROM), "new": Shown(TO),
         "reason": Shown(N_("Skäl"))},
        Erasing.DELETE, Move(),
    ),
    Personal(
        ImportChange, N_("Ändringar genom medlemsfiler"), ImportChange.person_id,
        {"what": Shown(WHAT, FIELDS_OF_FILES), "before": Shown(FROM), "after": Shown(TO)}, Erasing.DELETE, Merging.STAY,
        "imported",
    ),
    Personal(
        ImportSighting, N_("Medlemsfiler som personen också stod i"), ImportSighting.person_id, {"at": Shown(WHEN)},
        Erasing.DELETE, Merging.STAY, "sighted",
    ),
    Personal(
        SignUp, N_("Anmälningar"), SignUp.person_id,
        {"activity_id": Shown(N_("Aktivitet")), "state": Shown(WHAT, STANDING), "at": Shown(WHEN),
         "needs_lift": Shown(N_("Behöver skjuts")), "lift_seats": Shown(N_("Platser i bilen"))},
        Keep({"before": sa.null()}), Move(one_per=("activity_id",), settle=Settle.LATEST, by="at", proves=True),
        "attendance",
    ),
    Personal(
        Attendance, N_("Deltagande"), Attendance.person_id,
        {"activity_id": Shown(N_("Aktivitet")), "at": Shown(WHEN)},
        Keep(), Move(one_per=("activity_id",), proves=True), "attendance",
    ),
    Personal(
        Contribution, N_("Insatser"), Contribution.person_id,
        {"what": Shown(WHAT), "day": Shown(WHEN), "association_id": Shown(WHERE)},
        Keep({"what": ""}), Move(), "attendance",
    ),
    Personal(
        ActivityGuest, N_("Anmälningar på den öppna sidan"), ActivityGuest.person_id,
        {"activity_id": Shown(N_("Aktivitet")), "name": Shown(N_("Namn")), "created_at": Shown(WHEN), "came": Shown(N_("Kom"))},
        Erasing.DELETE, Move(), "guests",
    ),
    Personal(
        Interest, N_("Intressen"), Interest.person_id, {"kind": Shown(WHAT, KINDS), "at": Shown(WHEN)},
        Erasing.DELETE, Move(one_per=("kind",)),
    ),
    Personal(
        Assignment, N_("Uppdrag"), Assignment.person_id,
        {"office": Shown(WHAT, assignments.OFFICES), "association_id": Shown(WHERE), "from_day": Shown(FROM), "to_day": Shown(TO)},
        Keep(), Move(),
    ),
    Personal(
        Answer, N_("Enkätsvar"), Answer.person_id,
        {"question_id": Shown(N_("Fråga")), "choices": Shown(N_("Svar"), chosen_from=("question_id", Question.options)),
         "text": Shown(N_("Med egna ord")), "at": Shown(WHEN)},
        Keep({"text": "", "before": sa.null()}), Move(one_per=("question_id",), settle=Settle.LATEST, by="at", proves=True),

    ),
    Personal(
        LoggedContact, N_("Kontakter"), LoggedContact.person_id,
        {"at": Shown(WHEN), "how": Shown(N_("Hur"), REACHED), "invited": Shown(N_("Bjöds in"))},
        Keep(), Move(), "outcomes",
    ),
    Personal(
        Event, N_("Vad som har hänt"), Event.person_id,
        {"at": Shown(WHEN), "kind": Shown(WHAT, history.SAID), "association_id": Shown(WHERE),
         "campaign_id": Shown(N_("Kampanj")), "activity_id": Shown(N_("Aktivitet"))},
        Keep(), Move(), "outcomes",
    ),
    Personal(
        PersonalLink, N_("Personliga länkar"), PersonalLink.person_id,
        {"kind": Shown(WHAT, LINKS), "created_at": Shown(WHEN), "used_at": Shown(N_("Användes"))},
        Erasing.DELETE, Move(), "spent",
    ),
    Personal(
        Merge, N_("Sammanslagningar"), Merge.kept_id,
        {"at": Shown(WHEN), "undone_at": Shown(N_("Ångrad"))},
        Erasing.DELETE, Merging.STAY, whose=_merged,
    ),
    Personal(
        MergedRow, N_("Vad som flyttades när två blev en"), None, {}, Erasing.DELETE, Merging.STAY,
        whose=lambda person_ids: MergedRow.merge_id.in_(sa.select(Merge.id).where(_merged(person_ids))),
    ),
    Personal(
        NotSame, N_("Någon annan med liknande uppgifter"), NotSame.one_id, {"at": Shown(WHEN)},
        Erasing.DELETE, Merging.STAY,
        whose=lambda person_ids: sa.or_(NotSame.one_id.in_(person_ids), NotSame.other_id.in_(person_ids)),
    ),
    Personal(
        Look, N_("Vilka sidor personen har visats på"), Look.person_id,
        {"at": Shown(WHEN), "page": Shown(N_("Sida"), log_words.place_of)},
        Erasing.STAY, Merging.STAY, "looks",
    ),
    Personal(
        NewMemberOwner, N_("Vem som tar hand om en ny medlem"), NewMemberOwner.person_id,
        {"given_at": Shown(WHEN)}, Erasing.DELETE, Move(one_per=()),
    ),
    Personal(
        PlaceContact, N_("Kontakter med föreningar"), None, {"at": Shown(WHEN), "association_id": Shown(WHERE)},
        Erasing.STAY, Merging.FOLLOW, whose=_by_account(PlaceContact.account_id), harmless=("text", "how"),
    ),
    Personal(
        SupportStep, N_("Steg i stödplaner"), None, {"text": Shown(WHAT), "association_id": Shown(WHERE)},
        Erasing.STAY, Merging.FOLLOW, whose=lambda person_ids: SupportStep.account_id.in_(_accounts(person_ids)), harmless=("text",),
    ),
    Personal(
        PlanGoal, N_("Mål som personen ansvarar för"), None, {"text": Shown(WHAT), "due_on": Shown(N_("Senast"))},
        Erasing.STAY, Merging.FOLLOW, harmless=("text", "detail"),
        whose=lambda person_ids: PlanGoal.responsible_id.in_(_accounts(person_ids)),
    ),
    Personal(
        GoalEntry, N_("Anteckningar om mål"), None, {"at": Shown(WHEN), "note": Shown(WHAT), "association_id": Shown(WHERE)},
        Erasing.STAY, Merging.FOLLOW, harmless=("note",),
        whose=lambda person_ids: GoalEntry.account_id.in_(_accounts(person_ids)),
    ),
    # What the figures were when counted, and for a minute who has changed: it follows the ledger by itself.
    Personal(
        CountedPerson, N_("Underlag till siffror"), CountedPerson.person_id, {}, Erasing.STAY, Merging.STAY,
    ),
    Personal(
        ChangedPerson, N_("Underlag till siffror"), ChangedPerson.person_id, {}, Erasing.STAY, Merging.STAY,
    ),
    Personal(
        SelectionNews, N_("Underlag till siffror"), SelectionNews.person_id, {}, Erasing.STAY, Merging.STAY, harmless=("what",),
    ),
    Personal(
        Change, N_("Vad som har ändrats"), None,
        {"at": Shown(WHEN), "action": Shown(WHAT, log_words.of_action)},
        Erasing.STAY, Merging.STAY, "changes", harmless=("detail", "subject"),
        whose=lambda person_ids: sa.and_(Change.subject == "person", Change.subject_id.in_(person_ids)),
    ),
    Personal(
        Account, N_("Eget konto i Rundan"), Account.person_id,
        {"name": Shown(N_("Namn")), "email": Shown(N_("E-post")), "e164": Shown(N_("Nummer")),
         "created_at": Shown(N_("Öppnat")), "disabled_at": Shown(N_("Stängt"))},
        Erasing.STAY, Move(one_per=(), unlink=True), harmless=("name", "email", "e164"),
    ),
    Personal(
        Role, N_("Roller"), None,
        {"name": Shown(WHAT, ROLE_NAMES), "association_id": Shown(WHERE), "from_day": Shown(FROM), "to_day": Shown(TO)},
        Erasing.STAY, Merging.FOLLOW, whose=_by_account(Role.account_id), harmless=("name",),
    ),
    # A report is a public document of an association; its page says that members' names have no place in it.
    Personal(
        Report, N_("Årsrapporter som någon har fastställt"), None,
        {"association_id": Shown(WHERE), "year": Shown(N_("År")), "adopted_at": Shown(WHEN)},
        Erasing.STAY, Merging.FOLLOW, harmless=("content",),
        whose=lambda person_ids: Report.adopted_by.in_(_accounts(person_ids)),
    ),
    Personal(
        Login, N_("Inloggningar"), None, {"created_at": Shown(WHEN), "expires_at": Shown(N_("Gällde till"))},
        Erasing.DELETE, Merging.FOLLOW, "spent", whose=_by_account(Login.account_id),
    ),
    Personal(LoginCode, N_("Koder"), None, {}, Erasing.DELETE, Merging.FOLLOW, "spent", _by_account(LoginCode.account_id)),
    Personal(RecoveryCode, N_("Koder"), None, {}, Erasing.DELETE, Merging.FOLLOW, "", _by_account(RecoveryCode.account_id)),
    Personal(SetupLink, N_("Koder"), None, {}, Erasing.DELETE, Merging.FOLLOW, "spent", _by_account(SetupLink.account_id)),
)  # fmt: skip

MENTIONS = (
    Mentions(ImportRow, N_("Inlästa rader i en medlemsfil"), ("cells",), whole_row=True, retention="staged"),
    Mentions(Import, N_("Rapporter om medlemsfiler"), ("report",), retention="staged"),
    Mentions(ReportText, N_("Det som skrivits i en årsrapport"), ("text", "draft")),
    Mentions(ReportNote, N_("Rättelser av en årsrapport"), ("text",)),
    Mentions(KeptForm, N_("Formulär som väntar på inloggning"), ("fields",), whole_row=True, retention="spent"),
)
NUMBERS = (
    Numbers(
        BlockedNumber, N_("Nummer som någon annan svarade på"), BlockedNumber.e164, remember=refusals.SOMEBODY_ELSE
    ),
)

IMPERSONAL = {
    "associations": "places",
    "settings": "values for places",
    "installation": "what kind of database it is, and its keys",
    "tags": "the words themselves",
    "tag_runs": "which word was put on, not on whom",
    "exports": "that a list was taken out and why, not who stood on it",
    "activities": "what is to happen, not to whom",
    "activity_organizers": "places",
    "activity_news": "what those who come are to be told; gone when the messages are made",
    "surveys": "what is asked",
    "questions": "what is asked",
    "motions": "what has been proposed to a council, which is public",
    "motion_files": "what has been proposed to a council, which is public",
    "anonymous_tallies": "counts that nobody can lead back to anybody",
    "shared_sets": "a bit for each id: no column leads to a person, it is corrected when the person is erased and gone within the hour",
    "anonymous_words": "what somebody wrote without a name, beside no other answer",
    "anonymous_sealed": "answers without a name that wait to be counted; nobody can read them in the database",
    "plans": "which place and year",
    "goal_readings": "counts",
    "selections": "how people are chosen, not whom",
    "kept_figures": "counts",
    "archived_figures": "counts",
    "kept_pools": "counts",
    "counted_places": "counts",
    "import_files": "files of a few minutes, at most a day; all are thrown away unread when anybody is erased",
    "import_layouts": "what the columns of a kind of file hold",
    "throttles": "keyed hashes that end by themselves",
    "kept_refusals": "keyed hashes that outlive erasure (D21)",
}
"""Tables that hold nothing about people who are organised, and why."""

NAMES = {
    "association_id": Association.short_name,
    "activity_id": Activity.title,
    "tag_id": Tag.name,
    "question_id": Question.text,
}

REGISTER = Register(
    PERSONAL, MENTIONS, NUMBERS, NAMES, IMPERSONAL, before_erasing=(staging.throw_away_unread, guests.forget_names)
)  # fmt: skip
