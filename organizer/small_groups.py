"""Small groups cannot be read out of a figure: who sees which numbers, and when the district stands beside (P§6.3, D7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from organizer.activation import Share, pooled
from organizer.settings import ALL, AT_ROOT, SMALL_GROUP

MODEST = 20
"""Below this denominator people come before percent and no arrow is drawn."""
OTHERS = 3
"""So many other associations must stand behind a pooled figure."""
LARGEST = 0.7
"""No other association may be more than this part of the others."""


@dataclass(frozen=True, slots=True)
class Pool:
    """A whole district as one share, and what stands behind it beside one's own."""

    share: Share
    others: int = 0
    """The denominators of the other associations together."""
    largest: int = 0
    """The largest of them."""
    large: int = OTHERS
    """How many of them are k or more."""


@dataclass(frozen=True, slots=True)
class Change:
    """How a share has moved since the comparison; `people` more or fewer."""

    people: int
    points: int
    arrow: bool
    """Whether the change is large enough to be called one: two persons and three points, never of under 20."""


def smallest(session: Session, today: date) -> int:
    """K: the smallest denominator whose numbers are shown, from the settings at the root of the tree."""
    value = session.scalar(AT_ROOT, {"key": SMALL_GROUP, "day": today})
    k = value.get("k") if isinstance(value, dict) else None
    return k if isinstance(k, int) and 5 <= k <= 10 else int(ALL[SMALL_GROUP].default["k"])


def shown(share: Share | None, k: int) -> Share | None:
    """The share, or nothing if its denominator is under k."""
    return share if share is not None and share.whole >= k else None


def pool(shares: Mapping[int, Share], own: set[int] | None, k: int) -> Pool:
    """Pool the shares of a district for someone who knows the numbers of `own`, or of every association: None."""
    if own is None:
        return Pool(pooled(shares.values()))
    others = [share.whole for place, share in shares.items() if place not in own]
    return Pool(pooled(shares.values()), sum(others), max(others, default=0), sum(whole >= k for whole in others))


def beside(found: Pool | None) -> Share | None:
    """The district as one share; nothing if somebody else's numbers could be derived from it.

    Shown only when three others have k each in this very denominator and none is over 70 % of the others (D7).
    """
    if found is None or not found.share.whole or found.large < OTHERS or found.largest > LARGEST * found.others:
        return None
    return found.share


def change(now: Share, then: Share) -> Change:
    """What has changed since `then`, in people and in percentage points."""
    people, points = now.part - then.part, now.percent - then.percent
    enough = min(now.whole, then.whole) >= MODEST
    return Change(people, points, arrow=enough and abs(people) >= 2 and abs(points) >= 3)


def cells(numbers: Sequence[int], k: int, total_shown: bool) -> list[int | None]:
    """Answers to a question, those of fewer than k hidden.

    Where the total is shown and exactly one would be hidden, the next smallest is hidden too, so that the rest cannot
    be subtracted from the total. A zero says as much as a one does.
    """
    hidden = {n for n, number in enumerate(numbers) if number < k}
    if total_shown and len(hidden) == 1 and len(numbers) > 1:
        hidden.add(min((n for n in range(len(numbers)) if n not in hidden), key=lambda n: numbers[n]))
    return [None if n in hidden else number for n, number in enumerate(numbers)]
