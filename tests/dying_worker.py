"""A real worker process that kills itself, without warning, at a chosen point of a hand-over. Used by test_killed_workers."""

import os
import signal
import sys

import sqlalchemy as sa

from app import Rundan, create_app
from campaigns.worker import Worker


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(point: str) -> None:
    worker = dying(create_app(), point)
    worker.run()


def dying(app: Rundan, point: str) -> Worker:
    """The worker of the application, made to kill its process at that point."""
    worker: Worker = app.extensions["worker"]
    database = app.extensions["database"]
    with database.reading() as session:
        gateway = worker.gateway(session)
    send, answered = gateway.send_sms, []

    def send_and_perhaps_die(*values: object) -> object:
        if point == "after the claim":
            die()
        receipt = send(*values)
        if point == "after the answer":
            die()
        answered.append(receipt)
        return receipt

    def perhaps_die_inside_settling(_connection, _cursor, statement, *_rest) -> None:
        if point == "inside settling" and answered and statement.startswith("UPDATE messages"):
            die()

    gateway.send_sms = send_and_perhaps_die
    sa.event.listen(database.engine, "after_cursor_execute", perhaps_die_inside_settling)
    return worker


if __name__ == "__main__":
    main(sys.argv[1])
