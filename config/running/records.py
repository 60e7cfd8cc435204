"""Who runs here: one file for each ./run, locked while it lives, with the processes it started.

A file that nobody locks is of a ./run that was killed; what it started and is still there is ended.
A process is known by its number and the moment it began, so that no stranger is ever ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

try:
    import fcntl
except ImportError:  # Windows: no record is kept there
    fcntl = None  # type: ignore[assignment]

PATIENCE = 6.0  # seconds for what nobody waits for any more


class Record:
    """The file of this process, rewritten whenever it starts something."""

    def __init__(self, folder: Path, *, port: int) -> None:
        self._folder, self._file = folder, None
        self._told: dict[str, Any] = {"pid": os.getpid(), "port": port, "children": {}}

    def open(self) -> None:
        """Begin."""
        if fcntl is None:
            return
        self._folder.mkdir(mode=0o700, exist_ok=True)
        # Before its lock is taken the file must not look like that of a dead process.
        with _alone(self._folder):
            self._file = (self._folder / f"{os.getpid()}.json").open("w+", encoding="utf-8")
            fcntl.flock(self._file, fcntl.LOCK_EX)
            self._write()

    def note(self, name: str, pid: int) -> None:
        """Note a process that was started."""
        self._told["children"][name] = [pid, began(pid)]
        self._write()

    def close(self) -> None:
        """Take the record away: everything it names has ended."""
        if self._file is not None:
            Path(self._file.name).unlink(missing_ok=True)
            self._file.close()
            self._file = None

    def _write(self) -> None:
        if self._file is None:
            return
        # On a full disk the record stays as it was: that is no reason to stop serving.
        with contextlib.suppress(OSError):
            length = os.pwrite(self._file.fileno(), json.dumps(self._told).encode(), 0)
            os.ftruncate(self._file.fileno(), length)


def living(folder: Path) -> list[dict[str, Any]]:
    """Return what is recorded of every ./run that is running."""
    return [_read(file) for file, is_dead in _all(folder) if not is_dead]


def end_orphans(folder: Path) -> Iterator[str]:
    """End what dead ones left running; yield a sentence for each before it is ended."""
    if fcntl is None or not folder.is_dir():
        return
    with _alone(folder):
        for file, is_dead in _all(folder):
            if not is_dead:
                continue
            for name, (pid, moment) in _read(file).get("children", {}).items():
                if moment and began(pid) == moment:
                    yield f"An earlier ./run was killed; ending the {name} it left (process {pid})."
                    end_group(pid, moment)
            Path(file.name).unlink(missing_ok=True)


def end_group(pid: int, moment: str) -> None:
    """End a process and its children: politely, after PATIENCE for certain."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        while began(pid) == moment and time.monotonic() < deadline:
            time.sleep(0.05)
        for _step in range(100):  # its children, which may hold the port, are gone a little later
            os.killpg(pid, signal.SIGKILL)
            time.sleep(0.05)


def began(pid: int) -> str:
    """Return when a living process began, in whatever form the system tells it, or nothing."""
    file = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            state, *fields = file.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if state in "ZX" else fields[18]
    with contextlib.suppress(OSError):
        asked = ["ps", "-o", "lstart=", "-p", str(pid)]
        return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603
    return ""


def _all(folder: Path) -> Iterator[tuple[IO[str], bool]]:
    """Yield every record, and whether its process is dead."""
    for path in sorted(folder.glob("*.json")) if fcntl is not None else ():
        with contextlib.suppress(FileNotFoundError), path.open(encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                yield file, False
            else:
                yield file, True


def _read(file: IO[str]) -> dict[str, Any]:
    file.seek(0)
    try:
        told = json.load(file)
    except ValueError:  # killed while it wrote
        return {}
    return told if isinstance(told, dict) else {}


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
