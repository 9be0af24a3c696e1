"""The register of the demo district as its office would keep it: who is a member where, since when, with which number."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from campaigns.demo.names import full_names
from organizer.db import search_key

ASSOCIATIONS = {
    "Sundsvall": 150, "Örnsköldsvik": 90, "Härnösand": 80, "Kramfors": 46, "Sollefteå": 44, "Timrå": 40, "Ånge": 30,
}  # fmt: skip
"""The seven associations of the district and how many members each has today: 480."""
WORK = "Härnösand"
YEARS = 3
"""How far back the history goes."""
CALLERS_MOBILES = tuple(f"+467017406{n:02d}" for n in range(5, 10))
"""Five mobiles of the ninety-five are the demo callers' own (D25)."""
MOBILES = tuple(f"070-174 06 {n:02d}" for n in range(10, 100))
LANDLINES = (
    *(f"031-390 06 {n:02d}" for n in range(100)),
    *(f"040-628 04 {n:02d}" for n in range(100)),
    *(f"08-465 004 {n:02d}" for n in range(100)),
    *(f"0980-319 {n}" for n in range(200, 300)),
)
"""Every landline reserved for fiction (sweden.md C4)."""
OF_TODAY = 330
"""So many landlines belong to one member of today alone; the rest to those who have left."""
KEPT = 6
"""The last six landlines are kept for numbers that callers hear of."""
TAGS = ("Vård", "Skola", "Facklig", "Ungdom", "Pensionär", "Klimat")


@dataclass(slots=True)
class Member:
    """One line of the register, with what changes over the years."""

    number: str
    first: str
    last: str
    home: str
    joined: date
    left: date | None = None
    mobile: str = ""
    landline: str = ""
    email: str = ""
    tag: str = ""
    protected: bool = False
    moved_on: date | None = None
    moved_from: str = ""
    paid: dict[int, date] = field(default_factory=dict)
    zeal: float = 0.0
    """How gladly the person comes to things: 0 never, 1 always."""

    def home_on(self, day: date) -> str:
        """The association the person belongs to on a day."""
        return self.moved_from if self.moved_on and day < self.moved_on else self.home

    def member_on(self, day: date) -> bool:
        """Whether the person is a member on a day."""
        return self.joined <= day and (self.left is None or self.left > day)


def make_register(seed: int, today: date, scale: float = 1.0, working: Sequence[str] = ()) -> list[Member]:
    """The same register for the same seed and day; `scale` makes a smaller district for tests.

    `working` are the names of members of the demo's own association who have a task in it.
    """
    dice = random.Random(seed)
    sizes = {home: max(4, round(size * scale)) for home, size in ASSOCIATIONS.items()}
    homes = [home for home, size in sizes.items() for _ in range(size)]
    dice.shuffle(homes)
    gone = round(len(homes) * 0.17)
    homes += dice.choices(list(sizes), list(sizes.values()), k=gone)
    names = full_names(dice, len(homes))
    register = [
        Member(f"VN-{1000 + n}", first, last, home, today)
        for n, ((first, last), home) in enumerate(zip(names, homes, strict=True))
    ]
    _when(dice, register[:-gone], register[-gone:], today)
    _numbers(dice, register[:-gone], register[-gone:])
    for one in register:
        _about(dice, one, today)
    _moves(dice, register[:-gone], today)
    at_home = (one for one in register[:-gone] if one.home == WORK and not one.moved_on and not one.protected)
    for name, one in zip(working, at_home, strict=False):
        one.first, one.last = name.split(" ", 1)
        one.email, one.joined = "", min(one.joined, today - timedelta(days=365 * YEARS + 90))
    return register


def _when(dice: random.Random, staying: list[Member], gone: list[Member], today: date) -> None:
    """Most have been members for long, a fifth joined during the three years, some in the last weeks."""
    start = today - timedelta(days=365 * YEARS)
    for one in (*staying, *gone):
        one.joined = start - timedelta(days=dice.randint(30, 9000))
    new = dice.sample(staying, round(len(staying) * 0.22))
    for one in new:
        one.joined = today - timedelta(days=dice.randint(40, 365 * YEARS - 20))
    for n, one in enumerate(new[: max(8, len(new) // 10)]):
        one.joined = today - timedelta(days=3 + n * 3)
    at_work = [one for one in staying if one.home == WORK and one not in new]
    for n, one in enumerate(dice.sample(at_work, min(9, len(at_work) // 3))):
        one.joined = today - timedelta(days=(2, 6)[n] if n < 2 else 20 + 29 * n)
    for one in gone:
        one.left = today - timedelta(days=dice.randint(25, 365 * YEARS - 60))


def _numbers(dice: random.Random, staying: list[Member], gone: list[Member]) -> None:
    """Ninety mobiles and 330 landlines of one member each, some households on one number, some people without."""
    line = dice.sample(staying, len(staying))
    mobiles, landlines = (round(len(line) * share / 480) for share in (len(MOBILES), OF_TODAY))
    for one, number in zip(line, MOBILES[:mobiles], strict=False):
        one.mobile = number
    for one, number in zip(line[mobiles:], LANDLINES[:landlines], strict=False):
        one.landline = number
    reached = line[: mobiles + landlines]
    for one in line[mobiles + landlines :: 3]:
        _move_in(dice, one, reached)
    for n, one in enumerate(gone):
        one.landline = LANDLINES[OF_TODAY + n] if OF_TODAY + n < len(LANDLINES) - KEPT and n % 9 else ""


def _move_in(dice: random.Random, one: Member, others: list[Member]) -> None:
    """Live with another member of the same association: one name and one number."""
    near = [other for other in others if other.home == one.home]
    partner = dice.choice(near or others)
    one.last, one.home = partner.last, partner.home
    one.mobile, one.landline = partner.mobile, partner.landline


def _about(dice: random.Random, one: Member, today: date) -> None:
    """Zeal, e-mail, a tag, and the fees of four years."""
    one.zeal = max(0.0, dice.betavariate(0.8, 2.6))
    if dice.random() < 0.55:
        words = search_key(f"{one.first} {one.last}").replace("-", "").split()
        one.email = f"{words[0]}.{words[-1]}{one.number[-4:]}@example.org"
    if dice.random() < 0.25:
        one.tag = dice.choice(TAGS)
    for year in range(today.year - YEARS, today.year + 1):
        if dice.random() < 0.74 + one.zeal / 3:
            day = date(year, 1, 8) + timedelta(days=min(int(dice.expovariate(1 / 70)), 330))
            joined_that_year = one.joined.year == year
            one.paid[year] = max(day, one.joined) if joined_that_year else day


def _moves(dice: random.Random, staying: list[Member], today: date) -> None:
    """A few move between associations, and three live with protected identity."""
    old = [one for one in staying if one.joined < today - timedelta(days=700)]
    for one in dice.sample(old, max(2, len(old) // 30)):
        one.moved_on = today - timedelta(days=dice.randint(20, 600))
        one.moved_from = dice.choice([home for home in ASSOCIATIONS if home != one.home])
    for one in dice.sample(old, min(3, max(1, len(old) // 100))):
        one.protected = True
