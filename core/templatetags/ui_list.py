"""Markup of lists that is made in Python because it is most of a page: heads, rows, menus.

It must not query or know a business word; an app passes cells of its own by column name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.db import models
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.catalog import Catalog
from core.fields import Money
from core.listing import ADD, Asked, Column, Listing
from core.markup import format_html, format_html_join
from core.records.kind import Kind
from core.templatetags.ui_parts import NOTHING, attribute, icon, tag
from core.templatetags.ui_values import money, whens

EMPTY = mark_safe('<span class="muted">—</span>')
LONGEST = 40
REST = "nowrap cell-hide"


@dataclass(frozen=True)
class Cell:
    """How the cells of a column are made and dressed; a titled cell prints its label on phones."""

    content: Callable[[Any], Any]
    css: str = REST
    is_titled: bool = True

    @property
    def kept(self) -> Cell:
        """Give the same cell, shown on phones too."""
        return replace(self, css=self.css.removesuffix("cell-hide").strip())


def record_url(kind: Kind, page: str, *args: Any) -> str:
    """Return the address of a page of a kind of record."""
    return kind.url(page, *args)


def head(listing: Listing, columns: Iterable[Column], asked: Asked | None = None) -> SafeString:
    """Return the head cells; those that can be sorted are links where an address is asked for."""
    return format_html_join("", "{}", ((_head_cell(listing, one, asked),) for one in columns))


def rows(
    objects: Iterable[Any], columns: Sequence[Column], cells: Mapping[str, Cell], form: str
) -> SafeString:
    """Return the rows of a page; each can be chosen for the form with that id, if there is one."""
    made = [cells[column.name] for column in columns]
    contents = [cell.content for cell in made]
    frame = "".join(
        _frame(str(column.label) if cell.is_titled else "", cell.css)
        for column, cell in zip(columns, made, strict=True)
    )
    if not form:
        lines = ([content(one) for content in contents] for one in objects)
        return format_html_join("\n", f"<tr>{frame}</tr>", lines)
    box = format_html(
        '<td class="check-cell"><input type="checkbox" form="{}" name="pks" data-select-row', form
    )
    choose = _("Select %(name)s")
    chosen = (
        [box, one.pk, choose % {"name": one}, *(content(one) for content in contents)]
        for one in objects
    )
    row = f'<tr>{{}} value="{{}}" aria-label="{{}}"></td>{frame}</tr>'
    return format_html_join("\n", row, chosen)


def cells_of(
    catalog: Catalog, columns: Iterable[Column], own: Mapping[str, Cell]
) -> dict[str, Cell]:
    """Give a cell for every column: the app's own, else the one that fits the field."""
    return {one.name: own.get(one.name) or _plain(catalog, one) for one in columns}


def counted(found: Mapping[int, tuple[int, Any]]) -> Cell:
    """Give the cell of how many were counted for a row, by its key."""
    return Cell(lambda one: f"{found[one.pk][0]:,}" if one.pk in found else EMPTY, "num cell-hide")


def hidden(asked: Asked, *without: str) -> SafeString:
    """Return what an address asks for as hidden inputs, for a form that adds to it."""
    kept = ((name, value) for name, value in asked.pairs if name not in without)
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', kept)


def conditions(listing: Listing) -> SafeString:
    """Return the menu items that add a condition."""
    return _conditions(listing, get_language() or "")


def chooser(listing: Listing, chosen: Sequence[Column]) -> SafeString:
    """Return the checkboxes of all columns: the chosen in order with buttons, then the rest."""
    return _chooser(listing, get_language() or "", tuple(one.name for one in chosen))


def tags(marks: Iterable[Any]) -> SafeString:
    """Return the marks of a row, each in its tone."""
    shown = format_html_join("", "{}", ((_tag(mark.name, mark.tone),) for mark in marks))
    return format_html('<span class="tags">{}</span>', shown) if shown else EMPTY


