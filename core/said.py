"""Sentences that still know which sentence they are, so that a stored one is read in any language.

A Said is a text in the language of the moment. `packed` gives it as text for a table, `unpacked`
makes it again in the reader's language; texts that are no Said (old rows) stay as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation as languages
from django.utils.functional import Promise
from django.utils.text import capfirst

MESSAGE, ARGUMENTS, CONTEXT, CAPITAL = "m", "a", "c", "u"
PLURAL, NUMBER = "p", "n"
PARTS, BETWEEN = "j", "s"
_MARKS = (f'{{"{MESSAGE}":', f'{{"{PARTS}":')


class Said(str):
    """A sentence with its message and arguments in `plain`, ready for JSON."""

    __slots__ = ("plain",)
    plain: Mapping[str, Any]

    def __new__(cls, text: str, plain: Mapping[str, Any]) -> Said:
        """Make a sentence of its words now and what makes it again."""
        made = super().__new__(cls, text)
        made.plain = plain
        return made

    def __mod__(self, values: Any) -> str:
        """Fill in the arguments, each of which may be a sentence or label of its own."""
        if not isinstance(values, Mapping) or MESSAGE not in self.plain:
            return str.__mod__(self, values)
        given = {name: _argument(value) for name, value in values.items()}
        return Said(str.__mod__(self, given), {**self.plain, ARGUMENTS: plain(given)})

    def __str__(self) -> str:
        """Give itself: str() of a sentence still knows which it is."""
        return self

    def __deepcopy__(self, memory: Any) -> Said:
        """Give itself: nothing changes it."""
        return self

    def __reduce__(self) -> Any:
        """Keep message and arguments where objects are pickled."""
        return Said, (str.__str__(self), self.plain)


def said(message: str) -> str:
    """Translate a message as gettext does, and remember which it was."""
    return Said(languages.gettext(message), {MESSAGE: message})


def counted(one: str, many: str, n: int) -> str:
    """Translate a message with a number as ngettext does, and remember which it was."""
    return Said(languages.ngettext(one, many, n), {MESSAGE: one, PLURAL: many, NUMBER: n})


def joined(parts: Iterable[Any], between: str = " ") -> str:
    """Join sentences and labels; what is joined can still be said in another language."""
    own = [_argument(part) for part in parts]
    if len(own) == 1 and isinstance(own[0], str):
        return own[0]
    text = between.join(map(str, own))
    if not any(isinstance(part, Said) for part in (*own, between)):
        return text
    return Said(text, {PARTS: plain(own), BETWEEN: plain(between)})


def pieces(parts: Iterable[Any]) -> str:
    """Join pieces of a line as core.text.clauses does, for readers of any language."""
    return joined(parts, _sign("between the pieces of a line", "; "))


def items(parts: Iterable[Any]) -> str:
    """Join the items of a list as core.text.listed does, for readers of any language."""
    return joined(parts, _sign("between the items of a list", ", "))


def _sign(context: str, message: str) -> str:
    return Said(languages.pgettext(context, message), {MESSAGE: message, CONTEXT: context})


def label(text: Any) -> str:
    """Give a label as it begins a line, with a capital where its language has any."""
    found = _argument(text)
    if not isinstance(found, Said) or MESSAGE not in found.plain:
        return str(capfirst(str(found)))
    return Said(capfirst(str(found)), {**found.plain, CAPITAL: 1})


def in_languages(text: Any) -> set[str]:
    """Give a lazy text in every language of the site, folded for comparing."""
    found = set()
    for code, _name in settings.LANGUAGES:
        with languages.override(code):
            found.add(str(text).strip().casefold())
    return found


def of_error(error: ValidationError) -> str:
    """Give the sentences of a validation error; what two checks say alike is said once."""
    told = [filled(one.message, one.params) for one in error.error_list]
    return joined({str(one): one for one in told}.values())


def plain(value: Any) -> Any:
    """Give a sentence, or whatever holds some, as JSON can hold it."""
    if isinstance(value, Said):
        return dict(value.plain)
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value if value is None or isinstance(value, str | int | float) else str(value)


def again(value: Any) -> Any:
    """Make what `plain` gave a text in the language of the moment."""
    if not isinstance(value, Mapping):
        return value
    if PARTS in value:
        own = [again(part) for part in value[PARTS]]
        return Said(str(again(value.get(BETWEEN, " "))).join(map(str, own)), value)
    if MESSAGE not in value:
        return str(value)
    text = _translated(value)
    if ARGUMENTS in value:
        given = {name: again(one) for name, one in value[ARGUMENTS].items()}
        try:
            text %= given
        except (KeyError, TypeError, ValueError):  # the sentence has other arguments by now
            text = " ".join([text, *map(str, given.values())])
    return Said(capfirst(text) if value.get(CAPITAL) else text, value)


def packed(value: str) -> str:
    """Give a sentence as text that `unpacked` understands; any other text as it is."""
    if not isinstance(value, Said):
        return value
    return json.dumps(value.plain, ensure_ascii=False, separators=(",", ":"))


def unpacked(text: str) -> str:
    """Give the sentence that `packed` made a text of, in the language of the moment."""
    if not text.startswith(_MARKS):
        return text
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return str(found) if not isinstance(found, dict) else again(found)


def _translated(value: Mapping[str, Any]) -> str:
    message, context = str(value[MESSAGE]), value.get(CONTEXT)
    if PLURAL in value:
        return languages.ngettext(message, str(value[PLURAL]), int(value.get(NUMBER, 1)))
    return languages.pgettext(str(context), message) if context else languages.gettext(message)


def filled(message: Any, values: Any) -> Any:
    """Give a message, lazy or not, with its arguments filled in."""
    found = _argument(message)
    if not values:
        return found
    if isinstance(found, Said):
        return found % values
    text = str(message % values)
    words = getattr(message, "_kw", {})  # of ngettext_lazy, whose number is one of the arguments
    one, many = str(words.get("singular", "")), str(words.get("plural", ""))
    for number in values.values() if one and many and isinstance(values, Mapping) else ():
        if isinstance(number, int):
            found = Said(
                languages.ngettext(one, many, number), {MESSAGE: one, PLURAL: many, NUMBER: number}
            )
            if (sentence := found % values) == text:
                return sentence
    return text


def _argument(value: Any) -> Any:
    """Give a lazy text as the sentence it would become, any other value as it is."""
    if not isinstance(value, Promise):
        return value
    words: Any = getattr(value, "_args", ())
    if len(words) == 1 and isinstance(words[0], Promise):  # a label that was given its capital
        found = label(words[0])
        return found if str(found) == str(value) else str(value)
    if len(words) == 1 and isinstance(words[0], str):
        found = said(words[0])
        if str(found) == str(value):
            return found
    if len(words) == 2 and all(isinstance(word, str) for word in words):
        text = languages.pgettext(*words)
        if text == str(value):
            return Said(text, {MESSAGE: words[1], CONTEXT: words[0]})
    return str(value)
