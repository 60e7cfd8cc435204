"""Finds the stored customer or child row that a row of the file means.

Pure. Customers by code, credit code, tax number, name; children as their part says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.records.plain import Values
from customers.imports.plan.plans import Child, Document, Known
from customers.parts import BY_NAME
from customers.rules.identity import normalised_name


@dataclass(frozen=True)
class Match:
    """The customer meant (`pk`) and by what; several `candidates` when it cannot be told."""

    pk: int | None = None
    by: str = ""
    candidates: tuple[int, ...] = ()


def customer(document: Document, known: Known) -> Match:
    """Give the stored customer that a document means."""
    values = document.values
    code = str(values.get("code") or "")
    if code in known.by_code:
        return Match(known.by_code[code], "code")
    for name, index in (("uscc", known.by_uscc), ("tax_number", known.by_tax_number)):
        if found := tuple(index.get(str(values.get(name) or ""), ())):
            return _one(found, name)
    name = str(values.get("name") or "")
    found = tuple(known.by_name.get(normalised_name(name), ())) if name else ()
    if len(found) == 1 and _contradicts(values, known.by_pk[found[0]].values):
        return Match(by="name", candidates=found)
    return _one(found, "name")


def children(kind: str, stored: Sequence[Child], given: Sequence[Child]) -> list[Child | None]:
    """Give for each row of the file the stored row it means, or None; no stored row twice."""
    free = list(stored)
    found: list[Child | None] = [None] * len(given)
    for fits, is_guess in ((_equal, False), *((s.fits, s.is_guess) for s in BY_NAME[kind].same_by)):
        for at, row in enumerate(given):
            if found[at] is not None:
                continue
            hits = [one for one in free if fits(row.values, one.values)]
            if hits and (len(hits) == 1 or not is_guess):
                found[at] = hits[0]
                free.remove(hits[0])
    return found


def _one(found: tuple[int, ...], by: str) -> Match:
    if len(found) == 1:
        return Match(found[0], by)
    return Match(by=by, candidates=found) if found else Match()


def _contradicts(given: Values, stored: Values) -> bool:
    """Say whether a number or code tells that an equal name is another company."""
    return any(
        given.get(name) and stored.get(name) and given[name] != stored[name]
        for name in ("code", "uscc", "tax_number")
    )


def _equal(given: Values, stored: Values) -> bool:
    return all(stored.get(name) == value for name, value in given.items())
