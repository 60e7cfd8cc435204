"""Everything the check asks the database: references once a file, customers once a chunk.

The number of queries never depends on the number of rows; nothing here judges or writes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from core.records import coding, names, plain
from core.records.changes.applying import open_of
from core.records.names import Names
from core.records.plain import Target
from customers.imports.fields import targets
from customers.imports.fields.targets import CHILDREN, CUSTOMERS
from customers.imports.fields.vocabulary import Unfinished, Vocabulary, guessing
from customers.imports.plan.judging import name_key, parent_key
from customers.imports.plan.plans import Child, Document, Known, Snapshot
from customers.lifecycle import LIFE, NUMBERS_RESERVED, OPEN_STATES
from customers.models import Customer
from customers.parts import BY_NAME
from customers.queries import group
from customers.rules.identity import normalised_name
from customers.services.kinds import KIND

Found = dict[str, list[int]]
_NUMBERS = ("uscc", "tax_number")


def vocabulary() -> Vocabulary:
    """Load every value that cells can point to (one query per kind)."""
    return Vocabulary(names.load(targets.by_key().values(), _named), Unfinished(_held_by_drafts))


def _named(model: Any) -> Names:
    return guessing(model._default_manager.order_by("pk"), model._meta.model_name)


def _held_by_drafts(target: Target, texts: Collection[str]) -> Collection[str]:
    """Give which of these texts a draft holds in this column."""
    model = targets.CATALOGS[target.sheet].model
    state = "state__in" if target.sheet == CUSTOMERS else "customer__state__in"
    wanted = {f"{target.name}__among": set(texts), state: OPEN_STATES}
    return set(model._default_manager.filter(**wanted).values_list(target.name, flat=True))


def known_to(documents: Sequence[Document], user: Any, decided: Iterable[int] = ()) -> Known:
    """Load what a chunk of documents can mean, and the customers a user has `decided` for."""
    values = [document.values for document in documents]
    codes, asked = _texts(values, "code"), _texts(values, "parent")
    uscc, taxes = _texts(values, "uscc"), _texts(values, "tax_number")
    names = {normalised_name(name) for name in _texts(values, "name")}
    parent_codes = {code for text in asked if (code := parent_key(text))}
    parent_names = {normalised_name(text) for text in asked}
    held = {
        "code": _holders("code", codes | parent_codes),
        "uscc": _holders("uscc", uscc),
        "tax_number": _holders("tax_number", taxes | uscc),
        "name": _holders("name_key", names | parent_names),
    }
    found = {pk for index in held.values() for rows in index.values() for pk, _state in rows}
    snapshots = _snapshots(found | set(decided), user)
    in_force = [pk for pk, one in snapshots.items() if LIFE.state(one.state).is_in_force]
    seen = {field: _visible(index, snapshots) for field, index in held.items()}
    parents = {code: seen["code"][code] for code in parent_codes if code in seen["code"]}
    parents |= {name_key(name): seen["name"][name] for name in parent_names & seen["name"].keys()}
    return Known(
        by_pk=snapshots,
        by_code={code: pks[0] for code, pks in seen["code"].items()},
        by_uscc=seen["uscc"],
        by_tax_number={value: pks for value, pks in seen["tax_number"].items() if value in taxes},
        by_name=seen["name"],
        owners={
            (field, value): [
                pk for pk, state in rows if field not in _NUMBERS or state in NUMBERS_RESERVED
            ]
            for field, index in held.items()
            for value, rows in index.items()
        },
        used_codes=coding.used(KIND, codes) if codes else frozenset(),
        is_typed=not codes or coding.may_type(KIND),
        parents=parents,
        above=group.chains({pk for pks in parents.values() for pk in pks}),
        requests=open_of(KIND, in_force) if in_force else {},
    )


def _texts(values: Iterable[Mapping[str, Any]], name: str) -> set[str]:
    return {text for one in values if isinstance(text := one.get(name), str) and text}


def _holders(field: str, wanted: set[str]) -> dict[str, list[tuple[int, str]]]:
    """Give who has each value, in whatever department and state."""
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    wanted = wanted - {""}
    if wanted:
        rows = Customer.objects.filter(**{f"{field}__among": wanted}).order_by("pk")
        for value, pk, state in rows.values_list(field, "pk", "state"):
            found[value].append((pk, state))
    return found


def _visible(
    index: Mapping[str, Sequence[tuple[int, str]]], snapshots: Mapping[int, Snapshot]
) -> Found:
    seen = {value: [pk for pk, _state in held if pk in snapshots] for value, held in index.items()}
    return {value: pks for value, pks in seen.items() if pks}


def _snapshots(pks: set[int], user: Any) -> dict[int, Snapshot]:
    if not pks:
        return {}
    fields = [one for one in targets.of_sheet(CUSTOMERS) if one.row and one.kind != plain.TAGS]
    columns = [one.field.attname for one in fields]
    system = ("pk", "version", "state", "created_by_id", "same_name_reason")
    rows = Customer.objects.visible_to(user).filter(pk__in=sorted(pks)).order_by("pk")
    heads = list(rows.values_list(*system, *columns))
    keys = [pk for pk, *_more in heads]
    stored = {child: children(child, keys) for child in CHILDREN}
    tags = _tags(keys)
    found = {}
    for pk, version, state, creator, reason, *cells in heads:
        values = {one.name: plain.of(one, cell) for one, cell in zip(fields, cells, strict=True)}
        values["tags"] = tags.get(pk, [])
        own = {child: stored[child].get(pk, ()) for child in CHILDREN}
        found[pk] = Snapshot(pk, version, state, creator, values, own, reason)
    return found


def children(child: str, keys: Collection[int]) -> dict[int, list[Child]]:
    """Give the rows of one part by the customers with these keys."""
    fields: list[Target] = [one for one in targets.of_sheet(child) if one.row is not None]
    columns = [one.field.attname for one in fields]
    rows = BY_NAME[child].rows().filter(customer__in=keys)
    found: dict[int, list[Child]] = defaultdict(list)
    for owner, pk, *cells in rows.values_list("customer_id", "pk", *columns):
        values = {one.name: plain.of(one, cell) for one, cell in zip(fields, cells, strict=True)}
        found[owner].append(Child(values, pk=pk))
    return found


def _tags(keys: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    links = Customer.tags.through.objects.filter(customer__in=keys).order_by("tag_id")
    for owner, tag in links.values_list("customer_id", "tag_id"):
        found[owner].append(tag)
    return found
