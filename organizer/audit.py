"""Who looked at or changed what."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.models import Change, Look


def looked(session: Session, account_id: int, person_ids: Iterable[int], page: str, now: datetime) -> None:
    """Write to the access log that `account_id` saw these people on `page` (an endpoint's name)."""
    rows = [
        {"at": now, "account_id": account_id, "person_id": person_id, "page": page}
        for person_id in dict.fromkeys(person_ids)
    ]
    if rows:
        session.execute(sa.insert(Look), rows)


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
