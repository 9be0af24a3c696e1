"""A synthetic district of any size, for measuring: invented names, and numbers with digits too many to ring anybody."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.demo.names import FIRST, LAST, OTHERS
from organizer import installation
from organizer.db import search_key, sort_key
from organizer.models import Association, Fee, Membership, Person, Phone
from organizer.phones import FICTION
from organizer.times import local_day
from organizer.words import Refused

CHUNK = 10_000
SUFFIX = 10_000
"""Each of the 495 fictional numbers gets four digits more: nearly five million numbers that no network knows."""
MOST_PEOPLE, MOST_ASSOCIATIONS = 4_000_000, 100_000


def generate(session: Session, people: int, associations: int, seed: int, now: datetime) -> None:
    """Fill an empty database and mark it synthetic for ever (D25); Refused when it is not empty or too much is asked."""
    if session.scalar(sa.select(Association.id).limit(1)) is not None:
        raise Refused("Databasen är inte tom. Påhittade mängder läses bara in i en tom databas.")
    if not (1 <= associations <= MOST_ASSOCIATIONS and 0 <= people <= MOST_PEOPLE):
        raise Refused("Ange högst 4 000 000 personer och 1 till 100 000 föreningar.")
    installation.settle(session, "synthetic")
    dice, today = random.Random(seed), local_day(now)
    places = _tree(session, associations)
    rows = _people(dice, people, places, today, now)
    while chunk := list(islice(rows, CHUNK)):
        for table, name in ((Person, "person"), (Membership, "membership"), (Phone, "phone"), (Fee, "fee")):
            values = [one[name] for one in chunk if name in one]
            if values:
                session.execute(sa.insert(table), values)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            sa.text("SELECT setval(pg_get_serial_sequence('people', 'id'), GREATEST(:last, 1))"), {"last": people}
        )


def _tree(session: Session, associations: int) -> list[int]:
    """One district below the party, and its associations."""
    above: list[Association] = []
    for name, kind in (("Riket", "national"), ("Provdistriktet", "district")):
        above.append(_place(session, name, kind, above[-1] if above else None))
    return [_place(session, f"Förening {n:04d}", "association", above[-1]).id for n in range(1, associations + 1)]


def _place(session: Session, name: str, kind: str, parent: Association | None) -> Association:
    row = Association(
        name=name, short_name=name, slug=search_key(name).replace(" ", "-"), kind=kind, sort_key=sort_key(name),
        path="", parent_id=parent.id if parent else None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    row.path = f"{parent.path if parent else ''}{row.id}/"
    return row


def _people(
    dice: random.Random, count: int, places: list[int], today: date, now: datetime
) -> Iterator[dict[str, dict[str, Any]]]:
    """The rows of one person after the other: associations of unequal size, nine of ten with a number."""
    firsts = [*FIRST, *(one for firsts, _ in OTHERS for one in firsts)]
    lasts = [*LAST, *(one for _, lasts in OTHERS for one in lasts)]
    numbers = _numbers()
    for n in range(1, count + 1):
        first, last = dice.choice(firsts), dice.choice(lasts)
        row: dict[str, dict[str, Any]] = {
            "person": {
                "id": n, "member_number": f"S{n:07d}", "first_name": first, "last_name": last,
                "sort_key": sort_key(f"{last} {first}"), "search_key": search_key(f"{first} {last}"),
                "protected": n % 997 == 0, "created_at": now,
            },
            "membership": {
                "person_id": n, "association_id": places[int(len(places) * dice.random() ** 1.6)],
                "from_day": today - timedelta(days=int(dice.expovariate(1 / 2500))), "from_why": "joined",
            },
        }  # fmt: skip
        if n % 10:
            e164, kind = next(numbers)
            row["phone"] = {"person_id": n, "e164": e164, "national": f"0{e164[3:]}", "kind": kind, "position": 0}
        if dice.random() < 0.8:
            paid = date(today.year, 1, 1) + timedelta(days=dice.randint(0, max(0, today.timetuple().tm_yday - 1)))
            row["fee"] = {"person_id": n, "year": today.year, "paid_on": paid}
        yield row


def _numbers() -> Iterator[tuple[str, str]]:
    for suffix in range(SUFFIX):
        for first, last in FICTION:
            for number in range(int(first), int(last) + 1):
                yield f"+{number}{suffix:04d}", "mobile" if first.startswith("+467") else "landline"
