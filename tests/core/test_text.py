"""Cleaning of text: what is refused, what is folded, and that cleaning twice changes nothing."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core import text
from core.text import clean, fold_width, storable, without_point_zero

ANY_TEXT = st.text(st.characters() | st.sampled_from("\u3000\u200b\xa0\r\n\tＡ１－（\u0301e\u2028"))


def cleaned(value: str, **options: bool) -> str | None:
    """The cleaned value, None when it was refused."""
    try:
        return clean(value, **options)
    except ValidationError:
        return None


@given(ANY_TEXT, st.booleans(), st.booleans())
def test_cleaning_twice_changes_nothing(value, fold, multiline):
    once = cleaned(value, fold=fold, multiline=multiline)

    assert once is None or clean(once, fold=fold, multiline=multiline) == once


@given(ANY_TEXT, st.booleans(), st.booleans())
def test_what_comes_out_can_be_stored_and_seen(value, fold, multiline):
    result = cleaned(value, fold=fold, multiline=multiline) or ""

    for character in result:
        assert unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp") or (
            multiline and character == "\n"
        )
        assert not 0xFDD0 <= ord(character) <= 0xFDEF
        assert ord(character) & 0xFFFE != 0xFFFE
        assert unicodedata.bidirectional(character) not in (
            "LRE",
            "RLE",
            "LRO",
            "RLO",
            "PDF",
            "LRI",
            "RLI",
            "FSI",
            "PDI",
        )
        assert character not in "\u200b\u200c\u200d\u2060\ufeff\u00ad\u061c\u200e\u200f"
    assert result == result.strip()
    assert unicodedata.is_normalized("NFC", result)
    result.encode()


# Letters by their category, but people see nothing of them.
FILLERS = "\u115f\u1160\u3164\uffa0"
ORDINARY = st.characters(
    codec="utf-8",
    categories=["Lo", "Lu", "Ll", "Nd", "Po"],
    exclude_characters=FILLERS,
)


@given(st.text(ORDINARY))
def test_ordinary_text_is_kept(value):
    assert clean(value) == unicodedata.normalize("NFC", value)


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("ab\x07c", ("3", "U+0007")),
        ("\x00", ("1", "U+0000")),
        ("a\x0b", ("2", "U+000B")),
        ("\x85", ("1", "U+0085")),
        ("甲\u202eb", ("2", "U+202E")),
        ("\u200f", ("1", "U+200F")),
        ("\ud800", ("1", "U+D800")),
        ("\ufdd0", ("1", "U+FDD0")),
        ("北京\ufffd信", ("3", "U+FFFD")),
        ("ab\U0010ffff", ("3", "U+10FFFF")),
    ],
)
def test_refusal_names_the_character_and_its_place(value, named):
    with pytest.raises(ValidationError) as refused:
        clean(value)

    assert all(part in refused.value.messages[0] for part in named)


def test_every_forbidden_code_point_is_refused():
    forbidden = [*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0), 0x61C]
    forbidden += [*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xD800, 0xE000)]
    forbidden += [
        *range(0xFDD0, 0xFDF0),
        *(p << 16 | x for p in range(17) for x in (0xFFFE, 0xFFFF)),
    ]

    assert [hex(code) for code in forbidden if cleaned(f"a{chr(code)}b") is not None] == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("  北京恒信 \u3000", "北京恒信"),
        ("\ufeff\u200b恒\u200d信", "恒信"),
        ("恒信\r\n科技", "恒信 科技"),
        ("恒信 \n\n \u3000科技\n", "恒信 科技"),
        ("a\tb\xa0c", "a b c"),
        ("e\u0301", "é"),
        ("Ａ１（甲）", "Ａ１（甲）"),
        ("\u200b \u3000", ""),
    ],
)
def test_one_line(value, expected):
    assert clean(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("一\r\n二\r三\u2028四", "一\n二\n三\n四"),
        ("\n 一  \n\n  二\u3000\n\n", "一\n\n  二"),
    ],
)
def test_several_lines(value, expected):
    assert clean(value, multiline=True) == expected


def test_folding_keeps_chinese_punctuation():
    assert clean("ＢＪ－ＪＳ－００１　（甲），乙：丙", fold=True) == "BJ-JS-001 （甲），乙：丙"
    assert fold_width("ａ＠ｂ．ｃ") == "a@b.c"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("\u202d13800132207\u202c", "13800132207"),
        ("\u200e010-62587731", "010-62587731"),
        ("138\u200b0013\ufe0e2207", "13800132207"),
        ("'00012", "00012"),
        ("`13800132207", "13800132207"),
        ("’91320200", "91320200"),
        ("　'00731", "00731"),
        ("O'Neill-1", "O'Neill-1"),
        ("'", ""),
    ],
)
def test_numbers_lose_what_other_programs_put_round_them(value, expected):
    assert clean(value, fold=True) == expected


def test_names_keep_their_apostrophe_and_refuse_marks_of_direction():
    assert clean("'t Hart B.V.") == "'t Hart B.V."
    assert cleaned("甲\u202d乙") is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("90019.0", "90019"),
        ("00731.00", "00731"),
        ("90019.5", "90019.5"),
        ("V1.0", "V1.0"),
        ("1.0.0", "1.0.0"),
        (".0", ".0"),
    ],
)
def test_a_whole_number_loses_its_point_zero(value, expected):
    assert without_point_zero(value) == expected


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("plain", "plain"),
        ("甲\0乙", "甲␀乙"),
        ("\0", "␀"),
        ("half \ud800 of one", "half \ufffd of one"),
        ("whole 𠮷", "whole 𠮷"),
        ("␀", "␀"),
    ],
)
def test_what_no_database_holds_is_kept_as_a_sign(text, kept):
    assert storable(text) == kept


@pytest.mark.parametrize(
    ("language", "items", "pieces"), [("zh-hans", "甲、乙", "甲；乙"), ("en", "甲, 乙", "甲; 乙")]
)
def test_lists_are_written_as_the_language_does(language, items, pieces):
    with translation.override(language):
        assert text.listed(["甲", "乙"]) == items
        assert text.clauses(["甲", "乙"]) == pieces
