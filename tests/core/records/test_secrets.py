"""What people wrote is shown without the numbers that not everybody may see, however written."""

import pytest

from core.records.secrets import hiding

SHORT, DRAFT = "880000131", "1234"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("账号6222020200112233445有误", "账号**** 3445有误"),
        ("6222 0202-0011·2233 445", "**** 3445"),
        ("６２２２０２０２００１１２２３３４４５", "**** 3445"),
        ("NL91ABNA0417164300", "**** 4300"),
        ("IBAN NL91 ABNA 0417 1643 00.", "IBAN **** 4300."),
        ("ＮＬ９１ ＡＢＮＡ ０４１７ １６４３ ００", "**** 4300"),
        ("880000131", "**** 0131"),
        ("8800 0013 1", "**** 0131"),
        ("８８００-００１３-１", "**** 0131"),
        ("不是 1234 号", "不是 **** 号"),
        ("No 12 1234 then some", "No 12 **** then some"),
    ],
)
def test_numbers_are_hidden_however_they_are_written(text, shown):
    assert hiding({SHORT, DRAFT})(text) == shown


@pytest.mark.parametrize(
    "text",
    ["2026-12-01 10:30", "手机 13800132207", "No 12 was seen then with some more", "BJ-JS-00012"],
)
def test_other_numbers_and_words_stay(text):
    assert hiding({SHORT})(text) == text
