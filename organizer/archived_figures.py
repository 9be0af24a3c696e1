"""Reading the archive of figures: what stands there of a closed month or year, and how far back details are still kept (D6)."""

from collections.abc import Mapping, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import district_figures, figure_archive, settings
from organizer.activation import Share
from organizer.district_figures import Shares
from organizer.figure_archive import KEPT, months_back
from organizer.models import ArchivedFigure, Association
from organizer.periods import Period

SURELY = 24
"""No term of what figures are counted from is shorter than so many months (settings.RETENTION)."""
YEARS = 10
"""So far back a year can be chosen."""
OUTCOMES, ATTENDANCE = "outcome_months", "attendance_months"
ALSO = {"active": ("active", "paid")}
"""A figure that stands under one of several names, by what it meant then."""


def of_metric(session: Session, scope: str, key: str, places: sa.Select[int]) -> dict[int, dict[str, Share]] | None:
    """What stands in the archive of one metric in a period, place by place, with its parts; None if the period is not there."""
    names = ALSO.get(key, (key,))
    rows = session.execute(
        sa.select(ArchivedFigure.association_id, ArchivedFigure.key, ArchivedFigure.part, ArchivedFigure.whole).where(
            ArchivedFigure.scope == scope,
            sa.or_(
                ArchivedFigure.key == KEPT,
                sa.and_(
                    ArchivedFigure.association_id.in_(places),
                    sa.or_(ArchivedFigure.key.in_(names), ArchivedFigure.key.startswith(f"{key}:", autoescape=True)),
                ),
            ),
        )
    ).all()
    if not rows:
        return None
    found: dict[int, dict[str, Share]] = {}
    for place, name, part, whole in rows:
        if name != KEPT:
            found.setdefault(place, {})[key if name in names else name] = Share(part, whole)
    return found


def of_period(session: Session, period: Period, places: sa.Select[int] | Sequence[int]) -> Shares | None:
    """Everything that stands in the archive of a period, by figure and place; None if the period is not there."""
    if period.scope is None:
        return None
    rows = session.execute(
        sa.select(ArchivedFigure.key, ArchivedFigure.association_id, ArchivedFigure.part, ArchivedFigure.whole).where(
            ArchivedFigure.scope == period.scope,
            sa.or_(ArchivedFigure.key == KEPT, ArchivedFigure.association_id.in_(places)),
        )
    ).all()
    found = district_figures.by_key(rows)
    return {key: shares for key, shares in found.items() if key != KEPT} if rows else None


def at_month_ends(session: Session, places: Sequence[int], days: Sequence[date], key: str) -> Mapping[date, Share]:
    """What was archived of `key` at those of the days that end a month."""
    months = {one.scope: one.last_day for one in (Period("", "", day.replace(day=1), day) for day in days) if one.scope}
    if not months:
        return {}
    rows = session.execute(
        sa.select(ArchivedFigure.scope, ArchivedFigure.part, ArchivedFigure.whole).where(
            ArchivedFigure.scope.in_(months), ArchivedFigure.key == key, ArchivedFigure.association_id.in_(places)
        )
    )
    found: dict[date, Share] = {}
    for scope, part, whole in rows:
        found[months[scope]] = found.get(months[scope], Share(0, 0)) + Share(part, whole)
    return found


def years(session: Session, today: date) -> list[int]:
    """The years that are in the archive, the latest first."""
    asked = [str(today.year - n) for n in range(1, YEARS + 1)]
    rows = session.scalars(
        sa.select(ArchivedFigure.scope)
        .where(ArchivedFigure.scope.in_(asked), ArchivedFigure.key == KEPT)
        .order_by(ArchivedFigure.scope.desc())
    )
    return [int(one) for one in rows]


def still_there(session: Session, since: date, today: date, term: str) -> bool:
    """Whether what happened from a day on is still kept, by a term of retention; '' = what the register says, always."""
    if not term or since >= months_back(today.replace(day=1), SURELY):
        return True
    root = session.scalar(sa.select(Association.id).where(Association.parent_id.is_(None)).order_by(Association.id))
    said = settings.get(session, root, settings.RETENTION, today) if root else {}
    months = {**settings.ALL[settings.RETENTION].default, **said}[term]
    limit = figure_archive.forgettable_before(session, today, months)
    written = (ArchivedFigure.key == KEPT, ArchivedFigure.scope < f"{limit:%Y-%m}")
    return since >= limit or session.scalar(sa.select(ArchivedFigure.scope).where(*written).limit(1)) is None
