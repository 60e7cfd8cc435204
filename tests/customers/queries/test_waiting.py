"""The queues of reviewers: what is in each, for whom, and the number beside "To review"."""

import pytest

from customers.parts import PARTS
from customers.queries import waiting
from tests.cast import enter
from tests.customers.asking import ask, decide


@pytest.fixture
def enabled(world, clerk):
    return enter(world, clerk, "enabled")


def test_a_change_waits_until_it_is_decided(enabled, clerk, finance, reviewer):
    name = ask(enabled, clerk, {"name": "北京改名有限公司"})
    title = ask(enabled, finance, {"invoice_title": "新抬头"})
    assert waiting.CHANGES.first(reviewer) == [name.pk, title.pk]
    assert waiting.CHANGES.count(reviewer, title) == (1, False)
    assert waiting.CHANGES.ahead(reviewer, title) == [name]
    assert waiting.CHANGES.behind(reviewer, name) == [title]

    decide(name, "approve", reviewer)

    assert waiting.CHANGES.first(reviewer) == [title.pk]
    assert waiting.ACCOUNTS.first(reviewer) == []


def test_requests_are_seen_with_their_customers(enabled, clerk, outsider, make_user):
    ask(enabled, clerk, {"name": "北京改名有限公司"})
    here = make_user("here", "reviewer", unit=enabled.scope_unit)

    assert waiting.CHANGES.some(here) == 1
    assert waiting.CHANGES.some(outsider) == 0


def test_who_decides_on_nothing_has_no_queue(cast):
    assert {name: waiting.of(user) for name, user in cast.items() if waiting.of(user)} == {
        name: list(waiting.QUEUES) for name in ("reviewer", "admin")
    }


def test_badge_counts_all_queues_and_stops(enabled, make_customer, clerk, reviewer, monkeypatch):
    assert waiting.badge(reviewer) is None
    make_customer("submitted")
    ask(enabled, clerk, {"name": "北京改名有限公司"})
    assert waiting.badge(reviewer) == 2

    monkeypatch.setattr(waiting, "MOST_ON_BADGE", 1)
    assert waiting.badge(reviewer) == 1


def test_every_part_that_is_reviewed_has_a_queue():
    assert set(waiting.BY_AREA) == {"", *(one.name for one in PARTS if one.is_controlled)}
