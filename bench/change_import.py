"""Times an import that asks for changes of customers in force beside one that changes drafts.

Both give other names to as many customers, in the same run, check and write together: seconds,
and behind them those of this process's processor. The drafts are customers in force that are
called drafts for as long.

On a database of bench.generate: DATABASE_URL=… python -m bench.change_import [--count 5000]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from io import BytesIO
from typing import Any
from uuid import uuid4

import django

django.setup()

from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402
from openpyxl import Workbook  # noqa: E402

from bench.bulk_edit import timed  # noqa: E402
from bench.generate import ADMIN  # noqa: E402
from core import jobs  # noqa: E402
from core.history import Act  # noqa: E402
from core.models import User  # noqa: E402
from core.models.base import writing  # noqa: E402
from customers.imports import desk  # noqa: E402
from customers.imports.desk import Options  # noqa: E402
from customers.models import Customer, ImportBatch  # noqa: E402


def main() -> None:
    """Read the command line, import, print the seconds of both."""
    parser = argparse.ArgumentParser(prog="python -m bench.change_import", description=__doc__)
    parser.add_argument("--count", type=int, default=5_000)
    count = parser.parse_args().count
    admin = User.objects.get(username=ADMIN)
    mark = uuid4().hex[:6]
    free = Customer.objects.filter(state="enabled", changes=None).order_by("pk")
    drafts = list(free[:count])
    rows = Customer.objects.filter(pk__in=[one.pk for one in drafts])
    with writing():
        rows.update(state="draft")
    found = []
    for what, chosen in (("updated", drafts), ("requested", list(free[:count]))):
        data = workbook((one.code, f"{one.name}{mark}{one.pk}") for one in chosen)
        batch, (whole, own) = timed(lambda data=data: imported(data, admin))
        assert batch.counts["result"]["customers"][what] == count, batch.counts
        print(f"{count:,} {what} in {whole:.1f} s ({own:.1f})", flush=True)
        found.append((whole, own))
    with writing():
        rows.update(state="enabled")
    (drafted, own_drafted), (asked, own_asked) = found
    print(f"{asked / drafted:.2f} times as long ({own_asked / own_drafted:.2f})")


def workbook(rows: Iterable[tuple[str, str]]) -> bytes:
    """Give a file of customers with code and name."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("客户")
    sheet.append(["客户编码", "客户名称"])
    for row in rows:
        sheet.append(list(row))
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def imported(data: bytes, admin: User) -> ImportBatch:
    """Import a file as a person and the worker do; gives the import."""
    file: Any = SimpleUploadedFile("bench.xlsx", data)
    batch = desk.start(file, file.name, Options(), admin)
    jobs.run_waiting()
    batch.refresh_from_db()
    desk.write(batch, "all", False, Act(admin, "bench", "", None), reason="bench")
    jobs.run_waiting()
    batch.refresh_from_db()
    assert batch.state == "done", (batch.state, batch.failure)
    return batch


if __name__ == "__main__":
    main()
