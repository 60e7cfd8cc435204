"""The town stands once for all tests of a module: to build it takes longer than most of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.town import Town, found_town


@pytest.fixture(scope="module")
def standing_town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    """The town in a transaction around the tests of a module; what a test does is taken back."""
    frame = transaction.atomic()
    frame._from_testcase = True  # as in TestCase: what must not be nested may be nested in this
    with django_db_blocker.unblock(), frame:
        yield found_town()
        transaction.set_rollback(True)


@pytest.fixture
def town(standing_town: Town, db: None) -> Town:
    """The town of the module, for one test."""
    return standing_town
