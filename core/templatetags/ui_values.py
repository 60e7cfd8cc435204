"""How moments, ages and amounts are printed (DESIGN.md section 8), in both languages.

It must not query; usage is written in ui.py.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.markup import format_html
from core.timeline import since_text

DASH = "—"
AGE_WARN = timedelta(hours=8)
AGE_OVER = timedelta(hours=24)
TEN_THOUSAND = Decimal(10_000)
SHORT_UNITS = {
    "zh": ((Decimal(100_000_000), " 亿", 2), (TEN_THOUSAND, " 万", 1)),
    "en": ((Decimal(1_000_000), "M", 2), (Decimal(1_000), "K", 1)),
}


def full(local: datetime) -> str:
    """Return a local moment to the second."""
    return local.strftime("%Y-%m-%d %H:%M:%S")


def when_text(moment: datetime | date, now: datetime | None = None) -> str:
    """Return the short words of a moment: today and yesterday by name, this year as month/day."""
    if not isinstance(moment, datetime):
        return moment.isoformat()
    return _words(timezone.localtime(moment), timezone.localtime(now or timezone.now()))


def _words(local: datetime, today: datetime) -> str:
    days = today.toordinal() - local.toordinal()
    if days == 0:
        return _("Today %(time)s") % {"time": f"{local:%H:%M}"}
    if days == 1:
        return _("Yesterday %(time)s") % {"time": f"{local:%H:%M}"}
    return f"{local:%m/%d %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d}"


def when(moment: datetime | date | None) -> SafeString | str:
    """Return a <time> with the short words and the full moment as its title; a dash for None."""
    return DASH if moment is None else whens()(moment)


def whens() -> Callable[[datetime | date], SafeString]:
    """Return what `when` does with a moment, for many of them that are printed now."""
    zone, now = timezone.get_current_timezone(), timezone.localtime()

    def printed(moment: datetime | date) -> SafeString:
        if not isinstance(moment, datetime):
            return format_html('<time datetime="{0}">{0}</time>', moment.isoformat())
        local = moment.astimezone(zone)
        return format_html(
            '<time datetime="{}" title="{}">{}</time>',
            local.isoformat(timespec="seconds"), full(local), _words(local, now),
        )  # fmt: skip

    return printed


def since(moment: datetime | None, plain: bool = False) -> SafeString | str:
    """Return the age of a moment with its urgency, or its words only when plain."""
    if moment is None:
        return DASH
    if plain:
        return since_text(moment)
    age = timezone.now() - moment
    level = "over" if age >= AGE_OVER else "warn" if age >= AGE_WARN else ""
    return format_html(
        '<span class="age" data-sla="{}" title="{}">{}</span>',
        level,
        full(timezone.localtime(moment)),
        since_text(moment),
    )


def short_money(value: Decimal) -> str:
    """Return an amount for lists and headers: 128.6 万 in Chinese, 1.29M in English."""
    family = SHORT_UNITS["zh" if (get_language() or "").startswith("zh") else "en"]
    for size, unit, places in family:
        if abs(value) >= size:
            step = Decimal(1).scaleb(-places)
            figure = f"{(value / size).quantize(step, ROUND_HALF_UP):,f}"
            return figure.rstrip("0").rstrip(".") + unit
    return f"{value.quantize(Decimal(1), ROUND_HALF_UP):,f}"


def money(value: Decimal | int | None, currency: str = "", short: bool = False) -> str:
    """Return an amount in full (500,000.00) or short, the currency code after the figure."""
    if value is None:
        return DASH
    amount = Decimal(value)
    figure = short_money(amount) if short else f"{amount:,.2f}"
    return f"{figure} {currency}" if currency else figure
