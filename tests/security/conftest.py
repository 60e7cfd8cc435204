"""The town stands once for all tests of a module: to build it takes longer than most of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from tests.town import Town, found_town


@pytest.fixture(scope="module")
def for_all(django_db_setup: None, django_db_blocker: Any) -> Callable[[], Any]:
    """Let a fixture of the module reach the database: `with for_all(): …`."""
    return partial(django_db_blocker.unblock)


@pytest.fixture(scope="module")
def standing_town(for_all: Callable[[], Any]) -> Iterator[Town]:
    """The town in a transaction around the tests of a module; what a test does is taken back."""
    frame = transaction.atomic()
    frame._from_testcase = True  # as in TestCase: what must not be nested may be nested in this
    with for_all(), frame:
        yield found_town()
        transaction.set_rollback(True)


@pytest.fixture
def town(standing_town: Town, db: None) -> Town:
    """The town of the module, for one test."""
    return standing_town
