"""What is parsed while a file is being read comes out as what is parsed once it was stored."""

from __future__ import annotations

from typing import Any

import pytest

from customers.imports import desk
from customers.imports.steps import checking, reading
from customers.models import ImportBatch
from tests.customers.imports.filled import (
    CONTACTS,
    CUSTOMERS,
    account_row,
    checked_whole,
    contact_row,
    customer_row,
    picture,
    press,
    started,
    workbook,
)

pytestmark = pytest.mark.django_db
MANY = 1_100


def odd(unknown: str = "") -> bytes:
    """Make sheets of more than one block, with errors of cells, of joining and of customers."""
    customers = [customer_row(n, 地区="火星" if n % 400 == 0 else "北京市") for n in range(MANY)]
    return workbook(
        {
            "客户": [CUSTOMERS, *customers, customer_row(7)],
            "联系人": [
                [*CONTACTS, *([unknown] if unknown else [])],
                *(contact_row(n, 手机="x" if n % 300 == 0 else "") for n in range(MANY + 2)),
            ],
            "说明": [["无"]],
            "银行账户": [
                ["客户行号", "银行账号", "币别"],
                *(account_row(n)[1:4:2] for n in range(9)),
            ],
        }
    )


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> list[ImportBatch]:
    """Note the files that are parsed from what is stored."""
    noted: list[ImportBatch] = []
    parsed = checking.parsed

    def noting(batch: ImportBatch, *rest: Any) -> Any:
        noted.append(batch)
        return parsed(batch, *rest)

    monkeypatch.setattr(checking, "parsed", noting)
    return noted


@pytest.mark.parametrize("at_once", [1, reading.BLOCKS_AT_ONCE])
def test_both_find_the_same(at_once, admin, world, later, monkeypatch):
    monkeypatch.setattr(reading, "BLOCKS_AT_ONCE", at_once)

    batch = started(odd(), admin)

    ahead = picture(batch)
    assert not later
    assert ahead["counts"]["customers"]["failed"] > 3
    assert ahead["counts"]["customers"]["created"] > 1000
    assert ahead == checked_whole(batch, admin)
    assert later == [batch]


def test_a_head_to_ask_about_has_everything_parsed_after_the_answer(admin, world, later):
    batch = started(odd(unknown="微信"), admin)
    assert batch.state == "mapping"

    answers = {line.key: line.target for line in desk.columns(batch)}
    batch = desk.match_columns(batch, answers, press(admin))

    assert later == [batch]
    told = picture(batch)
    assert told["counts"]["customers"] == picture(started(odd(), admin))["counts"]["customers"]
