"""The geometry of a line chart, drawn on the server: axis from nought, direct labels, no script and no style (P§6.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

TOP, LEFT, BOTTOM = 26, 40, 30
CLEAR_OF_OWN, ROW = 30, 17
WORDS = 76
"""How far back from the end of the own line its words reach."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A line chart of at most twelve months: where everything stands, in the units of its viewBox."""

    width: int
    height: int
    right: int
    grid: tuple[tuple[float, int], ...]
    """Horizontal lines: how far down, and the value they stand for."""
    months: tuple[tuple[float, int], ...]
    """Which months have room for a word: how far right, and which month (0 = January)."""
    own: str
    before: str
    """The two lines as paths; `before` is empty where nothing can be compared."""
    end: tuple[float, float, int] | None
    """Where the own line ends, and its value."""
    end_before: tuple[float, float, int] | None
    label: float
    """How far down the own line's words stand: above all of the line they reach back over."""
    goal: tuple[float, float, int] | None = None
    """How far down the plan's goal lies, how far down its words stand, and the goal."""


def months(
    own: Sequence[int], before: Sequence[int], width: int, height: int, right: int, goal: int | None = None
) -> Chart:
    """A chart of two years, month by month; `own` may stop at the present month. `goal` is a level line."""
    wanted = [] if goal is None else [goal]
    step = _step(max([*own, *before, *wanted, 4]))
    top = step * -(-max([*own, *before, *wanted, 1]) // step)
    across = (width - LEFT - right) / 11
    every = 2 if width > 500 else 4

    def at(n: int, value: int) -> tuple[float, float]:
        return LEFT + n * across, TOP + (top - value) * (height - TOP - BOTTOM) / top

    def path(values: Sequence[int]) -> str:
        return " ".join(f"{'L' if n else 'M'}{x:.1f} {y:.1f}" for n, (x, y) in enumerate(map(at, range(12), values)))

    return Chart(
        width, height, width - right,
        tuple((round(at(0, value)[1], 1), value) for value in range(0, top + 1, step)),
        tuple((round(at(n, 0)[0], 1), n) for n in (*range(0, 11 - every // 2, every), 11)),
        path(own), path(before),
        (*at(len(own) - 1, own[-1]), own[-1]) if own else None,
        (*at(len(before) - 1, before[-1]), before[-1]) if before else None,
        min((at(0, value)[1] for value in own[-1 - ceil(WORDS / across):]), default=0.0) - 12,
        None if goal is None else _goal(at(0, goal)[1], own and at(0, own[-1])[1], before and at(0, before[-1])[1], goal),
    )  # fmt: skip


def _goal(down: float, end: Any, end_before: Any, goal: int) -> tuple[float, float, int]:
    """The goal's line, with its words clear of those that stand at the end of the other year's line."""
    words = down + 5
    if end_before:
        near = end and 0 < end - end_before < CLEAR_OF_OWN
        theirs = end_before + (-4 if near else 16)  # as templates/charts.html places them
        if abs(words - theirs) < ROW:
            words = theirs - ROW if down <= theirs else theirs + ROW
    return round(down, 1), round(words, 1), goal


def _step(most: int) -> int:
    """A round distance between lines, so that there are at most six of them."""
    size = 1
    while True:
        for one in (1, 2, 5):
            if most <= one * size * 5:
                return one * size
        size *= 10
