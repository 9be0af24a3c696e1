"""The library of motions: written down, found by what they say, changed by whoever put them in, borrowed by others."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.db import search_key
from organizer.models import Association, Motion, MotionFile
from organizer.times import moment
from organizer.words import N_, Missing, Refused

KINDS = {"motion": N_("Motion"), "interpellation": N_("Interpellation"), "proposal": N_("Medborgarförslag")}
RESULTS = {
    "open": N_("Inte avgjord"),
    "approved": N_("Bifallen"),
    "partly": N_("Delvis bifallen"),
    "answered": N_("Besvarad"),
    "rejected": N_("Avslagen"),
}
ENDINGS = (".pdf", ".odt", ".docx", ".doc", ".txt")
BEGINS = {".pdf": b"%PDF-", ".odt": b"PK\x03\x04", ".docx": b"PK\x03\x04", ".doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}
"""How a file of each kind begins; plain text has no beginning of its own, but no zeros."""
PACKED = (".odt", ".docx")
MACROS = (b"vbaProject.bin", b"Basic/script-lc.xml")
"""What a document with macros has packed in it, by its name in the list of contents."""
MOST_BYTES = 5 * 1024 * 1024
MOST_WORDS = 60_000
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Draft:
    """A motion as the form has it."""

    title: str
    body: str = ""
    kind: str = "motion"
    municipality: str = ""
    theme: str = ""
    result: str = "open"
    put_on: date | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was handed in."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for; an empty field asks for anything."""

    words: str = ""
    theme: str = ""
    municipality: str = ""
    result: str = ""


def add(
    session: Session, association_id: int, draft: Draft, file: File | None, account_id: int, now: datetime,
    *, borrowed_from: int | None = None,
) -> int:  # fmt: skip
    """Put a motion in the library; its id. Refused with the field when something is missing or will not do."""
    _check(draft, file, has_file=False)
    row = Motion(
        association_id=association_id, borrowed_from_id=borrowed_from, created_by=account_id, created_at=now,
        **_columns(draft),
    )  # fmt: skip
    session.add(row)
    session.flush()
    if file:
        session.add(MotionFile(motion_id=row.id, name=_name(file.name), content=file.content))
    return row.id


def edit(session: Session, motion_id: int, draft: Draft, file: File | None, *, drop_file: bool = False) -> None:
    """Change a motion; a new file takes the place of the old one. Refused with the field, as `add`."""
    row = session.get(Motion, motion_id)
    if row is None:
        raise Missing
    old = session.get(MotionFile, motion_id)
    _check(draft, file, has_file=old is not None and not drop_file)
    for name, value in _columns(draft).items():
        setattr(row, name, value)
    if old and (file or drop_file):
        session.delete(old)
        session.flush()
    if file:
        session.add(MotionFile(motion_id=motion_id, name=_name(file.name), content=file.content))


def borrow(session: Session, motion_id: int, association_id: int, account_id: int, now: datetime) -> int:
    """A copy of the words and the file for another association, not yet decided; its id."""
    was, file = draft_of(session, motion_id), session.get(MotionFile, motion_id)
    fresh = replace(was, municipality="", result="open", put_on=None)
    copied = File(file.name, file.content) if file else None
    return add(session, association_id, fresh, copied, account_id, now, borrowed_from=motion_id)


def remove(session: Session, motion_id: int) -> None:
    """Take a motion out of the library; what others have borrowed stays with them."""
    session.execute(sa.delete(Motion).where(Motion.id == motion_id))


def draft_of(session: Session, motion_id: int) -> Draft:
    """The motion as the form would have it."""
    row = session.get(Motion, motion_id)
    if row is None:
        raise Missing
    return Draft(row.title, row.body, row.kind, row.municipality, row.theme, row.result, row.put_on, row.link)


def one(session: Session, motion_id: int) -> Any:
    """A motion with the name and `path` of its association, and of the one it was borrowed from."""
    columns = [getattr(Motion, name) for name in _SHOWN]
    has_file = sa.select(MotionFile.name).where(MotionFile.motion_id == Motion.id).scalar_subquery().label("file")
    here = sa.select(*columns, Motion.body, Association.short_name.label("association"), Association.path, has_file)
    row = session.execute(
        here.join(Association, Association.id == Motion.association_id).where(Motion.id == motion_id)
    ).first()
    if row is None:
        raise Missing
    return row


def find(session: Session, wanted: Wanted) -> list[Any]:
    """Motions that hold every word, the newest first; at most a hundred."""
    here = sa.select(*[getattr(Motion, name) for name in _SHOWN], Association.short_name.label("association")).join(
        Association, Association.id == Motion.association_id
    )
    for word in search_key(wanted.words).split():
        here = here.where(Motion.search_text.contains(word, autoescape=True))
    for column, value in (
        (Motion.theme, wanted.theme),
        (Motion.municipality, wanted.municipality),
        (Motion.result, wanted.result),
    ):
        if value:
            here = here.where(column == value)
    return list(session.execute(here.order_by(Motion.created_at.desc(), Motion.id.desc()).limit(SHOWN)))


