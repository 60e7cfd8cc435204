"""Account numbers, CNAPS numbers and credit terms."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from customers.rules import finance


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("0200 0033 1920 0123 456", "0200003319200123456"),
        ("１１０-９０８-７７６", "110908776"),
        ("00012345", "00012345"),
        ("12345678903.0", "12345678903"),
        ("6222.0210.0001", "622202100001"),
        ("1" * 30, "1" * 30),
        ("de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
    ],
)
def test_account_number_is_text(typed, stored):
    assert finance.account_number(typed) == stored
    assert finance.account_number(stored) == stored


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("6.22202E+18", "rounded"),
        ("622e+18", "rounded"),
        ("12345678903.5", "fraction"),
        ("1234567890.25", "fraction"),
        ("1234567", "length"),
        ("1" * 31, "length"),
        ("", "length"),
        ("12345678a", "characters"),
        ("一二三四五六七八", "characters"),
        ("١٢٣٤٥٦٧٨", "characters"),
        ("DE89370400440532013001", "iban"),
        ("ABCDEFGH", "iban"),
        ("X", "iban"),
    ],
)
def test_account_number_refused(typed, code):
    with pytest.raises(ValidationError) as refused:
        finance.account_number(typed)

    assert refused.value.code == code


@given(st.text())
def test_account_number_never_fails_otherwise(typed):
    try:
        stored = finance.account_number(typed)
    except ValidationError:
        return

    assert stored.isascii()
    assert stored.isalnum()


@pytest.mark.parametrize(
    "typed", ["102100020307", "102100020307.0", "1021 0002 0307", "１０２１０００２０３０７"]
)
def test_cnaps(typed):
    assert finance.cnaps(typed) == "102100020307"


@pytest.mark.parametrize(("typed", "code"), [("12345", "length"), ("10210002030a", "characters")])
def test_cnaps_refused(typed, code):
    with pytest.raises(ValidationError) as refused:
        finance.cnaps(typed)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("number", "bank", "ok", "words"),
    [
        ("0200003319200123456", "102", True, "19 digits; company accounts have no check digit."),
        ("110908776201", "104", True, "12 digits; company accounts have no check digit."),
        ("110908776", "104100000004", False, "9 digits; company accounts at this bank have 12."),
        ("110908776", "", True, "9 digits; company accounts have no check digit."),
        (
            "6222020200112233",
            "",
            False,
            "Looks like a bank card, but its check digit does not fit.",
        ),
        ("6222020200112230", "", True, "Bank card, its check digit fits."),
        ("11111111", "", False, "The digits are a pattern, not an account number."),
        ("123456789012", "104", False, "The digits are a pattern, not an account number."),
        ("DE89370400440532013000", "", True, "IBAN, its check digits fit."),
    ],
)
def test_evidence_about_an_account(number, bank, ok, words):
    evidence = finance.account_plausible(number, bank)

    assert (evidence.ok, str(evidence.text)) == (ok, words)