_tag = lru_cache(maxsize=1_000)(tag)


@lru_cache(maxsize=1_000)
def _frame(label: str, css: str) -> str:
    """Return one cell as part of a format string: its own content is the only open place."""
    opening = format_html("<td{}{}>", attribute("data-label", label), attribute("class", css))
    return opening.replace("{", "{{").replace("}", "}}") + "{}</td>"


def _head_cell(listing: Listing, column: Column, asked: Asked | None) -> SafeString:
    is_number = column.style == "num" or _is_moment(listing.catalog, column)
    css = attribute("class", "num" if is_number else "")
    if asked is None or not column.sort:
        return format_html('<th scope="col"{}>{}</th>', css, column.label)
    now = asked.wanted.sort
    order, arrow = "", NOTHING
    if now.name == column.name:
        order = "descending" if now.is_descending else "ascending"
        arrow = icon("down" if now.is_descending else "up", "sm")
    url = asked.url(sort=listing.sort_of(column, now))
    return format_html(
        '<th scope="col"{}{}><a href="{}">{}{}</a></th>',
        css, attribute("aria-sort", order), url, column.label, arrow,
    )  # fmt: skip


def _is_moment(catalog: Catalog, column: Column) -> bool:
    own = catalog.by_name.get(column.name)
    return own is not None and isinstance(catalog.field(own.name), models.DateField)


def _plain(catalog: Catalog, column: Column) -> Cell:
    name, source = column.name, catalog.field(column.name)
    if source.many_to_many:
        return Cell(lambda one: tags(getattr(one, column.attribute)), "nowrap")
    if isinstance(source, models.DateField):
        return Cell(_moment(name), "nowrap muted num cell-hide")
    if isinstance(source, Money):
        return Cell(lambda one: _amount(getattr(one, name)), "num cell-hide")
    if isinstance(source, models.BooleanField):
        return Cell(lambda one: _("Yes") if getattr(one, name) else EMPTY)
    if source.choices:
        return _choice(source)
    if column.style:
        return Cell(lambda one: clipped(getattr(one, name)), f"{column.style} nowrap cell-hide")
    return Cell(lambda one: clipped(getattr(one, name)))


def _choice(source: Any) -> Cell:
    labels = {value: str(label) for value, label in source.flatchoices}
    return Cell(lambda one: labels.get(getattr(one, source.name)) or EMPTY)


def _moment(name: str) -> Callable[[Any], Any]:
    printed = whens()
    return lambda one: EMPTY if (value := getattr(one, name)) is None else printed(value)


def _amount(value: Any) -> Any:
    return EMPTY if value is None else money(value)


def clipped(value: Any) -> Any:
    """Return a text as a cell shows it: long ones cut, whole when pointed at."""
    text = "" if value is None else str(value)
    if not text:
        return EMPTY
    if len(text) <= LONGEST:
        return text
    return format_html('<span title="{}">{}…</span>', text, text[:LONGEST])


@lru_cache(maxsize=16)
def _conditions(listing: Listing, _language: str) -> SafeString:
    base = listing.filters.base_filters
    known = {name: one for name, one in base.items() if one.is_offered}
    placed = {row.name: row.section for row in listing.catalog}
    groups = [
        (section.label, [name for name in known if placed.get(name) == section.name])
        for section in listing.catalog.sections
    ]
    groups.append((_("More"), [name for name in known if name not in placed]))
    shown = [
        (label, [(name, known[name].label) for name in names]) for label, names in groups if names
    ]
    return render_to_string("components/conditions.html", {"groups": shown, "add": ADD})


@lru_cache(maxsize=256)
def _chooser(listing: Listing, _language: str, chosen: tuple[str, ...]) -> SafeString:
    columns = listing.columns
    context = {
        "chosen": [columns[name] for name in chosen],
        "others": [column for name, column in columns.items() if name not in chosen],
        "fixed": listing.fixed,
    }
    return render_to_string("components/chooser.html", context)
