"""Charts as inline SVG, drawn by the server: a stacked bar with its legend, columns over time.

Values in, safe HTML out; colours are CSS classes. It must not query or know what is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

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
    starts = accumulate((width + GAP for width in widths), initial=0.0)
    context = {
        "label": label,
        "width": WIDTH,
        "height": BAR_HEIGHT,
        "marks": [
            (part.tone, f"{x:.1f}", f"{width:.1f}")
            for part, x, width in zip(drawn, starts, widths, strict=False)
        ],
        "legend": [
            (part, f"{part.value:,}", f"{100 * part.value / total:.1f}%" if total else "0%")
            for part in parts
        ],
    }
    return render_to_string("components/stacked_bar.html", context)


def columns(points: Sequence[Bar], label: str) -> SafeString:
    """Draw values over time as columns; the last one stands out and carries its number."""
    top = nice_top(max((point.value for point in points), default=0))
    pitch = (WIDTH - LEFT - 6) / max(1, len(points))
    width, room = max(2.0, pitch - 10), BASE_LINE - TOP_LINE
    marks = [
        {
            "label": point.label,
            "value": f"{point.value:,}",
            "x": f"{x:.1f}",
            "middle": f"{x + width / 2:.1f}",
            "y": f"{BASE_LINE - height:.1f}",
            "above": f"{BASE_LINE - height - 6:.1f}",
            "height": f"{height:.1f}",
        }
        for at, point in enumerate(points)
        for x, height in [(LEFT + 4 + at * pitch, room * point.value / top)]
    ]
    lines = (BASE_LINE, (BASE_LINE + TOP_LINE) // 2, TOP_LINE)
    context = {
        "label": label,
        "width": WIDTH,
        "height": COLUMNS_HEIGHT,
        "below": COLUMNS_HEIGHT - 6,
        "axis": "".join(f"M{LEFT} {y + 0.5}H{WIDTH}" for y in lines),
        "numbers": [(y + 4, f"{n:,}") for y, n in zip(lines, (0, top // 2, top), strict=True)],
        "numbers_end": LEFT - 6,
        "column": f"{width:.1f}",
        "marks": marks,
    }
    return render_to_string("components/columns.html", context)


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
