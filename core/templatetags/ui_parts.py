"""Components: icon, pill, tag, avatar, crumbs, panel, alert, empty state, table. Owns their markup.

It must not query or know a business word; usage is written in ui.py.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core.folded import constant
from core.markup import format_html, format_html_join
from core.templatetags.ui_values import DASH
from core.workflow import State

NOTHING = mark_safe("")
ALERT_ICONS = {"info": "info", "success": "check-circle", "warn": "alert", "danger": "alert"}


def attribute(name: str, value: object) -> SafeString:
    """Return ` name="value"`, or nothing when the value is empty."""
    return NOTHING if value in (None, "", False) else format_html(' {}="{}"', name, value)


@constant
@lru_cache(maxsize=256)
def icon(name: str, size: str = "") -> SafeString:
    """Return the decorative svg of one symbol of icons.svg; size: "", "sm" or "lg"."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f" icon--{size}" if size else "",
        static("img/icons.svg"),
        name,
    )


def pill(value: Any) -> SafeString:
    """Return the round pill of a state, or of that which a record is in."""
    state = value if isinstance(value, State) else value.workflow.state(value.state)
    return format_html(
        '<span class="pill" data-state="{}" data-tone="{}">{}{}</span>',
        state.name,
        state.tone,
        icon(state.icon),
        state.label,
    )


def tag(text: object, tone: str = "") -> SafeString:
    """Return a square tag, for a category or a kind (never for a state)."""
    return format_html('<span class="tag"{}>{}</span>', attribute("data-tone", tone), text)


def avatar(user: Any) -> SafeString:
    """Return the round initial of a person; the name itself must stand beside it."""
    name = str(user).strip()
    initial = name[:1].upper() if name.isascii() else name[-1:]
    return format_html('<span class="avatar" aria-hidden="true">{}</span>', initial)


def crumbs(*parts: object) -> SafeString:
    """Return the breadcrumb trail of label, url, label, url, …, last label."""
    steps = list(zip(parts[0:-1:2], parts[1::2], strict=True))
    links = format_html_join("", '<li><a href="{1}">{0}</a></li>', steps)
    return format_html(
        '<nav aria-label="{}"><ol class="crumbs">{}<li aria-current="page">{}</li></ol></nav>',
        _("Breadcrumbs"),
        links,
        parts[-1],
    )


def panel(
    content: str,
    title: str,
    *,
    id: str = "",
    badge: object = None,
    badge_tone: str = "",
    note: str = "",
    body: bool = True,
) -> SafeString:
    """Return a titled panel around its content; body=False leaves out the padding."""
    count = NOTHING
    if badge is not None:
        tone = attribute("data-tone", badge_tone)
        count = format_html('<span class="badge"{}>{}</span>', tone, badge)
    return format_html(
        '<section class="panel"{}><div class="panel__head"><h2>{}</h2>{}{}</div>{}</section>',
        attribute("id", id),
        title,
        count,
        format_html('<span class="muted fs-12">{}</span>', note) if note else NOTHING,
        format_html('<div class="panel__body">{}</div>', content) if body else content,
    )


def alert(
    content: str,
    tone: str,
    title: str = "",
    *,
    icon_name: str = "",
    id: str = "",
    focus: bool = False,
    end: SafeString = NOTHING,
) -> SafeString:
    """Return a message in the flow of the page; only a danger interrupts a screen reader.

    `end` is what alert_end() returned.
    """
    return format_html(
        '<div class="alert" data-tone="{}" role="{}"{}{}>{}<div>{}{}</div>{}</div>',
        tone,
        "alert" if tone == "danger" else "status",
        attribute("id", id),
        mark_safe(' tabindex="-1" data-focus-on-load') if focus else NOTHING,
        icon(icon_name or ALERT_ICONS[tone]),
        format_html("<b>{}</b>", title) if title else NOTHING,
        content,
        end,
    )


def alert_end(content: str) -> SafeString:
    """Return the buttons at the end of an alert."""
    return format_html('<div class="alert__end row">{}</div>', content)


def empty_state(content: str, icon_name: str, title: str) -> SafeString:
    """Return the reason why there is nothing, and the one useful action given as content."""
    return format_html(
        '<div class="empty"><span class="empty__art">{}</span><h3>{}</h3>{}</div>',
        icon(icon_name, "lg"),
        title,
        content,
    )


SHORT = 14  # a text of fewer characters stays on one line


def child_table(table: Any, most: int | None = None, pins: Any = None) -> SafeString:
    """Return the rows of a core.records Table, the first `most` of them; or that none are.

    With `pins` each can be remarked on (core.templatetags.ui_remarks).
    """
    if not table.lines:
        words = '<div class="panel__body"><p class="muted fs-13">{}</p></div>'
        return format_html(words, _("None yet."))
    return format_html(
        '<div class="table-wrap" tabindex="0" role="region" aria-label="{}">'
        '<table class="table table--cards"><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>",
        table.label,
        format_html_join("", "<th{}>{}</th>", ((_in_line(one), one.head) for one in table.heads)),
        format_html_join(
            "", "<tr>{}{}</tr>", (_line_of(table, line, pins) for line in table.lines[:most])
        ),
    )


def _line_of(table: Any, line: Any, pins: Any) -> tuple[SafeString, SafeString]:
    first, *others = line.cells.values()
    place = f"{table.name}-{line.row.pk}"
    title = format_html(
        '<td class="cell-title"{}>{}{}{}{}</td>',
        pins.attributes(place) if pins else NOTHING,
        _cell_words(first),
        format_html_join("", " {}", ((tag(label, tone),) for label, tone in line.marks)),
        format_html(' <small class="muted">{}</small>', line.note) if line.note else NOTHING,
        pins.at(place) if pins else NOTHING,
    )
    cells = ((_in_line(one, len(one.text) < SHORT), one.head, _cell_words(one)) for one in others)
    return title, format_html_join("", '<td{} data-label="{}">{}</td>', cells)


def _in_line(cell: Any, is_short: bool = False) -> SafeString:
    nowrap = "nowrap" if is_short or cell.style == "code" else ""
    return attribute("class", " ".join(filter(None, ("num" * (cell.style == "num"), nowrap))))


def _cell_words(cell: Any) -> SafeString | str:
    if cell.style == "code" and cell.text:
        return format_html('<span class="nums">{}</span>', cell.text)
    return cell.text or DASH
