"""Fills the database in use up to N customers: python -m bench.generate 1000000.

Everything goes through core.saving.bulk_create, with history, codes and counters as in real life.
A second run with a higher number goes on where the first ended.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import datetime, timedelta
from random import Random
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from core import saving  # noqa: E402
from core.history import Act  # noqa: E402
from core.models import Unit, User  # noqa: E402
from core.people import Profile  # noqa: E402
from core.people import create as create_user  # noqa: E402
from core.records import coding  # noqa: E402
from customers.demo import company  # noqa: E402
from customers.lifecycle import IN_FORCE, LIFE  # noqa: E402
from customers.models import Category, Customer, Tag  # noqa: E402
from customers.models import reference as tables  # noqa: E402
from customers.services.aggregates import AGGREGATE, REFERENCE  # noqa: E402
from customers.services.kinds import KIND  # noqa: E402

SEED = 20_261_123
CHUNK = 2_000
UNITS = 500
SHARE_OF_CLERK = 5_000  # one customer in so many belongs to the clerk's unit: 0.02 %
CLERK, ADMIN, SYSTEM = "bench-clerk", "bench-admin", "bench-system"
PASSWORD = "stopwatch-and-tape-measure"  # noqa: S105 - opens nothing but invented data
MOVES = ("enable",) * 80 + ("approve",) * 5 + ("submit",) * 4 + ("disable",) * 6 + ("return",) * 2


def main() -> None:
    """Read the command line, generate, say how long it took."""
    parser = argparse.ArgumentParser(prog="python -m bench.generate", description=__doc__)
    parser.add_argument("count", type=int)
    count = parser.parse_args().count
    present = Customer.objects.count()
    if User.objects.exclude(username__startswith="bench-").exists():
        sys.exit("This database is used by people; use one of its own for measurements.")
    began = time.perf_counter()
    world = World()
    for start in range(present, count, CHUNK):
        end = min(start + CHUNK, count)
        world.write(range(start, end))
        if end % 20_000 < CHUNK:
            spent = time.perf_counter() - began
            print(f"{end:>9,}  {spent:7.1f} s  {(end - present) / spent:6,.0f}/s", flush=True)
    spent = time.perf_counter() - began
    count -= present
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    print(f"{count:,} customers in {spent:.0f} s ({count / spent:,.0f}/s) on {connection.vendor}")


class World:
    """The people, units and reference values that the customers belong to."""

    def __init__(self) -> None:
        self.random = Random(SEED)
        self.now = timezone.now()
        with transaction.atomic():
            self.system = _present(User, username=SYSTEM) or User.objects.create_user(
                SYSTEM, is_system=True
            )
            self.act = Act(by=self.system, source="job", reason="", key=None)
            root = self._one("unit", "BENCH", "测量集团", parent=None)
            self.units = [
                self._one("unit", f"B{n:03d}", f"第 {n} 部", parent=root) for n in range(UNITS)
            ]
            self.people = [
                self._one("salesperson", f"B{n:03d}", f"业务员 {n}", unit=unit)
                for n, unit in enumerate(self.units)
            ]
            self.tags = [*Tag.objects.exclude(code__startswith="B").in_order(), *(
                self._one("tag", f"B{n:02d}", f"标签 {n}") for n in range(20)
            )]  # fmt: skip
            tops = list(Category.objects.filter(parent=None).in_order())
            self.categories = [*tops, *(
                self._one("category", f"B{n:02d}", f"分类 {n}", parent=tops[n % len(tops)])
                for n in range(30)
            )]  # fmt: skip
            self.admin = self._user(ADMIN, "admin", root)
            self.clerk = self._user(CLERK, "clerk", self.units[0])
        self.references = {
            name: {row.code: row for row in table.objects.all()}
            for name, table in (
                ("customer_type", tables.CustomerType), ("region", tables.Region),
                ("industry", tables.Industry), ("currency", tables.Currency),
                ("settlement_method", tables.SettlementMethod), ("bank", tables.Bank),
            )
        }  # fmt: skip

    def write(self, numbers: range) -> None:
        """Write the customers of these numbers: one chunk, one transaction."""
        self.random = Random(f"{SEED} {numbers.start}")
        made = [self._draft(number) for number in numbers]
        with transaction.atomic():
            codes = coding.draw(KIND, [draft.values for _move, draft in made])
            for code, (_move, draft) in zip(codes, made, strict=True):
                draft.values["code"] = code
            pairs: list[tuple[str, int]] = []
            for move in sorted({move for move, _draft in made}):
                drafts = [draft for own, draft in made if own == move]
                keys = saving.bulk_create(AGGREGATE, drafts, act=self.act, action=move)
                pairs += zip((draft.values["code"] for draft in drafts), keys, strict=True)
            coding.remember(KIND, pairs)

    def _draft(self, number: int) -> tuple[str, saving.Draft]:
        random = self.random
        made = company.invent(random, number)
        move = "create" if random.random() < 0.03 else random.choice(MOVES)
        created = self.now - timedelta(minutes=random.randrange(60, 5 * 365 * 1440))
        updated = created + (self.now - created) * random.random() ** 3
        index = 0 if number % SHARE_OF_CLERK == 0 else random.randrange(1, UNITS)
        by = self.clerk if index == 0 else self.admin
        actor = by if move in ("create", "submit") else self.system
        values = {
            **{name: self._reference(name, value) for name, value in made.values.items()},
            "category": self._category(),
            "department": self.units[index],
            "scope_unit": self.units[index],
            "salesperson": self.people[index],
            "state": LIFE.transition(move).target if move != "create" else LIFE.initial.name,
            "created_by": by,
            **_stamps(move, created, updated, by, self.system),
        }
        draft = saving.Draft(
            values,
            {
                "contacts": [saving.RowInput(None, row) for row in made.contacts[:1]],
                "bank_accounts": [
                    saving.RowInput(None, self._account(row)) for row in made.accounts[:1]
                ],
            },
            marks={"tags": self._marks()},
            act=Act(by=actor, source="job", reason="", key=None, at=updated),
        )
        return move, draft

    def _category(self) -> Category | None:
        """Some categories are a hundred times as frequent as others."""
        rank = int(len(self.categories) * self.random.random() ** 2.5)
        return self.categories[rank] if self.random.random() < 0.9 else None

    def _marks(self) -> list[Tag]:
        wanted = self.random.choice((0, 0, 1, 1, 1, 2, 3))
        ranks = {int(len(self.tags) * self.random.random() ** 2.5) for _one in range(wanted)}
        return [self.tags[rank] for rank in sorted(ranks)]

    def _account(self, row: dict[str, Any]) -> dict[str, Any]:
        return {name: self._reference(name, value) for name, value in row.items()}

    def _reference(self, name: str, value: Any) -> Any:
        known = self.references.get(name)
        return known[value] if known and value else value

    def _one(self, stem: str, code: str, name: str, **more: Any) -> Any:
        values = {"code": code, "name": name, **more}
        known = _present(REFERENCE[stem].root, code=code)
        return known or saving.create(REFERENCE[stem], values, act=self.act)

    def _user(self, username: str, role: str, unit: Unit) -> User:
        profile = Profile(username, unit, frozenset({role}))
        return _present(User, username=username) or create_user(
            username, profile, password=PASSWORD, act=self.act, is_temporary=False
        )


def _present(model: Any, **key: str) -> Any:
    return model.objects.filter(**key).first()


def _stamps(
    move: str, created: datetime, updated: datetime, by: User, judge: User
) -> dict[str, Any]:
    """Give who did what when, for a customer whose last move was this one."""
    stamps: dict[str, Any] = {"created_at": created, "updated_at": updated}
    if move == "create":
        return stamps
    state = LIFE.transition(move).target
    for step in LIFE.path(state):
        stamps |= step.stamped(updated, by if step.name == "submit" else judge)
    if state in IN_FORCE:
        stamps |= {"approved_version": 1, "four_eyes": True}
        stamps["review_due_date"] = (updated + timedelta(days=365)).date()
    return stamps


if __name__ == "__main__":
    main()
