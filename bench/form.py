"""Weighs the entry form: bytes, queries and processor time, with long lists behind it.

1,000 regions and 300 banks are written for the measurement and rolled back.
python -m bench.form [RUNS]
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from bench import measuring  # noqa: E402
from core import saving  # noqa: E402
from core.history import Act  # noqa: E402
from core.models import User  # noqa: E402
from core.saving import Draft  # noqa: E402
from customers.models import Customer  # noqa: E402
from customers.services.aggregates import REFERENCE  # noqa: E402

REGIONS, BANKS = 1_000, 300


class RollBack(Exception):
    """What was written for the measurement is not to stay."""


def main() -> None:
    """Print a table of the page for a new customer and for one that is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", type=int, nargs="?", default=50)
    runs = parser.parse_args().runs
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "localhost"]
    try:
        with transaction.atomic():
            _lengthen()
            _measure(runs)
            raise RollBack
    except RollBack:
        connection.close()


def _lengthen() -> None:
    system = User.objects.filter(is_system=True).order_by("pk")[0]
    act = Act(by=system, source="bench", reason="", key=None)
    for stem, wanted in (("region", REGIONS), ("bank", BANKS)):
        table = REFERENCE[stem].root._default_manager
        missing = max(0, wanted - table.count())
        drafts = [Draft({"code": f"BENCH{n}", "name": f"测量{n}"}) for n in range(missing)]
        saving.bulk_create(REFERENCE[stem], drafts, act=act)


def _measure(runs: int) -> None:
    clerk = User.objects.filter(groups__name="clerk", is_active=True).order_by("pk")[0]
    desk = measuring.browser(clerk)
    known = Customer.objects.visible_to(clerk).filter(state="draft").order_by("pk").first()
    pages = {"a new customer": "/customers/add/"}
    if known is not None:
        pages["a draft"] = f"/customers/{known.pk}/edit/"
    rows = []
    for name, path in pages.items():
        answer = desk.get(path)
        with measuring.captured() as asked:
            desk.get(path)
        get: Any = lambda path=path: desk.get(path)  # noqa: E731
        spent = measuring.timed(get, runs, time.process_time)
        least, middle = spent[0], measuring.percentile(spent, 0.5)
        size = f"{len(answer.content) / 1000:.1f}"
        rows.append((name, size, len(asked), f"{middle:.1f}", f"{least:.1f}"))
    measuring.table(("page", "kB", "queries", "median CPU ms", "least"), rows)


if __name__ == "__main__":
    main()
