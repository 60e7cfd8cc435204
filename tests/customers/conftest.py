"""Who sits at the browser in the tests of the customers."""

from typing import Any

import pytest
from django.test import Client


@pytest.fixture
def office(client: Client, admin: Any, world: Any) -> Client:
    """The browser of the administrator."""
    client.force_login(admin)
    return client
