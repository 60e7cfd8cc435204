"""What came between the check of an import and its writing: changes, new twins, lost rights.

Asked for the whole plan before an all-or-nothing write, and again inside every chunk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core import jobs
from core.access import permissions_of
from core.models import Change, User
from core.said import said as _
from customers.catalog import CUSTOMER
from customers.import_lifecycle import RIGHT
from customers.imports.fields import targets
from customers.imports.fields.vocabulary import Vocabulary
from customers.imports.plan.judging import Rights
from customers.imports.plan.plans import CREATE, UPDATE, Planned
from customers.models import Customer
from customers.parts import BY_NAME

# First letters of `ImportPlan.keys`, the fields that they stand for, and the columns.
_FIELDS = {"c": "code", "u": "uscc", "t": "tax_number", "n": "name"}
COLUMNS = {**_FIELDS, "n": "name_key"}
MOST_NAMED = 5


@dataclass(slots=True)
class Entry:
    """A plan with its keys, and the customers that the check knew to share one of them.

    `asked` are those of its keys that must be nobody else's; `unusable` is what was found about
    its values, which cannot change while a run goes on with the references it began with.
    """

    planned: Planned
    keys: Sequence[str]
    seen: frozenset[int]
    asked: Sequence[str] = field(init=False)
    unusable: str | None = None

    def __post_init__(self) -> None:
        self.asked = list(_asked(self))


@dataclass(frozen=True)
class Conflict:
    """Why a customer of the file is left alone; `is_since` when somebody changed it meanwhile."""

    reason: str
    is_since: bool = False


def require_right(run: jobs.Run) -> None:
    """Raise jobs.Failed unless the user, as he is now, may import; asks the database anew."""
    if RIGHT not in permissions_of(User.objects.filter(pk=run.by.pk).first()):
        raise jobs.Failed(_("%(name)s may not import any more.") % {"name": run.by})


def find(
    entries: Sequence[Entry], user: User, vocabulary: Vocabulary, *, lock: bool, batch: int
) -> dict[int, Conflict]:
    """Give what stands against each plan (by number); with `lock` nobody moves them meanwhile."""
    stored = _stored(entries, user, lock=lock)
    twins = _twins(entries, batch)
    found: dict[int, Conflict] = {}
    moved: list[Planned] = []
    rights, uses = _Rights(user), _Uses(vocabulary)
    for entry in entries:
        planned = entry.planned
        current = stored.get(planned.pk or 0)
        is_update = planned.action == UPDATE
        if is_update and (
            current is None
            or current.version != planned.version
            or current.pending_batch not in (None, batch)
        ):
            moved.append(planned)
            continue
        reason = _twin_of(entry, twins)
        if reason:
            found[planned.number] = Conflict(reason, is_since=True)
            continue
        if entry.unusable is None:
            entry.unusable = uses.problem(planned)
        reason = entry.unusable or rights.against(planned, current)
        if reason:
            found[planned.number] = Conflict(reason)
    reasons = who_moved({planned.pk or 0: planned.version or 0 for planned in moved})
    for planned in moved:
        found[planned.number] = Conflict(reasons[planned.pk or 0], is_since=True)
    return found


def why_moved(planned: Planned) -> Conflict:
    """Give the conflict of one whose record moved at the very moment of writing."""
    pk = planned.pk or 0
    return Conflict(who_moved({pk: planned.version or 0})[pk], is_since=True)


def _stored(entries: Sequence[Entry], user: User, *, lock: bool) -> dict[int, Any]:
    keys = [e.planned.pk or 0 for e in entries if e.planned.action == UPDATE]
    if not keys:
        return {}
    rows: Any = Customer.objects.visible_to(user).filter(pk__in=keys)
    rows = rows.only("pk", "version", "state", "code", "created_by_id", "pending_batch").order_by(
        "pk"
    )
    if lock:
        rows = rows.select_for_update(no_key=True)
    return {row.pk: row for row in rows}


def _asked(entry: Entry) -> Iterator[str]:
    """Give the keys that must be nobody else's: all of a new customer, else those that change."""
    if entry.planned.action == CREATE:
        yield from (key for key in entry.keys if key[0] in COLUMNS)
    elif entry.planned.action == UPDATE:
        changes = entry.planned.changes
        yield from (key for key in entry.keys if _FIELDS.get(key[0]) in changes)


