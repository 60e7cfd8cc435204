"""Measures a worker and its child on one workbook: python -m bench.memory FILE.

The file is one of `bench.imports COUNT --into FILE`, also saved anew by another program. It needs
/proc, and a database of its own like bench.imports.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

from bench.imports import World, empty, stored_batch
from bench.measuring import table
from bench.usage import arguments
from core import jobs
from core.history import Act
from customers.import_lifecycle import CHECK, WRITE
from customers.imports.steps import moves
from customers.models import ImportBatch

EVERY = 0.02


def main(path: str) -> None:
    """Let a worker do both steps; print the most memory it held, its child, and both at once."""
    empty()
    batch = stored_batch(Path(path).read_bytes(), World().user)
    worker = subprocess.Popen([sys.executable, "manage.py", "worker"])  # noqa: S603  our own
    try:
        check = watched(worker.pid, batch, CHECK, "checked")
        act = Act(by=batch.by, source="form", reason="", key=None)
        moves.move(batch, act, "write", operation=uuid4())
        write = watched(worker.pid, batch, WRITE, "done")
    finally:
        worker.terminate()
        worker.wait()
    table(("step", "s", "worker MiB", "child MiB", "together MiB"), [check, write])


def watched(pid: int, batch: ImportBatch, kind: str, until: str) -> tuple[str, ...]:
    """Have the worker do a step; give its seconds and peaks."""
    jobs.enqueue(kind, {"batch": batch.pk}, by=batch.by)
    began = time.monotonic()
    most = (0, 0, 0)
    while batch.state != until:
        assert batch.state != "failed", batch.failure
        child = sum(resident(one) for one in children(pid))
        own = resident(pid)
        most = tuple(map(max, most, (own, child, own + child)))  # type: ignore[assignment]
        time.sleep(EVERY)
        batch.refresh_from_db()
    return (kind, f"{time.monotonic() - began:.1f}", *map(str, most))


def resident(pid: int) -> int:
    """Give the memory of a process in MiB, 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    lines = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(lines[0].split()[1]) // 1024 if lines else 0


def children(pid: int) -> list[int]:
    """Give the processes that a process started."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(one) for one in listed.read_text(encoding="ascii").split()]


if __name__ == "__main__":
    main(*arguments(str(__doc__), least=1))
