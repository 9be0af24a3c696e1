"""`flask serve`: the web server and one worker together, started and stopped as one thing."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from organizer.configuration import Configuration
from organizer.db import Database

ROOT = Path(__file__).parent.parent
ENDING = {signal.SIGINT, signal.SIGTERM, signal.SIGQUIT}
PATIENCE = 30
"""Seconds that whoever is in the middle of something gets when all is stopped."""


class PortTaken(Exception):  # noqa: N818  it is an answer, not an error
    """Somebody else listens there already."""


def refuse_taken_port(host: str, port: int) -> None:
    """Raise PortTaken when nothing can listen there, before anything has been started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise PortTaken(error.strerror) from None


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with our settings: one process with threads on SQLite (D26), several on PostgreSQL."""

    def __init__(
        self, app: Any, configuration: Configuration, database: Database, greet: Callable[[], None], *, worker: bool
    ) -> None:
        """`greet` is called when the first page can be fetched; `worker`: start one beside the web server."""
        self._app, self._configuration, self._database, self._greet = app, configuration, database, greet
        self._worker = Companion() if worker else None
        super().__init__()

    def load_config(self) -> None:
        """Gunicorn's settings. No access log: addresses may be somebody's personal link."""
        configuration = self._configuration
        settings = {
            "bind": f"[{configuration.host}]:{configuration.port}" if ":" in configuration.host
                    else f"{configuration.host}:{configuration.port}",
            "workers": 1 if configuration.sqlite else configuration.web_processes,
            "threads": configuration.web_threads,
            "worker_class": "gthread",
            "preload_app": True,
            "control_socket_disable": True,
            "accesslog": None,
            "loglevel": "warning",
            "timeout": 120,
            "graceful_timeout": PATIENCE,
            "keepalive": 5,
            "proc_name": "rundan",
            "when_ready": self._ready,
            "post_fork": self._forked,
            "post_worker_init": _listen_only_to_the_parent,
            "on_exit": self._over,
        }  # fmt: skip
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, already made."""
        return self._app

    def run(self) -> None:
        """Serve until told to stop."""
        _Parent(self).run()

    def _ready(self, _server: Any) -> None:
        if self._worker:
            self._worker.start()
        self._greet()

    def _forked(self, _server: Any, _process: Any) -> None:
        """A connection must never be shared between processes."""
        self._database.engine.dispose(close=False)

    def _over(self, _server: Any) -> None:
        if self._worker:
            self._worker.stop()


class _Parent(Arbiter):  # type: ignore[misc]
    """Gunicorn's parent process, which here stops its children the same way on Ctrl-C as on SIGTERM: once, gently.

    Left to itself it sends a second signal while the child is busy with the terminal's, and one that comes before
    the child listens is lost: both end in thirty seconds of waiting.
    """

    def handle_int(self) -> None:
        """Ctrl-C."""
        raise StopIteration

    def spawn_worker(self) -> int | None:
        """Start a child that hears no signal until it can act on it."""
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
        try:
            pid: int | None = super().spawn_worker()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        return pid


def _listen_only_to_the_parent(_process: Any) -> None:
    """The terminal's Ctrl-C goes to every process; the children wait for the parent's word."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)


class Companion:
    """The worker process beside the web server: started with it, started again if it dies, stopped with it.

    It watches its parent, so that nothing is left behind even when the parent is killed.
    """

    def __init__(self) -> None:
        """Nothing is started yet."""
        # By number and not "whoever started you": it may be gone before the child can ask who that was.
        self._command = [sys.executable, "-m", "flask", "--app", "app", "worker", "--follow", str(os.getpid())]
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()

    def start(self) -> None:
        """Start it, and look after it."""
        self._launch()
        threading.Thread(target=self._look_after, daemon=True).start()

    def stop(self) -> None:
        """Ask it to finish what it has in hand, wait, and do not wait for ever."""
        self._stopping.set()
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _launch(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603  our own program
            self._command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # the terminal's Ctrl-C goes to us, and we pass it on
        )

    def _look_after(self) -> None:
        while not self._stopping.wait(2):
            if self._process and self._process.poll() is not None:
                self._launch()
