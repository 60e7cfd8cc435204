"""Who sits at the browser in the tests of the customers."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.cast import enter


@pytest.fixture
def office(client: Client, admin: Any, world: Any) -> Client:
    """The browser of the administrator."""
    client.force_login(admin)
    return client


@pytest.fixture
def make_enabled(world: Any, clerk: Any) -> Callable[..., Any]:
    """Make a customer in force with one bank account."""

    def make(**over: Any) -> Any:
        number = {"account_number": "6222020200112233445", "account_name": "北京恒信"}
        return enter(world, clerk, "enabled", accounts=[{**number, "bank": world.bank}], **over)

    return make
