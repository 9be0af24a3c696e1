"""A selection in words: "Medlemmar i Timrå som gått med de senaste 90 dagarna, men inte de som har mobilnummer"."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from organizer.conditions import SOURCES, Condition, Names, Phrase
from organizer.conditions.places import InAssociation
from organizer.selection_definitions import Step, read
from organizer.words import N_

Say = Callable[..., str]
"""say(sentence, **values): the sentence in the reader's language."""
_SUBJECTS = {
    (False, False): N_("medlemmar"),
    (True, False): N_("tidigare medlemmar"),
    (False, True): N_("högst %(most)s lottade medlemmar"),
    (True, True): N_("högst %(most)s lottade tidigare medlemmar"),
}
"""By (former, limited)."""


def sentence(session: Session, definition: object, say: Say) -> str:
    """The whole definition as one sentence; Refused in words when it cannot be read."""
    wanted = read(definition)
    names = names_of(session, wanted.conditions)
    first, *rest = (_group(step, wanted.former, names, say) for step in wanted.steps)
    text = first[:1].upper() + first[1:]
    for step, group in zip(wanted.steps[1:], rest, strict=True):
        joined = N_("%(before)s, och dessutom %(group)s") if step.add else N_("%(before)s, men inte %(group)s")
        text = say(joined, before=text, group=group)
    return text


def phrases(session: Session, definition: object) -> list[Phrase]:
    """The conditions' words in their order, with the names of places and tags filled in."""
    wanted = read(definition).conditions
    names = names_of(session, wanted)
    return [one.phrase(names) for one in wanted]


def said(phrase: Phrase, say: Say, last: str = N_("eller")) -> str:
    """One condition on its own, in the reader's language."""
    values = {
        name: _value(value, say, N_("och") if name == "all_names" else last) for name, value in phrase.values.items()
    }
    return say(phrase.sentence, **values)


def names_of(session: Session, wanted: Sequence[Condition]) -> Names:
    """What the things are called that some conditions name, with one question for each source."""
    asked: dict[str, set[Any]] = defaultdict(set)
    for one in wanted:
        for _input, source, ids in one.asks():
            asked[source].update(ids)
    return {
        (source, one_id): name
        for source, ids in asked.items()
        for one_id, name in SOURCES[source].names(session, ids).items()
    }


def swedish(text: str, **values: Any) -> str:
    """Say it as written: for tests and messages outside any page."""
    return text % values if values else text


def _group(step: Step, former: bool, names: Names, say: Say) -> str:
    who = say(_SUBJECTS[former, step.limit is not None], **({} if step.limit is None else {"most": step.limit}))
    places = [one.phrase(names) for one in step.conditions if isinstance(one, InAssociation)]
    others = [one.phrase(names) for one in step.conditions if not isinstance(one, InAssociation)]
    where = " ".join(said(one, say, N_("och")) for one in places)
    which = _list([said(one, say) for one in others], say, N_("och"))
    if where and which:
        return say(N_("%(who)s %(where)s som %(which)s"), who=who, where=where, which=which)
    if where:
        return f"{who} {where}"
    if which:
        return say(N_("%(who)s som %(which)s"), who=who, which=which)
    return who if step.limit is not None else say(N_("alla %(who)s"), who=who)


def _value(value: Any, say: Say, last: str) -> Any:
    if isinstance(value, Phrase):
        return said(value, say)
    if isinstance(value, tuple):
        return _list([str(_value(one, say, last)) for one in value], say, last)
    return value


def _list(parts: list[str], say: Say, last: str) -> str:
    """A, b och c."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {say(last)} {parts[-1]}"
