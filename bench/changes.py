"""Times the review of changes with many open requests: the queue, the page of one, 500 approved.

Milliseconds of a page (median, 95 %) as a test client gets it; seconds of the bulk approval, and
behind them those of this process's processor: the rest is the database and waiting.

On a database of bench.generate: DATABASE_URL=… python -m bench.changes [--requests 10000]
"""

from __future__ import annotations

import argparse
from itertools import islice
from typing import Any

import django

django.setup()

from django.db.models import QuerySet  # noqa: E402

from bench.bulk_edit import timed as once  # noqa: E402
from bench.generate import ADMIN  # noqa: E402
from bench.measuring import browser, percentile, timed  # noqa: E402
from core import saving  # noqa: E402
from core.aggregate import Draft  # noqa: E402
from core.history import Act  # noqa: E402
from core.models import User  # noqa: E402
from core.records import bulk  # noqa: E402
from core.records.changes.request import SUBMITTED  # noqa: E402
from customers.models import Customer, CustomerChange  # noqa: E402
from customers.services.kinds import CHANGE  # noqa: E402

AT_ONCE, RUNS, MARK = 500, 15, "BENCH-"


def main() -> None:
    """Read the command line, ask for changes, measure, print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.changes", description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    wanted = parser.parse_args().requests
    judge = User.objects.get(username=ADMIN)
    asker = (
        User.objects.exclude(pk=judge.pk).filter(is_system=False).order_by("pk").first() or judge
    )
    fill(wanted, asker)
    waiting = CustomerChange.objects.open().filter(state=SUBMITTED, submitted_by=asker)
    print(f"{waiting.count():,} requests wait, of {Customer.objects.count():,} customers.")
    client = browser(judge)
    keys = list(waiting.order_by("submitted_at", "pk").values_list("pk", flat=True))
    middle = keys[len(keys) // 2]
    for name, url in (
        ("list", "/changes/"),
        ("review of the first", f"/review/changes/{keys[0]}/"),
        ("review in the middle", f"/review/changes/{middle}/"),
        ("customer list", "/customers/"),
    ):
        spent = timed(lambda url=url: page(client, url), RUNS)
        print(
            f"| {name} | {percentile(spent, 0.5):.1f} | {percentile(spent, 0.95):.1f} |", flush=True
        )
    for _ in range(3):
        items = list(waiting.order_by("pk").values_list("pk", "version")[:AT_ONCE])
        frozen = bulk.freeze(CHANGE, "approve", items, by=judge)
        act = Act(judge, "bulk", "", None, operation=frozen.pk)
        done, (whole, own) = once(
            lambda frozen=frozen, act=act: bulk.run(CHANGE, frozen.pk, act=act)
        )
        assert not done.failures, next(iter(done.failures.values()))
        print(f"{AT_ONCE} approved in {whole:.2f} s ({own:.2f})", flush=True)


def page(client: Any, url: str) -> None:
    """Get a page."""
    assert client.get(url).status_code == 200, url


def fill(wanted: int, asker: User) -> None:
    """Ask for another name of customers in force that nobody asks to change yet, and submit it."""
    free = Customer.objects.filter(state="enabled", changes=None).order_by("pk")
    missing = wanted - made().filter(state=SUBMITTED).count()
    act = Act(asker, "bench", "bench", None)
    rows = iter(free[: max(0, missing)])
    while some := list(islice(rows, 1_000)):
        drafts = [Draft(of(one, asker, act)) for one in some]
        saving.bulk_create(CHANGE.aggregate, drafts, act=act)


def made() -> QuerySet[CustomerChange]:
    """Give the open requests that this made, not those of the demo."""
    return CustomerChange.objects.open().filter(code__startswith=MARK)


def of(customer: Any, asker: User, act: Act) -> dict[str, Any]:
    """Give the values of a request for another name of a customer."""
    wish = {"name": "name", "old": customer.name, "new": f"{customer.name}{customer.pk}"}
    return {
        "record": customer, "code": f"{MARK}{customer.pk}", "state": SUBMITTED, "reason": "bench",
        "wanted": {"fields": [wish], "rows": []}, "submitted_at": act.at, "submitted_by": asker,
    }  # fmt: skip


if __name__ == "__main__":
    main()
