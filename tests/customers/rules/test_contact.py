"""Phones, e-mail, postcodes and websites in their stored form."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from customers.rules import contact

DIGITS = "0123456789"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("13800132207", "13800132207"),
        ("138 0013 2207", "13800132207"),
        ("138-0013-2207", "13800132207"),
        ("＋８６　１３８００１３２２０７", "13800132207"),
        ("+86-138-0013-2207", "13800132207"),
        ("8613800132207", "13800132207"),
        ("86-13800132207", "13800132207"),
        ("008613800132207", "13800132207"),
        ("010-62587731", "010-62587731"),
        ("（010）6258 7731", "010-62587731"),
        ("01062587731", "010-62587731"),
        ("010—6258—7731", "010-62587731"),
        ("075583765566", "0755-83765566"),
        ("0371-6258773", "0371-6258773"),
        ("+86 10 62587731", "010-62587731"),
        ("+86 (0)755 83765566", "0755-83765566"),
        ("+86 400 123 4567", "400-123-4567"),
        ("010-62587731-8012", "010-62587731-8012"),
        ("010-62587731转8012", "010-62587731-8012"),
        ("010-62587731 分机 12", "010-62587731-12"),
        ("010-62587731 ext. 12", "010-62587731-12"),
        ("4001234567", "400-123-4567"),
        ("400-8888-888", "400-888-8888"),
        ("800 123 4567", "800-123-4567"),
        ("400-123-4567转2", "400-123-4567-2"),
        ("+49 30 901820", "+49 30 901820"),
        ("+49 (0)30 901820", "+49 30 901820"),
        ("004930901820", "+49 30 901820"),
        ("+852 2123 4567", "+852 2123 4567"),
        ("+1 212-555-0123 ext 7", "+1 212-555-0123 ext. 7"),
        ("86-10-6258 7731", "010-62587731"),
        ("(86 10) 6258 7731", "010-62587731"),
        ("86-755-88888888", "0755-88888888"),
        ("+86 (0)10 6258 7731", "010-62587731"),
        ("(+86)13800132207", "13800132207"),
        ("852-23456789", "+852 2345 6789"),
        ("（852）2345 6789", "+852 2345 6789"),
        ("00852-23456789", "+852 2345 6789"),
        ("886-2-23456789", "+886 2 2345 6789"),
        ("+44 (0)20 7946 0958", "+44 20 7946 0958"),
        ("95588", "95588"),
        ("10086", "10086"),
        ("tel:13800132207", "13800132207"),
        ("手机：13800132207", "13800132207"),
        ("62587731(010)", "010-62587731"),
        ("010-62587731/32", "010-62587731/32"),
        ("010-62587731/7732", "010-62587731/7732"),
        ("133 3333 3333,转1", "13333333333-1"),
        ("0755-88888888-0", "0755-88888888-0"),
        ("03103123456.0", "0310-3123456"),
        ("13800132207.0", "13800132207"),
        ("010.6258.7731", "010-62587731"),
    ],
)
def test_phone_is_stored_in_one_form(typed, stored):
    assert contact.phone(typed) == stored
    assert contact.phone(stored) == stored


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("62587731", "area_code"),
        ("138001322", "mobile"),
        ("138001322071", "mobile"),
        ("017-12345678", "phone"),
        ("09120000001", "phone"),
        ("12345678901", "phone"),
        ("13812345678.5", "phone"),
        ("1069012345678", "phone"),
        ("+1-800-FLOWERS", "phone"),
        ("138 0013 2207 微信同号", "words"),
        ("13800132207/13912345678", "several"),
        ("13800132207、010-62587731", "several"),
        ("13800132207 13912345678", "several"),
        ("010-62587731/62587732", "several"),
        ("010 6258", "phone"),
        ("手机", "phone"),
        ("call me", "phone"),
        ("", "phone"),
        ("+", "phone"),
        ("+999 123456", "phone"),
        ("+49 3", "phone"),
        ("+1 21255501234", "phone"),
        ("+49 30 9018201234567890", "phone"),
        ("١٣٨٠٠١٣٢٢٠٧", "phone"),
    ],
)
def test_phone_says_what_is_expected(typed, code):
    with pytest.raises(ValidationError) as refused:
        contact.phone(typed)

    assert refused.value.code == code


def test_two_numbers_are_both_offered():
    with pytest.raises(ValidationError) as refused:
        contact.phone("010-62587731/62587732")

    assert refused.value.params["offered"] == ["010-62587731", "010-62587732"]
    assert "010-62587731, 010-62587732" in refused.value.messages[0]


@given(st.text() | st.text(DIGITS + "+-() 转x/", max_size=20))
def test_phone_never_fails_otherwise_and_is_stable(typed):
    try:
        stored = contact.phone(typed)
    except ValidationError:
        return

    assert contact.phone(stored) == stored
    assert stored.isascii()


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Li.Wei@Example.COM", "Li.Wei@example.com"),
        ("ａ＠ｂ．ｃｎ", "a@b.cn"),
        (" a@b.cn ", "a@b.cn"),
    ],
)
def test_email(typed, stored):
    assert contact.email(typed) == stored


@pytest.mark.parametrize("typed", ["a", "a@b", "a@b.cn; c@d.cn", "@b.cn", "a b@c.cn"])
def test_email_refused(typed):
    with pytest.raises(ValidationError):
        contact.email(typed)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("１００１９０", "100190"),
        ("sw1a 1aa", "SW1A 1AA"),
        ("10-115", "10-115"),
        (" 10115 ", "10115"),
    ],
)
def test_postcode(typed, stored):
    assert contact.postcode(typed) == stored


@pytest.mark.parametrize("typed", ["", "12", "100--190", "邮编100190", "-123", "12345678901"])
def test_postcode_refused(typed):
    with pytest.raises(ValidationError):
        contact.postcode(typed)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("www.example.com", "http://www.example.com"),
        ("https://example.com/a?b=c", "https://example.com/a?b=c"),
        ("ｈｔｔｐ：／／ｅｘａｍｐｌｅ．ｃｏｍ", "http://example.com"),
        ("example.com:8080", "http://example.com:8080"),
    ],
)
def test_website(typed, stored):
    assert contact.website(typed) == stored
    assert contact.website(stored) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)",
        "JAVASCRIPT://example.com/%0aalert(1)",
        "data:text/html,x",
        "ftp://example.com",
        "http://bank.example@evil.example",
        "http://[::1",
        "not a site",
        "",
    ],
)
def test_website_refused(typed):
    with pytest.raises(ValidationError):
        contact.website(typed)
