"""Fields that are filled by typing: what was typed is looked up, the value itself comes out.

Up to MOST values stand in a select; of more the page carries only what is chosen. A disabled value
stays visible where it is chosen and cannot be chosen anew; nothing is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import extend
from core.choosing import Found, Option, Source
from core.combobox import candidates, chips, select, text_input
from core.markup import format_html

INDENT = "\u3000"
NOT_CHOOSABLE = lazy("This value cannot be chosen; pick one from the list.")
UNKNOWN = lazy("No value is called that; type a code or a name.")
SEVERAL = lazy("Several values fit; choose the one you mean.")


class References:
    """What one page asks about values to choose: short lists and typed texts, each asked once."""

    def __init__(self, user: Any) -> None:
        self.user = user
        self._few: dict[str, list[tuple[str, str]] | None] = {}
        self._found: dict[tuple[str, str], Found] = {}

    def few(self, source: Source) -> list[tuple[str, str]] | None:
        """Give (text, label) of all values of a short list, None for a long one."""
        if source.key not in self._few:
            values = source.few(self.user)
            self._few[source.key] = values and [
                (text, INDENT * depth + text) for text, depth in values
            ]
        return self._few[source.key]

    def look_up(self, source: Source, texts: Iterable[str]) -> None:
        """Look up many texts at once; `find` then knows them."""
        new = {text for text in texts if text and (source.key, text) not in self._found}
        if new:
            for text, found in source.resolve(self.user, new).items():
                self._found[source.key, text] = found

    def find(self, source: Source, text: str) -> Found:
        """Say what a text means."""
        self.look_up(source, [text])
        return self._found[source.key, text]


class LongSelect(forms.Select):
    """A select with hundreds of options, rendered without a template for each of them."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the select with the value chosen."""
        attributes = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        return select(attributes, self.choices, value)


