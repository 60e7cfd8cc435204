"""Form components: field, cell and row of a grid, errors, error summary, hidden key and version.

It lays out bound fields; it must not parse or validate. Usage is written in ui.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core import kept
from core.folded import constant
from core.markup import format_html, format_html_join
from core.templatetags.ui_parts import NOTHING, alert, attribute, icon
from core.templatetags.ui_remarks import remark

KINDS = {"code": " input--code", "num": " input--num"}
CHOICE_WIDGETS = forms.RadioSelect  # CheckboxSelectMultiple is one, too
DASH = "—"


def field(bound: BoundField, **options: Any) -> SafeString:
    """Return label, control, hint and errors of a field; options override the field's own `ui`."""
    options = getattr(bound.field, "ui", {}) | options
    notes = _notes(bound, options)
    control = _control(bound, options, " ".join(id for id, _html in notes))
    below = format_html_join("", "{}", ((html,) for _id, html in notes))
    if isinstance(bound.field.widget, forms.CheckboxInput):
        return format_html('<div class="field{}">{}{}</div>', _width(options), control, below)
    return format_html(
        '<div class="field{}">{}{}{}</div>', _width(options), _label(bound, options), control, below
    )


def cell(bound: BoundField, row: int | str) -> SafeString:
    """Return the control of one grid cell, named by row and column for a screen reader."""
    label, kind = str(bound.label), getattr(bound.field, "ui", {}).get("kind", "")
    attrs = {
        "class": f"input{KINDS.get(kind, '')}",
        "aria-label": cell_label(row, label),
        "data-cell-label": label,
    }
    if isinstance(bound.field.widget, forms.CheckboxInput):
        del attrs["class"]
    if bound.errors:
        attrs["aria-describedby"] = f"{bound.auto_id}-e"
    return bound.as_widget(attrs=attrs)


def cell_label(row: int | str, label: str) -> str:
    """Return the accessible name of a grid cell."""
    return _("Row %(row)s %(label)s") % {"row": row, "label": label}


def row_errors(form: forms.BaseForm, columns: int, row: int | str) -> SafeString:
    """Return the message row under an invalid grid row, or nothing."""
    lines = [
        (f"{form[name].auto_id}-e", _row_sentence(row, form[name].label, " ".join(errors)))
        if name != forms.forms.NON_FIELD_ERRORS
        else (f"{form.prefix}-e", _row_sentence(row, "", " ".join(errors)))
        for name, errors in form.errors.items()
    ]
    if not lines:
        return NOTHING
    messages = format_html_join("", "{}", ((_error(id, line),) for id, line in lines))
    return format_html(
        '<tr class="eg__msg"><td></td><td colspan="{}">{}</td></tr>', columns - 1, messages
    )


def error_summary(*parts: Any, action: str = "save", title: str = "") -> SafeString:
    """Return the alert that lists every error of the forms and formsets with links, or nothing."""
    items = [item for part in parts for item in _problems(part)]
    if not items:
        return NOTHING
    count = len(items)
    if not title and action == "submit":
        title = ngettext(
            "Not submitted yet: %(n)d field needs a change",
            "Not submitted yet: %(n)d fields need a change",
            count,
        ) % {"n": count}
    elif not title:
        title = ngettext(
            "Not saved: %(n)d field needs a change", "Not saved: %(n)d fields need a change", count
        ) % {"n": count}
    lines = format_html_join(
        "",
        "<li>{}</li>",
        ((format_html('<a href="#{}">{}</a>', id, line) if id else line,) for id, line in items),
    )
    content = format_html('<ul class="alert__list">{}</ul>', lines)
    return alert(content, "danger", title, id="errors", focus=True)


def key_fields(context: dict[str, Any], form: forms.BaseForm) -> SafeString:
    """Return the hidden inputs that make a form safe to send twice or late, and say whose it is."""
    names = [name for name in ("key", "version") if name in form.fields]
    fields = format_html_join("", "{}", ((form[name].as_hidden(),) for name in names))
    return format_html("{}{}", fields, writer_field(context))


def writer_field(context: dict[str, Any]) -> SafeString:
    """Return the hidden input that says for whom a form was made."""
    user = getattr(context.get("request"), "user", None)
    if user is None or not user.is_authenticated:
        return NOTHING
    return format_html('<input type="hidden" name="{}" value="{}">', kept.WRITER, kept.stamp(user))


@constant
def reviewed() -> SafeString:
    """Return the ◆ of what changes by a change request."""
    told = _("Changes by a change request")
    return format_html(
        '<span class="muted" title="{}">◆<span class="vh"> {}</span></span>', told, told
    )


