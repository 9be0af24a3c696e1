"""Run the same thing in several real processes that start at the same moment."""

import multiprocessing
from collections.abc import Callable
from typing import Any


def at_once(work: Callable[..., None], arguments: list[tuple[Any, ...]]) -> None:
    """Call `work` with each of `arguments` in a process of its own; fails if any of them fails."""
    context = multiprocessing.get_context("spawn")
    gate = context.Barrier(len(arguments))
    processes = [context.Process(target=_behind, args=(gate, work, one)) for one in arguments]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * len(processes)


def _behind(gate: Any, work: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    gate.wait(50)
    work(*arguments)
