"""The tables of the organizer package; importing this registers them all."""

from organizer.models.accounts import (
    Account,
    Change,
    KeptForm,
    Login,
    LoginCode,
    Look,
    RecoveryCode,
    Role,
    RoleName,
    SetupLink,
    Throttle,
)
from organizer.models.activities import (
    Activity,
    ActivityGuest,
    ActivityNews,
    ActivityOrganizer,
    Assignment,
    Attendance,
    Contribution,
    Interest,
    SignUp,
)
from organizer.models.archive import ArchivedFigure
from organizer.models.associations import Association, AssociationKind, Installation, Setting
from organizer.models.consents import Consent
from organizer.models.contacts import LoggedContact
from organizer.models.corrections import Correction
from organizer.models.figures import (
    ChangedPerson,
    CountedPerson,
    CountedPlace,
    KeptFigure,
    KeptPool,
    SelectionNews,
    SharedSet,
)
from organizer.models.handouts import Export, TagRun, TagRunPerson
from organizer.models.households import HouseholdMember
from organizer.models.imports import Import, ImportChange, ImportFile, ImportLayout, ImportRow, ImportSighting
from organizer.models.links import PersonalLink
from organizer.models.merges import Merge, MergedRow, NotSame
from organizer.models.motions import Motion, MotionFile
from organizer.models.people import (
    BlockedNumber,
    Fee,
    KeptRefusal,
    Membership,
    Person,
    PersonTag,
    Phone,
    Refusal,
    Tag,
)
from organizer.models.plans import GoalEntry, GoalReading, Plan, PlanGoal
from organizer.models.reports import Report, ReportNote, ReportText
from organizer.models.selections import Selection
from organizer.models.support import NewMemberOwner, PlaceContact, SupportStep
from organizer.models.surveys import AnonymousTally, AnonymousWords, Answer, Question, SealedAnswer, Survey
from organizer.models.timeline import ACTIVATION, Event, Kind

__all__ = [
    "ACTIVATION",
    "Account",
    "Activity",
    "ActivityGuest",
    "ActivityNews",
    "ActivityOrganizer",
    "AnonymousTally",
    "AnonymousWords",
    "Answer",
    "ArchivedFigure",
    "Assignment",
    "Association",
    "AssociationKind",
    "Attendance",
    "BlockedNumber",
    "Change",
    "ChangedPerson",
    "Consent",
    "Contribution",
    "Correction",
    "CountedPerson",
    "CountedPlace",
    "Event",
    "Export",
    "Fee",
    "GoalEntry",
    "GoalReading",
    "HouseholdMember",
    "Import",
    "ImportChange",
    "ImportFile",
    "ImportLayout",
    "ImportRow",
    "ImportSighting",
    "Installation",
    "Interest",
    "KeptFigure",
    "KeptForm",
    "KeptPool",
    "KeptRefusal",
    "Kind",
    "LoggedContact",
    "Login",
    "LoginCode",
    "Look",
    "Membership",
    "Merge",
    "MergedRow",
    "Motion",
    "MotionFile",
    "NewMemberOwner",
    "NotSame",
    "Person",
    "PersonTag",
    "PersonalLink",
    "Phone",
    "PlaceContact",
    "Plan",
    "PlanGoal",
    "Question",
    "RecoveryCode",
    "Refusal",
    "Report",
    "ReportNote",
    "ReportText",
    "Role",
    "RoleName",
    "SealedAnswer",
    "Selection",
    "SelectionNews",
    "Setting",
    "SetupLink",
    "SharedSet",
    "SignUp",
    "SupportStep",
    "Survey",
    "Tag",
    "TagRun",
    "TagRunPerson",
    "Throttle",
]
