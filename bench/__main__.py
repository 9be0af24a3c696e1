"""Runs every bench module on both engines, prints each figure, writes results.json, fails below a goal."""

import importlib
import json
import pkgutil
import sys
from dataclasses import replace
from pathlib import Path

import bench
from bench.engines import engines
from bench.figures import Figure

_STATEMENTS = (
    "a report asks three questions (the call and its lock, where the person stands in every queue, the write) in a"
    " transaction of its own, through SQLAlchemy; the limit writes without asking"
)
_COMPARED = (
    "1.80 to 2.24 and 0.87 to 1.05 from one hour to the next while ours takes the same time: the limit looks nothing up,"
    " and reading what the register has is half of ours"
)
EXCEPTIONS: dict[tuple[object, ...], tuple[str, str]] = {
    ("postgresql", "claim + report, 1 callers"): (">= 0.3", _STATEMENTS),
    ("postgresql", "claim + report, 8 callers"): (">= 0.3", _STATEMENTS),
    ("postgresql", "import, everybody changed"): ("<= 2.4", _COMPARED),
    ("postgresql", "import, nothing changed"): ("<= 1.15", _COMPARED),
    ("postgresql", "chair's page", 800): (
        "<= 1.6",
        "an ordinary district is counted from the ledger at every look; nothing of it is kept",
    ),
    ("postgresql", "handing a blast over, 0 ms answers, 8 threads"): (
        ">= 0.25",
        "0.50 to 0.66 on two cores with nothing else to do, 0.47 at a load of 7: twelve questions to a server beside it for sixteen",
    ),
}
"""Goals known not to be kept, at a size or at all: the goal that holds meanwhile, and why. Missing that one fails too."""
SKIP = {"figures", "engines", "district", "bare_queue", "bare_tables", "provider", "filled", "member_files", "__main__"}


def main(only: list[str]) -> int:
    """Measure; 0 when every goal is kept or a named exception, 1 otherwise."""
    figures: list[Figure] = []
    names = [one.name for one in pkgutil.iter_modules(bench.__path__) if one.name not in SKIP]
    for name in only or names:
        module = importlib.import_module(f"bench.{name}")
        for make in engines():
            for figure in module.measure(make):
                figures.append(figure)
                print(
                    f"{_verdict(figure):9} {figure.engine:10} {figure.name:44} {figure.size:>9} "
                    f"ours {figure.ours:10.4g} limit {figure.limit:10.4g} {figure.unit:12} ratio {figure.ratio:6.2f} {figure.goal}",
                    flush=True,
                )
    Path(__file__).with_name("results.json").write_text(
        json.dumps(
            [
                {
                    slot: getattr(figure, slot)
                    for slot in ("name", "engine", "size", "ours", "limit", "ratio", "unit", "goal", "met")
                }
                for figure in figures
            ],
            indent=1,
        )
    )
    missed = {(figure.engine, figure.name, _known(figure)) for figure in figures if _verdict(figure) == "exception"}
    for engine, name, known in sorted(missed, key=str):
        print(f"exception: {engine}, {name}: {known[1] if known else ''}")
    return 0 if all(_verdict(figure) != "LOW" for figure in figures) else 1


def _verdict(figure: Figure) -> str:
    """Whether the goal is kept, is a known exception, or is missed."""
    if figure.met:
        return "ok"
    known = _known(figure)
    return "exception" if known and replace(figure, goal=known[0]).met else "LOW"


def _known(figure: Figure) -> tuple[str, str] | None:
    here = EXCEPTIONS.get((figure.engine, figure.name, figure.size))
    return here or EXCEPTIONS.get((figure.engine, figure.name))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
