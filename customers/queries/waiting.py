"""Who waits for a reviewer, the oldest first: THE queues, each as one person sees it.

Their questions are prepared: pages ask them beside everything else.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import pages
from core.access import Seen, permissions_of
from customers.models import Customer, CustomerChange
from customers.parts import BANK_ACCOUNTS

# So much of a queue is shown beside a record.
MOST_AHEAD, MOST_BEHIND = 10, 40
MOST_ON_BADGE = 999
_NEVER = datetime(1900, 1, 1, tzinfo=UTC)
_PERSON = ("submitted_by__display_name", "submitted_by__username")

Narrow = Callable[[Any], Any]


class Queue:
    """Records that wait for a reviewer; one with any of `rights` sees it.

    `page` names the address of one of them. `among` gives those of some rows that wait; a line of
    the queue says `shown`, with the rows that `beside` names. `label` and `nobody` are its words.
    """

    def __init__(
        self,
        name: str,
        words: tuple[Any, Any],
        page: str,
        rights: tuple[str, ...],
        waiting: tuple[type[Model], Narrow, tuple[str, ...]],
    ) -> None:
        self.name, self.page, self.rights = name, page, rights
        self.label, self.nobody = words
        model, among, shown = waiting
        beside = sorted({one.partition("__")[0] for one in shown if "__" in one})

        def lines(rows: Any) -> Any:
            return rows.select_related(*beside).only(*shown)

        def asked(ask: Callable[..., Any]) -> Seen:
            return Seen(model, lambda rows, *given: ask(among(rows), *given))

        def counted(most: int, ask: Callable[..., Any]) -> Seen:
            return asked(lambda *given: ask(*given).order_by().values("pk")[:most])

        self._ahead = asked(lambda *given: lines(_before(*given))[:MOST_AHEAD])
        self._behind = asked(lambda *given: lines(_after(*given))[:MOST_BEHIND])
        self._following = asked(lambda *given: _after(*given).values_list("pk", flat=True)[:1])
        self._first = asked(lambda rows: _all(rows).values_list("pk", flat=True)[:2])
        self._whole, self._earlier = counted(pages.CAP + 1, _all), counted(pages.CAP + 1, _before)
        self._some = counted(MOST_ON_BADGE, _all)

    def first(self, user: Any) -> list[int]:
        """Give the keys of the two records that wait longest."""
        return self._first(user)

    def ahead(self, user: Any, record: Any) -> list[Any]:
        """Give the last of those who wait longer than a record, the longest first."""
        return self._ahead(user, *_place(record))[::-1]

    def behind(self, user: Any, record: Any) -> list[Any]:
        """Give the first of those who came after a record; of one that never came, of all."""
        return self._behind(user, *_place(record))

    def following(self, user: Any, record: Any) -> list[int]:
        """Give the key of the first of those who came after a record, if there is one."""
        return self._following(user, *_place(record))

    def count(self, user: Any, ahead_of: Any = None) -> pages.Count:
        """Count who waits, or who waits longer than a record; says whether it stopped counting."""
        earlier = () if ahead_of is None else _place(ahead_of)
        found = self._earlier.count(user, *earlier) if earlier else self._whole.count(user)
        return min(found, pages.CAP), found > pages.CAP

    def some(self, user: Any) -> int:
        """Count who waits, to 999 at most."""
        return self._some.count(user)


def _before(rows: Any, *place: Any) -> Any:
    earlier = pages.Beyond(rows.model, "submitted_at", pages.Cursor(*place), "<")
    return rows.filter(earlier).order_by("-submitted_at", "-pk")


def _after(rows: Any, *place: Any) -> Any:
    later = pages.Beyond(rows.model, "submitted_at", pages.Cursor(*place), ">")
    return rows.filter(later).order_by("submitted_at", "pk")


def _all(rows: Any) -> Any:
    return rows.order_by("submitted_at", "pk")


def _place(record: Any) -> tuple[datetime, int]:
    return record.submitted_at or _NEVER, record.pk


NEW = Queue(
    "new",
    (_("New customers"), _("No customer is waiting for a review")),
    "customers:review-show",
    ("customers.review_customer",),
    (
        Customer,
        lambda rows: rows.awaiting_review(),
        ("name", "short_name", "code", "state", "submitted_at", "approved_at", *_PERSON),
    ),
)


def _of_changes(name: str, area: str, label: Any, nobody: Any) -> Queue:
    shown = ("code", "state", "area", "submitted_at", "record__name", "record__short_name")
    return Queue(
        name,
        (label, nobody),
        "customers:change-review",
        ("customers.approve_change", "customers.return_change"),
        (CustomerChange, lambda rows: rows.waiting().filter(area=area), (*shown, *_PERSON)),
    )


CHANGES = _of_changes(
    "data", "", pgettext_lazy("requests", "Changes"), _("No change is waiting for a review")
)
ACCOUNTS = _of_changes(
    "accounts", BANK_ACCOUNTS.name, _("Bank changes"), _("No bank change is waiting for a review")
)
BY_AREA = {"": CHANGES, BANK_ACCOUNTS.name: ACCOUNTS}
QUEUES = (NEW, CHANGES, ACCOUNTS)
RIGHTS = tuple(dict.fromkeys(right for one in QUEUES for right in one.rights))


def of(user: Any) -> list[Queue]:
    """Give the queues that a person decides on."""
    known = permissions_of(user)
    return [one for one in QUEUES if known.intersection(one.rights)]


def badge(user: Any) -> int | None:
    """Give the number beside "To review" in the navigation; it stops at 999."""
    return min(MOST_ON_BADGE, sum(one.some(user) for one in of(user))) or None
