"""The register of a kind of record (台账): what its list and its pages are made from.

What the kind says of itself is enough for those who write; this is for those who show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from core import extend
from core.access import granted
from core.extend import Counter
from core.listing import Listing
from core.records.kind import Kind

# A person and rows -> cells by column, as core.templatetags.ui_list makes them.
Cells = Callable[[Any, Sequence[Any]], Mapping[str, Any]]


@dataclass(frozen=True)
class Lack:
    """Something that stands between a record and a move: where to mend it, and who else has it.

    `other` is another record that the person may open, or None.
    """

    message: str
    anchor: str = ""
    other: Any = None


@dataclass(frozen=True, eq=False)
class Register:
    """The pages of one kind: `place` is where their addresses begin, `title` heads the list.

    `counted` is a lazy plural, as ngettext_lazy gives it: so many (n) records in words.
    `cells(user, rows)` gives by column the cells that show more of these than their field does.
    `lacking(record, user)` gives what stands between a record and its next step; `beside(record,
    user)` what the app's own templates of its page show. Moves that ask for evidence are made on
    the page named `evidence_page`. `columns()` gives by column what files show of it other than the
    field alone says; `files` are the kinds of files of its own (core.records.exports). `form` makes
    the header of the entry form where the field table is not enough (core.records.form);
    `hints(entry)` says more of what is typed (core.records.hints). `finds` says what the search
    looks at; `on_phones` names the columns that phones show beside code, title and state. With
    `has_sheet` records come in by a sheet too (core.records.record_sheet); without `has_form` they
    are entered elsewhere.
    """

    kind: Kind
    place: str
    title: Any
    counted: Any
    listing: Listing
    cells: Cells | None = None
    lacking: Callable[[Any, Any], list[Lack]] | None = None
    beside: Callable[[Any, Any], Mapping[str, Any]] | None = None
    evidence_page: str = ""
    columns: Callable[[], Mapping[str, Any]] | None = None
    files: tuple[Any, ...] = ()
    form: Callable[..., Any] | None = None
    hints: Callable[[Any], Any] | None = None
    finds: Any = ""
    on_phones: frozenset[str] = frozenset()
    has_sheet: bool = False
    has_form: bool = True

    def listing_of(self, user: Any) -> Listing:
        """Give the list as a person sees it: with what other apps count for that person."""
        counters = granted(extend.seams(Counter, self.kind.subject), user)
        return _counted(self.listing, tuple(counters)) if counters else self.listing


@cache
def _counted(listing: Listing, counters: tuple[Counter, ...]) -> Listing:
    return listing.with_counters(counters)
