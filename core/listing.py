"""Lists from a catalog: which columns there are, what an address asks for, the page it gets.

It renders nothing and knows no meaning; filters are in core/filters.py, paging in core/pages.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.datastructures import MultiValueDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core import marks, pages, plans
from core.access import Seen, sees_everything, units_below
from core.catalog import Catalog, Row
from core.extend import Counter
from core.filters import Filters, counted, listed
from core.models import Preference
from core.models.base import Reference
from core.pages import TooSlow
from core.prepared import Prepared
from core.text import clean

SEARCH, SORT, SIZE, ADD, ALL = "q", "sort", "per", "add", "all"
AFTER, BEFORE, END, FIRST, EXACT = "after", "before", "end", "n", "exact"
CHOOSER = "columns"
WORDS = ("name", "code")
OWN = frozenset({SEARCH, SORT, SIZE, ADD, ALL, AFTER, BEFORE, END, FIRST, EXACT, CHOOSER})
LONGEST_SEARCH = 100

_CHOSEN = Prepared(
    lambda user, name: Preference.objects.filter(user=user, name=name).values_list(
        "value", flat=True
    )
)


@dataclass(frozen=True)
class Column:
    """A column of a list; `fields` and `related` are what it needs loaded with a row.

    `beside` is given the rows of a page and puts at each, as `attribute`, what else is shown;
    `counter` counts what points to them.
    """

    name: str
    label: Any
    sort: str = ""
    fields: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    beside: Callable[[Sequence[Any]], None] | None = None
    attribute: str = ""
    style: str = ""
    after: str = ""
    counter: Counter | None = None


@dataclass(frozen=True)
class Asked:
    """What an address asks of a list; what made no sense is left out and named in `notices`."""

    pairs: tuple[tuple[str, str], ...]
    search: str
    filters: Filters | None
    adding: str
    wanted: pages.Wanted
    notices: tuple[str, ...]

    def url(self, *without: str, **more: object) -> str:
        """Give the query of an address like this one, some parameters left out, others set."""
        dropped = {*without, *more}
        kept = [(name, value) for name, value in self.pairs if name not in dropped]
        added = [(name, str(value)) for name, value in more.items() if value not in (None, "")]
        return f"?{urlencode(kept + added)}"

    def conditions(self) -> list[str]:
        """Give the names of the filters in force."""
        return [name for name, _label, _words in self.filters.told()] if self.filters else []

    def chips(self) -> list[dict[str, str]]:
        """Give every filter in force: its label, its words, the address without it."""
        if self.filters is None:
            return []
        return [
            {
                "label": label,
                "words": words,
                "remove": self.url(*self.filters.filters[name].names(name)),
            }
            for name, label, words in self.filters.told()
        ]


@dataclass(frozen=True, eq=False)
class Listing:
    """One list: its columns, filters, search and order; `fixed` columns cannot be left out.

    `joined` names by column what else is loaded because its cells show it.
    """

    name: str
    catalog: Catalog
    filters: type[Filters]
    search: Callable[[models.QuerySet, str], models.QuerySet]
    sort: str
    fixed: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    extra: tuple[Column, ...] = ()
    joined: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def columns(self) -> dict[str, Column]:
        """Every column by name, in the order of the catalog."""
        made = [self._column(row) for row in self.catalog if row.listed]
        for column in self.extra:
            names = [one.name for one in made]
            made.insert(names.index(column.after or names[-1]) + 1, column)
        return {column.name: column for column in made}

    @cached_property
    def default(self) -> tuple[str, ...]:
        """The columns of somebody who never chose any."""
        extra = {column.name for column in self.extra if not column.counter}
        shown = {row.name for row in self.catalog if row.shown}
        return tuple(name for name in self.columns if name in shown | extra)

    def with_counters(self, counters: Iterable[Counter]) -> Listing:
        """Give the list with a column and a filter for each of these."""
        columns = [Column(one.name, one.label, style="num", counter=one) for one in counters]
        return replace(self, filters=counted(self.filters, counters), extra=(*self.extra, *columns))

    def columns_of(self, user: Any) -> list[Column]:
        """Give the columns the user chose, in the user's order."""
        names = _CHOSEN.first(user.pk, self._preference)
        return [self.columns[name] for name in self._clean(names or self.default)]

    def store_columns(self, user: Any, names: Sequence[str]) -> None:
        """Remember the user's columns and their order; none stands for the default."""
        mine = {"user": user, "name": self._preference}
        if names:
            Preference.objects.update_or_create(**mine, defaults={"value": self._clean(names)})
        else:
            Preference.objects.filter(**mine).delete()

    def read(self, params: MultiValueDict, user: Any) -> Asked:
        """Give what an address asks for; it never fails, it notes what it did not understand."""
        notices: list[str] = []
        adding = params.get(ADD, "")
        owners = self.filters.owners()
        given = [name for name in params if any(params.getlist(name))]
        names = list(dict.fromkeys(owners[name] for name in given if name in owners))
        if adding in self.filters.base_filters and adding not in names:
            names.append(adding)
        filters = self.filters(params, user=user, names=names) if names else None
        pairs = _search_pair(params, notices) + _filter_pairs(filters, params, notices)
        unknown = [name for name in given if name not in owners and name not in OWN]
        if unknown:
            shown = listed(name[:40] for name in unknown[:5])
            notices.append(_("Unknown filters were ignored: %(names)s.") % {"names": shown})
        wanted = self._wanted(params, notices)
        if str(wanted.sort) != self.sort:
            pairs.append((SORT, str(wanted.sort)))
        if wanted.size != pages.SIZES[0]:
            pairs.append((SIZE, str(wanted.size)))
        return Asked(
            pairs=tuple(pairs),
            search=dict(pairs).get(SEARCH, ""),
            filters=filters,
            adding=adding if adding in self.filters.base_filters else _wrong(filters),
            wanted=wanted,
            notices=tuple(notices),
        )

    def matching(self, rows: models.QuerySet, asked: Asked) -> models.QuerySet:
        """Give what `narrowed` gives, found fast for people who see few of many rows."""
        return plans.settled(rows, pages.CAP, lambda seen: self.narrowed(seen, asked))

    def narrowed(self, rows: models.QuerySet, asked: Asked) -> models.QuerySet:
        """Give those of `rows` that the address asks for, in no order."""
        if asked.filters is not None:
            asked.filters.form.is_valid()
            rows = asked.filters.filter_queryset(rows)
        return self.search(rows, asked.search) if asked.search else rows

    def page(
        self,
        rows: models.QuerySet,
        asked: Asked,
        columns: Iterable[Column],
        known: pages.Count | None = None,
    ) -> pages.Page:
        """Give the page that the address asks for. Raises pages.TooSlow after a second.

        `known` is what was counted for the same address a moment ago.
        """
        columns = list(columns)
        matching = self.matching(rows, asked)
        found = pages.load(
            matching, asked.wanted, lambda found: self.dressed(found, columns), known, rows
        )
        for column in columns:
            if column.beside and found.rows:
                column.beside(found.rows)
        return found

    def neighbours(
        self, rows: models.QuerySet, asked: Asked, record: Any, user: Any
    ) -> tuple[int | None, int | None]:
        """Give the keys of the rows before and after a record; none when that takes too long.

        `rows` are those that the user sees.
        """
        sort, is_one = asked.wanted.sort, sees_everything(user) or len(units_below(user)) == 1
        try:
            if is_one and not asked.pairs:
                with pages.bounded(pages.BESIDE):
                    at = getattr(record, sort.key), record.pk
                    before, after = ([*ask(user, *at), None][0] for ask in self._beside)
                return before, after
            return pages.neighbours(self.matching(rows, asked), sort, record)
        except TooSlow:
            return None, None

    def sort_of(self, column: Column, now: pages.Sort) -> str:
        """Give the order that a click on the column's head asks for."""
        if now.name == column.name:
            return str(pages.Sort(column.name, column.sort, not now.is_descending))
        is_time = isinstance(self._field(column.sort), models.DateTimeField)
        return str(pages.Sort(column.name, column.sort, is_time))

    @cached_property
    def _beside(self) -> tuple[Seen, Seen]:
        """Give what asks for the row before and the row after one of the plain list."""
        sort, model = self.read(MultiValueDict(), None).wanted.sort, self.catalog.model
        before, after = (
            Seen(model, partial(pages.next_to, sort=sort, is_backward=back))
            for back in (True, False)
        )
        return before, after

    @property
    def _preference(self) -> str:
        return f"columns:{self.name}"

    def _field(self, name: str) -> Any:
        return self.catalog.model._meta.get_field(name)

    def _column(self, row: Row) -> Column:
        source = self.catalog.field(row.name)
        if source.many_to_many:
            return Column(
                name=row.name,
                label=capfirst(source.verbose_name),
                fields=(marks.column_of(self.catalog.model, row.name),),
                beside=lambda rows: marks.put(rows, row.name, f"listed_{row.name}"),
                attribute=f"listed_{row.name}",
            )
        return Column(
            name=row.name,
            label=capfirst(source.verbose_name),
            sort=row.sort,
            fields=(row.name,),
            related=((row.name,) if source.is_relation else ()) + self.joined.get(row.name, ()),
            style=row.style,
        )

    def _clean(self, names: Any) -> list[str]:
        wanted = names if isinstance(names, (list, tuple)) else []
        known = [name for name in wanted if isinstance(name, str) and name in self.columns]
        missing = [name for name in self.fixed if name not in known]
        return list(dict.fromkeys(missing + known))

    def dressed(self, rows: models.QuerySet, columns: Sequence[Column]) -> models.QuerySet:
        """Give rows with all that these columns show loaded at once, and nothing else."""
        related = {name for column in columns for name in column.related}
        if related:
            rows = rows.select_related(*sorted(related))
        fields = {name for column in columns for name in column.fields}
        fields |= {f"{name}__{own}" for name in related if self._is_value(name) for own in WORDS}
        keys = {column.sort for column in self.columns.values() if column.sort}
        return rows.only("pk", *self.needed, *sorted(fields | keys))

    def _is_value(self, path: str) -> bool:
        """Say whether a relation leads to a reference value, whose words are all that is shown."""
        model: Any = self.catalog.model
        for step in path.split("__"):
            model = model._meta.get_field(step).related_model
        return issubclass(model, Reference)

    def _wanted(self, params: MultiValueDict, notices: list[str]) -> pages.Wanted:
        sort = self._sort(params.get(SORT, ""), notices)
        after, before = params.get(AFTER, ""), params.get(BEFORE, "")
        cursor = None
        if after or before:
            try:
                cursor = pages.read_cursor(after or before, self._field(sort.key))
            except pages.BadCursor:
                sentence = _("This position in the list does not exist; here is the first page.")
                notices.append(sentence)
        is_end = params.get(END) == "1" and cursor is None
        return pages.Wanted(
            sort=sort,
            size=_size(params.get(SIZE, ""), notices),
            cursor=cursor,
            is_backward=is_end or (cursor is not None and not after),
            first=_number(params.get(FIRST, "")),
            exact=params.get(EXACT) == "1",
        )

    def _sort(self, text: str, notices: list[str]) -> pages.Sort:
        for wish in (text, self.sort):
            column = self.columns.get(wish.removeprefix("-"))
            if column and column.sort:
                return pages.Sort(column.name, column.sort, wish.startswith("-"))
            if wish:
                shown = {"name": wish[:40]}
                notices.append(_("The list cannot be sorted by “%(name)s”.") % shown)
        raise LookupError(self.sort)


