"""The cast: one of every role, in two associations, and somebody who must see nothing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from organizer.models import Account, Association, RoleName
from tests.factories import make_account, make_association


@dataclass
class Cast:
    """Härnösand is ours, Timrå is somebody else's; all but the last three accounts belong to Härnösand."""

    national: Association
    district: Association
    harnosand: Association
    timra: Association
    caller: Account
    shift_leader: Account
    steward: Account
    chair: Account
    organizer: Account
    approver: Account
    owner: Account
    timra_chair: Account
    timra_caller: Account
    nobody: Account

    @property
    def roles(self) -> dict[str, Account]:
        """The holder of each role."""
        return {str(role): getattr(self, role) for role in RoleName}


def make_cast(session: Session, now: datetime) -> Cast:
    national = make_association(session, "Riket", kind="national")
    district = make_association(session, "Västernorrland", national, kind="district")
    harnosand = make_association(session, "Härnösand", district)
    timra = make_association(session, "Timrå", district)
    return Cast(
        national, district, harnosand, timra,
        caller=make_account(session, "Birgitta Ringare", (RoleName.CALLER, harnosand), e164="+46701740605"),
        shift_leader=make_account(session, "Nils Öberg", (RoleName.SHIFT_LEADER, harnosand), e164="+46701740606"),
        steward=make_account(session, "Sara Medlemsansvarig", (RoleName.STEWARD, harnosand)),
        chair=make_account(session, "Olle Ordförande", (RoleName.CHAIR, harnosand)),
        organizer=make_account(session, "Disa Distrikt", (RoleName.ORGANIZER, district)),
        approver=make_account(session, "Gun Godkännare", (RoleName.APPROVER, district)),
        owner=make_account(session, "Siv Systemägare", (RoleName.OWNER, district)),
        timra_chair=make_account(session, "Tora Timrå", (RoleName.CHAIR, timra)),
        timra_caller=make_account(session, "Ture Timrå", (RoleName.CALLER, timra), e164="+46701740607"),
        nobody=make_account(session, "Inga Roller"),
    )  # fmt: skip