def of_month(session: Session, month: date) -> list[Any]:
    """What came to the library in a month by the calendar, in the order it came; borrowed ones are not news."""
    here = sa.select(
        *[getattr(Motion, name) for name in _SHOWN], Motion.body, Association.short_name.label("association")
    ).join(Association, Association.id == Motion.association_id)
    return list(session.execute(here.where(*_came_in(month)).order_by(Motion.created_at, Motion.id).limit(SHOWN)))


def how_many_of_month(session: Session, month: date) -> int:
    """How many came to the library in a month."""
    return session.scalar(sa.select(sa.func.count()).select_from(Motion).where(*_came_in(month))) or 0


def known(session: Session, column: Any) -> Sequence[str]:
    """Every theme or municipality that some motion has."""
    return session.scalars(sa.select(column).where(column != "").distinct().order_by(column)).all()


def file_of(session: Session, motion_id: int) -> File:
    """The motion's file."""
    row = session.get(MotionFile, motion_id)
    if row is None:
        raise Missing
    return File(row.name, row.content)


_SHOWN = (
    "id",
    "association_id",
    "kind",
    "title",
    "municipality",
    "theme",
    "result",
    "put_on",
    "link",
    "borrowed_from_id",
    "created_at",
)


def _came_in(month: date) -> tuple[sa.ColumnElement[bool], ...]:
    first = month.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    when = (Motion.created_at >= moment(first, time.min), Motion.created_at < moment(after, time.min))
    return (*when, Motion.borrowed_from_id.is_(None))


def _columns(draft: Draft) -> dict[str, Any]:
    text = f"{draft.title} {draft.municipality} {draft.theme} {draft.body}"
    parts = [search_key(text[n : n + 150]) for n in range(0, len(text), 100)]  # a word across a border is in the next
    return {
        "title": draft.title.strip(), "body": draft.body.strip(), "kind": draft.kind, "theme": draft.theme.strip(),
        "municipality": draft.municipality.strip(), "result": draft.result, "put_on": draft.put_on,
        "link": draft.link.strip(), "search_text": " ".join(parts),
    }  # fmt: skip


def _check(draft: Draft, file: File | None, *, has_file: bool) -> None:
    if not draft.title.strip():
        raise Refused("Skriv vad motionen heter.", field="title")
    for field, text, most in (
        ("title", draft.title, 160), ("body", draft.body, MOST_WORDS), ("municipality", draft.municipality, 60),
        ("theme", draft.theme, 60), ("link", draft.link, 500),
    ):  # fmt: skip
        if len(text) > most:
            raise Refused("Texten är för lång: högst %(most)s tecken.", field=field, most=most)
    if draft.kind not in KINDS or draft.result not in RESULTS:
        raise Refused("Välj ett av alternativen.", field="result")
    if draft.link.strip() and (
        urlsplit(draft.link.strip()).scheme != "https" or not urlsplit(draft.link.strip()).netloc
    ):
        raise Refused("Länken ska börja med https:// och leda till motionen.", field="link")
    if file:
        _check_file(file)
    if not (draft.body.strip() or draft.link.strip() or file or has_file):
        raise Refused("Skriv motionens text, eller lägg till en fil eller en länk.", field="body")


def _check_file(file: File) -> None:
    if not file.name.casefold().endswith(ENDINGS):
        raise Refused("Filen ska vara PDF, ODT, Word eller ren text. Inget har sparats.", field="file")
    if len(file.content) > MOST_BYTES:
        raise Refused("Filen är för stor: högst 5 MB. Inget har sparats.", field="file")
    if not file.content:
        raise Refused("Filen är tom. Inget har sparats.", field="file")
    if not _is_what_it_says(file):
        raise Refused(
            "Filen är inte det som namnet säger. Spara om den som PDF och försök igen. Inget har sparats.", field="file"
        )
    if _ending(file.name) in PACKED and any(name in file.content for name in MACROS):
        raise Refused("Filen innehåller makron. Spara om den som PDF och försök igen. Inget har sparats.", field="file")


def _is_what_it_says(file: File) -> bool:
    begins = BEGINS.get(_ending(file.name))
    if begins is None:
        return b"\x00" not in file.content or file.content.startswith((b"\xff\xfe", b"\xfe\xff"))
    return file.content.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(begins)


def _ending(name: str) -> str:
    return "." + name.casefold().rpartition(".")[2]


def _name(name: str) -> str:
    """The file's own name, without folders and without what no file system takes."""
    bare = re.sub(r"[^\w .()-]", "_", re.split(r"[/\\]", name)[-1])
    stem, dot, ending = bare.rpartition(".")
    return f"{stem[:100]}{dot}{ending[:10]}"
