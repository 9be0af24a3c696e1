"""Which association a cell means: by name, short name or with the words everybody adds, within one place of the tree."""

import difflib
import re
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import places
from organizer.db import search_key
from organizer.models import Association

_ADDED = re.compile(
    r"\b(vansterpartiet|partiforening(en)?|lokalforening(en)?|lokalavdelning(en)?|forening(en)?|avdelning(en)?|krets(en)?"
    r"|kommun|stad|distrikt(et)?|v|i)\b"
)


@dataclass(slots=True)
class Places:
    """The associations a file may speak of: the chosen one and everything below it."""

    root: int
    single: bool
    """Whether the chosen place has nothing below it, so that every row belongs there."""
    names: dict[int, str]
    ids: frozenset[int]
    known: dict[str, int] = field(default_factory=dict)

    def find(self, text: str) -> int | None:
        """The association a text means, or None."""
        for key in _keys(text):
            if key in self.known:
                return self.known[key]
        return None

    def suggest(self, text: str) -> str:
        """The name most like a text, or an empty string."""
        close = difflib.get_close_matches(_keys(text)[-1], list(self.known), n=1, cutoff=0.6)
        return self.names[self.known[close[0]]] if close else ""


def places_under(session: Session, association_id: int) -> Places:
    """The chosen association and all below it, by every name they go under; the name of one that is part of another means the other."""
    path = session.scalar(sa.select(Association.path).where(Association.id == association_id))
    rows = session.execute(
        sa.select(Association.id, Association.name, Association.short_name, Association.slug, Association.closed_on)
        .where(Association.path.startswith(path or "/", autoescape=True))
        .order_by(Association.path.desc())
    ).all()
    found = Places(
        association_id,
        single=len(rows) == 1,
        names={row.id: row.short_name for row in rows},
        ids=frozenset(row.id for row in rows),
    )
    merged = places.now_part_of(session)
    for row in sorted(rows, key=lambda one: one.closed_on is not None):  # an open one has its name before a closed
        meant = row.id if row.closed_on is None else merged.get(row.id)
        if meant in found.ids:
            for name in (row.name, row.short_name, row.slug.replace("-", " ")):
                for key in _keys(name):
                    found.known.setdefault(key, meant)
    return found


def _keys(text: str) -> list[str]:
    """A name as it stands, without the words everybody adds, and without the s of "Härnösands"."""
    whole = search_key(text)
    bare = " ".join(_ADDED.sub(" ", whole).split()) or whole
    return list(dict.fromkeys((whole, bare, bare[:-1] if len(bare) > 3 and bare.endswith("s") else bare)))
