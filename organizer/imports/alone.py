"""One import at a time in a tree of associations: whoever comes second is told so in words."""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from organizer.imports.staging import KEPT
from organizer.models import Account, Association, Import
from organizer.words import N_, Refused

BUSY = N_("En annan fil importeras just nu. Vänta tills den är klar och kontrollera sedan din fil igen.")
_AT_WORK = ("applying", "undoing")


class Other(NamedTuple):
    """Another file on its way for the same people."""

    name: str
    """Who chose it."""
    place: str
    at: datetime


def claim(session: Session, association_id: int, import_id: int = 0) -> None:
    """Take the tree for this transaction; Refused when somebody else is writing a member file to it."""
    root = _root(session, association_id)
    try:
        lock = sa.select(Association.id).where(Association.id == root)
        session.execute(lock.with_for_update(key_share=True, nowait=True)).all()
    except DBAPIError as error:
        if "lock" in str(error.orig):
            raise Refused(BUSY) from None
        raise
    at_work = sa.select(Import.id).join(Association).where(
        Import.state.in_(_AT_WORK), Import.id != import_id, Association.path.startswith(f"{root}/")
    )  # fmt: skip
    if session.scalar(at_work.limit(1)):
        raise Refused(BUSY)


def others(session: Session, row: Import, now: datetime) -> list[Other]:
    """Files that others have on their way for the same place, or one above or below it: the latest of each of them."""
    path = session.scalar(sa.select(Association.path).where(Association.id == row.association_id)) or ""
    waiting = Import.state.in_(("mapping", "waiting", "checking", "checked", *_AT_WORK))
    found = session.execute(
        sa.select(Account.name, Association.short_name, Import.created_at, Association.path)
        .join(Association, Association.id == Import.association_id)
        .join(Account, Account.id == Import.account_id)
        .where(waiting, Import.id != row.id, Import.account_id != row.account_id, Import.created_at > now - KEPT)
        .order_by(Import.id)
    )
    near = [Other(*one[:3]) for one in found if one.path.startswith(path) or path.startswith(one.path)]
    return list({(one.name, one.place): one for one in near}.values())


def _root(session: Session, association_id: int) -> int:
    path = session.scalar(sa.select(Association.path).where(Association.id == association_id)) or f"{association_id}/"
    return int(path.split("/", 1)[0])
