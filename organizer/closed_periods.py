"""Counting a closed month or year for the archive of figures, once and for all (D6)."""

from datetime import date

from sqlalchemy.orm import Session

from organizer import district_figures
from organizer.activation import Share
from organizer.district_figures import Shares
from organizer.figure_archive import KEPT
from organizer.metrics import METRICS
from organizer.models import Association
from organizer.periods import Period

BESIDE = ("members", "joined", "growth", "offered", "new_days")
"""Metrics that are archived beside those of each night."""
AT_YEAR_END = ("active_ye", "paid_ye")
"""Those of the turn of the year are archived with December, which is whole also where the year was not."""


def count(session: Session, period: Period, today: date) -> Shares:
    """Every figure of a closed period for every association, with the row that says that it is kept."""
    shares: Shares = {}
    for place, path in district_figures.districts(session).items():
        for key, by_place in district_figures.of_period(session, period, today, path).items():
            shares.setdefault(key, {}).update(by_place)
        _add_metrics(session, shares, session.get_one(Association, place), period, today)
        shares.setdefault(KEPT, {})[place] = Share(0, 0)
    return shares


def _add_metrics(session: Session, shares: Shares, district: Association, period: Period, today: date) -> None:
    """The metrics that nobody reads every day, of each association; a median of the whole district too."""
    for key in (*BESIDE, *(AT_YEAR_END if period.key.endswith("-12") else ())):
        metric = METRICS[key]
        found = dict(metric.by_association(session, district, period.first_day, period.last_day, today))
        if metric.whole_place is not None:
            found[district.id] = metric.compute(session, district, period.first_day, period.last_day, today)
        for place, measured in found.items():
            for name, share in metric.written(measured).items():
                shares.setdefault(name, {})[place] = share