class Chooser(forms.TextInput):
    """A text that is looked up: the select of a short list, or the field that suggests.

    The script makes a combobox of either; both send the same words.
    """

    few: Callable[[], Collection[tuple[str, str]] | None]
    source: str
    makes: Callable[[str], Any] | None = None
    candidates: Collection[Option] = ()

    @property
    def address(self) -> str:
        """Where the script asks for suggestions."""
        return reverse("core:choose", args=[self.source])

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the control, with the candidates for what was typed if it was not clear."""
        attributes = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        text = "" if value is None else str(value)
        few = None if self.candidates else self.few()
        if few is not None and (not text or any(text == known for known, _label in few)):
            control = select(attributes, [("", ""), *few], text)
        else:
            control = text_input(attributes, text)
        return format_html(
            '<span class="combo" data-combo="{}">{}{}</span>',
            self.address, control, candidates(name, self.candidates),
        )  # fmt: skip


class ReferenceField(forms.Field):
    """One value of a source; `chosen` is the one the record has already, whatever became of it."""

    widget = Chooser

    def __init__(
        self, source: Any, references: References, *, chosen: Any = None, **more: Any
    ) -> None:
        super().__init__(**more)
        self.source, self.references, self.chosen = source, references, chosen
        self.widget.source = source.key
        self.widget.few = self._few

    def prepare_value(self, value: Any) -> Any:
        """Give the words for a value; typed words stay as they are."""
        if not isinstance(value, self.source.model):
            return value
        return self.source.title(value, self.references.user)

    def to_python(self, value: Any) -> Any:
        """Give the value that is meant. Raises ValidationError if there is none, or several."""
        text = str(value or "").strip()
        if not text:
            return None
        chosen, user = self.chosen, self.references.user
        if chosen is not None and self.source.stands_for(chosen, text, user):
            return chosen
        return self._known(self.references.find(self.source, text))

    def _known(self, found: Found) -> Any:
        if found.value is None:
            self.widget.candidates = found.candidates
            raise ValidationError(sentence_of(found), code="invalid_choice")
        return found.value

    def _few(self) -> list[tuple[str, str]] | None:
        few = self.references.few(self.source)
        if few is None or self.chosen is None:
            return few
        own = self.source.text(self.chosen)
        if any(text == own for text, _label in few):
            return few
        return [*few, (own, option_label(self.source, self.chosen))]


class ManyChooser(Chooser):
    """Several values: those chosen as boxes that can be unticked, and a text for more of them."""

    normal: Callable[[str], str]

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the boxes and the text field; `value` holds what was chosen and typed."""
        attributes = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        chosen = {text: self.normal(text) for text in value or () if text}
        shown = dict(self.few() or ()) | {text: text for text in chosen.values() if text}
        unclear = "、".join(text for text, normal in chosen.items() if not normal)
        picked = chosen.values()
        boxes = chips(name, ((text, label, text in picked) for text, label in shown.items()))
        return format_html(
            '<span class="combo combo--many" data-combo="{}" data-many="{}">{}{}{}</span>',
            self.address, "new" if self.makes else "known", boxes,
            text_input(attributes, unclear), candidates(name, self.candidates),
        )  # fmt: skip

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Give all words that were sent."""
        return data.getlist(name) if hasattr(data, "getlist") else data.get(name)


class ReferencesField(ReferenceField):
    """Several values of a source, and new ones where people may make them."""

    widget = ManyChooser

    def __init__(
        self,
        source: Source,
        references: References,
        *,
        chosen: Collection[Any] = (),
        **more: Any,
    ) -> None:
        super().__init__(source, references, **more)
        self.own = {source.text(value): value for value in chosen}
        self.makes: Callable[[str], Any] | None = None
        self.widget.normal = self._normal

    def let_make(self, makes: Callable[[str], Any]) -> None:
        """Let people make a new value by its name."""
        self.makes = self.widget.makes = makes

    def prepare_value(self, value: Any) -> Any:
        """Give the words for values; typed words stay as they are."""
        return [super(ReferencesField, self).prepare_value(one) for one in value or ()]

    def to_python(self, value: Any) -> list[Any]:
        """Give the values that are meant, each once. Raises ValidationError for what is unclear."""
        words = [word for text in value or () for word in self._words(str(text).strip())]
        found: dict[Any, Any] = {}
        for one in map(self._value, words):
            found.setdefault(one.pk or str(one), one)
        return list(found.values())

    def _words(self, text: str) -> list[str]:
        """Give the words of a text, unless it is the name of one value as a whole."""
        if not text or text in self.own or self.references.find(self.source, text).is_sure:
            return [text] if text else []
        return [word for part in _SEPARATORS.split(text) if (word := part.strip())]

    def _value(self, word: str) -> Any:
        if word in self.own:
            return self.own[word]
        found = self.references.find(self.source, word)
        if self.makes and not found.is_sure and not found.is_outside:
            return self.makes(word)
        return self._known(found)

    def _normal(self, text: str) -> str:
        """Give the words of the value that a text surely means, "" when there is none."""
        if text in self.own:
            return text
        found = self.references.find(self.source, text)
        return self.source.text(found.value) if found.is_sure else ""

    def _few(self) -> list[tuple[str, str]] | None:
        few = self.references.few(self.source)
        if few is None:
            return None
        known = {text for text, _label in few}
        return [*few, *((text, option_label(self.source, value))
                        for text, value in self.own.items() if text not in known)]  # fmt: skip


def source_of(model: Any) -> Source:
    """Give the source of a table."""
    found: Source = extend.source(model._meta.label_lower)
    return found


def source_for(field: Any) -> Any:
    """Give the source of a foreign key; records of other kinds are named while they are usable."""
    label = field.related_model._meta.label_lower
    is_other = extend.kind_of(field.related_model) and field.related_model is not field.model
    return extend.source(f"{label}.usable" if is_other else label)


def option_label(source: Source, value: Any) -> str:
    """Give a value's words, indented by its depth in a tree, and marked when disabled."""
    text = source.text(value)
    name = text if value.is_active else _("%(name)s (disabled)") % {"name": text}
    return INDENT * getattr(value, "depth", 0) + name


def sentence_of(found: Found) -> Any:
    """Say why a text stands for no value."""
    if found.why:
        return found.why
    if found.is_outside:
        return NOT_CHOOSABLE
    return SEVERAL if found.candidates else UNKNOWN


_SEPARATORS = re.compile("[,，、;；]")
