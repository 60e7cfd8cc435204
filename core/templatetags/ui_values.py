"""How moments, ages and amounts are printed (DESIGN.md section 8), in both languages.

It must not query; usage is written in ui.py.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.markup import format_html
from core.timeline import since_text

DASH = "—"
AGE_WARN = timedelta(hours=8)
AGE_OVER = timedelta(hours=24)


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


def since(moment: datetime | None) -> SafeString | str:
    """Return the age of a moment with its urgency."""
    if moment is None:
        return DASH
    age = timezone.now() - moment
    level = "over" if age >= AGE_OVER else "warn" if age >= AGE_WARN else ""
    return format_html(
        '<span class="age" data-sla="{}" title="{}">{}</span>',
        level,
        full(timezone.localtime(moment)),
        since_text(moment),
    )


def duration(seconds: float) -> str:
    """Return a length of time in words."""
    if seconds < 60:
        shown = f"{seconds:.1f}" if seconds < 10 and seconds != int(seconds) else f"{seconds:.0f}"
        return _("%(n)s seconds") % {"n": shown}
    minutes = round(seconds / 60)
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def grouped(number: int | None) -> str:
    """Return a number with its thousands apart, or — where there is none."""
    return f"{number:,}" if isinstance(number, int) else DASH


def money(value: Decimal | int | None) -> str:
    """Return an amount in full: 500,000.00."""
    return DASH if value is None else f"{Decimal(value):,.2f}"
