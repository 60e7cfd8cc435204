"""Templates read as Django renders them, in each language, with their constant parts as text."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import Context, Engine, engines
from django.template.base import TextNode
from django.utils import translation

INNER = "{% load i18n ui %}<i>{% translate 'Search' %}{% icon 'x' %}</i>"
PAGE = """{% load i18n static ui %}{% comment %}nothing{% endcomment %}
<a href="{% url 'core:login' %}">{% translate "Cancel" %}</a>
{% translate "Search" as word %}{{ word }} {% icon "plus" "sm" %}
<img src="{% static 'img/seal.svg' %}">
{% if shown %}{% translate 'Close' %}<b>{{ name }}</b>{% endif %}
{% for one in many %}{% blocktranslate %}Nothing is missing.{% endblocktranslate %}
{{ one }}{% endfor %}
{% blocktranslate with row=name %}Delete row {{ row }}{% endblocktranslate %}{% icon given %}
{% alert "warn" name %}{% translate "Apply filter" %}{% endalert %}{% include "inner" %}"""
FILLED = {"shown": True, "name": "<甲>", "many": [1, 2], "given": "lock"}


def engine(loader: Any, *, debug: bool = False) -> Engine:
    libraries = {"i18n": "django.templatetags.i18n", "static": "django.templatetags.static",
                 "ui": "core.templatetags.ui"}  # fmt: skip
    return Engine(loaders=[loader], libraries=libraries, debug=debug)


def texts() -> Any:
    return ("django.template.loaders.locmem.Loader", {"page": PAGE, "inner": INNER})


@pytest.fixture
def folded() -> Engine:
    return engine(("core.folded.Loader", [texts()]))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_page_reads_as_from_django(folded: Engine, language: str) -> None:
    plain = engine(texts())
    for speech in ("en", "zh-hans"):  # the other language was asked for before
        with translation.override(speech):
            folded.get_template("page").render(Context(FILLED))

    with translation.override(language):
        ours, theirs = (one.get_template("page").render(Context(FILLED)) for one in (folded, plain))

    assert ours == theirs


def test_what_never_changes_is_text(folded: Engine) -> None:
    page, inner = folded.get_template("page"), folded.get_template("inner")

    assert [type(node) for node in inner.nodelist] == [TextNode]
    assert [type(node).__name__ for node in page.nodelist] == [
        "TextNode", "TranslateNode", "VariableNode", "TextNode", "IfNode", "TextNode", "ForNode",
        "TextNode", "BlockTranslateNode", "SimpleNode", "TextNode", "SimpleBlockNode", "TextNode",
    ]  # fmt: skip


def test_nothing_is_folded_while_developing() -> None:
    developing = engine(("core.folded.Loader", [texts()]), debug=True)

    assert "TranslateNode" in {
        type(node).__name__ for node in developing.get_template("inner").nodelist
    }


def test_the_site_uses_it() -> None:
    brand = engines["django"].engine.get_template("components/styles.html")

    assert [type(node) for node in brand.nodelist] == [TextNode]


def test_a_line_of_ours_that_begins_with_two_blanks_goes_on(tmp_path: Any) -> None:
    (tmp_path / "page.html").write_text("<p>one\n  <b>two</b>\n   three\nfour</p>")
    loaders = [("django.template.loaders.filesystem.Loader", [str(tmp_path)])]

    page = engine(("core.folded.Loader", loaders)).get_template("page.html")

    assert page.render(Context()) == "<p>one<b>two</b> three\nfour</p>"
