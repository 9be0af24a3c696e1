"""Nine selections that most districts ask for, ready to open, change and save (P§3.3)."""

from collections.abc import Callable
from datetime import date
from typing import Any

from organizer.words import N_

Raw = dict[str, Any]


def _one(*conditions: Raw) -> Callable[[date], list[Raw]]:
    return lambda _today: [{"do": "add", "all": list(conditions)}]


def _fee(today: date) -> list[Raw]:
    return [{"do": "add", "all": [{"kind": "renewed", "year": today.year, "is": False}]}]


def _paid_before(today: date) -> list[Raw]:
    paid, unpaid = ({"kind": "renewed", "year": today.year - back, "is": bool(back)} for back in (1, 0))
    return [{"do": "add", "all": [paid, unpaid]}]


_QUIET: Raw = {"kind": "active", "is": False, "when": {"days": 365}}
_UNCONTACTED: Raw = {"kind": "contacted", "is": False, "when": {"days": 180}}
_NEVER: Raw = {"kind": "participates", "how": "never", "activities": [], "kinds": [], "when": {}}
READY: dict[str, tuple[str, Callable[[date], list[Raw]]]] = {
    "nya": (N_("Nya medlemmar"), _one({"kind": "joined", "when": {"days": 90}})),
    "nya-utan-kontakt": (
        N_("Nya som ingen har hört av sig till"),
        _one({"kind": "joined", "when": {"days": 90}}, {"kind": "contacted", "is": False, "when": {"days": 90}}),
    ),
    "vilande": (N_("Inte aktiva på ett år"), _one(_QUIET)),
    "ej-kontaktade": (N_("Inte kontaktade på ett halvår"), _one(_UNCONTACTED)),
    "obetalda": (N_("Har inte betalat årets avgift"), _fee),
    "betalade-forr": (N_("Betalade i fjol men inte i år"), _paid_before),
    "aldrig-med": (N_("Har aldrig varit med på något"), _one(_NEVER)),
    "aktiva": (N_("Aktiva det senaste året"), _one({"kind": "active", "is": True, "when": {"days": 365}})),
    "fast-telefon": (
        N_("Bara fast telefon, nås inte med sms"),
        _one({"kind": "has_number", "number": "only_landline"}),
    ),
}
"""By their word in the address: the name and the steps, as of a day."""


def definition(key: str, today: date) -> Raw | None:
    """A ready-made definition, or None if there is none of that name."""
    return {"version": 2, "status": "members", "steps": READY[key][1](today)} if key in READY else None
