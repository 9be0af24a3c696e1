"""The things conditions name: where they come from, who may choose them, and what they are called."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.models import Activity, Association, Question, Selection, Survey, Tag

MOST_CHOICES = 300
"""How many a form lists; with more, the first of them in the source's order."""
Paths = Sequence[str]


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose: its id, its name, the place or heading it stands under, and when it is if it is at a time."""

    value: Any
    name: str
    under: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Things with an id and a name that lie somewhere in the tree."""

    named: Callable[[], sa.Select[Any, str, str]]
    """SELECT id, name, under (a heading or an empty text), place (the path in the tree)."""
    id: Any
    place: Any
    """The column of the path."""
    order: tuple[Any, ...]
    above: bool = False
    """Those of the places above may be chosen too."""
    only: sa.ColumnElement[bool] | None = None
    """What a form lists; a thing chosen earlier may be something else."""
    at: Any = None
    """The column of the moment, for things that have one."""
    more: Callable[[Paths], sa.ColumnElement[bool]] | None = None
    """What else may be chosen at some places."""

    def options(self, session: Session, paths: Paths) -> list[Option]:
        """What somebody at some places may choose among, in order."""
        statement: Any = self.named().where(self._within(paths), *([] if self.only is None else [self.only]))
        when = sa.null() if self.at is None else self.at
        rows = session.execute(statement.add_columns(when.label("at")).order_by(*self.order).limit(MOST_CHOICES))
        return [Option(row.id, row.name, row.under, row.at) for row in rows]

    def names(self, session: Session, ids: Iterable[Any]) -> dict[Any, str]:
        """What some of them are called."""
        return {row.id: row.name for row in session.execute(self.named().where(self.id.in_(list(ids))))}

    def known(self, session: Session, ids: Sequence[Any], paths: Paths) -> bool:
        """Whether all of them may be chosen at some places."""
        found = sa.select(sa.func.count()).select_from(
            self.named().where(self._within(paths), self.id.in_(ids)).subquery()
        )
        return session.scalar(found) == len(ids)

    def _within(self, paths: Paths) -> sa.ColumnElement[bool]:
        here = [self.place.like(path + "%") for path in paths]
        if self.above:
            here += [sa.literal(path).like(self.place.concat("%")) for path in paths]
        if self.more is not None:
            here.append(self.more(paths))
        return sa.or_(sa.false(), *here)


class Answers:
    """The options of questions that have some: "question:place in its list"."""

    def options(self, session: Session, paths: Paths) -> list[Option]:
        """Every option of every question asked at or below some places."""
        rows = session.execute(
            self._questions()
            .where(sa.or_(sa.false(), *(Association.path.like(path + "%") for path in paths)))
            .order_by(Survey.id.desc(), Question.position)
            .limit(MOST_CHOICES)
        )
        return [
            Option(f"{row.id}:{place}", str(name), f"{row.title}: {row.text}")
            for row in rows
            for place, name in enumerate(row.options)
        ]

    def names(self, session: Session, ids: Iterable[str]) -> dict[str, str]:
        """The option as it stands in its question."""
        questions = {int(one.partition(":")[0]) for one in ids}
        rows = session.execute(self._questions().where(Question.id.in_(questions)))
        return {f"{row.id}:{place}": f"”{name}” ({row.text})" for row in rows for place, name in enumerate(row.options)}

    def known(self, session: Session, ids: Sequence[str], paths: Paths) -> bool:
        """Whether all of them belong to questions at or below some places."""
        questions = {int(one.partition(":")[0]) for one in ids}
        rows = session.execute(
            self._questions().where(
                Question.id.in_(questions), sa.or_(sa.false(), *(Association.path.like(path + "%") for path in paths))
            )
        )
        there = {f"{row.id}:{place}" for row in rows for place, _name in enumerate(row.options)}
        return set(ids) <= there

    def _questions(self) -> sa.Select[Any]:
        return (
            sa.select(Question.id, Question.text, Question.options, Survey.title)
            .join(Survey, Survey.id == Question.survey_id)
            .join(Association, Association.id == Survey.association_id)
        )


def _nothing() -> Any:
    return sa.literal("").label("under")


def _shared(paths: Paths) -> sa.ColumnElement[bool]:
    above = (sa.literal(path).like(Association.path.concat("%")) for path in paths)
    return sa.and_(Selection.shared.is_(sa.true()), sa.or_(sa.false(), *above))


SOURCES: dict[str, Source | Answers] = {
    "association": Source(
        lambda: sa.select(Association.id, Association.short_name.label("name"), _nothing()),
        Association.id, Association.path, (Association.path, Association.sort_key), only=Association.closed_on.is_(None),
    ),
    "tag": Source(
        lambda: sa.select(Tag.id, Tag.name, _nothing()).join(Association, Association.id == Tag.association_id),
        Tag.id, Association.path, (Tag.name, Tag.id),
    ),
    "activity": Source(
        lambda: sa.select(Activity.id, Activity.title.label("name"), Association.short_name.label("under")).join(
            Association, Association.id == Activity.association_id
        ),
        Activity.id, Association.path, (Activity.starts_at.desc(), Activity.id), above=True, at=Activity.starts_at,
    ),
    "selection": Source(
        lambda: sa.select(Selection.id, Selection.name, Association.short_name.label("under")).join(
            Association, Association.id == Selection.association_id
        ),
        Selection.id, Association.path, (Association.path, Selection.name, Selection.id), more=_shared,
    ),
    "answer": Answers(),
}  # fmt: skip
"""By the word that an input uses; others add theirs with organizer.conditions.register."""
