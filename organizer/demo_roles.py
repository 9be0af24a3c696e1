"""Who holds each role in the demo, for the login page that offers every role in one click."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.accounts import holds_on
from organizer.models import Account, Association, Role, RoleName
from organizer.times import local_day

ORDER = (
    RoleName.ORGANIZER,
    RoleName.CALLER,
    RoleName.SHIFT_LEADER,
    RoleName.CHAIR,
    RoleName.STEWARD,
    RoleName.APPROVER,
    RoleName.OWNER,
)


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with a role at a place."""

    role: str
    account_id: int
    name: str
    place: str

    @property
    def level(self) -> str:
        """Callers come in as with phone and code, everybody else as with password and second factor."""
        return "caller" if self.role in {RoleName.CALLER, RoleName.SHIFT_LEADER} else "full"


def holders(session: Session, now: datetime) -> list[Holder]:
    """One holder of each role, the one whose account is oldest."""
    rows = session.execute(
        sa.select(Role.name, Account.id, Account.name, Association.short_name)
        .join(Account, Account.id == Role.account_id)
        .join(Association, Association.id == Role.association_id)
        .where(holds_on(local_day(now)), Account.disabled_at.is_(None))
        .order_by(Account.id)
    ).all()
    first: dict[str, Holder] = {}
    for role, account_id, name, place in rows:
        first.setdefault(role, Holder(role, account_id, name, place))
    return [first[role] for role in ORDER if role in first]


def holder(session: Session, role: str, now: datetime) -> Holder | None:
    """The one who holds `role`."""
    return next((one for one in holders(session, now) if one.role == role), None)
