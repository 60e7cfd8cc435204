"""Amounts as people write them, and as nobody can be sure about."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from core import amounts


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("500,000.00", "500000.00"),
        ("¥ 1,200", "1200.00"),
        ("¥1200", "1200.00"),
        ("￥12.5", "12.50"),
        ("$ 99.90", "99.90"),
        ("€5", "5.00"),
        ("RMB 3,000", "3000.00"),
        ("3000 CNY", "3000.00"),
        ("人民币500万元", "5000000.00"),
        ("500万元人民币", "5000000.00"),
        ("500万", "5000000.00"),
        ("500 万元整", "5000000.00"),
        ("1.5亿", "150000000.00"),
        ("1亿2000万", "120000000.00"),
        ("2,000万", "20000000.00"),
        ("3百万", "3000000.00"),
        ("8千元", "8000.00"),
        ("1200元", "1200.00"),
        ("1 200 000.5", "1200000.50"),
        ("５００", "500.00"),
        ("'500", "500.00"),
        ("500，000", "500000.00"),
        ("-3.10", "-3.10"),
        ("-¥3.10", "-3.10"),
        ("¥-3.10", "-3.10"),
        ("0", "0.00"),
        ("7.", "7.00"),
        (".5", "0.50"),
        ("9999999999999.99", "9999999999999.99"),
    ],
)
def test_amounts_are_read(typed, number):
    assert str(amounts.parse(typed)) == number
    assert amounts.parse(number) == Decimal(number)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "amount"),
        ("12,34", "amount"),
        ("1.234,56", "amount"),
        ("1,50万", "amount"),
        ("1 20", "amount"),
        ("3万5", "amount"),
        ("1万2亿", "amount"),
        ("万", "amount"),
        ("五百", "amount"),
        ("一百万", "amount"),
        ("1e5", "amount"),
        ("NaN", "amount"),
        ("¥", "amount"),
        ("约500万", "amount"),
        ("500-800万", "amount"),
        ("1.005", "places"),
        ("0.00000000001亿", "places"),
        ("10000000000000", "digits"),
        ("100000亿", "digits"),
        ("9" * 60, "digits"),
    ],
)
def test_amounts_are_refused(typed, code):
    with pytest.raises(ValidationError) as refused:
        amounts.parse(typed)

    assert refused.value.code == code


def test_an_amount_in_words_is_asked_for_in_digits():
    with pytest.raises(ValidationError) as refused:
        amounts.parse("一百万")

    assert "数字" in str(refused.value.error_list[0].message)


def test_amounts_that_are_numbers_already_keep_two_places():
    assert str(amounts.two_places(Decimal("1.5"))) == "1.50"
    for value, code in (("1E13", "digits"), ("0.001", "places")):
        with pytest.raises(ValidationError) as refused:
            amounts.two_places(Decimal(value))
        assert refused.value.code == code


@given(st.text() | st.text("0123456789.,，+- ¥元万亿", max_size=12))
def test_reading_never_fails_otherwise_and_what_is_read_is_stable(typed):
    try:
        number = amounts.parse(typed)
    except ValidationError:
        return

    assert amounts.parse(str(number)) == number
