"""Who moved records on since they were selected or written, as far as a person may know.

It reads the history alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from core.models import Change, User
from core.records.kind import Kind
from core.said import items, label
from core.said import said as _


def since(kind: Kind, seen: Mapping[int, int], in_sight: set[int]) -> dict[int, str]:
    """Say of records that are not as they were `seen` who moved them on, for one who may know."""
    last = {entry.subject_id: entry for entry in later(kind, seen)}
    unseen = seen.keys() - in_sight
    rows = kind.model._default_manager.filter(pk__in=unseen)
    hidden = set(rows.values_list("pk", flat=True)) if unseen else set()
    return {pk: _since(last.get(pk), is_hidden=pk in hidden) for pk in seen}


def _since(entry: Change | None, *, is_hidden: bool) -> str:
    if is_hidden or entry is None:
        return _("You may not see it any more.") if is_hidden else _("It is not there any more.")
    if entry.action == "delete":
        return _("%(name)s deleted it after you selected it.") % {"name": entry.actor}
    sentence = _("%(name)s changed it after you selected it; look at it again.")
    return sentence % {"name": entry.actor}


def later(kind: Kind, versions: Mapping[int, int]) -> Iterable[Change]:
    """Give the history entries of these records after these versions, the oldest first."""
    if not versions:
        return ()
    entries = Change.objects.filter(
        subject_type=kind.subject,
        subject_id__in=list(versions),
        version__gt=min(versions.values()),
    )
    found = entries.select_related("actor").order_by("version").iterator(500)
    return (entry for entry in found if entry.version > versions[entry.subject_id])


def changed_since(kind: Kind, names: Sequence[str], touched: Mapping[str, User]) -> str:
    """Say who changed these fields, "" for none."""
    if not names:
        return ""
    people = items(sorted({str(touched[name]) for name in names}))
    labels = items(label(kind.catalog.label(name)) for name in names)
    return _("%(name)s changed it since: %(what)s") % {"name": people, "what": labels}
