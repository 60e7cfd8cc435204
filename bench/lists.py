"""Times what the list of customers asks the database: python -m bench.lists [runs [questions]].

As administrator and as a clerk who owns 0.02 %: the page's statement and the capped count, each
sent again and again and fetched whole, and all statements of the list together.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from random import Random
from time import perf_counter
from typing import Any
from urllib.parse import quote

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.http import QueryDict  # noqa: E402

from bench import generate, measuring  # noqa: E402
from bench.usage import arguments  # noqa: E402
from core.models import User  # noqa: E402
from core.pages import Cursor, TooSlow  # noqa: E402
from customers.forms.customer_filter import LISTING  # noqa: E402
from customers.models import Category, Customer, CustomerType, Region, Tag  # noqa: E402

RUNS = 200
ANY = 1000.0
LIMIT = 10.0 if settings.DATABASES["default"]["ENGINE"].endswith("postgresql") else 15.0


def main() -> None:
    """Measure every question of every user and print the tables."""
    given = arguments(str(__doc__))
    runs = int(given[0]) if given else RUNS
    asked = [one for one in questions() if not sys.argv[2:] or one[0] in sys.argv[2:]]
    print(f"{connection.vendor}, {Customer.objects.count():,} customers, {runs} runs each, ms\n")
    for username in (generate.ADMIN, generate.CLERK):
        user = User.objects.get(username=username)
        own = Customer.objects.visible_to(user).count()
        print(f"\n{username}, who sees {own:,}\n")
        head = ("question", "count p50", "p95", "page p50", "p95", "all p50", "p95", "queries",
                "found", "")  # fmt: skip
        measuring.table(head, (measured(user, *question, runs) for question in asked))
        if not sys.argv[2:] and username == generate.ADMIN:
            at_random(user, runs)


def questions() -> list[tuple[str, str, float]]:
    """Give name, address and limit of p95 of everything that is asked."""
    often, rare = _by_use(Category)
    tag, rare_tag = _by_use(Tag)
    kind = CustomerType.objects.get(code="JS").pk
    region = Region.objects.get(code="320500").pk
    deep = _row(Customer.objects.order_by("-updated_at", "-pk"))
    named = _row(Customer.objects.order_by("name_sort", "pk"))
    trio = f"state=enabled&category={often}&tags={tag}"
    return [
        ("no filter", "", LIMIT),
        ("state", "state=enabled", LIMIT),
        ("state, rare", "state=returned", LIMIT),
        ("state + category", f"state=enabled&category={often}", LIMIT),
        ("state + category, rare", f"state=returned&category={rare}", LIMIT),
        ("deep page", f"after={_after(deep.updated_at, deep)}", LIMIT),
        ("last page", "end=1", LIMIT),
        ("by name", "sort=name", LIMIT),
        ("by name, deep", f"sort=name&after={_after(named.name_sort, named)}", LIMIT),
        ("by time of entry", "sort=-created_at", LIMIT),
        ("state + category + tag", trio, 30),
        ("state + category + tag, rare", f"state=returned&category={rare}&tags={rare_tag}", 30),
        ("tag, rare", f"tags={rare_tag}", ANY),
        ("state, by name", "state=returned&sort=name", ANY),
        ("region + type, by name", f"region={region}&customer_type={kind}&sort=name", ANY),
        ("part of a name, frequent", "name=科技", ANY),
        ("part of a name, absent", "name=龘龘", ANY),
        ("amount + state", "credit_limit_min=1900000&state=disabled", ANY),
        ("address + tag", f"registered_address=竹园路&tags={tag}", ANY),
        ("days + size + nature",
         "created_at_from=2024-05-01&created_at_to=2024-05-07&size=large&nature=foreign", ANY),
        ("check due", "review_due=1", ANY),
        ("remark, absent", "remark=没有的话", ANY),
        ("search, frequent", "q=科技", ANY),
        ("search, absent", "q=没有这一家", ANY),
    ]  # fmt: skip


def measured(user: User, name: str, address: str, limit: float, runs: int) -> list[object]:
    """Give one line of the table."""
    user = User.objects.get(pk=user.pk)
    columns = LISTING.columns_of(user)
    asked = LISTING.read(QueryDict(address), user)
    if asked.notices:
        raise SystemExit(f"{name}: {asked.notices}")

    def page() -> Any:
        return LISTING.page(Customer.objects.visible_to(user), asked, columns)

    def shown() -> None:  # too slow is an answer too: the page then asks for fewer rows
        with suppress(TooSlow):
            page()

    for _warming in range(2):
        shown()
    try:
        with measuring.captured() as statements:
            found = page()
    except TooSlow:
        return [name, *"------", len(statements), "the sentence", "ok"]
    counts = [one for one in statements if "COUNT(" in one[0]]
    main = [one for one in statements if "ORDER BY" in one[0] and "LIMIT 51" in one[0]]
    actions: list[Any] = [_sender(counts), _sender(main), _sender(statements)]
    if limit == ANY:  # judged as it is shown: a plan that takes too long gives way to another
        actions = [_sender(counts), shown, shown]
        runs = max(10, runs // 10)
    spent = [measuring.timed(action, runs) for action in actions]
    cells = [f"{measuring.percentile(one, share):.2f}" for one in spent for share in (0.5, 0.95)]
    worst = max(measuring.percentile(one, 0.95) for one in spent[:2])
    total = "?" if found.total is None else f"{found.total:,}{'+' if found.is_capped else ''}"
    return [name, *cells, len(statements), total, "ok" if worst <= limit else f"> {limit:.0f}"]


def _sender(statements: list[measuring.Statement]) -> Any:
    """Give a function that sends these statements one after the other."""
    sent = [measuring.repeat(one) for one in statements]
    return lambda: [run() for run in sent]


def at_random(user: User, runs: int) -> None:
    """Ask for state, category and tag of customers picked at random, and print the percentiles."""
    random = Random(generate.SEED)
    last = Customer.objects.order_by("pk").last().pk
    columns, spent = LISTING.columns_of(user), {"count": [], "page": []}  # type: ignore[var-annotated]
    while len(spent["count"]) < runs:
        picked = Customer.objects.filter(pk=random.randrange(1, last)).prefetch_related("tags")
        row = picked.filter(category__children=None, category__isnull=False).first()
        if row is None or not row.tags.all():
            continue
        tag = random.choice(list(row.tags.all()))
        address = f"state={row.state}&category={row.category_id}&tags={tag.pk}"
        asked = LISTING.read(QueryDict(address), user)
        with measuring.captured() as statements:
            LISTING.page(Customer.objects.visible_to(user), asked, columns)
        for name, mark in (("count", "COUNT("), ("page", "LIMIT 51")):
            sent = _sender([one for one in statements if mark in one[0]])
            began = perf_counter()
            sent()
            spent[name].append((perf_counter() - began) * 1000)
    told = {
        name: " / ".join(f"{measuring.percentile(sorted(one), p):.1f}" for p in (0.5, 0.95, 1.0))
        for name, one in spent.items()
    }
    print(f"\nstate + category + tag of {runs} customers at random, p50 / p95 / longest: "
          f"count {told['count']}, page {told['page']}")  # fmt: skip


def _by_use(model: Any) -> tuple[int, int]:
    """Give the keys of the value used most and of the one used least."""
    through = model is Tag
    field = "customers" if through else "customer"
    if through:
        used = model.objects.annotate(n=Count(field)).filter(n__gt=0).order_by("-n")
        return used.first().pk, used.last().pk
    counted = Customer.objects.filter(category__children=None, category__isnull=False)
    used = counted.values("category").annotate(n=Count("pk")).order_by("-n")
    return used.first()["category"], used.last()["category"]


def _after(key: Any, row: Customer) -> str:
    return quote(str(Cursor(key, row.pk)))


def _row(rows: Any) -> Customer:
    """Give the row in the middle of a long list, a million rows' worth of pages away."""
    middle = rows.count() // 2
    return rows[middle]


if __name__ == "__main__":
    main()