def _width(options: dict[str, Any]) -> str:
    return f" col-{options['width']}" if options.get("width", 1) > 1 else ""


def _label(bound: BoundField, options: dict[str, Any]) -> SafeString:
    mark = NOTHING
    if options.get("needed", bound.field.required):
        mark = mark_safe('<span class="req" aria-hidden="true">*</span>')
    if options.get("reviewed"):
        mark = format_html("{} {}", mark, reviewed())
    if isinstance(bound.field.widget, CHOICE_WIDGETS):
        words = '<span class="field__label" id="{}-l">{}{}</span>'
        return format_html(words, bound.auto_id, bound.label, mark)
    words = '<label class="field__label" for="{}">{}{}</label>'
    return format_html(words, bound.id_for_label, bound.label, mark)


def _notes(bound: BoundField, options: dict[str, Any]) -> list[tuple[str, SafeString]]:
    notes = []
    hint = options.get("hint", bound.help_text)
    wrong = " ".join(map(str, bound.errors)) or options.get("wrong", "")
    if wrong:
        id = f"{bound.auto_id}-e"
        notes.append((id, _error(id, wrong)))
    if hint:
        id = f"{bound.auto_id}-h"
        notes.append((id, format_html('<p class="field__hint" id="{}">{}</p>', id, hint)))
    if told := options.get("remark"):
        notes.append((told.anchor, remark(told)))
    return notes


def _error(id: str, text: str) -> SafeString:
    return format_html(
        '<p class="field__error" id="{}">{}<span>{}</span></p>', id, icon("alert"), text
    )


def _control(bound: BoundField, options: dict[str, Any], described: str) -> SafeString:
    widget, kind = bound.field.widget, options.get("kind", "")
    attrs: dict[str, Any] = {"aria-describedby": described} if described else {}
    if isinstance(widget, CHOICE_WIDGETS):
        return _choices(bound, attrs)
    if isinstance(widget, forms.CheckboxInput):
        attrs |= {"role": "switch"} if kind == "switch" else {}
        return format_html(
            '<label class="{}">{} <span>{}{}</span></label>',
            "switch" if kind == "switch" else "check",
            bound.as_widget(attrs=attrs),
            bound.label,
            format_html(" {}", reviewed()) if options.get("reviewed") else NOTHING,
        )
    if options.get("wrong") and not bound.errors:
        attrs["aria-invalid"] = "true"
    own = widget.attrs.get("class", "")
    attrs["class"] = f"input{KINDS.get(kind, '')}{' ' + own if own else ''}"
    if options.get("needed") and not bound.field.required:
        attrs["aria-required"] = "true"
    control = bound.as_widget(attrs=attrs)
    if options.get("addon"):
        return format_html(
            '<div class="input-group">{}<span class="addon">{}</span></div>',
            control,
            options["addon"],
        )
    return control


def _choices(bound: BoundField, attrs: dict[str, Any]) -> SafeString:
    radio = not isinstance(bound.field.widget, forms.CheckboxSelectMultiple)
    boxes = bound.subwidgets
    look = "check" if radio else "chip chip--pick"
    mark = NOTHING if radio else icon("check", "sm")
    labels = format_html_join(
        "", '<label class="{}">{}{} {}</label>',
        ((look, box.tag(), mark, box.choice_label) for box in boxes),
    )  # fmt: skip
    return format_html(
        '<div class="row{}" role="{}" id="{}" aria-labelledby="{}-l"{}>{}</div>',
        " row--loose" if radio else "",
        "radiogroup" if radio else "group",
        bound.auto_id,
        bound.auto_id,
        attribute("aria-describedby", attrs.get("aria-describedby")),
        labels,
    )


def _row_sentence(row: int | str, label: Any, text: str) -> str:
    if label:
        return _("Row %(row)s, %(label)s: %(text)s") % {"row": row, "label": label, "text": text}
    return _("Row %(row)s: %(text)s") % {"row": row, "text": text}


def _labelled(label: str, text: str) -> str:
    return _("%(label)s: %(text)s") % {"label": label, "text": text} if label else text


def _problems(part: Any) -> Iterator[tuple[str, str]]:
    if isinstance(part, BaseFormSet):
        label = str(getattr(part, "label", ""))
        for line in part.non_form_errors():
            yield part.prefix, _labelled(label, line)
        for number, form in enumerate(part.forms, start=1):
            yield from _form_problems(form, label, number)
    elif isinstance(part, list):
        for one in part:
            yield from _problems(one)
    elif part is not None:
        yield from _form_problems(part)


