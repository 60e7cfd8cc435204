"""The timeline of a record. Owns its markup; the entries come ready from a query.

An entry is any object with `tone`, `icon`, `actor` (shown bold), `label` (what was done), `at`;
and, where it says something, `source` ("import #42 row 17") and its page `source_url`, `reason`,
`kind` (data-kind of the li, for filters), `changes`: a list of (label, old, new), and `rows`: a
list of (op, label, changes) for child rows with op "add", "del", "mod" or "order"; `evidence`: what
a decision was based on; `said`: (label, text) of what people wrote to each other.
It must not query.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.markup import format_html, format_html_join
from core.templatetags.ui_parts import NOTHING, attribute, icon
from core.templatetags.ui_values import when

MOST_OPEN = 6
SIGNS = {"add": "+", "del": "−", "mod": "~", "order": "↕"}


def history(entries: Iterable[Any]) -> SafeString:
    """Return the timeline of the entries, in the order given."""
    lines = format_html_join("", "{}", ((_entry(entry),) for entry in entries))
    return format_html('<ol class="timeline">{}</ol>', lines)


def _entry(entry: Any) -> SafeString:
    source = getattr(entry, "source", "")
    return format_html(
        '<li{}><span class="timeline__dot" data-tone="{}">{}</span><p><b>{}</b> {}{}</p>{}{}</li>',
        attribute("data-kind", getattr(entry, "kind", "")),
        entry.tone,
        icon(entry.icon),
        entry.actor,
        entry.label,
        _source(source, getattr(entry, "source_url", "")) if source else NOTHING,
        when(entry.at),
        _more(entry),
    )


def _source(source: str, url: str) -> SafeString:
    if url:
        return format_html(' <a class="muted" href="{}">{}</a>', url, source)
    return format_html(' <span class="muted">{}</span>', source)


def _more(entry: Any) -> SafeString:
    reason = getattr(entry, "reason", "")
    lines = [format_html("{}", _("Reason: %(reason)s") % {"reason": reason})] if reason else []
    changes = getattr(entry, "changes", ())
    is_creation = getattr(entry, "version", 0) == 1 and not any(
        old for _label, old, _new in changes
    )
    told = [(_value if is_creation else _change)(*change) for change in changes]
    told += [_row(*row) for row in getattr(entry, "rows", ())]
    lines += [
        format_html('<span class="muted">{}</span> {}', *one) for one in getattr(entry, "said", ())
    ]
    evidence = getattr(entry, "evidence", None)
    if not lines and not told and not evidence:
        return NOTHING
    return format_html(
        '<div class="timeline__more">{}{}{}</div>',
        _paragraphs(lines),
        _folded(told) if len(told) > MOST_OPEN else _paragraphs(told),
        _evidence(evidence) if evidence else NOTHING,
    )


def differences(changes: Iterable[Any], rows: Iterable[Any]) -> SafeString:
    """Return what changed in fields and rows, a paragraph each."""
    return _paragraphs([*(_change(*one) for one in changes), *(_row(*one) for one in rows)])


def _evidence(evidence: Any) -> SafeString:
    """Return the checklist of a decision, folded; a note of what was not seen stands open."""
    passed = sum(result == "ok" for result, _finding, _said in evidence.lines)
    known = {"passed": passed, "n": len(evidence.lines)}
    title = _("Checks at the decision: %(passed)s of %(n)s passed") % known
    lines = format_html_join(
        "",
        '<li data-result="{}">{}<b>{}</b><p>{}</p></li>',
        (
            (result, icon("check-circle" if result == "ok" else "alert"), finding, said)
            for result, finding, said in evidence.lines
        ),
    )
    return format_html(
        '{}<details><summary>{}</summary><ul class="checklist">{}</ul></details>',
        format_html("<p>{}</p>", evidence.note) if evidence.note else NOTHING,
        title,
        lines,
    )


def _folded(lines: list[SafeString]) -> SafeString:
    count = ngettext("%(n)d change", "%(n)d changes", len(lines)) % {"n": len(lines)}
    return format_html("<details><summary>{}</summary>{}</details>", count, _paragraphs(lines))


def _paragraphs(lines: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "<p>{}</p>", ((line,) for line in lines))


def _row(op: str, label: Any, changes: Iterable[tuple[Any, Any, Any]]) -> SafeString:
    """Return one line for a child row: all its values when it came or went, else what changed."""
    told = _change if op == "mod" else _value
    fields = format_html_join(" · ", "{}", ((told(*change),) for change in changes))
    return format_html("{} {}{}{}", _sign(op), label, " · " if fields else "", fields)


def _value(label: Any, old: Any, new: Any) -> SafeString:
    return format_html('<span class="muted">{}</span> {}', label, new or old)


def _sign(op: str) -> SafeString:
    words = {
        "add": _("Row added"),
        "del": _("Row removed"),
        "mod": _("Row changed"),
        "order": _("Rows moved"),
    }
    return format_html(
        '<b aria-hidden="true">{}</b><span class="vh">{}</span>', SIGNS[op], words[op]
    )


def _change(label: Any, old: Any, new: Any) -> SafeString:
    before = format_html("<del>{}</del>", old) if old not in (None, "") else _("(empty)")
    after = format_html("<ins>{}</ins>", new) if new not in (None, "") else _("(empty)")
    return format_html('<span class="muted">{}</span> {} → {}', label, before, after)
