"""What the columns of a file hold, remembered for every file with the same headers in the same part of the tree."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from organizer import audit
from organizer.imports import personnummer
from organizer.imports.columns import FIELDS, Columns, by_headers, field_of, headers_of
from organizer.imports.headers import NAMES, plain
from organizer.imports.places import places_under
from organizer.imports.reading import Table
from organizer.imports.rows import NEEDS_PLACE
from organizer.models import Account, Association, ImportLayout
from organizer.words import N_, Refused

WITHOUT_NAMES = N_("Säg vilken kolumn som är namnet. Utan den går det inte att veta vem raderna gäller.")
TWICE = N_("Två kolumner kan inte båda vara %(what)s. Välj en av dem.")
_ONCE = frozenset(FIELDS) - {"mobile", "phone", "fee"}


class Column(NamedTuple):
    """A column of a kind of file: where it stands, its header, what it holds, and whether it may hold anything."""

    place: int
    header: str
    field: str
    personal: bool
    """A personnummer, which is never read."""


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


def check(session: Session, association_id: int, said: Mapping[str, str], before: Columns, found: Columns) -> None:
    """Refused when a field is said twice, when no column is the name, or when the association is needed and missing.

    `before` is what the headers alone say, `found` the same with what was said.
    """
    named = [name for name in said.values() if name in _ONCE]
    others = {name for name, place in before.single.items() if str(place) not in said}
    if twice := next((name for name in named if named.count(name) > 1 or name in others), None):
        raise Refused(TWICE, "columns", what=FIELDS[twice])
    if not NAMES & found.single.keys():
        raise Refused(WITHOUT_NAMES, field="columns")
    if "association" not in found.single and not places_under(session, association_id).single:
        raise Refused(NEEDS_PLACE, field="columns")


def within(session: Session, reach: sa.Select[int]) -> Sequence[Any]:
    """The kinds of files explained in these places: id, headers, what was said, where, by whom and when; newest first."""
    return session.execute(
        sa.select(
            ImportLayout.id, ImportLayout.headers, ImportLayout.columns, ImportLayout.at, Association.short_name,
            Account.name,
        )
        .join(Association, Association.id == ImportLayout.association_id)
        .outerjoin(Account, Account.id == ImportLayout.account_id)
        .where(ImportLayout.association_id.in_(reach))
        .order_by(ImportLayout.at.desc(), ImportLayout.id.desc())
    ).all()  # fmt: skip


def columns_of(layout: ImportLayout) -> list[Column]:
    """Every column of the kind of file and what it is remembered to hold."""
    found = by_headers(layout.headers, layout.columns)
    return [
        Column(place, header, field_of(found, place), plain(header) in personnummer.HEADERS)
        for place, header in enumerate(layout.headers) if header
    ]  # fmt: skip


def change(session: Session, layout: ImportLayout, said: Mapping[str, str], account_id: int, now: datetime) -> None:
    """Remember `said` instead: a field for each column's place, "" for none. Refused as in `check`."""
    known = {place: name if name in FIELDS else "" for place, name in said.items() if int(place) < len(layout.headers)}
    before = by_headers(layout.headers)
    check(session, layout.association_id, known, before, by_headers(layout.headers, known))
    kept = {
        place: name for place, name in known.items() if name != field_of(before, int(place)) or place in layout.columns
    }
    layout.columns, layout.account_id, layout.at = kept, account_id, now
    session.flush()
    place_id = layout.association_id
    audit.changed(session, account_id, "import_columns", "association", place_id, now, place_id)


def forget(session: Session, layout: ImportLayout, account_id: int, now: datetime) -> None:
    """Ask about such files again."""
    place_id = layout.association_id
    session.execute(sa.delete(ImportLayout).where(ImportLayout.id == layout.id))
    audit.changed(session, account_id, "import_columns_forgotten", "association", place_id, now, place_id)