def _form_problems(
    form: forms.BaseForm, label: str = "", row: int = 0
) -> Iterator[tuple[str, str]]:
    # Of a row without errors nobody asks for its fields: they are made when they are asked for.
    places = {name: place for place, name in enumerate(form.fields if form.errors else ())}
    for name, errors in sorted(form.errors.items(), key=lambda told: places.get(told[0], -1)):
        text = " ".join(str(error) for error in errors)
        if name == forms.forms.NON_FIELD_ERRORS:
            anchor, own = (f"{form.prefix}" if row else ""), ""
        else:
            bound = form[name]
            anchor, own = ("" if bound.is_hidden else bound.id_for_label), str(bound.label)
        if row:
            line = _row_sentence(row, own, text)
            yield anchor, f"{label} {line}"
        else:
            yield anchor, _labelled(own, text)


CHECKED = mark_safe(" checked")
# Stands for the number of a row that is drawn for several.
NUMBER = "\ue000"


def grid_row(row: Any, number: int | str) -> SafeString:
    """Return one row form of a grid; the script numbers the row of a template, which has none."""
    cells = format_html_join(
        "", '<td data-label="{}">{}</td>', ((one.label, cell(one, number)) for one in row.cells)
    )
    picks = format_html_join("", "{}", ((_pick(row, one, number),) for one in row.picks))
    delete = format_html(
        '<label class="no-js eg__drop">'
        '<input type="checkbox" name="{}" aria-label="{}"{}>{}</label>',
        row["DELETE"].html_name,
        _("Delete row %(number)s") % {"number": number},
        CHECKED if row.is_dropped else NOTHING,
        _("Delete"),
    )
    return format_html(
        '<tr data-row><td class="eg__no">{}</td>{}{}<td class="eg__act">{}{}{}{}</td></tr>',
        number, cells, picks, row["pk"], row["line"], delete, row_buttons(number),
    )  # fmt: skip


def row_remark(row: Any, columns: int) -> SafeString:
    """Return what was remarked on a row, for the line above it, or nothing."""
    told = row.grid.remarks.get(row.grid.keys[row.index])
    if told is None:
        return NOTHING
    line = '<tr class="eg__note"><td></td><td colspan="{}">{}</td></tr>'
    return format_html(line, columns - 1, remark(told))


def grid_rows(grid: Any) -> SafeString:
    """Return the rows of a grid and the template of more; a blank one is drawn once for all."""
    forms = grid.forms[: len(grid.forms) - grid.spare]
    rows = [
        f"{row_remark(row, grid.width)}{grid_row(row, number)}"
        f"{row_errors(row, grid.width, number)}\n"
        for number, row in enumerate(forms, 1)
    ]
    blank = grid_row(grid.empty_form, NUMBER)
    for index in range(len(forms), len(grid.forms)):
        row = blank.replace("__prefix__", str(index)).replace(NUMBER, str(index + 1))
        rows.append(f"{row}\n")
    return format_html(
        "<tbody>\n{}</tbody></table>\n<template data-grid-row>{}</template>",
        SafeString("".join(rows)), SafeString(blank.replace(NUMBER, "")),
    )  # fmt: skip


def _pick(row: Any, pick: Any, number: int | str) -> SafeString:
    return format_html(
        '<td class="eg__pick" data-label="{0}"><input type="radio" name="{1}" value="{2}"'
        ' data-pick="{3}" data-cell-label="{0}" aria-label="{4}"{5}></td>',
        pick.label, pick.name, row.index, pick.flag, cell_label(number, pick.label),
        CHECKED if pick.checked else NOTHING,
    )  # fmt: skip


def row_buttons(number: int | str) -> SafeString:
    """Return the buttons of the row with this number; the script numbers those of a template."""
    return _row_buttons(number, get_language() or "")


@lru_cache(maxsize=1_000)
def _row_buttons(number: int | str, _language: str) -> SafeString:
    named = {"number": number}
    return format_html(
        '<span class="row nowrap js-only">{}{}{}</span>',
        _button("insert", "plus", _("Insert a row below row {row}"),
                _("Insert a row below row %(number)s") % named),
        _button("copy", "copy", _("Copy row {row}"), _("Copy row %(number)s") % named),
        _button("delete", "trash", _("Delete row {row}"), _("Delete row %(number)s") % named),
    )  # fmt: skip


def _button(name: str, picture: str, pattern: str, label: str) -> SafeString:
    return format_html(
        '<button class="btn btn--icon btn--ghost btn--sm" type="button" tabindex="-1" data-row-{}'
        ' data-row-pattern="{}" aria-label="{}" title="{}">{}</button>',
        name, pattern, label, label, icon(picture),
    )  # fmt: skip
