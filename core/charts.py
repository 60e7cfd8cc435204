"""Charts as inline SVG, drawn by the server: a stacked bar with its legend, columns over time.

Pure: values in, safe HTML out; colours are CSS classes. It must not query or know what is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from core.markup import format_html, format_html_join

WIDTH = 344
BAR_HEIGHT = 12
GAP = 2
LEAST = 3
COLUMNS_HEIGHT = 152
BASE_LINE = 128
TOP_LINE = 18
LEFT = 26


@dataclass(frozen=True)
class Share:
    """One share of a whole; `tone` is success, info, warn, danger, neutral, change or muted."""

    label: Any
    value: int
    tone: str
    url: str = ""


@dataclass(frozen=True)
class Bar:
    """One bar of a row over time; an empty label prints nothing below the axis."""

    label: str
    value: int


def stacked_bar(parts: Sequence[Share], label: str) -> SafeString:
    """Draw the shares of a whole as one bar, followed by a legend with numbers and per cent."""
    total = sum(part.value for part in parts)
    drawn = [part for part in parts if part.value]
    widths = _shares([part.value for part in drawn], WIDTH - GAP * max(0, len(drawn) - 1))
    rects, x = [], 0.0
    for part, width in zip(drawn, widths, strict=True):
        rects.append((part.tone, f"{x:.1f}", f"{width:.1f}", BAR_HEIGHT))
        x += width + GAP
    bar = format_html_join(
        "", '<rect class="f-{}" x="{}" y="0" width="{}" height="{}" rx="2"/>', rects
    )
    if not drawn:
        bar = format_html(
            '<rect class="f-track" width="{}" height="{}" rx="2"/>', WIDTH, BAR_HEIGHT
        )
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>{}',
        WIDTH,
        BAR_HEIGHT,
        label,
        bar,
        _legend(parts, total),
    )


def columns(points: Sequence[Bar], label: str) -> SafeString:
    """Draw values over time as columns; the last one stands out and carries its number."""
    top = nice_top(max((point.value for point in points), default=0))
    pitch = (WIDTH - LEFT - 6) / max(1, len(points))
    width = max(2.0, pitch - 10)
    marks = [
        _column(point, LEFT + 4 + index * pitch, width, top, index == len(points) - 1)
        for index, point in enumerate(points)
    ]
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        WIDTH,
        COLUMNS_HEIGHT,
        label,
        _axis(top),
        format_html_join("", "{}", ((mark,) for mark in marks)),
    )


def nice_top(value: int) -> int:
    """Return the round and even number at or above the value where an axis may end; at least 2."""
    size = 10 ** (len(str(max(1, value))) - 1)
    rounds = (step * size for step in (1, 2, 4, 6, 8, 10))
    return next(top for top in rounds if top >= max(2, value) and top % 2 == 0)


def _shares(values: Sequence[int], space: float) -> list[float]:
    """Divide the space by the values, but keep every share wide enough to be seen."""
    total = sum(values)
    widths = [max(LEAST, space * value / total) for value in values]
    excess = sum(widths) - space
    if excess > 0:
        widths[widths.index(max(widths))] -= excess
    return widths


def _legend(parts: Sequence[Share], total: int) -> SafeString:
    return format_html(
        '<ul class="legend">{}</ul>',
        format_html_join(
            "",
            '<li><svg viewBox="0 0 8 8" aria-hidden="true">'
            '<rect class="f-{}" width="8" height="8" rx="2"/></svg>'
            "{}<b>{}</b><small>{}</small></li>",
            (
                (
                    part.tone,
                    _linked(part),
                    f"{part.value:,}",
                    f"{100 * part.value / total:.1f}%" if total else "0%",
                )
                for part in parts
            ),
        ),
    )


def _linked(part: Share) -> Any:
    return format_html('<a href="{}">{}</a>', part.url, part.label) if part.url else part.label


def _axis(top: int) -> SafeString:
    middle = (BASE_LINE + TOP_LINE) // 2
    lines = "".join(f"M{LEFT} {y + 0.5}H{WIDTH}" for y in (BASE_LINE, middle, TOP_LINE))
    numbers = ((BASE_LINE + 4, 0), (middle + 4, top // 2), (TOP_LINE + 4, top))
    return format_html(
        '<path class="axis" d="{}"/>{}',
        lines,
        format_html_join(
            "",
            '<text x="{}" y="{}" text-anchor="end">{}</text>',
            ((LEFT - 6, y, f"{number:,}") for y, number in numbers),
        ),
    )


def _column(point: Bar, x: float, width: float, top: int, is_last: bool) -> SafeString:
    height = (BASE_LINE - TOP_LINE) * point.value / top
    middle = f"{x + width / 2:.1f}"
    bar = format_html(
        '<rect class="bar{}" x="{}" y="{}" width="{}" height="{}" rx="2"/>',
        " bar--now" if is_last else "",
        f"{x:.1f}",
        f"{BASE_LINE - height:.1f}",
        f"{width:.1f}",
        f"{height:.1f}",
    )
    words = [(middle, f"{COLUMNS_HEIGHT - 6}", "", point.label)] if point.label else []
    if is_last:
        words.append((middle, f"{BASE_LINE - height - 6:.1f}", "val", f"{point.value:,}"))
    texts = format_html_join(
        "", '<text x="{}" y="{}" text-anchor="middle" class="{}">{}</text>', words
    )
    return format_html("{}{}", bar, texts)
