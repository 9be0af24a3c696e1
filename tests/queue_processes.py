"""What the caller processes of the queue's tests do: ring until nobody is left, or stop at a point and wait to be killed."""

import sys
import time
from datetime import timedelta
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import call_queue, outcomes
from organizer.db import Database
from tests.factories import NOW

REFS = "killed-in-the-middle"


def ring_until_nobody_is_left(url: str, account_id: int, campaign_ids: list[int], folder: str) -> None:
    """Claim and report in turn in both campaigns; a file per person and number is the witness that nobody is held twice."""
    database = Database(url, pool_size=1)
    idle, n = 0, account_id
    while idle < 3:
        n += 1
        call = database.write(partial(_claim, account_id, campaign_ids[n % 2]))
        if call is None:
            idle += 1
            time.sleep(0.02)
            continue
        idle = 0
        with database.reading() as session:
            held = session.execute(
                sa.text("SELECT 'p' || person_id FROM holds WHERE call_id = :call"
                        " UNION ALL SELECT e164 FROM hold_numbers WHERE call_id = :call"), {"call": call},
            ).scalars().all()  # fmt: skip
        witnesses = [Path(folder) / name for name in held]
        for witness in witnesses:
            witness.touch(exist_ok=False)
        for witness in witnesses:
            witness.unlink()
        said = outcomes.Report(("reached", "no_answer", "skip")[n % 3] if n % 9 else "busy", f"ref-{call}")
        database.write(partial(_report, call, account_id, said))
    database.dispose()


def _claim(account_id: int, campaign_id: int, session: Session) -> int | None:
    return call_queue.claim_next(session, account_id, campaign_id, NOW)


def _report(call_id: int, account_id: int, said: outcomes.Report, session: Session) -> None:
    outcomes.report(session, call_id, account_id, said, NOW)


def claim_and_wait(url: str, account_id: int, campaign_id: int) -> None:
    """Hold somebody, say so, and wait for signal 9."""
    with Database(url).writing() as session:
        call_queue.claim_next(session, account_id, campaign_id, NOW)
    _wait("holding")


def report_and_wait(url: str, account_id: int, call_id: int, committed: bool) -> None:
    """Report; wait for signal 9 inside the transaction, or after it but before any answer."""
    database = Database(url)
    with database.writing() as session:
        report = outcomes.Report("opt_out_all", REFS)
        outcomes.report(session, call_id, account_id, report, NOW + timedelta(minutes=1))
        if not committed:
            _wait("inside")
    _wait("committed")


def _wait(where: str) -> None:
    sys.stdout.write(where + "\n")
    sys.stdout.flush()
    time.sleep(60)


if __name__ == "__main__":
    what, url, *numbers = sys.argv[1:]
    numbers = [int(number) for number in numbers]
    if what == "claim":
        claim_and_wait(url, *numbers)
    else:
        report_and_wait(url, numbers[0], numbers[1], committed=what == "committed")
