"""Every text that people see is translated, in both languages; the compiled files agree."""

import gettext
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from tests.architecture.tree import ROOT, needs

needs("polib")

import polib  # noqa: E402

from core.management import messages  # noqa: E402
from core.management.messages import Message, Unreadable  # noqa: E402

LANGUAGES = ("zh_Hans", "en")


def catalog(language: str, root: Path = ROOT) -> polib.POFile:
    return polib.pofile(str(messages.file_of(root, language)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    known = messages.read(messages.file_of(ROOT, language))

    missing = {
        message.text: places[0]
        for message, places in messages.extract(ROOT).items()
        if not known.get(message)
    }

    assert missing == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_fuzzy_or_left_over(language: str) -> None:
    assert catalog(language).fuzzy_entries() == []
    assert catalog(language).obsolete_entries() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_and_written_translations_agree(language: str) -> None:
    file = messages.file_of(ROOT, language)

    assert file.with_suffix(".mo").read_bytes() == catalog(language).to_binary()


def test_translations_keep_placeholders() -> None:
    known = messages.read(messages.file_of(ROOT, "zh_Hans"))

    wrong = {message.text: found for message, text in known.items()
             if (found := messages.problem(message, text))}  # fmt: skip

    assert wrong == {}


def test_texts_are_found_in_python_whatever_the_function_is_called() -> None:
    source = (
        "from django.utils.translation import gettext_lazy as lazy, ngettext, pgettext as p\n"
        "from django.utils import translation\n"
        "lazy('One')\n"
        "ngettext('%(n)d row', '%(n)d rows', 3)\n"
        "p('verb', 'Open')\n"
        "translation.gettext('Two')\n"
        "other('Three')\n"
    )

    found = [message for _, message in messages.python_messages(source, "sample.py")]

    assert found == [
        Message("One"),
        Message("%(n)d row", "%(n)d rows"),
        Message("Open", context="verb"),
        Message("Two"),
    ]


def test_texts_are_found_in_templates() -> None:
    source = (
        '{% load i18n %}{% translate "One" %}\n'
        "{% blocktranslate count n=n trimmed %}\n  {{ n }} row\n{% plural %}\n  {{ n }} rows\n"
        "{% endblocktranslate %}\n"
        '{% translate "Open" context "verb" %}{% panel _("Two") note=_("It\'s three") %}\n'
        '{{ value|default:_("Four") }}'
    )

    found = {message for _, message in messages.template_messages(source, "sample.html")}

    assert found == {
        Message("One"),
        Message("%(n)s row", "%(n)s rows"),
        Message("Open", context="verb"),
        Message("Two"),
        Message("It's three"),
        Message("Four"),
    }


def test_a_text_that_cannot_be_looked_up_is_refused() -> None:
    source = "from django.utils.translation import gettext as _\n_(f'{n} rows')"

    with pytest.raises(Unreadable, match="one literal"):
        list(messages.python_messages(source, "sample.py"))


@pytest.fixture
def small_site(tmp_path: Path, settings: Settings) -> Path:
    """A site with two texts and no translations."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/page.html").write_text(
        '{% load i18n %}{% translate "Save" %}\n{% translate "Open" context "verb" %}'
    )
    settings.ROOT = tmp_path
    return tmp_path


def test_an_untranslated_text_is_listed(
    small_site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("messages", "--missing")

    listed = capsys.readouterr().out
    assert 'templates/page.html:1: "Save"' in listed
    assert "2 without a translation" in listed


def test_translations_are_merged_and_compiled(small_site: Path, tmp_path: Path) -> None:
    additions = tmp_path / "additions.json"
    plural = "%(n)d row\0%(n)d rows"
    additions.write_text(
        json.dumps({"Save": "保存", "verb\4Open": "打开", plural: "%(n)d 行"}), encoding="utf-8"
    )

    call_command("messages", "--add", str(additions))

    compiled = messages.file_of(small_site, "zh_Hans").with_suffix(".mo")
    with compiled.open("rb") as file:
        chinese = gettext.GNUTranslations(file)
    assert chinese.gettext("Save") == "保存"
    assert chinese.pgettext("verb", "Open") == "打开"
    assert chinese.ngettext("%(n)d row", "%(n)d rows", 1) == "%(n)d 行"
    with messages.file_of(small_site, "en").with_suffix(".mo").open("rb") as file:
        english = gettext.GNUTranslations(file)
    assert english.ngettext("%(n)d row", "%(n)d rows", 2) == "%(n)d rows"
    call_command("messages", "--missing")


def test_a_translation_that_loses_a_placeholder_is_refused(
    small_site: Path, tmp_path: Path
) -> None:
    additions = tmp_path / "additions.json"
    additions.write_text(json.dumps({"%(name)s was saved": "已保存"}), encoding="utf-8")

    with pytest.raises(CommandError, match="placeholders"):
        call_command("messages", "--add", str(additions))
