"""How a bank account is named."""

import pytest

from customers.models import Bank, BankAccount


@pytest.mark.parametrize(
    ("branch", "shown"),
    [
        ("西安科技支行", "中国农业银行西安科技支行"),
        ("中国农业银行西安科技支行", "中国农业银行西安科技支行"),
        ("", "中国农业银行"),
    ],
)
def test_the_bank_stands_once_before_its_branch(branch, shown):
    account = BankAccount(bank=Bank(name="中国农业银行"), branch=branch)

    assert account.bank_and_branch == shown


def test_a_branch_without_a_bank_stands_alone():
    assert BankAccount(branch="西安科技支行").bank_and_branch == "西安科技支行"
