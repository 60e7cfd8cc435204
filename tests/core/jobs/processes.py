"""Real worker processes on the test database: started, frozen, killed, waited for."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

from core.models import Job
from tests.architecture.tree import ROOT
from tests.disk import Disk

PATIENCE = 60.0


def address() -> str:
    """Give the test database as DATABASE_URL says it."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    secret = f":{found['PASSWORD']}" if found["PASSWORD"] else ""
    return f"postgres://{found['USER']}{secret}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


class Workers:
    """Starts workers and ends those that are left."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[bytes]] = []
        self.disk = Disk(folder)

    def start(self, fault: str = "", *, beats: bool = True) -> subprocess.Popen[bytes]:
        """Start a worker, with FAULT if one is given; its log is in `folder`.

        One whose heart does not beat writes in its main thread only: frozen there at a place
        outside a transaction, it surely holds no lock of SQLite.
        """
        command = ["manage.py", "worker", "--skip-checks", "--interval", "0.05"]
        return self._start(command, fault, KEHU_TEST_BEATS="1" if beats else "0")

    def start_dying(self, fault: str, times: int) -> subprocess.Popen[bytes]:
        """Start so many workers one after the other, each of which FAULT is to kill."""
        return self._start(["-m", "tests.core.jobs.dying", str(times)], fault)

    def _start(self, command: list[str], fault: str, **more: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "DATABASE_URL": address(),
            "KEHU_VAR": str(self.folder / "var"),
            "DJANGO_SETTINGS_MODULE": "tests.core.jobs.worker_settings",
            "KEHU_PROCESS": "worker",
            "LOG_LEVEL": "INFO",
            "FAULT": fault,
            **self.disk.environment,
            **more,
        }
        with (self.folder / f"worker-{len(self.started)}.log").open("wb") as log:
            worker = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )
        self.started.append(worker)
        return worker

    def holder(self, job: Job) -> subprocess.Popen[bytes] | None:
        """Give the living worker that holds the job."""
        found = Job.objects.filter(pk=job.pk, state="running").values_list("worker", flat=True)
        name = next(iter(found), "")
        return next(
            (
                worker
                for worker in self.started
                if worker.poll() is None and name == f"{socket.gethostname()[:40]}:{worker.pid}"
            ),
            None,
        )

    def logs(self) -> str:
        """Give what all of them said."""
        files = sorted(self.folder.glob("worker-*.log"))
        return "\n".join(file.read_text(encoding="utf-8") for file in files)

    def end(self) -> None:
        """End all that still live."""
        for worker in self.started:
            if worker.poll() is None:
                worker.send_signal(signal.SIGCONT)
                worker.kill()
            worker.wait()


@contextmanager
def workers(folder: Path) -> Iterator[Workers]:
    """Give a crew that is ended when the block is left."""
    crew = Workers(folder)
    try:
        yield crew
    finally:
        crew.end()


def wait_for(condition: Callable[[], Any], crew: Workers, seconds: float = PATIENCE) -> Any:
    """Wait until the condition gives something true, and give it; else fail with all logs."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError(f"Waited {seconds} s in vain.\n{crew.logs()}")


def is_frozen(worker: subprocess.Popen[bytes]) -> bool:
    """Say whether the process stands still."""
    look = os.WSTOPPED | os.WEXITED | os.WNOHANG | os.WNOWAIT
    found = os.waitid(os.P_PID, worker.pid, look)
    return bool(found and found.si_code == os.CLD_STOPPED)


def is_over(job: Job) -> bool:
    """Say whether the job has come to its end."""
    job.refresh_from_db()
    return not job.is_open
