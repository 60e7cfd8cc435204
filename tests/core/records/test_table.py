"""The rows of a part in words: marks, notes, secrets, and the tag that prints them."""

import pytest
from django.utils import translation

from core.records.sections import table
from core.templatetags.ui_table import child_table
from customers.parts import BANK_ACCOUNTS, CONTACTS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_a_row_has_its_marks_and_its_note_beside_the_title(make_customer):
    customer = make_customer(contacts=[{"name": "刘洋", "mobile": "13800132207", "remark": "<b>"}])

    html = child_table(table(CONTACTS, customer.contacts.all(), covers=False))

    assert '<td class="cell-title">刘洋 <span class="tag" data-tone="info">Primary</span>' in html
    assert '<small class="muted">&lt;b&gt;</small></td>' in html
    assert '<td class="nowrap" data-label="Mobile">13800132207</td>' in html
    assert html.count("<th>") == len(CONTACTS.shown)


def test_secrets_are_covered_and_a_row_without_title_is_called_by_its_record(make_customer, world):
    account = {"account_number": "6222020200112233445", "bank": world.bank, "branch": "海淀支行"}
    customer = make_customer(accounts=[account])

    shown, covered = (
        table(BANK_ACCOUNTS, customer.bank_accounts.all(), covers=covers, unnamed="恒信").lines[0]
        for covers in (False, True)
    )

    assert shown.cells["account_number"].text == "6222 0202 0011 2233 445"
    assert covered.cells["account_number"].text.endswith("3445")
    assert "6222" not in covered.cells["account_number"].text
    assert shown.cells["account_name"].text == "恒信"
    assert shown.cells["bank"].text == "中国工商银行海淀支行"


def test_few_rows_of_many_are_shown_and_none_is_said(make_customer):
    customer = make_customer(contacts=[{"name": name} for name in "甲乙丙"])
    whole = table(CONTACTS, customer.contacts.all(), covers=False)

    assert child_table(whole, 2).count("cell-title") == 2
    assert child_table(whole).count("cell-title") == 3
    assert "None yet." in child_table(table(CONTACTS, [], covers=False))
