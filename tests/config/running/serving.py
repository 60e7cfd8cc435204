"""A Kehu of a test's own: `python -m config.running`, which ./run becomes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from tests.architecture.tree import ROOT

MARK = "KEHU_TEST_MARK"
PATIENCE = 150.0  # a busy machine
DROPPED = ("DATABASE_URL", "FAULT", "KEHU_PROCESS", "DJANGO_SETTINGS_MODULE", "SECRET_KEY")


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of a process that works in the folder, on SQLite."""
    kept = {name: value for name, value in os.environ.items() if name not in DROPPED}
    return kept | {"KEHU_VAR": str(folder), "DEMO": "0", "LOG_LEVEL": "WARNING"} | more


def manage(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=environment(folder, **more),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


class Serving:
    """One start, what it said, and every process that comes from it."""

    def __init__(self, folder: Path, *arguments: str, **more: str) -> None:
        self.mark, self.told = uuid4().hex, folder.parent / f"{uuid4().hex}.log"
        with self.told.open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.running", *arguments],
                cwd=ROOT,
                env=environment(folder, **more, **{MARK: self.mark}),
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        """What it printed so far."""
        return self.told.read_text(encoding="utf-8")

    def until(self, words: str) -> Serving:
        """Wait for words."""
        wait_for(lambda: words in self.said or self.process.poll() is not None, self)
        assert words in self.said, self.said
        return self

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait for the end of the process that got it."""
        self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE)

    def left(self) -> list[str]:
        """Return the command lines of the processes that come from it and still run."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                marked = f"{MARK}={self.mark}".encode() in (folder / "environ").read_bytes()
                command = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if marked and command:
                found.append(f"{folder.name} {command.replace(bytes(1), b' ').decode()}")
        return found

    def clear(self) -> None:
        """End everything for certain."""
        for line in self.left():
            os.kill(int(line.split()[0]), signal.SIGKILL)
        self.process.wait(timeout=PATIENCE)


def wait_for(condition: Callable[[], bool], of: Serving) -> None:
    """Wait until it is so; fail with what was said when it never is."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"{of.said}\n{of.left()}"
        time.sleep(0.05)
