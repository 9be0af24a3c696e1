"""The selections the demo district has saved, one shared with the associations and one that builds on it."""

from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from campaigns.demo.district import District
from campaigns.demo.gatherings import Step
from organizer import ready_selections, saved_selections
from organizer.models import RoleName
from organizer.times import moment


def selecting(district: District, today: date) -> list[Step]:
    """Four selections, made by the organiser three weeks ago."""
    account = district.by_role[RoleName.ORGANIZER]

    def step(session: Session, at: datetime) -> None:
        shared = saved_selections.save(
            session, None, "Nya som ingen har hört av sig till", ready_selections.definition("nya-utan-kontakt", today),
            district.root, account, at, shared=True,
        )  # fmt: skip
        for name, steps in _saved(district, shared):
            definition = {"version": 2, "status": "members", "steps": steps}
            saved_selections.save(session, None, name, definition, district.root, account, at)

    return [(moment(today - timedelta(days=21), time(10)), step)]


def _saved(district: District, shared: int) -> list[tuple[str, list[dict[str, object]]]]:
    quiet: dict[str, object] = {"kind": "active", "is": False, "when": {"days": 365}}
    lively: dict[str, object] = {"kind": "active", "is": True, "when": {"days": 365}}
    mobile: dict[str, object] = {"kind": "has_number", "number": "mobile"}
    here: dict[str, object] = {"kind": "association", "ids": [district.places["Timrå"]], "below": True}
    new: dict[str, object] = {"kind": "selection", "ids": [shared], "match": "any"}
    return [
        ("Vilande i Timrå", [{"do": "add", "all": [here, quiet]}, {"do": "remove", "all": [new]}]),
        ("Nya som kan få sms", [{"do": "add", "all": [new, mobile]}]),
        ("Trettio att fråga om uppdrag", [{"do": "add", "all": [lively, mobile], "limit": 30, "seed": 2026}]),
    ]
