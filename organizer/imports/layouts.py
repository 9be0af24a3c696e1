"""What the columns of a file hold, remembered for every file with the same headers in the same part of the tree."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from organizer import audit
from organizer.imports.columns import headers_of, plain
from organizer.imports.reading import Table
from organizer.models import Association, ImportLayout


def fingerprint(headers: Sequence[str]) -> str:
    """The same for the same headers in the same order, whatever their case and marks."""
    return hashlib.sha256("\n".join(plain(one) for one in headers).encode()).hexdigest()


def remembered(session: Session, association_id: int, table: Table) -> dict[str, str] | None:
    """What somebody has said before about such a file here or above: the column's place to a field; None if nobody."""
    above = aliased(Association)
    return session.scalar(
        sa.select(ImportLayout.columns)
        .join(above, above.id == ImportLayout.association_id)
        .join(Association, Association.path.startswith(above.path))
        .where(Association.id == association_id, ImportLayout.fingerprint == fingerprint(headers_of(table)))
        .order_by(sa.func.length(above.path).desc())
        .limit(1)
    )


def remember(
    session: Session, association_id: int, headers: Sequence[str], columns: Mapping[str, str], account_id: int,
    now: datetime,
) -> None:  # fmt: skip
    """Keep what was said for the next file with these headers."""
    mark = fingerprint(headers)
    session.execute(
        sa.delete(ImportLayout).where(ImportLayout.association_id == association_id, ImportLayout.fingerprint == mark)
    )
    session.execute(
        sa.insert(ImportLayout).values(
            association_id=association_id, fingerprint=mark, headers=list(headers), columns=dict(columns),
            account_id=account_id, at=now,
        )
    )  # fmt: skip
    audit.changed(session, account_id, "import_columns", "association", association_id, now, association_id)
