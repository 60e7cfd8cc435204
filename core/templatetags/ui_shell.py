"""The frame around every page: attributes of <html>, side navigation, organisation, page messages.

Counts beside entries come from callables that apps registered; it must not query by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from core import extend, history
from core.access import granted, permissions_of, roles_of
from core.folded import constant
from core.markup import format_html, format_html_join
from core.templatetags.ui_parts import NOTHING, attribute, icon

SHELL_KEPT = 30
THEMES = ("light", "dark")
DENSITIES = ("compact", "cozy")
_SEARCH = (
    '<form class="search" role="search" action="{}">{}<label class="vh" for="q">{}</label>'
    '<input id="q" name="q" type="search" autocomplete="off" maxlength="100" value="{}"'
    ' placeholder="{}" aria-keyshortcuts="/" data-search><kbd class="hide-sm" aria-hidden="true">'
    "/</kbd></form>"
)


def chosen(request: HttpRequest, name: str) -> str:
    """Return the theme or density: the user's choice, else the cookie's, else "" (system)."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return getattr(user, name)
    return request.COOKIES.get(name, "")


def html_attributes(context: dict[str, Any]) -> SafeString:
    """Return lang, data-theme and data-density of <html>, so that nothing flashes."""
    request = context.get("request")
    theme = chosen(request, "theme") if request else ""
    density = chosen(request, "density") if request else ""
    return format_html(
        'lang="{}"{}{}',
        to_locale(get_language() or settings.LANGUAGE_CODE).replace("_", "-"),
        attribute("data-theme", theme if theme in THEMES else ""),
        attribute("data-density", density if density in DENSITIES else ""),
    )


def organisation() -> str:
    """Return the name of the company that runs this site, or nothing."""
    return settings.ORG_NAME


@constant
def home_url() -> str:
    """Return the address of the page on which people begin."""
    return resolve_url(settings.LOGIN_REDIRECT_URL)


def search_box(context: dict[str, Any]) -> SafeString:
    """Return what searches the list of the page's register, or of the first that there is."""
    request, known = context["request"], context.get("register")
    rights = permissions_of(request.user)
    mine = (one for one in extend.registers() if one.kind.right("view") in rights)
    if (found := known or next(mine, None)) is None:
        return NOTHING
    url, label = found.kind.url("list"), _("Search %(things)s") % {"things": found.kind.plural}
    hint = _("%(search)s: %(fields)s") % {"search": label, "fields": found.finds}
    typed = request.GET.get("q", "") if request.path == url else ""
    return format_html(_SEARCH, url, icon("search"), label, typed, hint if found.finds else label)


def navigation(context: dict[str, Any]) -> SafeString:
    """Return the entries the user may open, grouped by section, the current one marked."""
    request = context["request"]
    items = granted(extend.nav_items(), request.user)
    placed = [(item, url) for item in items if (url := _url(item))]
    current = _current(request.path, [url for _item, url in placed])
    counts = _kept(request.user)["counts"]
    groups: dict[str, list[tuple[extend.NavItem, str]]] = {}
    for item, url in placed:
        groups.setdefault(str(item.section), []).append((item, url))
    lines = ((_group(section, rows, current, counts),) for section, rows in groups.items())
    return format_html_join("", "{}", lines)


def person_line(context: dict[str, Any]) -> str:
    """Return who is signed in: name, roles and department."""
    user = context["request"].user
    known = extend.roles()
    roles = [str(known[name].label) for name in known if name in roles_of(user)]
    return " · ".join(part for part in (str(user), *roles, _kept(user)["unit"]) if part)


def _url(item: extend.NavItem) -> str:
    try:
        return reverse(item.url_name)
    except NoReverseMatch:
        return ""


def _current(path: str, urls: Iterable[str]) -> str:
    """Return the longest url the path is, or lies below; the root only stands for itself."""
    above = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(above, key=len, default="")


def _kept(user: Any) -> dict[str, Any]:
    """Return the counts that are not zero by url name and the unit, kept for some seconds.

    Counts are kept until something is written, so that they agree with the page beside them.
    """
    asked = [item for item in granted(extend.nav_items(), user) if item.badge]
    key = f"shell:{user.pk}:{history.stamp(user) if asked else ''}"
    kept = cache.get(key)
    if kept is None:
        counts = {item.url_name: count for item in asked if (count := item.badge(user))}
        kept = {"counts": counts, "unit": str(user.unit or "")}
        cache.set(key, kept, SHELL_KEPT)
    return kept


def _group(
    section: str,
    placed: Iterable[tuple[extend.NavItem, str]],
    current: str,
    counts: dict[str, int],
) -> SafeString:
    head = format_html('<p class="nav__head">{}</p>', section) if section else NOTHING
    links = format_html_join(
        "",
        '<a class="nav__link" href="{}"{}>{}<span>{}</span>{}</a>',
        (
            (
                url,
                attribute("aria-current", "page" if url == current else ""),
                icon(item.icon),
                item.label,
                _badge(counts.get(item.url_name)),
            )
            for item, url in placed
        ),
    )
    return format_html('<div class="nav">{}{}</div>', head, links)


def _badge(count: int | None) -> SafeString:
    return format_html('<span class="badge">{}</span>', f"{count:,}") if count else NOTHING
