"""Sentences keep their message and arguments, and are read in the language of the moment."""

from __future__ import annotations

import copy
import pickle

import pytest
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy, override, pgettext_lazy

from core.said import again, items, joined, label, of_error, packed, plain, said, unpacked


def _both(text: str) -> tuple[str, str]:
    """Give what a kept sentence is in Chinese and in English."""
    kept = packed(text)
    told = []
    for language in ("zh-hans", "en"):
        with override(language):
            told.append(str(unpacked(kept)))
    return told[0], told[1]


def test_a_kept_sentence_is_read_in_the_language_of_the_reader() -> None:
    with override("zh-hans"):
        sentence = said("There is no “%(value)s”.") % {"value": "宁波"}
    assert _both(sentence) == ("“宁波”不存在。", "There is no “宁波”.")


def test_arguments_that_are_labels_are_translated_too() -> None:
    with override("en"):
        sentence = said("%(label)s is missing.") % {"label": label(gettext_lazy("customer name"))}
    assert _both(sentence) == ("缺少客户名称。", "Customer name is missing.")


def test_joined_sentences_stay_sentences() -> None:
    with override("en"):
        sentence = joined([said("Skip"), "abc", pgettext_lazy("import", "Done")])
    assert _both(sentence) == ("跳过 abc 已完成", "Skip abc Done")
    assert type(joined(["a", "b"])) is str
    assert packed(joined([said("Skip")])) == packed(said("Skip"))


def test_a_validation_error_keeps_its_messages() -> None:
    with override("en"):
        error = ValidationError(gettext_lazy("There is no “%(value)s”."), params={"value": "x"})
        sentence = of_error(error)
    assert _both(sentence) == ("“x”不存在。", "There is no “x”.")


def test_the_sentences_of_django_with_a_number_are_kept_too() -> None:
    with override("en"), pytest.raises(ValidationError) as caught:
        MaxLengthValidator(3)("abcdef")
    with override("en"):
        sentence = of_error(caught.value)
    chinese, english = _both(sentence)
    assert "3 characters" in english
    assert "3" in chinese
    assert "most" not in chinese


def test_old_sentences_and_strange_texts_stay_as_they_are() -> None:
    for text in ("金额有误", "", '{"m":', '{"m": "unknown message', "{}", '["a"]'):
        assert unpacked(packed(text)) == text


def test_a_sentence_survives_copies_str_and_json() -> None:
    sentence = said("Skip")
    for one in (copy.deepcopy(sentence), pickle.loads(pickle.dumps(sentence)), str(sentence)):  # noqa: S301
        assert packed(one) == '{"m":"Skip"}'
    assert again(plain(sentence)) == sentence
    assert again("plain") == "plain"


def test_a_message_whose_arguments_were_renamed_still_tells_them() -> None:
    assert again({"m": "There is no “%(value)s”.", "a": {"other": "x"}}).endswith(" x")


def test_items_of_a_list_are_joined_as_the_reader_writes_lists() -> None:
    kept = packed(said("There is no “%(value)s”.") % {"value": items(["甲", "乙"])})

    chinese, english = _both(unpacked(kept))
    assert "甲、乙" in chinese
    assert "甲, 乙" in english


def test_what_two_checks_say_alike_is_said_once() -> None:
    error = ValidationError(["Too low.", "Too low.", "Too odd."])

    assert of_error(error) == "Too low. Too odd."
