"""Credit codes, tax numbers and names as they are compared, sorted and masked."""

import random
import string

import pytest
from django.core.exceptions import ValidationError
from hypothesis import assume, given
from hypothesis import strategies as st
from pypinyin import lazy_pinyin
from pypinyin.constants import PHRASES_DICT
from stdnum.cn import uscc as gb32100

from customers.rules import identity

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
NAMES = st.text(st.characters() | st.sampled_from("有限责任公司股份（）() ·ＡbÀﬁ\u200b"))


@given(st.text(ALPHABET, min_size=17, max_size=17))
def test_any_code_with_its_check_character_is_valid(body):
    code = body + gb32100.calc_check_digit(body)

    assert identity.uscc(f" {code[:9].lower()} {code[9:]}") == code
    assert identity.is_uscc(code)


@given(st.text(ALPHABET, min_size=17, max_size=17), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_any_single_mistyped_character_is_found(body, position, wrong):
    code = body + gb32100.calc_check_digit(body)
    assume(code[position] != wrong)

    assert not identity.is_uscc(code[:position] + wrong + code[position + 1 :])


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("91350100M000", "Should have 18 characters, has 12."),
        ("9135010OM000100Y43", "Character 8 is “O”, which a credit code never has; is it “0”?"),
        ("91350100M000100Y4李", "Character 18 is “李”, which a credit code never has."),
        (
            "91350100M000100Y44",
            "The check character does not fit: one of the 18 characters is mistyped.",
        ),
    ],
)
def test_credit_code_says_what_is_wrong(value, sentence):
    with pytest.raises(ValidationError) as refused:
        identity.uscc(value)

    assert refused.value.messages == [sentence]


def test_codes_are_stored_in_capitals_without_blanks():
    assert identity.registration(" ９１35-0100　m000 100y43 ") == "91350100M000100Y43"


def test_a_number_that_came_as_a_fraction_is_the_number_again():
    assert identity.registration("110108600712345.0") == "110108600712345"


@pytest.mark.parametrize("length", [15, 17, 18, 20])
def test_tax_number_lengths(length):
    assert identity.tax_number("a" * length) == "A" * length


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("1" * 16, "Should have 15, 17, 18 or 20 characters, has 16."),
        ("李" * 15, "Only digits and Latin letters are allowed."),
    ],
)
def test_tax_number_says_what_is_wrong(value, sentence):
    with pytest.raises(ValidationError) as refused:
        identity.tax_number(value)

    assert refused.value.messages == [sentence]


@given(NAMES)
def test_normalising_twice_changes_nothing(name):
    once = identity.normalised_name(name)

    assert identity.normalised_name(once) == once
    assert bool(once) == bool(name)
    assert len(once) <= identity.NAME_KEY_LENGTH


@given(st.text("北京恒信科技有限责任股份公司0aＡ", min_size=1, max_size=40))
def test_plain_names_are_normalised_as_all_others(name):
    odd = f"{name[:20]}\u200b{name[20:]}"  # no plain name any more, and the same for people

    assert identity.normalised_name(odd) == identity.normalised_name(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("北京恒信科技有限公司", "北京恒信科技有限责任公司"),
        ("北京恒信科技有限公司", "北京恒信科技股份有限公司"),
        ("北京恒信科技有限公司", " 北京　恒信 科技"),
        ("甲（北京）科技有限公司", "甲(北京)科技有限公司"),
        ("甲【北京】科技", "甲北京科技"),
        ("ＡＢＣ Co., Ltd.", "abc co ltd"),
        ("阿·卜", "阿•卜"),
        ("恒信有限责任公司上海分公司", "恒信有限公司上海分公司"),
        ("恒信\u200b科技", "恒信科技"),
        ("艾力·买买提", "艾力・买买提"),
        ("艾力·买买提", "艾力‧买买提"),
        ("王\u4dae商行", "王\ue863商行"),
        ("王\u9fb4商行", "王\ue81e商行"),
        ("葛\U000e0100飾测试有限公司", "葛飾测试有限公司"),
        ("恒信\ufe0f科技", "恒信科技"),
        ("〇九测试有限公司", "○九测试有限公司"),
        ("〇九测试有限公司", "◯九测试有限公司"),
        ("⾦⼭测试有限公司", "金山测试有限公司"),
    ],
)
def test_names_that_are_equal(one, other):
    assert identity.normalised_name(one) == identity.normalised_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("恒信科技有限公司", "恒信科技有限公司上海分公司"),
        ("恒信集团有限公司", "恒信有限公司"),
        ("恒信科技", "恒信技术"),
        ("零九测试有限公司", "〇九测试有限公司"),
        ("𠮷野家", "吉野家"),
    ],
)
def test_names_that_are_not(one, other):
    assert identity.normalised_name(one) != identity.normalised_name(other)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("有限公司", "有限公司"),
        ("（）", "()"),
        ("\u200b", "\u200b"),
        ("", ""),
        ("股份有限公司", "股份"),
    ],
)
def test_a_name_never_becomes_nothing(value, expected):
    assert identity.normalised_name(value) == expected


@given(NAMES)
def test_sort_keys_and_initials_are_short_ascii(name):
    assert identity.pinyin_sort(name).isascii()
    assert len(identity.pinyin_sort(name)) <= identity.SORT_LENGTH
    assert bool(identity.pinyin_sort(name)) == bool(name)
    assert set(identity.initials(name)) <= set(string.ascii_lowercase + string.digits)


def test_names_sort_by_pinyin():
    names = ["重庆长安", "ABC", "北京恒信", "安徽", "西安", "先锋", "123", "阿里", "北京"]

    ordered = sorted(names, key=identity.pinyin_sort)

    assert ordered == ["123", "阿里", "ABC", "安徽", "北京", "北京恒信", "重庆长安", "西安", "先锋"]


def test_every_phrase_of_the_dictionary_keeps_its_reading(seed):
    dice = random.Random(seed)
    phrases = dice.sample(sorted(PHRASES_DICT), 2_000)
    for phrase in (*phrases, "鸭绿江", "成都银行", "重庆长安"):
        name = f"{dice.choice(['第3号', '', '华泰'])}{phrase}有限公司"

        syllables, _gap, _signs = identity.pinyin_sort(name, limit=10_000).partition(" !")
        assert syllables.split() == lazy_pinyin(name), name


def test_equal_pinyin_sorts_by_character():
    assert identity.pinyin_sort("李") != identity.pinyin_sort("里")
    assert identity.pinyin_sort("北京", limit=4) == "bei "


@pytest.mark.parametrize(
    ("name", "expected"),
    [("北京恒信科技", "bjhxkj"), ("ＡＢ 3M重庆", "ab3mcq"), ("", ""), ("！？", "")],
)
def test_initials(name, expected):
    assert identity.initials(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("华南科技有限公司", "华*科技"),
        ("华南星河科技股份有限公司", "华*科技"),
        ("张三丰", "张*"),
        ("张三", "张*"),
        ("张", "*"),
        ("", "*"),
        ("有限公司", "有*公司"),
    ],
)
def test_masked_names(name, expected):
    assert identity.mask_name(name) == expected