def _search_pair(params: MultiValueDict, notices: list[str]) -> list[tuple[str, str]]:
    typed = params.get(SEARCH, "")
    try:
        text = clean(typed)
    except ValidationError as error:
        notices.append(_("The search was ignored: %(problem)s") % {"problem": error.messages[0]})
        return []
    if len(text) > LONGEST_SEARCH:
        longest = {"n": LONGEST_SEARCH}
        notices.append(_("The search was ignored: it takes %(n)d characters at most.") % longest)
        return []
    return [(SEARCH, text)] if text else []


def _wrong(filters: Filters | None) -> str:
    """Give the first condition that was not understood, to show it again with what was typed."""
    return next(iter(filters.form.errors), "") if filters is not None else ""


def _filter_pairs(
    filters: Filters | None, params: MultiValueDict, notices: list[str]
) -> list[tuple[str, str]]:
    if filters is None:
        return []
    for name, problems in filters.form.errors.items():
        notices.append(
            _("The filter “%(label)s” was ignored: %(problem)s")
            % {"label": filters.filters[name].label, "problem": " ".join(problems)}
        )
    return [
        (parameter, value)
        for name, one in filters.filters.items()
        if name not in filters.form.errors
        for parameter in one.names(name)
        for value in dict.fromkeys(params.getlist(parameter))
        if value
    ]


def _size(text: str, notices: list[str]) -> int:
    sizes = {str(size): size for size in pages.SIZES}
    if text and text not in sizes:
        shown = {"sizes": listed(pages.SIZES)}
        notices.append(_("A page has one of these sizes: %(sizes)s.") % shown)
    return sizes.get(text, pages.SIZES[0])


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= 9
    return max(1, int(text)) if is_number else None
