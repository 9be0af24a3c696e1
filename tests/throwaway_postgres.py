"""A PostgreSQL of its own for the tests: started from the installed server binaries, on a socket only, thrown away."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path


def binaries() -> Path | None:
    """Where initdb and postgres are, newest version first; None when the machine has none."""
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: int(one.parent.name), reverse=True)
    return next((one for one in places if (one / "initdb").exists() and (one / "postgres").exists()), None)


@contextlib.contextmanager
def cluster(*, durable: bool = False) -> Iterator[str]:
    """Start a cluster and yield the address of its one database; root hands it to an ordinary user.

    Tests need not survive a power cut and run without waiting for the disk; measurements do wait (`durable`).
    """
    where = binaries()
    if where is None:
        raise FileNotFoundError("no PostgreSQL server on this machine")
    user = _ordinary_user()
    folder = Path(tempfile.mkdtemp(prefix="rundan-pg-", dir="/tmp"))
    try:
        if user:
            shutil.chown(folder, user)
        folder.chmod(0o755)
        data = folder / "data"
        _run(
            user,
            where / "initdb",
            "-D",
            data,
            "-U",
            "rundan",
            "-A",
            "trust",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        )
        hurry = "" if durable else "-F -c synchronous_commit=off -c full_page_writes=off "
        options = f"-k {folder} -h '' {hurry}-c max_connections=120 -c shared_buffers=256MB"
        _run(user, where / "pg_ctl", "-D", data, "-w", "-o", options, "-l", folder / "log", "start")
        try:
            yield f"postgresql://rundan@/postgres?host={folder}"
        finally:
            _run(user, where / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def restart(data: str) -> None:
    """Stop the server whose data stands there, as an operator does: it hangs up on everybody and is away a moment."""
    _run(_ordinary_user(), Path(str(binaries())) / "pg_ctl", "-D", data, "-m", "fast", "-w", "restart")


def _ordinary_user() -> str | None:
    """PostgreSQL refuses to run as root."""
    return None if os.geteuid() else "postgres" if _exists("postgres") else "nobody"


def _exists(user: str) -> bool:
    import pwd

    with contextlib.suppress(KeyError):
        return bool(pwd.getpwnam(user))
    return False


def _run(user: str | None, *command: object) -> None:
    subprocess.run(
        [str(part) for part in command],
        check=True, user=user, cwd="/tmp", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
