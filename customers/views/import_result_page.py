"""What the result page shows: the reconciliation, codes, what was left alone, rows, the undo.

It arranges what customers/imports/desk.py reports; every number comes from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from core.records import bulk
from customers.forms.import_check import Place
from customers.import_lifecycle import FAILED, UNDONE
from customers.imports import desk
from customers.imports.pages.shown import STATUSES, Counts, ResultRow
from customers.lifecycle import DRAFT, LIFE
from customers.models.import_batch import ImportBatch
from customers.views import import_grid
from customers.views.import_page import errors_url, keyed, state_of

# What became of a customer of the file.
WORDS = {
    "created": pgettext_lazy("import result", "Added"),
    "updated": pgettext_lazy("import result", "Updated"),
    "requested": pgettext_lazy("import result", "Asked for"),
    "unchanged": pgettext_lazy("import result", "Unchanged"),
    "skipped": pgettext_lazy("import result", "Skipped"),
    "undecided": pgettext_lazy("import result", "Undecided"),
    "failed": pgettext_lazy("import result", "Failed"),
}
# Shown where there are any.
_RARE = ("requested", "undecided")
# The parts of an undo: word, tone, explanation.
BUCKETS = {
    "reverted": (
        lazy("Taken back"),
        "success",
        lazy("Added customers removed, updated ones as before, change requests withdrawn"),
    ),
    "kept": (lazy("Kept"), "warn", lazy("Changed or used since")),
    "failed": (lazy("Not possible"), "danger", lazy("Could not be restored")),
    "left": (
        pgettext_lazy("undo", "Left"),
        "warn",
        lazy("Not taken back yet; undo the import again"),
    ),
}


def context(batch: ImportBatch, request: HttpRequest, place: Place) -> dict[str, Any]:
    """Give everything the result page prints."""
    report = desk.result(batch, request.user)
    counts = report.customers
    sheets = [one.counts for one in report.sheets]
    parts = [
        (name, word)
        for name, word in WORDS.items()
        if name != "requested" or any(one.requested for one in (counts, *sheets))
    ]
    may_submit = "submit" in LIFE.allowed(request.user) and 0 < report.drafts <= bulk.LIMIT
    return {
        "state": state_of(batch),
        "report": report,
        "is_undone": batch.state == UNDONE,
        "may_submit": may_submit,
        "draft": DRAFT,
        "recon": _recon(counts),
        "parts": [word for _name, word in parts],
        "sheets": [
            (one.name, one.counts.read, [(word, one.counts.of(name)) for name, word in parts])
            for one in report.sheets
        ],
        "errors_url": errors_url(batch, counts),
        "buckets": [(one, *BUCKETS[one.name]) for one in report.undo],
        "undo_form": keyed(batch, "undo") if report.can_undo else None,
        **_written(batch, counts, request, place),
    }


def stopped(batch: ImportBatch) -> dict[str, Any]:
    """Give what the page of a failed or stopped import prints."""
    left = desk.forgotten(batch)
    return {
        "state": state_of(batch),
        "is_failed": batch.state == FAILED,
        "forgotten": left,
        "undo_form": keyed(batch, "undo") if left else None,
    }


def _recon(counts: Counts) -> dict[str, Any]:
    parts = [
        (word, f"{counts.of(name):,}")
        for name, word in WORDS.items()
        if name not in _RARE or counts.of(name)
    ]
    sums = _(", plus ").join(f"{word} {number}" for word, number in parts)
    sentence = _("Reconciliation in customers: read %(read)s equals %(parts)s")
    return {"sentence": sentence % {"read": f"{counts.read:,}", "parts": sums}, "parts": parts}


def _written(
    batch: ImportBatch, counts: Counts, request: HttpRequest, place: Place
) -> dict[str, Any]:
    rows: Sequence[ResultRow]
    rows, pages = desk.result_rows(batch, place.show, place.page, request.user)
    page = min(place.page, max(1, pages))
    here = Place(show=place.show, page=page)
    filters = [(here.query(show="", page=1), _("All"), not place.show)]
    filters += [
        (here.query(show=name, page=1), WORDS[name], place.show == name)
        for name in STATUSES
        if counts.of(name) or place.show == name
    ]
    return {
        "filters": filters,
        "written": [(row, WORDS[row.status], import_grid.TONES[row.status]) for row in rows],
        "page": page,
        "pages": max(1, pages),
        "previous": here.query(page=page - 1) if page > 1 else "",
        "next": here.query(page=page + 1) if page < pages else "",
    }
