"""Registries that apps fill in `apps.ready()`, so that core and lower apps never import upwards."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.db.models import Count, QuerySet, Sum


@dataclass(frozen=True)
class Role:
    """A role: its group, its label, what it may do and how far it sees ("all" or "unit").

    `hint` says in a sentence what people with the role do.
    """

    name: str
    label: Any
    permissions: frozenset[str]
    scope: str
    hint: Any = ""


@dataclass(frozen=True)
class NavItem:
    """An entry of the side navigation; `badge` gives a count for a user, or None."""

    section: Any
    label: Any
    url_name: str
    icon: str
    permission: str
    badge: Callable[[Any], int | None] | None = None


@dataclass(frozen=True)
class JobKind:
    """A kind of job: what does it, and what takes back what it wrote when it fails or is cancelled.

    Each is given a core.jobs.Run. A tireless one is tried again for as long as it takes: setbacks
    never make it a failure.
    """

    name: str
    handler: Callable[[Any], None]
    take_back: Callable[[Any], None] | None = None
    is_tireless: bool = False


@dataclass(frozen=True, kw_only=True)
class Seam:
    """What one app adds to something of another: to the kind, lifecycle or page called `to`.

    `name` is its own there. Who lacks the `permission` sees nothing of it ("": everybody may).
    """

    to: str
    name: str
    permission: str = ""


@dataclass(frozen=True, kw_only=True)
class Veto(Seam):
    """What may speak against a `move` of the lifecycle `to` beside its own guards.

    `ask(records, user)` gives by key a sentence or Refused, once for many; it may name to the
    user only what that user may see.
    """

    move: str
    ask: Callable[[Sequence[Any], Any], Mapping[int, Any]]


@dataclass(frozen=True, kw_only=True)
class Tab(Seam):
    """A tab on the page of each record of the kind `to`.

    `show(record, user)` gives what its template finds as `data`; only an open tab is asked.
    """

    label: Any
    template: str
    show: Callable[[Any, Any], Any]


@dataclass(frozen=True, kw_only=True)
class Counter(Seam):
    """Records that point to those of the kind `to`: told beside each, a column and a filter there.

    `rows(user)` gives those that count and that the user may see; `field` is their foreign key,
    `amount` the field that is added up. Beside a record it leads to the `tab`.
    """

    label: Any
    icon: str
    rows: Callable[[Any], QuerySet[Any]]
    field: str
    amount: str = ""
    tab: str = ""

    def count(self, keys: Iterable[int], user: Any) -> dict[int, tuple[int, Any]]:
        """Give of those that have any: how many, and what they add up to (None), in one query."""
        rows = self.rows(user).filter(**{f"{self.field}__in": list(keys)}).order_by()
        found = rows.values(self.field).annotate(number=Count("pk"))
        if self.amount:
            found = found.annotate(added=Sum(self.amount))
        return {one[self.field]: (one["number"], one.get("added")) for one in found}


@dataclass(frozen=True, kw_only=True)
class Panel(Seam):
    """A panel on the page `to`: `show(user)` gives what its template finds as `data`."""

    template: str
    show: Callable[[Any], Any]


FieldRule = Callable[[Any, Any], str]
AnySeam = TypeVar("AnySeam", bound=Seam)

_roles: dict[str, Role] = {}
_nav: list[NavItem] = []
see_rules: dict[str, FieldRule] = {"all": lambda user, obj: ""}  # for core.access alone
change_rules: dict[str, FieldRule] = {}
_subjects: dict[str, Any] = {}
_verifications: dict[str, Callable[[Any], None]] = {}
_job_kinds: dict[str, JobKind] = {}
_menders: list[Callable[[], int]] = []
_demos: list[Callable[[Any], None]] = []
_sources: dict[str, Any] = {}
_kinds: dict[type, Any] = {}
_registers: dict[str, Any] = {}
_seams: dict[tuple[type[Seam], str, str], Any] = {}
_doubles: list[str] = []


def add_roles(roles: Iterable[Role]) -> None:
    """Make roles known; a name given again adds its permissions to the role."""
    for role in roles:
        known = _roles.get(role.name)
        if known:
            role = replace(known, permissions=known.permissions | role.permissions)
        _roles[role.name] = role


def roles() -> Mapping[str, Role]:
    """Give all roles by name."""
    return _roles


def add_nav(items: Iterable[NavItem], *, after: str = "") -> None:
    """Add entries to the side navigation, in the order given; behind that of another address."""
    places = [place for place, item in enumerate(_nav, 1) if item.url_name == after]
    place = places[-1] if places else len(_nav)
    _nav[place:place] = items


def nav_items() -> list[NavItem]:
    """Give the entries of the side navigation."""
    return list(_nav)


def add_field_rules(*, see: Mapping[str, FieldRule], change: Mapping[str, FieldRule]) -> None:
    """Name the rules that catalog rows point to: (user, obj) -> "" or the sentence why not."""
    see_rules.update(see)
    change_rules.update(change)


def add_aggregate(aggregate: Any) -> None:
    """Make an aggregate known by its subject type, for `verify` and the guard of writes."""
    _subjects[aggregate.subject_type] = aggregate


def aggregates() -> list[Any]:
    """Give all registered aggregates."""
    return list(_subjects.values())


def add_verification(name: str, check: Callable[[Any], None]) -> None:
    """Add a proof to `manage.py verify`: a function that is given a core.verify.Tally to fill."""
    _verifications[name] = check


def verifications() -> Mapping[str, Callable[[Any], None]]:
    """Give the proofs that apps added, by name."""
    return _verifications


def add_job_kind(kind: JobKind) -> None:
    """Make a kind of job known by its name."""
    _job_kinds[kind.name] = kind


def job_kind(name: str) -> JobKind:
    """Give a kind of job by name. Raises KeyError if nobody registered it."""
    return _job_kinds[name]


def job_kinds() -> Mapping[str, JobKind]:
    """Give all kinds of jobs by name."""
    return _job_kinds


def add_mender(mend: Callable[[], int]) -> None:
    """Add what workers do every few seconds to set going what stands still; it says how much."""
    if mend not in _menders:
        _menders.append(mend)


def menders() -> list[Callable[[], int]]:
    """Give what apps added for workers to mend."""
    return list(_menders)


def add_demo(load: Callable[[Any], None]) -> None:
    """Add what an app brings to an invented company; it is given the moment that counts as now."""
    if load not in _demos:
        _demos.append(load)


def demos() -> list[Callable[[Any], None]]:
    """Give what apps bring to an invented company."""
    return list(_demos)


def add_source(source: Any) -> None:
    """Make the values of a table known to fields that are filled by typing (core.choosing)."""
    _sources[source.key] = source


def source(key: str) -> Any:
    """Give the source with this key. Raises KeyError if nobody registered it."""
    return _sources[key]


def has_source(key: str) -> bool:
    """Say whether somebody registered the source with this key."""
    return key in _sources


def add_kind(kind: Any) -> None:
    """Make a kind of record known, so that others may point to its records."""
    _note(_kinds, kind.model, kind)


def kinds() -> Collection[Any]:
    """Give the kinds of records in the order in which they were told."""
    return _kinds.values()


def kind_of(model: type) -> Any:
    """Give the kind whose records are of a model, or None for what is no record."""
    return _kinds.get(model)


def add_register(register: Any) -> None:
    """Make known from what the pages and files of a kind of record are made."""
    _note(_registers, register.kind.subject, register)


def registers() -> Collection[Any]:
    """Give the registers in the order in which they were told."""
    return _registers.values()


def register_of(subject: str) -> Any:
    """Give the register of a kind by its subject type. Raises KeyError if nobody added it."""
    return _registers[subject]


def add_seams(*seams: Seam) -> None:
    """Add what an app brings to what others have."""
    for one in seams:
        _note(_seams, (type(one), one.to, one.name), one)


def seams(what: type[AnySeam], to: str) -> list[AnySeam]:
    """Give what was added to something, in the order in which apps were started."""
    return [one for (known, place, _name), one in _seams.items() if known is what and place == to]


def all_seams() -> list[Any]:
    """Give everything that apps added to what others have."""
    return list(_seams.values())


def doubles() -> list[str]:
    """Name what was added a second time under a name that was taken; the first one stands."""
    return list(_doubles)


def _note(book: dict[Any, Any], key: Any, value: Any) -> None:
    if book.setdefault(key, value) is not value:
        _doubles.append(f"{type(value).__name__} {key}")
