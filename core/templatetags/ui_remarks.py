"""Remarks pinned to fields and rows: where one is made, and where it is read and answered.

Owns their markup; what was remarked and what became of it comes ready from core.records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.markup import format_html, format_html_join
from core.records.kind import Kind
from core.records.remarks import LONGEST, REMARK, remarks_in
from core.records.returned import Told
from core.records.sections import Section
from core.templatetags.ui_history import differences
from core.templatetags.ui_parts import NOTHING, icon, tag
from core.templatetags.ui_values import when

FORM = "decision"  # the id of the form that a remark is sent with
PLACE = "place-"

Group = tuple[str, dict[str, str]]  # a headline, and the names of its places


class Pins:
    """What a page offers to remark on, and what was typed; `lost` is at no place of it.

    Components that take `pins` put a button at each place, and the remark that stands there.
    """

    def __init__(self, groups: Iterable[Group], data: Any = None) -> None:
        self.groups = list(groups)
        self.labels = {
            place: name for _group, names in self.groups for place, name in names.items()
        }
        self.typed: Mapping[str, str] = remarks_in(data) if data is not None else {}

    @property
    def lost(self) -> dict[str, str]:
        """What was typed for a place that is not on the page."""
        return {place: text for place, text in self.typed.items() if place not in self.labels}

    @property
    def links(self) -> list[tuple[str, str]]:
        """The places of what was typed: anchor and name."""
        return [(PLACE + one, self.labels[one]) for one in self.labels if one in self.typed]

    def attributes(self, place: str) -> SafeString:
        """Give what marks the element that a place is."""
        if place not in self.labels:
            return NOTHING
        marked = SafeString(" data-remarked") if place in self.typed else NOTHING
        return format_html(' id="{}{}" data-place="{}"{}', PLACE, place, place, marked)

    def at(self, place: str) -> SafeString:
        """Give the button of a place, and the remark that was typed there."""
        if place not in self.labels:
            return NOTHING
        name = _("Remark on %(place)s") % {"place": self.labels[place]}
        button = format_html(
            '<button class="pin js-only" type="button" data-pin="{}" aria-label="{}" title="{} (C)"'
            ' aria-keyshortcuts="C">{}</button>',
            self.labels[place], name, name, icon("pin"),
        )  # fmt: skip
        return button + (self.text(place) if place in self.typed else NOTHING)

    def text(self, place: str) -> SafeString:
        """Give the field of the remark at a place."""
        return _field(place, self.labels[place], self.typed[place])


def groups_of(kind: Kind, shown: Iterable[Section]) -> Iterator[Group]:
    """Give the places of some sections of a record."""
    for one in shown:
        if (part := kind.part_of_section(one.name)) and one.table:
            first = {part.name: str(part.label)}
            rows = {f"{part.name}-{line.row.pk}": line for line in one.table.lines}
            titles = {place: f"{part.title} {line.title}" for place, line in rows.items()}
            yield str(one.label), first | titles
        else:
            rights = kind.catalog.by_name
            yield str(one.label), {v.name: v.label for v in one.values if rights[v.name].form}


def pin_place(pins: Pins | None, place: str) -> SafeString:
    """Return what marks the element that a place is, where remarks are made."""
    return pins.attributes(place) if pins else NOTHING


def pin_at(pins: Pins | None, place: str) -> SafeString:
    """Return the button in the element that a place is, where remarks are made."""
    return pins.at(place) if pins else NOTHING


def pin(pins: Pins | None, place: str) -> SafeString:
    """Return the button of a place that has no line of its own: a part as a whole."""
    if not pins:
        return NOTHING
    return format_html('<span class="end"{}>{}</span>', pins.attributes(place), pins.at(place))


def pin_pattern() -> SafeString:
    """Return the field of a remark that the script puts at a place."""
    return format_html("<template data-remark>{}</template>", _field("", "{place}", ""))


def remark(told: Told) -> SafeString:
    """Return a remark where it belongs in a form, with the field of its answer."""
    hint = _("Change it, or say here why it stays.")
    return format_html(
        '<div class="remark remark--asked" id="{}">{}<span>{}{}</span><input class="input"'
        ' name="{}" value="{}" maxlength="{}" placeholder="{}" aria-label="{}"></div>',
        told.anchor, icon("pin"), told.text, _state(told), told.name, told.typed, LONGEST, hint,
        _("Answer on %(place)s") % {"place": told.label},
    )  # fmt: skip


def remark_list(remarks: Iterable[Told], before: str = "") -> SafeString:
    """Return remarks with what was done about each; `before` begins the anchors of their places."""
    return format_html('<ul class="remarks">{}</ul>', format_html_join(
        "", "<li>{}<b>{}</b> {}{}{}{}{}</li>", ((
            icon("pin", "sm"),
            _linked(one, before),
            one.text, _state(one), _answer(one), differences(one.pairs, one.rows),
            remark(one) if before == REMARK and not one.is_placed else NOTHING,
        ) for one in remarks),
    ))  # fmt: skip


def _linked(one: Told, before: str) -> Any:
    anchor = one.anchor if before == REMARK else f"{before}{one.place}"
    if not (before and one.place):
        return one.label
    return format_html('<a href="#{}">{}</a>', anchor, one.label)


def _field(place: str, name: str, text: str) -> SafeString:
    label = _("Remark on %(place)s") % {"place": name}
    return format_html(
        '<span class="remark">{}<input class="input" form="{}" name="{}{}" value="{}"'
        ' maxlength="{}" aria-label="{}" data-remark-text="{}"></span>',
        icon("pin"), FORM, REMARK, place, text, LONGEST, label, name,
    )  # fmt: skip


def _state(one: Told) -> SafeString:
    words = (_("changed"), "success") if one.is_changed else (_("answered"), "info")
    words = (_("to be changed or answered"), "warn") if one.is_open else words
    return format_html(" {}", tag(*words))


def _answer(one: Told) -> SafeString:
    if not one.answer or one.answered is None:
        return NOTHING
    by = format_html(
        '<span class="muted">{} · {}</span>', one.answered.actor, when(one.answered.at)
    )
    return format_html("<p><b>{}</b> {} {}</p>", _("Answer"), one.answer, by)
