"""The demo's odd member file: a list with columns of its own, explained once, imported too hastily and taken back."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.demo.district import HOME, District
from campaigns.demo.gatherings import Step
from organizer import imports
from organizer.imports import arrival, questions
from organizer.models import Import, Membership, Person, RoleName
from organizer.times import moment

HEADERS = ("Nr", "Förnamn", "Efternamn", "Adress vid utskick", "Bord")
SAID = {"0": "member_number", "3": "email", "4": ""}
"""What the steward says that the columns hold which nobody knows."""
ON_THE_LIST = 6


def importing(district: District, today: date) -> list[Step]:
    """What the steward of HOME did with a list of addresses two days ago."""
    home, steward = district.places[HOME], district.by_role[RoleName.STEWARD]

    def step(session: Session, at: datetime) -> None:
        listed = _with_address(session, home)
        if len(listed) < ON_THE_LIST:
            return
        import_id = arrival.receive(
            session, io.BytesIO(_file(listed)), home, at, missing_means="nothing", account_id=steward,
            filename="adresser-till-middagen.csv",
        )  # fmt: skip
        arrival.explain(session, import_id, SAID, steward, at + timedelta(minutes=2))
        session.expire_all()
        shown = imports.restored(session.get_one(Import, import_id).report).fingerprint
        imports.apply_checked(session, import_id, shown, at + timedelta(minutes=4), steward, questions.ALL)
        session.expire_all()
        imports.undo(session, import_id, steward, at + timedelta(minutes=19))

    return [(moment(today - timedelta(days=2), time(15)), step)]


def _with_address(session: Session, place: int) -> Sequence[Any]:
    """The first members there whom the register has an address of."""
    return session.execute(
        sa.select(Person.member_number, Person.first_name, Person.last_name)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.association_id == place, Membership.to_day.is_(None), Person.email.is_not(None),
            Person.member_number.is_not(None), Person.protected.is_(False),
        )
        .order_by(Person.sort_key, Person.id)
        .limit(ON_THE_LIST)
    ).all()  # fmt: skip


def _file(listed: Sequence[Any]) -> bytes:
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";", lineterminator="\r\n")
    rows.writerow(HEADERS)
    for n, one in enumerate(listed):
        rows.writerow((one.member_number, one.first_name, one.last_name, f"bord{n // 2 + 1}@example.org", n // 2 + 1))
    return text.getvalue().encode("utf-8-sig")
