"""Counts what a flow runs through: modules and functions of our own code, and queries.

On a database with the demo in it (manage.py demo); everything is rolled back. Each flow is made
once to warm up, then counted: python -m bench.flows [--list]
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from bench import changes, measuring  # noqa: E402
from bench.form import RollBack  # noqa: E402
from core.models import User  # noqa: E402
from customers.models import Customer  # noqa: E402
from customers.queries import readiness  # noqa: E402
from tests.customers.views.page_form import sent_by  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
OURS = tuple(f"{ROOT / name}/" for name in ("core", "customers", "sales", "config"))
DONE = 302
AROUND = ("SAVEPOINT", "RELEASE", "ROLLBACK")  # of the transaction that is rolled back, or Django's
Ready = Callable[[], Any]  # posts a form that was read from its page


class Counted:
    """Code of ours that ran, and statements that were sent, while it was counted."""

    def __init__(self) -> None:
        self.codes: set[CodeType] = set()
        self.of_view: set[CodeType] = set()  # since the view began: what no other page runs
        self.statements: list[str] = []

    def modules(self, *, of_view: bool = False) -> dict[str, list[str]]:
        """Give the functions by their modules; comprehensions belong to who contains them."""
        found: dict[str, list[str]] = {}
        for code in self.of_view if of_view else self.codes:
            if code.co_name[0] != "<" or code.co_name == "<lambda>":
                place = str(Path(code.co_filename).relative_to(ROOT))
                found.setdefault(place, []).append(code.co_qualname)
        return dict(sorted(found.items()))


@contextmanager
def counting() -> Iterator[Counted]:
    """Count what the block does."""
    counted = Counted()

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(OURS):
            counted.codes.add(code)
            if counted.of_view or code.co_name == "guarded":
                counted.of_view.add(code)

    def sent(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(AROUND):
            counted.statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(sent):
        sys.setprofile(note)
        try:
            yield counted
        finally:
            sys.setprofile(None)


def edits() -> Iterator[Ready]:
    """Give posts of a clerk who changes the remark of a draft and saves it."""
    drafts = Customer.objects.filter(state="draft", created_by__is_active=True).order_by("pk")
    draft = next(one for one in drafts if not readiness.of_customer(one))
    desk, page = measuring.browser(draft.created_by), f"/customers/{draft.pk}/edit/"
    for number in count():
        sent = sent_by(desk.get(page).content.decode())
        sent |= {"remark": [f"测量 {number}"], "action": ["draft"]}
        yield partial(desk.post, page, sent)


def approvals() -> Iterator[Ready]:
    """Give posts of a reviewer who approves what waits, record after record."""
    waiting = Customer.objects.filter(state="submitted").order_by("submitted_at", "pk")
    yield from _approved("/review/{}/", list(waiting.values_list("pk", flat=True)))


def change_approvals() -> Iterator[Ready]:
    """Give posts of a reviewer who approves changes of names."""
    changes.fill(2, User.objects.filter(groups__name="clerk", is_active=True).order_by("pk")[0])
    waiting = changes.made().order_by("pk")
    yield from _approved("/review/changes/{}/", list(waiting.values_list("pk", flat=True)))


def _approved(address: str, keys: list[int]) -> Iterator[Ready]:
    judge = User.objects.filter(groups__name="reviewer", is_active=True).order_by("pk")[0]
    desk = measuring.browser(judge)
    for page in map(address.format, keys):
        sent = sent_by(desk.get(page).content.decode(), "decision")
        yield partial(desk.post, page, {**sent, "decision": ["approve"]})


FLOWS = {"edit": edits, "approve": approvals, "approve a change": change_approvals}


def main() -> None:
    """Print a line for each flow, and with --list all that it runs through."""
    parser = argparse.ArgumentParser(prog="python -m bench.flows", description=__doc__)
    parser.add_argument("--list", action="store_true", help="name the functions and statements")
    is_listing = parser.parse_args().list
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "localhost"]
    found = {name: rolled_back(flow) for name, flow in FLOWS.items()}
    rows = [
        (name, *_numbers(one.modules()), *_numbers(one.modules(of_view=True)), len(one.statements))
        for name, one in found.items()
    ]
    head = ("flow", "modules", "functions", "modules since the view", "functions", "queries")
    measuring.table(head, rows)
    for name, one in found.items() if is_listing else ():
        lines = [f"{place}: {', '.join(sorted(names))}" for place, names in one.modules().items()]
        asked = [re.sub(r"^(SELECT ).* (FROM )", r"\1… \2", sql)[:300] for sql in one.statements]
        print("", name, *lines, *asked, sep="\n")


def _numbers(modules: dict[str, list[str]]) -> tuple[int, int]:
    return len(modules), sum(map(len, modules.values()))


def rolled_back(flow: Callable[[], Iterator[Ready]]) -> Counted:
    """Count the second post that goes through, then take everything back."""
    counted = None
    try:
        with transaction.atomic():
            counted = second(flow())
            raise RollBack
    except RollBack:
        connection.close()
    assert counted is not None, "a database with the demo is needed"
    return counted


def second(posts: Iterator[Ready]) -> Counted | None:
    """Make posts until two went through; give what the second took, None if there are not two."""
    is_warm = False
    for post in posts:
        with counting() as counted:
            answer = post()
        if answer.status_code == DONE and is_warm:
            return counted
        is_warm = is_warm or answer.status_code == DONE
    return None


if __name__ == "__main__":
    main()
