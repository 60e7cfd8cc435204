"""Finds the texts that people see, in Python and templates, and keeps their translations.

A tool for developers (needs polib); the running site reads only the compiled .mo files.
"""

import ast
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polib
from django.utils.translation.template import templatize

PLURAL_MARK = "\0"
CONTEXT_MARK = "\4"
LANGUAGES = {"zh_Hans": "nplurals=1; plural=0;", "en": "nplurals=2; plural=(n != 1);"}

_NAMES = {
    "gettext": "m",
    "gettext_lazy": "m",
    "gettext_noop": "m",
    "said": "m",
    "counted": "mp",
    "pgettext": "cm",
    "pgettext_lazy": "cm",
    "ngettext": "mp",
    "ngettext_lazy": "mp",
    "npgettext": "cmp",
    "npgettext_lazy": "cmp",
}
_MODULES = ("django.utils.translation", "core.said")
_LITERAL = r"""[uU]?('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")"""
_TEMPLATE_CALL = re.compile(rf"\b(n?p?gettext|_)\({_LITERAL}(?:\s*,\s*{_LITERAL})?")
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}|%[sd]")


@dataclass(frozen=True, order=True)
class Message:
    """One text to translate; `context` and `plural` are empty for most."""

    text: str
    plural: str = ""
    context: str = ""

    @classmethod
    def parse(cls, key: str) -> "Message":
        """Read the key of a JSON file: [context U+0004] text [U+0000 plural]."""
        context, _, rest = key.rpartition(CONTEXT_MARK)
        text, _, plural = rest.partition(PLURAL_MARK)
        return cls(text, plural, context)


class Unreadable(ValueError):
    """A text cannot be looked up: it is not written as one literal."""


def sources(root: Path) -> Iterator[Path]:
    """Yield the Python files and templates below the root whose texts people see."""
    packages = {file.parent for file in root.glob("*/__init__.py")}
    packages -= {root / "tests", root / "bench"}
    for folder in sorted(packages | {root / "templates"}):
        for file in sorted(folder.rglob("*")):
            if file.suffix in {".py", ".html", ".txt"} and "migrations" not in file.parts:
                yield file


def extract(root: Path) -> dict[Message, list[str]]:
    """Return every message with the places (file:line) where it stands. Raises Unreadable."""
    found: dict[Message, list[str]] = {}
    for file in sources(root):
        read = python_messages if file.suffix == ".py" else template_messages
        name = file.relative_to(root).as_posix()
        for line, message in read(file.read_text(encoding="utf-8"), name):
            found.setdefault(message, []).append(f"{name}:{line}")
    return found


def python_messages(source: str, name: str) -> Iterator[tuple[int, Message]]:
    """Yield line and message of every gettext call, whatever name the function was imported as."""
    tree = ast.parse(source, name)
    imported = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in _MODULES
        for alias in node.names
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function = _function(node.func, imported)
        if shape := _NAMES.get(function):
            yield node.lineno, _from_call(node, shape, name)


def _function(called: ast.expr, imported: Mapping[str, str]) -> str:
    """Return the gettext function behind `_(...)` or `translation.gettext(...)`, or ""."""
    if isinstance(called, ast.Name):
        return imported.get(called.id, "")
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
        return called.attr if called.value.id == "translation" else ""
    return ""


def _from_call(node: ast.Call, shape: str, name: str) -> Message:
    values = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
    if len(values) < len(shape) or not all(isinstance(v, str) for v in values[: len(shape)]):
        raise Unreadable(f"{name}:{node.lineno}: write the text as one literal")
    parts = {part: str(value) for part, value in zip(shape, values, strict=False)}
    return Message(parts["m"], parts.get("p", ""), parts.get("c", ""))


def template_messages(source: str, name: str) -> Iterator[tuple[int, Message]]:
    """Yield line and message of every translate tag, block and _() in a template."""
    pseudo = templatize(source, origin=name)
    for call in _TEMPLATE_CALL.finditer(pseudo):
        first = ast.literal_eval(call[2])
        second = ast.literal_eval(call[3]) if call[3] else ""
        line = pseudo.count("\n", 0, call.start()) + 1
        if call[1] == "npgettext":
            raise Unreadable(f"{name}:{line}: a plural cannot have a context in a template")
        if call[1] == "pgettext":
            yield line, Message(second, context=first)
        else:
            yield line, Message(first, second if call[1] == "ngettext" else "")


def file_of(root: Path, language: str) -> Path:
    """Return where a language's translations are kept."""
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def read(file: Path) -> dict[Message, str]:
    """Return the translations in a .po file; fuzzy ones do not count."""
    if not file.exists():
        return {}
    return {
        Message(entry.msgid, entry.msgid_plural, entry.msgctxt or ""): (
            entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr
        )
        for entry in polib.pofile(str(file))
        if not entry.fuzzy and not entry.obsolete
    }


def write(root: Path, translations: Mapping[Message, str]) -> None:
    """Write the .po and .mo files of both languages, each in one step."""
    for language, plurals in LANGUAGES.items():
        catalog = polib.POFile(wrapwidth=98)
        catalog.metadata = {
            "Project-Id-Version": "Kehu",
            "Language": language,
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=UTF-8",
            "Content-Transfer-Encoding": "8bit",
            "Plural-Forms": plurals,
        }
        for message in sorted(translations):
            catalog.append(_entry(message, translations[message], language))
        file = file_of(root, language)
        file.parent.mkdir(parents=True, exist_ok=True)
        _replace(file, str(catalog).encode())
        _replace(file.with_suffix(".mo"), catalog.to_binary())


def _entry(message: Message, translation: str, language: str) -> polib.POEntry:
    """English is the language of the texts themselves: it translates each to itself."""
    both = {0: message.text, 1: message.plural} if language == "en" else {0: translation}
    return polib.POEntry(
        msgid=message.text,
        msgctxt=message.context or None,
        msgid_plural=message.plural,
        msgstr="" if message.plural else both[0],
        msgstr_plural=both if message.plural else {},
    )


def _replace(file: Path, content: bytes) -> None:
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(file)


def problem(message: Message, translation: str) -> str:
    """Say what is wrong with a translation, or ""."""
    if not translation.strip():
        return "is empty"
    expected = {found[0] for found in _PLACEHOLDER.finditer(message.text + message.plural)}
    written = {found[0] for found in _PLACEHOLDER.finditer(translation)}
    if expected != written:
        return f"has placeholders {sorted(written)} instead of {sorted(expected)}"
    edges = [message.text.startswith("\n"), message.text.endswith("\n")]
    if edges != [translation.startswith("\n"), translation.endswith("\n")]:
        return "begins or ends with a line break where the text does not, or the reverse"
    return ""
