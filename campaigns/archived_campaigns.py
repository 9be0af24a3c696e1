"""What the archive says of campaigns of long ago, added to what can still be counted (D6)."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import figure_archive
from organizer.activation import STEPS, Figures, Share
from organizer.models import ArchivedFigure


def with_archived(
    session: Session, campaign_id: int, found: dict[int, Figures], places: set[int] | None
) -> dict[int, Figures]:
    """The funnels as counted now and what was archived earlier, as one; `places` = only those."""
    archived = figure_archive.of(session, f"campaign:{campaign_id}")
    if not archived:
        return found
    both = dict(found)
    for place, whole in archived["sought"].items():
        if places is None or place in places:
            shares = {step: archived[step].get(place, Share(0, 0)) for step in STEPS}
            now = found.get(place)
            people = whole.whole + (now.people if now else 0)
            sums = {step: share + getattr(now, step) if now else share for step, share in shares.items()}
            both[place] = Figures(place, people, **sums)
    return both


def totals(session: Session, campaign_ids: Iterable[int]) -> dict[tuple[int, str], Share]:
    """What stands in the archive of several campaigns at once: by campaign and step, everywhere together."""
    scopes = {f"campaign:{one}": one for one in campaign_ids}
    rows = session.execute(
        sa.select(
            ArchivedFigure.scope,
            ArchivedFigure.key,
            sa.func.sum(ArchivedFigure.part),
            sa.func.sum(ArchivedFigure.whole),
        )
        .where(ArchivedFigure.scope.in_(scopes))
        .group_by(ArchivedFigure.scope, ArchivedFigure.key)
    )
    return {(scopes[scope], key): Share(part, whole) for scope, key, part, whole in rows}


def beside(session: Session, campaign_id: int, key: str, places: set[int] | None) -> Share:
    """A number beside the bar that stands in the archive: `refused` or `wrong`."""
    found = figure_archive.of(session, f"campaign:{campaign_id}").get(key, {})
    return sum((share for place, share in found.items() if places is None or place in places), Share(0, 0))
