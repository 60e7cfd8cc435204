"""Times bulk edits: looked at, written and taken back, 500 in one go and 5,000 as a worker does.

Seconds, and behind them those of this process's processor: the rest is the database and waiting.

On a database of bench.generate: DATABASE_URL=… python -m bench.bulk_edit [--runs 3]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from bench.generate import ADMIN  # noqa: E402
from core import jobs  # noqa: E402
from core.models import User  # noqa: E402
from core.records.bulk_edit import job, kept  # noqa: E402
from customers.models import Customer, Salesperson, Tag  # noqa: E402
from customers.services.kinds import KIND  # noqa: E402

SIZES = (500, 5_000)


def main() -> None:
    """Read the command line, measure, print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.bulk_edit", description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    user = User.objects.get(username=ADMIN)
    tag = Tag.objects.active().in_order()[0]
    print("| customers | fields | freeze | look | write | take back |")
    print("|---|---|---|---|---|---|")
    for size in SIZES:
        for name in ("salesperson", "salesperson, department, a tag"):
            steps = [measured(size, user, tag if "," in name else None) for _ in range(runs)]
            least = [min(times) for times in zip(*steps, strict=True)]
            shown = " | ".join(f"{whole:.2f} s ({own:.2f})" for whole, own in least)
            print(f"| {size:,} | {name} | {shown} |", flush=True)


def measured(size: int, user: User, tag: Any) -> list[tuple[float, float]]:
    """Give the seconds of each step of one edit, which is taken back in the end."""
    rows = Customer.objects.filter(state="enabled").order_by("pk")
    free = rows.exclude(tags=tag) if tag else rows
    first = free.values_list("salesperson", flat=True)[0]
    other = Salesperson.objects.active().exclude(pk=first).in_order()[0]
    free = free.exclude(salesperson=other)
    items = list(free.values_list("pk", "version")[:size])
    assert len(items) == size, "too few customers: python -m bench.generate 12000"
    edit, frozen = timed(lambda: kept.freeze(KIND, items, by=user))
    choice = {"salesperson": {"way": kept.SET, "value": other.pk}}
    if tag:
        choice["department"] = {"way": kept.SET, "value": other.unit_id or user.unit_id}
        choice["tags"] = {"way": kept.ADD, "value": [tag.pk]}
    looked = timed(lambda: carried_out(lambda: job.choose(edit, choice, "bench")))[1]
    edit.refresh_from_db()
    assert edit.looked == {kept.CHANGED: size}, edit.looked
    written = timed(lambda: carried_out(lambda: job.write(edit, look=edit.job_id or 0)))[1]
    edit.refresh_from_db()
    assert edit.done == {kept.CHANGED: size}, edit.done
    undone = timed(lambda: carried_out(lambda: job.undo(edit)))[1]
    return [frozen, looked, written, undone]


def carried_out(begin: Callable[[], Any]) -> None:
    """Do a step, and what it leaves to a worker."""
    begin()
    jobs.run_waiting()


def timed(action: Callable[[], Any]) -> tuple[Any, tuple[float, float]]:
    """Give what came of it, the seconds it took, and those of the processor."""
    began, own = time.perf_counter(), time.process_time()
    result = action()
    return result, (time.perf_counter() - began, time.process_time() - own)


if __name__ == "__main__":
    main()
