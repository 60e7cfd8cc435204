"""What the result page shows: the reconciliation, codes, what was left alone, rows, the undo.

It arranges what customers/imports/desk.py reports; every number comes from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core.records import bulk
from customers.forms.import_check import Place
from customers.import_lifecycle import FAILED, UNDONE
from customers.imports import desk
from customers.imports.pages.shown import STATUSES, Bucket, Counts, Result, ResultRow
from customers.lifecycle import DRAFT, LIFE
from customers.models.import_batch import ImportBatch
from customers.views import import_grid
from customers.views.import_page import duration, errors_url, keyed, state_of

ORDER = ("created", "updated", "unchanged", "skipped", "undecided", "failed")
MOST_KEPT = 100


def context(batch: ImportBatch, request: HttpRequest, place: Place) -> dict[str, Any]:
    """Give everything the result page prints."""
    report = desk.result(batch, request.user)
    return {
        "state": state_of(batch),
        "told": _told(batch, report),
        **_added(batch, report, request.user),
        "took": duration(report.seconds),
        "recon": _recon(report.customers),
        "parts": [label for _name, label in _parts()],
        "sheets": [
            (one.name, f"{one.counts.read:,}", _numbers(one.counts)) for one in report.sheets
        ],
        "facts": _facts(batch, report),
        "codes": [_codes(first, last, count) for first, last, count in report.codes],
        "errors_url": errors_url(batch, report.customers),
        "left": _left(report),
        "buckets": [_bucket(one) for one in report.undo],
        "undone": report.undone_at,
        "undone_by": report.undone_by,
        "undo_form": keyed(batch, "undo") if report.can_undo else None,
        "undo_text": _undo_text(report),
        **_written(batch, report.customers, request, place),
    }


def stopped(batch: ImportBatch) -> dict[str, Any]:
    """Give what the page of a failed or stopped import prints."""
    left = desk.forgotten(batch)
    return {
        "state": state_of(batch),
        "is_failed": batch.state == FAILED,
        "left_text": _still_there(left) if left else "",
        "undo_form": keyed(batch, "undo") if left else None,
    }


def _still_there(left: int) -> str:
    return ngettext(
        "%(n)s customer that it wrote is still there; undo the import to take it back.",
        "%(n)s customers that it wrote are still there; undo the import to take them back.",
        left,
    ) % {"n": f"{left:,}"}


def _parts() -> list[tuple[str, str]]:
    labels = {
        "created": pgettext("import result", "Added"),
        "updated": pgettext("import result", "Updated"),
        "unchanged": pgettext("import result", "Unchanged"),
        "skipped": pgettext("import result", "Skipped"),
        "undecided": pgettext("import result", "Undecided"),
        "failed": pgettext("import result", "Failed"),
    }
    return [(name, labels[name]) for name in ORDER]


def _numbers(counts: Counts) -> list[tuple[str, str]]:
    return [(label, f"{counts.of(name):,}") for name, label in _parts()]


def _recon(counts: Counts) -> dict[str, Any]:
    parts = [
        (label, counts.of(name))
        for name, label in _parts()
        if name != "undecided" or counts.of(name)
    ]
    sums = _(", plus ").join(f"{label} {number:,}" for label, number in parts)
    sentence = _("Reconciliation in customers: read %(read)s equals %(parts)s")
    return {
        "sentence": sentence % {"read": f"{counts.read:,}", "parts": sums},
        "read": f"{counts.read:,}",
        "parts": [(label, f"{number:,}") for label, number in parts],
    }


def _told(batch: ImportBatch, report: Result) -> dict[str, Any]:
    counts = report.customers
    number = {"n": f"{counts.writable:,}"}
    if report.trouble:
        left = _("What was not taken back can be undone again by somebody who may.")
        title = _("This import was not undone as a whole")
        return {"tone": "warn", "title": title, "lines": [report.trouble, left]}
    if report.forgotten:
        title = _("This import was not undone as a whole")
        return {"tone": "warn", "title": title, "lines": [_still_there(report.forgotten)]}
    if batch.state == UNDONE:
        return {"tone": "info", "title": _("This import was undone"), "lines": []}
    if not counts.writable:
        return {
            "tone": "info",
            "title": _("Nothing was written"),
            "lines": [_("Every customer of the file is as it stands here, skipped or wrong.")],
        }
    lines = []
    if report.submitted:
        lines.append(
            ngettext(
                "%(n)s new customer was submitted and waits for review.",
                "%(n)s new customers were submitted and wait for review.",
                report.submitted,
            )
            % {"n": f"{report.submitted:,}"}
        )
    if report.drafts:
        lines.append(_("New customers are drafts. Still to do: submit → approve → enable."))
    out = counts.failed + counts.skipped + counts.undecided
    title = ngettext(
        "%(n)s customer written, the numbers add up",
        "%(n)s customers written, the numbers add up",
        counts.writable,
    )
    if out:
        title = ngettext(
            "%(n)s customer written, %(left)s not written; the numbers add up",
            "%(n)s customers written, %(left)s not written; the numbers add up",
            counts.writable,
        )
    return {
        "tone": "success",
        "title": title % {**number, "left": f"{out:,}"},
        "lines": lines,
    }


def _added(batch: ImportBatch, report: Result, user: Any) -> dict[str, Any]:
    """Give the ways to the customers that were added: the list of them, and their submission."""
    created, drafts = report.customers.created, report.drafts
    if batch.state == UNDONE or not created:
        return {}
    words = ngettext("Show the %(n)s new one", "Show the %(n)s new ones", created)
    found = {
        "added_url": _list_of("list", batch),
        "added_words": words % {"n": f"{created:,}"},
    }
    if "submit" in LIFE.allowed(user) and 0 < drafts <= bulk.LIMIT:
        submit = ngettext("Submit %(n)d draft", "Submit %(n)d drafts", drafts)
        found |= {
            "submit_url": _list_of("bulk", batch, state=DRAFT),
            "submit_words": submit % {"n": drafts},
        }
    return found


def _list_of(page: str, batch: ImportBatch, **more: str) -> str:
    conditions = urlencode({"import": batch.number, **more})
    return reverse(f"customers:customer-{page}") + f"?{conditions}"


def _facts(batch: ImportBatch, report: Result) -> list[tuple[Any, Any]]:
    count = round(report.rows_per_second)
    speed = ngettext("%(n)s customer a second", "%(n)s customers a second", count)
    facts = [
        (_("Import mode"), batch.get_mode_display()),
        (_("Rows below a customer"), batch.get_child_mode_display()),
        (_("Empty cells"), batch.get_empty_display()),
        (_("Write mode"), batch.get_policy_display()),
        (_("Fingerprint of the file"), f"sha256 {batch.file.sha256[:12]}…"),
    ]
    if report.rows_per_second:
        facts.append((_("Speed"), speed % {"n": f"{report.rows_per_second:,.0f}"}))
    return facts


def _codes(first: str, last: str, count: int) -> dict[str, Any]:
    def url(code: str) -> str:
        return reverse("customers:customer-by-code", args=[code])

    words = ngettext("%(n)d code", "%(n)d codes", count) % {"n": count}
    return {
        "first": first,
        "first_url": url(first),
        "last": last if last != first else "",
        "last_url": url(last),
        "count": words,
    }


def _left(report: Result) -> list[dict[str, Any]]:
    blocks = (
        (
            _("Changed by somebody since the check, left alone"),
            report.changed_since,
        ),
        (pgettext("left out", "Not written"), report.not_written),
    )
    return [
        {"title": title, "number": len(rows), "rows": lines(rows[:MOST_KEPT])}
        for title, rows in blocks
        if rows
    ]


def lines(rows: Iterable[ResultRow]) -> list[dict[str, Any]]:
    """Give rows with their place, customer and result as a table prints them."""
    words = dict(_parts())
    return [
        {
            "place": _("%(sheet)s, row %(row)d") % {"sheet": one.sheet, "row": one.row},
            "label": one.label or "—",
            "code": one.code,
            "url": reverse("customers:customer-detail", args=[one.pk]) if one.pk else "",
            "reasons": list(one.reasons),
            "word": words[one.status],
            "tone": import_grid.TONES[one.status],
        }
        for one in rows
    ]


def _bucket(one: Bucket) -> dict[str, Any]:
    known = {
        "reverted": (
            _("Taken back"),
            "success",
            _("Added customers removed, updated ones restored to their values before"),
        ),
        "kept": (_("Kept"), "warn", _("Changed or used since")),
        "failed": (_("Not possible"), "danger", _("Could not be restored")),
        "left": (pgettext("undo", "Left"), "warn", _("Not taken back yet; undo the import again")),
    }
    label, tone, text = known[one.name]
    return {
        "word": label,
        "tone": tone if one.count else "neutral",
        "number": f"{one.count:,}",
        "text": text if one.count else "—",
        "rows": lines(one.rows[:MOST_KEPT]) if one.name != "reverted" else [],
    }


def _undo_text(report: Result) -> str:
    counts = report.customers
    return _(
        "%(created)s added customers are removed and %(updated)s updated ones get their values,"
        " rows and tags from before."
    ) % {"created": f"{counts.created:,}", "updated": f"{counts.updated:,}"}


def _written(
    batch: ImportBatch, counts: Counts, request: HttpRequest, place: Place
) -> dict[str, Any]:
    rows: Sequence[ResultRow]
    rows, pages = desk.result_rows(batch, place.show, place.page, request.user)
    page = min(place.page, max(1, pages))
    here = Place(show=place.show, page=page)
    words = dict(_parts())
    filters = [(here.query(show="", page=1), _("All"), not place.show)]
    filters += [
        (here.query(show=name, page=1), words[name], place.show == name)
        for name in STATUSES
        if counts.of(name) or place.show == name
    ]
    return {
        "filters": filters,
        "written": lines(rows),
        "page": page,
        "pages": max(1, pages),
        "previous": here.query(page=page - 1) if page > 1 else "",
        "next": here.query(page=page + 1) if page < pages else "",
    }
