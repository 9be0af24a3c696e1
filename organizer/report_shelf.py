"""Which yearly reports there are: by place, by year, by version; lists for pages, in one statement each."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.models import Account, Association, AssociationKind, Report

OFFERED = 4
"""So many years back from today are offered; any other can be reached by its address."""
COLUMNS = (Report.year, Report.version, Report.adopted_at, Report.counted_at, Report.why)


def places(session: Session, reach: sa.Select[int]) -> list[Any]:
    """The districts and associations within reach, the districts first, then by name."""
    here = sa.select(Association.id, Association.slug, Association.short_name, Association.kind, Association.path)
    there = sa.or_(Association.closed_on.is_(None), sa.exists().where(Report.association_id == Association.id))
    which = (Association.id.in_(reach), Association.kind != AssociationKind.NATIONAL, there)
    first = sa.case((Association.kind == AssociationKind.DISTRICT, 0), else_=1)
    return list(session.execute(here.where(*which).order_by(first, Association.sort_key, Association.id)))


def of_year(session: Session, place_ids: Sequence[int], year: int) -> dict[int, Any]:
    """The newest report of a year of each of these places."""
    rows = session.execute(
        sa.select(Report.association_id, *COLUMNS)
        .where(Report.association_id.in_(place_ids), Report.year == year)
        .order_by(Report.version)
    )
    return {row.association_id: row for row in rows}


def of_place(session: Session, place_id: int) -> list[Any]:
    """The newest version of each year of a place, the latest year first."""
    rows = session.execute(
        sa.select(*COLUMNS).where(Report.association_id == place_id).order_by(Report.year.desc(), Report.version)
    )
    return list({row.year: row for row in rows}.values())


def versions(session: Session, place_id: int, year: int) -> list[Any]:
    """Every version of one year's report, the newest first."""
    here = sa.select(*COLUMNS).where(Report.association_id == place_id, Report.year == year)
    return list(session.execute(here.order_by(Report.version.desc())))


def offered(place: Association, today: date, there: set[int]) -> list[int]:
    """Years without a report that can get one, the latest first."""
    first = max(today.year - OFFERED, place.founded_on.year if place.founded_on else 0)
    last = min(today.year, place.closed_on.year if place.closed_on else today.year)
    return [year for year in range(last, first - 1, -1) if year not in there]


def adopter(session: Session, report: Report) -> str:
    """Who adopted a report; their name stands beside the seal, not inside it, so that it can be erased."""
    return session.scalar(sa.select(Account.name).where(Account.id == report.adopted_by)) or ""