def _twins(entries: Sequence[Entry], batch: int) -> dict[str, list[tuple[int, str]]]:
    """Give the stored customers by the keys that these plans bring, but for the import's own."""
    asked: dict[str, set[str]] = {}
    for entry in entries:
        for key in entry.asked:
            asked.setdefault(key[0], set()).add(key[1:])
    found: dict[str, list[tuple[int, str]]] = {}
    for letter, values in asked.items():
        column = COLUMNS[letter]
        rows = Customer.objects.filter(**{f"{column}__among": values})
        told = rows.values_list("pk", column, "code", "name", "import_batch_id")
        for pk, value, code, name, source in told:
            if source != batch:
                found.setdefault(f"{letter}{value}", []).append((pk, f"{code} {name}".strip()))
    return found


def _twin_of(entry: Entry, twins: Mapping[str, Sequence[tuple[int, str]]]) -> str:
    for key in entry.asked if twins else ():
        for pk, title in twins.get(key, ()):
            if pk != entry.planned.pk and pk not in entry.seen:
                return _("Since the check there is a customer with the same %(what)s: %(who)s.") % {
                    "what": CUSTOMER.label(_FIELDS[key[0]]),
                    "who": title,
                }
    return ""


class _Uses:
    """Looks whether values that are chosen anew can still be chosen."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._active: dict[str, dict[str, tuple[frozenset[int], Any]]] = {
            sheet: {} for sheet in targets.SHEETS
        }
        for key, names in vocabulary.names.items():
            sheet, _dot, name = key.partition(".")
            active = frozenset(names.instances) - names.inactive
            self._active[sheet][name] = (active, targets.by_key()[key].label)

    def problem(self, planned: Planned) -> str:
        """Name a value that was disabled or deleted since the check."""
        places = [("customers", planned.changes)]
        places += [(op.child, op.changes) for op in planned.children if op.op != "del"]
        for sheet, changes in places:
            known = self._active[sheet]
            for name, (active, label) in known.items():
                _old, new = changes.get(name, (None, None))
                if new is None or (type(new) is int and new in active):
                    continue
                if not isinstance(new, list) or not active.issuperset(new):
                    return _("A value of “%(label)s” is not in use any more.") % {"label": label}
        return ""


class _Rights(Rights):
    """Asks once for each set of changes, state and creator what the user may not do any more."""

    def __init__(self, user: User) -> None:
        super().__init__(user)
        self._told: dict[Any, str] = {}

    def against(self, planned: Planned, current: Any) -> str:
        """Give the first reason why this may not be written."""
        if planned.action not in (CREATE, UPDATE):
            return ""
        state = (current.state, current.created_by_id) if current else ("", 0)
        case = (state, tuple(planned.changes), *((o.child, *o.changes) for o in planned.children))
        if case not in self._told:
            touched = [("customers", name) for name in planned.changes]
            touched += [(op.child, name) for op in planned.children for name in op.changes]
            told = (self.problem(sheet, name, current) for sheet, name in touched)
            self._told[case] = next(filter(None, told), "")
        return self._told[case]


def who_moved(seen: Mapping[int, int]) -> dict[int, str]:
    """Say for each customer (pk -> version seen) who moved it on since, and what changed in it."""
    last: dict[int, Change] = {}
    names: dict[int, dict[str, None]] = {}
    if seen:
        entries = Change.objects.filter(
            subject_type=Customer._meta.label_lower,
            subject_id__in=list(seen),
            version__gt=min(seen.values()),
        )
        for entry in entries.select_related("actor").order_by("version").iterator(500):
            if entry.version > seen[entry.subject_id]:
                last[entry.subject_id] = entry
                known = names.setdefault(entry.subject_id, {})
                known |= dict.fromkeys(_what(entry))
    return {pk: _told(last.get(pk), list(names.get(pk, ()))) for pk in seen}


def _what(change: Change) -> Iterator[str]:
    """Give the labels of what an entry changed: fields, and the kinds of rows below them."""
    for name in change.changes.get("fields", ()):
        yield str(CUSTOMER.label(name)) if name in CUSTOMER.by_name else name
    for row in change.changes.get("rows", ()):
        yield str(BY_NAME[row["child"]].model._meta.verbose_name)


def _told(change: Change | None, names: Sequence[str]) -> str:
    if change is None:
        return _("Somebody is changing it at this moment, or it is out of your sight now.")
    if change.action == "delete":
        return _("%(name)s deleted it since.") % {"name": change.actor}
    if not names:
        return _("%(name)s changed it since.") % {"name": change.actor}
    shown = _(", ").join(names[:MOST_NAMED]) + ("…" if len(names) > MOST_NAMED else "")
    return _("%(name)s changed it since: %(what)s") % {"name": change.actor, "what": shown}
