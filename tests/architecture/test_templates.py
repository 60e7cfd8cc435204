"""Templates obey the strict CSP, escape what they show, and name only icons that exist."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template import TemplateSyntaxError
from django.template.loader import get_template

from tests.architecture.tree import ROOT, code, files, name_of, tool

FORBIDDEN = {
    "an inline style": re.compile(r"<style\b|<[^>]*\sstyle\s*=", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "an event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "another site": re.compile(r"""\b(src|href|action)\s*=\s*["'](https?:)?//""", re.IGNORECASE),
    "unescaped output": re.compile(r"\|\s*safe\b|autoescape\s+off"),
}
LONGEST_LINE = 160
_SENTENCE = re.compile(r"\{% translate .*?%\}|\{% blocktranslate.*?endblocktranslate %\}")
_ICON_TAG = re.compile(r"""\{%\s*icon\s+["']([^"']+)["']""")
_ICON_NAME = re.compile(r"""\bicon(?:_name)?\s*[=(]\s*["']([a-z][a-z-]*)["']""")
_ICON_LINK = re.compile(r"#i-([a-z-]+)")


def templates() -> Iterator[tuple[str, str]]:
    """Yield name and content of every template."""
    for file in files(".html", below="templates"):
        yield name_of(file), file.read_text(encoding="utf-8")


def forbidden(template: str) -> list[str]:
    """Return what a template holds that no template may hold."""
    return [f"{what}: {found[0][:80]}" for what, pattern in FORBIDDEN.items()
            for found in pattern.finditer(template)]  # fmt: skip


def broken(name: str) -> str:
    """Return why a template cannot be rendered at all, or ""."""
    try:
        get_template(name)
    except TemplateSyntaxError as error:
        return str(error)
    return ""


def icons(text: str) -> set[str]:
    """Return the icons that a template, a script or a Python file names."""
    return {found[1] for shape in (_ICON_TAG, _ICON_NAME, _ICON_LINK)
            for found in shape.finditer(text)}  # fmt: skip


def known_icons() -> set[str]:
    sheet = (ROOT / "static/img/icons.svg").read_text(encoding="utf-8")
    return set(re.findall(r'\bid="i-([a-z-]+)"', sheet))


def test_templates_obey_the_policy() -> None:
    found = {name: hits for name, text in templates() if (hits := forbidden(text))}

    assert found == {}


def test_every_tag_of_every_template_is_called_as_it_is_made() -> None:
    names = [name.removeprefix("templates/") for name, _text in templates()]

    assert {name: why for name in names if (why := broken(name))} == {}


@pytest.mark.parametrize(
    "sample",
    [
        '<p style="color:red">',
        "<style>p {}</style>",
        "<script>alert(1)</script>",
        '<a href="#" onclick="go()">',
        '<a href="javascript:go()">',
        '<script type="module" src="https://cdn.example.com/x.js"></script>',
        "{{ name|safe }}",
        "{% autoescape off %}",
    ],
)
def test_a_broken_policy_is_found(sample: str) -> None:
    assert forbidden(sample)


def test_a_script_file_is_allowed() -> None:
    assert forbidden("""<script type="module" src="{% static 'js/app.js' %}"></script>""") == []


def test_no_line_is_too_long_to_read() -> None:
    """More than the limit may only be a sentence, which cannot be broken."""
    long = [
        f"{name}:{number}"
        for name, text in templates()
        for number, line in enumerate(text.splitlines(), start=1)
        if len(_SENTENCE.sub("", line)) > LONGEST_LINE
    ]

    assert long == []


def test_every_icon_exists() -> None:
    texts = dict(templates())
    sources = [*code("core", "customers", "sales"), *files(".js", below="static")]
    texts |= {name_of(file): file.read_text(encoding="utf-8") for file in sources}

    missing = {name: gap for name, text in texts.items() if (gap := icons(text) - known_icons())}

    assert missing == {}


def test_icons_are_found_wherever_they_are_named() -> None:
    sample = """{% icon "plus" "lg" %} icon("down") icon_name='clock' icon="users" #i-check"""

    assert icons(sample) == {"plus", "down", "clock", "users", "check"}


def test_djlint_finds_nothing() -> None:
    result = tool("djlint", "templates", "--lint", "--quiet")

    assert result.returncode == 0, result.stdout + result.stderr


def test_djlint_finds_a_bad_template(tmp_path: Path) -> None:
    sample = tmp_path / "sample.html"
    sample.write_text("<img src='/x.png'><a href='/x'>x</a>", encoding="utf-8")

    result = tool("djlint", str(sample), "--lint", f"--configuration={ROOT / 'pyproject.toml'}")

    assert result.returncode == 1
