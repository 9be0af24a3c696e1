"""Saved selections: who may use them, what builds on what, where each is used, and why one cannot be removed."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import audit
from organizer.models import Association, RoleName, Selection
from organizer.selection_definitions import read
from organizer.selections import ROUND
from organizer.words import N_, Refused


@dataclass(frozen=True, slots=True)
class Use:
    """Somewhere a selection is used: what it is, its name, and the page that shows it to those who may see it."""

    what: str
    name: str
    needed: bool
    """The other thing would not work without the selection."""
    endpoint: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    place: str = ""
    """The path of the association it belongs to."""
    roles: tuple[str, ...] = (RoleName.ORGANIZER, RoleName.STEWARD)


Uses = Callable[[Session, int], list[Use]]


def mine(session: Session, reach: sa.Select[int], selection_id: int) -> Selection | None:
    """A saved selection of one of the associations in `reach`, or None."""
    return session.scalar(sa.select(Selection).where(Selection.id == selection_id, Selection.association_id.in_(reach)))


def usable(session: Session, paths: Sequence[str]) -> list[Any]:
    """What somebody at some places may use, own and shared from above: rows of id, name, definition and place."""
    here = [Association.path.like(path + "%") for path in paths]
    above = [sa.literal(path).like(Association.path.concat("%")) for path in paths]
    shared = sa.and_(Selection.shared.is_(sa.true()), sa.or_(sa.false(), *above))
    rows = session.execute(
        sa.select(Selection.id, Selection.name, Selection.definition, Selection.shared, Selection.association_id,
                  Association.short_name, Association.path)
        .join(Association, Association.id == Selection.association_id)
        .where(sa.or_(sa.false(), *here, shared))
        .order_by(Association.path, Selection.name, Selection.id)
    )  # fmt: skip
    return list(rows.all())


def save(
    session: Session, found: Selection | None, name: str, definition: Any, association_id: int, account_id: int,
    now: datetime, *, shared: bool = False,
) -> int:  # fmt: skip
    """Write a checked selection, a new one of `association_id` if `found` is None; its id. Noted in the log."""
    if found is None:
        found = Selection(association_id=association_id, created_by=account_id, created_at=now, name="", definition={})
        session.add(found)
    found.name, found.definition, found.shared = name.strip(), definition, shared
    session.flush()
    audit.changed(session, account_id, "save", "selection", found.id, now, found.association_id)
    return found.id


def check_round(session: Session, selection_id: int | None, name: str, definition: object) -> None:
    """Refuse a definition that would build on its own selection, directly or through others.

    Everybody who saves such a definition waits for the others: two who save at once cannot close a ring between them.
    """
    others = read(definition).others
    if not others:
        return
    session.execute(sa.select(Selection.id).order_by(Selection.id).with_for_update()).all()
    rows = session.execute(sa.select(Selection.id, Selection.name, Selection.definition)).all()
    builds_on = {row.id: _others(row.definition) for row in rows}
    names = {row.id: row.name for row in rows} | ({selection_id: name.strip() or "?"} if selection_id else {})
    way = _way(builds_on, others, selection_id) if selection_id else None
    if way:
        ring = [selection_id, *way]
        raise Refused(ROUND, field="target", names=" → ".join(f"”{names.get(one or 0, '?')}”" for one in ring))


def uses(session: Session, selection_id: int, elsewhere: Sequence[Uses] = ()) -> list[Use]:
    """Everywhere a selection is used: by other selections, and by what `elsewhere` finds."""
    rows = session.execute(
        sa.select(Selection.id, Selection.name, Selection.definition, Association.path)
        .join(Association, Association.id == Selection.association_id)
        .order_by(Selection.name)
    )
    found = [
        Use(N_("Urvalet"), row.name, True, "selections.edit", {"selection_id": row.id}, row.path)
        for row in rows
        if selection_id in _others(row.definition)
    ]
    return found + [one for find in elsewhere for one in find(session, selection_id)]


def remove(session: Session, selection_id: int, used: Sequence[Use]) -> None:
    """Delete a selection; Refused, with the first thing that needs it, as long as something does."""
    needed = [one for one in used if one.needed]
    if needed:
        raise Refused(
            "Urvalet används av ”%(name)s” och kan inte tas bort så länge. Ta bort villkoret där först.", field="target",
            name=needed[0].name,
        )  # fmt: skip
    session.execute(sa.delete(Selection).where(Selection.id == selection_id))


def fingerprint(name: str, content: object) -> str:
    """What a form carries along, to notice that somebody else has changed the selection meanwhile."""
    return hashlib.sha256(json.dumps([name, content], sort_keys=True).encode()).hexdigest()[:16]


def builds_on(definition: object, selection_id: int) -> bool:
    """Whether a definition, of a selection or of anything else, names a saved selection."""
    return selection_id in _others(definition)


def _others(definition: object) -> set[int]:
    """What a definition builds on; nothing if it cannot be read."""
    try:
        return read(definition).others
    except Refused:
        return set()


def _way(builds_on: dict[int, set[int]], begin: set[int], goal: int) -> list[int] | None:
    """The shortest way from any of `begin` to `goal`, both included."""
    ways = [[one] for one in sorted(begin)]
    seen = set(begin)
    for way in ways:
        if way[-1] == goal:
            return way
        for one in sorted(builds_on.get(way[-1], set()) - seen):
            seen.add(one)
            ways.append([*way, one])
    return None
