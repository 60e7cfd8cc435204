"""What is stored already, as far as a chunk of documents can mean it: data for matching."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from customers.imports.plan.plans import Snapshot


@dataclass(frozen=True)
class Known:
    """The stored customers that a chunk of documents can mean, and what is not free any more.

    `owners` gives per (field, value) who has a number that nobody else may have; customers out of
    the user's sight are among them, but in no snapshot. `used_codes` were given once;
    `is_typed` says whether the code rule lets people type codes. `above` is the chain of groups.
    """

    by_pk: Mapping[int, Snapshot] = field(default_factory=dict)
    by_code: Mapping[str, int] = field(default_factory=dict)
    by_uscc: Mapping[str, Sequence[int]] = field(default_factory=dict)
    by_tax_number: Mapping[str, Sequence[int]] = field(default_factory=dict)
    by_name: Mapping[str, Sequence[int]] = field(default_factory=dict)
    owners: Mapping[tuple[str, str], Sequence[int]] = field(default_factory=dict)
    used_codes: frozenset[str] = frozenset()
    is_typed: bool = True
    parents: Mapping[str, Sequence[int]] = field(default_factory=dict)
    above: Mapping[int, int] = field(default_factory=dict)
