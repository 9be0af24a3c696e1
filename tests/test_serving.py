"""One command starts the pages and the worker; however it ends, nothing is left running and everything is kept."""

import dataclasses
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
import sqlalchemy as sa

from app import configuration_from, create_app
from organizer.models import Installation
from tests.factories import make_association

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


class Installed:
    """An installation of its own, with its settings and its processes."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder, self.port = folder, free_port()
        self.settings = {
            **os.environ, "RUNDAN_INSTANCE": str(folder), "DATABASE_URL": database_url, "PORT": str(self.port),
            "SECRET_KEY": "a key for tests only", "RUNDAN_DEMO": "", "PYTHONUNBUFFERED": "1",
            "WORKER_URL": f"sqlite:///{folder / 'worker.db'}",
        }  # fmt: skip

    def serve(self, **settings: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "app", "serve"], cwd=ROOT, env={**self.settings, **settings},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip

    def is_alive(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/halsa", timeout=5) as answer:
                return answer.read() == b"ok"
        except (URLError, OSError):
            return False

    def processes(self) -> list[int]:
        """Everything that runs with this installation's settings, whoever its parent is by now."""
        mark = f"RUNDAN_INSTANCE={self.folder}".encode()
        found = []
        for one in Path("/proc").glob("[0-9]*/environ"):
            try:
                if mark in one.read_bytes().split(b"\0"):
                    found.append(int(one.parent.name))
            except OSError:
                continue
        return found


def wait_until(true, seconds=120):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


@pytest.fixture
def installed(tmp_path, database_url, database):
    with database.writing() as session:
        session.add(Installation(kind="real", refusal_key="k" * 64))
        make_association(session, "Härnösand")
    one = Installed(tmp_path, database_url)
    yield one
    for process in one.processes():
        os.kill(process, signal.SIGKILL)


def test_ctrl_c_stops_everything_cleanly_and_a_second_start_keeps_the_data(installed, database):
    for _ in range(2 if database.sqlite else 1):
        served = installed.serve()
        wait_until(installed.is_alive)
        wait_until(lambda: len(installed.processes()) >= 3)
        os.killpg(served.pid, signal.SIGINT)  # as a terminal does: to every process in the foreground
        began = time.monotonic()
        said, _ = served.communicate(timeout=60)
        assert time.monotonic() - began < 28, "something waited until it was killed"
        assert served.returncode == 0, said
        assert f"http://127.0.0.1:{installed.port}" in said
        assert "Traceback" not in said, said
        assert installed.processes() == []
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Installation)) == 1


def test_killing_the_parent_leaves_nothing_behind_and_the_worker_is_started_again_when_it_dies(installed):
    served = installed.serve()
    wait_until(lambda: installed.is_alive() and len(installed.processes()) >= 3)
    worker = next(
        one for one in installed.processes() if b"worker" in Path(f"/proc/{one}/cmdline").read_bytes().split(b"\0")
    )
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: worker not in installed.processes() and len(installed.processes()) >= 3)
    served.kill()
    served.wait(10)
    wait_until(lambda: installed.processes() == [])


def test_what_cannot_be_started_says_why_and_starts_nothing(configuration, database):
    def said(**settings):
        installed = create_app(dataclasses.replace(configuration, **settings))
        result = installed.test_cli_runner().invoke(args=["serve"])
        installed.extensions["database"].dispose()
        assert result.exit_code == 1
        return result.output

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"PORT={port + 1}" in said(port=port)
    with database.writing() as session:
        session.add(Installation(kind="real", refusal_key="k" * 64))
    port = free_port()
    assert "belongs to a real installation" in said(port=port, demo=True)
    assert "TWILIO_SENDER" in said(port=port, twilio_account_sid="AC1")
    with pytest.raises(SystemExit, match="PORT must be a whole number"):
        configuration_from({"PORT": "åtta", "RUNDAN_INSTANCE": str(configuration.instance)})
