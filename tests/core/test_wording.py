"""No sentence of Django's own is left at any field of any form, in either language."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import django
import pytest
from django import forms
from django.apps import apps
from django.contrib.auth.password_validation import validate_password
from django.core import validators
from django.core.exceptions import ValidationError
from django.urls import get_resolver
from django.utils import translation

from core.models import User

polib = pytest.importorskip("polib")
OURS = ("core", "customers")


def django_sentences() -> set[str]:
    root = Path(django.__file__).parent
    files = [root / "conf/locale/en/LC_MESSAGES/django.po"]
    files.append(root / "contrib/auth/locale/en/LC_MESSAGES/django.po")
    entries = [entry for file in files for entry in polib.pofile(str(file))]
    return {text for entry in entries for text in (entry.msgid, entry.msgid_plural) if text}


def form_classes(base: type = forms.BaseForm) -> Iterator[type[forms.BaseForm]]:
    assert get_resolver().url_patterns  # brings in every view and so every form
    for made in base.__subclasses__():
        if made.__module__.partition(".")[0] in OURS:
            yield made
        yield from form_classes(made)


def said_by(field: object) -> Iterator[object]:
    """Yield everything a field may answer, as it is before it is translated."""
    yield from getattr(field, "error_messages", {}).values()
    for validator in getattr(field, "validators", ()):
        yield getattr(validator, "message", "")
        yield from getattr(validator, "messages", {}).values()


def untranslated(message: object) -> str:
    with translation.override(None, deactivate=False):
        if hasattr(message, "format_value") or hasattr(message, "_proxy____args"):
            keywords = getattr(message, "_kw", {}) or getattr(message, "_proxy____kw", {})
            return str(keywords.get("singular") or message)
        return str(message)


def fields() -> Iterator[tuple[str, object]]:
    for form in form_classes():
        for name, field in getattr(form, "base_fields", {}).items():
            yield f"{form.__module__}.{form.__name__}.{name}", field
    for label in OURS:
        for model in apps.get_app_config(label).get_models():
            for field in model._meta.get_fields():
                if hasattr(field, "error_messages"):
                    yield f"{model.__name__}.{field.name}", field
                    if made := field.formfield():
                        yield f"{model.__name__}.{field.name} in a form", made


def test_no_field_speaks_with_the_words_of_django() -> None:
    own = django_sentences()
    assert {"This field is required.", "Enter a number."} <= own

    found = sorted(
        f"{place}: {text}"
        for place, field in fields()
        for message in said_by(field)
        if (text := untranslated(message)) in own
    )

    assert found == []


@pytest.mark.parametrize(
    ("field", "typed", "chinese", "english"),
    [
        (forms.CharField(), "", "请填写此项。", "Fill this in."),
        (forms.DecimalField(), "x", "请填写数字，例如 1200.50。", "Write a number, like 1200.50."),
        (
            forms.CharField(max_length=3),
            "four",
            "最多 3 个字符，现为 4 个。",
            "At most 3 characters, now 4.",
        ),
        (forms.DateField(), "x", "请填写日期，例如 2026-01-31。", "Write a date, like 2026-01-31."),
    ],
)
def test_the_same_is_said_in_both_languages(field, typed, chinese, english) -> None:
    told = {}
    for language in ("zh-hans", "en"):
        with translation.override(language), pytest.raises(forms.ValidationError) as refusal:
            field.clean(typed)
        with translation.override(language):
            told[language] = refusal.value.messages

    assert told == {"zh-hans": [chinese], "en": [english]}


def test_a_sentence_of_django_would_be_found() -> None:
    field = forms.CharField(validators=[validators.RegexValidator("x", message="Enter a number.")])

    assert "Enter a number." in {untranslated(message) for message in said_by(field)}
    assert import_module("core.forms.wording").FORM_FIELDS


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("password", ["k7q", "12345678901", "password", "zhangxiaoming"])
def test_weak_passwords_are_refused_in_our_words(language, password):
    person = User(username="zhangxiaoming", display_name="张晓明")

    with translation.override(language):
        own = {str(translation.gettext(text)) for text in django_sentences() if "%" not in text}
        with pytest.raises(ValidationError) as refusal:
            validate_password(password, person)

        assert refusal.value.messages
        assert not own & set(refusal.value.messages)
        assert not any(word in " ".join(refusal.value.messages) for word in ("too short", "太短"))
