"""Runs every bench module on both engines, prints each figure, writes results.json, fails below a goal."""

import importlib
import json
import pkgutil
import sys
from pathlib import Path

import bench
from bench.engines import engines
from bench.figures import Figure

SKIP = {"figures", "engines", "district", "bare_queue", "__main__"}


def main(only: list[str]) -> int:
    """Measure; 0 when every goal is kept, 1 otherwise."""
    figures: list[Figure] = []
    names = [one.name for one in pkgutil.iter_modules(bench.__path__) if one.name not in SKIP]
    for name in only or names:
        module = importlib.import_module(f"bench.{name}")
        for make in engines():
            for figure in module.measure(make):
                figures.append(figure)
                print(
                    f"{'ok ' if figure.met else 'LOW'} {figure.engine:10} {figure.name:44} {figure.size:>9} "
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
    return 0 if all(figure.met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
