"""A measured figure: ours, the engine's limit, the ratio and the goal of docs/performance.md."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of bench/results.json. `goal` reads like "<= 2.0" or ">= 0.6" and is held against `ratio`."""

    name: str
    engine: str
    size: int
    ours: float
    limit: float
    unit: str
    goal: str = ""

    @property
    def ratio(self) -> float:
        """Ours over the limit."""
        return self.ours / self.limit if self.limit else 0.0

    @property
    def met(self) -> bool:
        """Whether the ratio keeps the goal; a figure without a goal is only reported."""
        if not self.goal:
            return True
        sign, number = self.goal.split()
        return self.ratio <= float(number) if sign == "<=" else self.ratio >= float(number)


def most_memory() -> float:
    """MB this process has held at most. What getrusage says is at least what the process that started it held."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def seconds(work: Callable[[], object], times: int = 5) -> float:
    """The median time of `work` in seconds."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)
