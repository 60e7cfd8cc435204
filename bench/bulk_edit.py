"""Times bulk edits: looked at, written and taken back, 500 in one go and 5,000 as a worker does.

Seconds, and behind them those of this process's processor: the rest is the database and waiting.
What is asked for is one change request for each; taking that back withdraws them.

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
    print("| customers | fields | freeze | look | write | take back |")
    print("|---|---|---|---|---|---|")
    for size in SIZES:
        for name, measure in WAYS.items():
            steps = [measure(size, user) for _ in range(runs)]
            least = [min(times) for times in zip(*steps, strict=True)]
            shown = " | ".join(f"{whole:.2f} s ({own:.2f})" for whole, own in least)
            print(f"| {size:,} | {name} | {shown} |", flush=True)


def written(size: int, user: User, tag: Any = None) -> list[tuple[float, float]]:
    """Give the seconds of each step of an edit of what is free, which is taken back in the end."""
    rows = enabled()
    free = rows.exclude(tags=tag) if tag else rows
    first = free.values_list("salesperson", flat=True)[0]
    other = Salesperson.objects.active().exclude(pk=first).in_order()[0]
    free = free.exclude(salesperson=other)
    choice: dict[str, Any] = {"salesperson": {"way": kept.SET, "value": other.pk}}
    if tag:
        choice["department"] = {"way": kept.SET, "value": other.unit_id or user.unit_id}
        choice["tags"] = {"way": kept.ADD, "value": [tag.pk]}
    return measured(free, size, user, choice, kept.CHANGED)


def with_tag(size: int, user: User) -> list[tuple[float, float]]:
    """Give the seconds of an edit of several fields, a tag among them."""
    return written(size, user, Tag.objects.active().in_order()[0])


def asked_for(size: int, user: User) -> list[tuple[float, float]]:
    """Give the seconds of each step of an edit that asks for what is in force."""
    free = enabled().exclude(credit_days=37)
    choice = {"credit_days": {"way": kept.SET, "value": 37}}
    return measured(free, size, user, choice, kept.ASKED)


def enabled() -> Any:
    """Give the customers in force."""
    return Customer.objects.filter(state="enabled").order_by("pk")


def measured(
    rows: Any, size: int, user: User, choice: dict[str, Any], outcome: str
) -> list[tuple[float, float]]:
    """Give the seconds of freezing, looking at, writing and taking back one edit of these rows."""
    items = list(rows.values_list("pk", "version")[:size])
    assert len(items) == size, "too few customers: python -m bench.generate 12000"
    edit, frozen = timed(lambda: kept.freeze(KIND, items, by=user))
    looked = timed(lambda: carried_out(lambda: job.choose(edit, choice, "bench")))[1]
    edit.refresh_from_db()
    assert edit.looked == {outcome: size}, edit.looked
    wrote = timed(lambda: carried_out(lambda: job.write(edit, look=edit.job_id or 0)))[1]
    edit.refresh_from_db()
    assert edit.done == {outcome: size}, edit.done
    undone = timed(lambda: carried_out(lambda: job.undo(edit)))[1]
    return [frozen, looked, wrote, undone]


def carried_out(begin: Callable[[], Any]) -> None:
    """Do a step, and what it leaves to a worker."""
    begin()
    jobs.run_waiting()


def timed(action: Callable[[], Any]) -> tuple[Any, tuple[float, float]]:
    """Give what came of it, the seconds it took, and those of the processor."""
    began, own = time.perf_counter(), time.process_time()
    result = action()
    return result, (time.perf_counter() - began, time.process_time() - own)


WAYS: dict[str, Callable[[int, User], list[tuple[float, float]]]] = {
    "salesperson": written,
    "salesperson, department, a tag": with_tag,
    "credit days, asked for": asked_for,
}

if __name__ == "__main__":
    main()
