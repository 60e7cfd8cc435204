"""The clerk at the browser, and what is typed into a complete new customer."""

from typing import Any

import pytest
from django.test import Client

from tests.cast import valid_uscc
from tests.customers.views.page_form import Page


@pytest.fixture
def desk(client: Client, clerk: Any, world: Any) -> Client:
    """The browser of the clerk."""
    client.force_login(clerk)
    return client


@pytest.fixture
def full(world: Any) -> Page:
    """What a clerk types so that a customer can be submitted."""
    return {
        "name": "北京恒信科技有限公司",
        "customer_type": world.dealer.code,
        "region": world.beijing.code,
        "registered_address": "北京市海淀区中关村南大街 12 号",
        "uscc": valid_uscc(900001),
        "salesperson": world.salesperson.code,
        "contacts-0-name": "刘洋",
        "contacts-0-mobile": "138 0013 2207",
    }
