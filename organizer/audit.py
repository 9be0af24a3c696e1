"""Who looked at or changed what."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.models import Change, Look, Membership


def looked(session: Session, account_id: int, person_ids: Iterable[int], page: str, now: datetime) -> None:
    """Write to the access log that `account_id` saw these people on `page` (an endpoint's name).

    The association is the one each belonged to then, so that whoever answers for it can read its part of the log.
    """
    seen = dict.fromkeys(person_ids)
    if not seen:
        return
    rows = sa.select(Membership.person_id, Membership.association_id)
    here = {row.person_id: row.association_id for row in session.execute(
        rows.where(Membership.person_id.in_(seen), Membership.to_day.is_(None))
    )}  # fmt: skip
    session.execute(
        sa.insert(Look),
        [
            {"at": now, "account_id": account_id, "person_id": one, "association_id": here.get(one), "page": page}
            for one in seen
        ],
    )


def changed(
    session: Session,
    account_id: int | None,
    action: str,
    subject: str,
    subject_id: int | None,
    now: datetime,
    association_id: int | None = None,
    **detail: Any,
) -> None:
    """Write to the change log what was done to which thing; `detail` holds no names, numbers or texts of people."""
    session.execute(
        sa.insert(Change).values(
            at=now,
            account_id=account_id,
            action=action,
            subject=subject,
            subject_id=subject_id,
            association_id=association_id,
            detail=detail,
        )
    )
