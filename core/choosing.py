"""Finds values by what people type: a code, a name, how it is spelled, its initials, a path.

One source for each table; it reads only. What a field makes of it is in core/forms/reference.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When

from core.models.base import Tree
from core.prepared import Prepared
from core.text import clean

MOST, MOST_GUESSED, MOST_WORDS = 30, 10, 4
LONGEST = 200
BETWEEN = " / "
EXACT, BEGINS = 1, 2
_STEPS = re.compile(r"\s*[/／>＞›]\s*")


@dataclass(frozen=True)
class Option:
    """A value to choose: `text` stands in the field and means this value alone.

    `fit` says how well it fits what was typed: EXACT, BEGINS, more for less, 0 when nothing was;
    `why` says why it cannot be chosen here, "" when it can.
    """

    key: int
    text: str
    name: str
    code: str
    note: str = ""
    fit: int = 0
    why: str = ""


@dataclass(frozen=True)
class Found:
    """What a text means: a value, or none with those that may be meant.

    `is_guess`: the value only begins like the text. `is_outside`: the text names a value that is
    disabled or beyond what the user may choose. `why` says why there is none, where more is known.
    """

    value: Any = None
    is_guess: bool = False
    candidates: tuple[Option, ...] = ()
    is_outside: bool = False
    why: str = ""

    @property
    def is_sure(self) -> bool:
        """Whether the text names exactly one value."""
        return self.value is not None and not self.is_guess


@dataclass(frozen=True)
class Limit:
    """What a user may choose: `ask` makes the condition of what is `given` by the user.

    None is given for a user who may choose everything.
    """

    given: Callable[[Any], Sequence[Any] | None] = lambda _user: None
    ask: Callable[..., Q] = Q

    def __call__(self, user: Any) -> Q:
        """Give the condition for a user; nothing for one who may choose everything."""
        given = self.given(user)
        return Q() if given is None else self.ask(*given)

    def and_only(self, only: Q) -> Limit:
        """Give a limit that leaves fewer values, whoever chooses."""

        def ask(*given: Any) -> Q:
            return (self.ask(*given) if given else Q()) & only

        return Limit(lambda user: self.given(user) or (), ask)


EVERYTHING = Limit()


class Source:
    """The values of one table by code and name, as far as a user may choose them.

    `permission` is needed to look for them; `within` narrows them to what a user may choose; `note`
    tells values of one name apart and needs `related`.
    """

    code, name, spelling = "code", "name", "search_key"

    def __init__(
        self,
        model: Any,
        *,
        permission: str,
        within: Limit = EVERYTHING,
        note: Callable[[Any], str] | None = None,
        related: tuple[str, ...] = (),
    ) -> None:
        self.model, self.permission, self.within = model, permission, within
        self.note, self.related = note, related
        self._all = Prepared(lambda: self._first(Q()))
        self._some = Prepared(lambda *given: self._first(within.ask(*given)))

    def narrowed(self, only: Q) -> Source:
        """Give the source with fewer values to choose, for a field that cannot take all of them."""
        return Source(
            self.model, permission=self.permission, within=self.within.and_only(only),
            note=self.note, related=self.related,
        )  # fmt: skip

    @property
    def key(self) -> str:
        """The name of the source in addresses."""
        return str(self.model._meta.label_lower)

    def text(self, value: Any) -> str:
        """Give the words that stand for a value in a field: its name and its code."""
        return f"{getattr(value, self.name)} {getattr(value, self.code)}"

    def title(self, value: Any, _user: Any) -> str:
        """Give the words for a value in a field, as a user may read it."""
        return self.text(value)

    def stands_for(self, value: Any, text: str, _user: Any) -> bool:
        """Say whether a user means a value, which is chosen already, by a text."""
        return self.is_called(value, text)

    def is_called(self, value: Any, text: str) -> bool:
        """Say whether a text is a value's code, or its words in a field."""
        return text == self.text(value) or text.upper() == str(getattr(value, self.code)).upper()

    def rows(self, user: Any, *, every: bool = False) -> QuerySet[Any]:
        """Give what the user may choose, in order; with `every` what is disabled, too."""
        rows = self.ordered().filter(self.within(user))
        return rows if every else rows.filter(is_active=True)

    def ordered(self) -> QuerySet[Any]:
        """Give all values in the order people read them."""
        rows: QuerySet[Any] = self.model._default_manager.in_order()
        return rows.select_related(*self.related) if self.related else rows

    def few(self, user: Any) -> list[tuple[str, int]] | None:
        """Give (words, depth) of all values of a short list, None for a long one (one query)."""
        given = self.within.given(user)
        found = self._all() if given is None else self._some(*given)
        if len(found) > MOST:
            return None
        return [(f"{name} {code}", _depth(*path)) for name, code, *path in found]

    def short(self, user: Any) -> list[Any] | None:
        """Give all values of a short list, disabled ones too, None for a long one (one query)."""
        rows = list(self.rows(user, every=True)[: MOST + 1])
        return None if len(rows) > MOST else rows

    def keyed(self, user: Any, keys: Iterable[Any]) -> list[Any]:
        """Give the values with these keys, those too that the user cannot choose any more."""
        return list(self.ordered().filter(pk__in=keys))

    def _first(self, within: Q) -> QuerySet[Any]:
        columns = (self.name, self.code, *(("path",) if self._is_tree else ()))
        rows = self.ordered().filter(within, is_active=True)
        return rows.values_list(*columns)[: MOST + 1]

    def options(self, user: Any, text: str, *, every: bool = False) -> list[Option]:
        """Give the values that fit a text, the best first; one more than MOST if there are more."""
        typed = cleaned(text)
        if typed is None:
            return []
        rows = self.rows(user, every=every)
        return self.described((self._ranked(rows, typed) if typed else rows)[: MOST + 1])

    def described(self, values: Iterable[Any]) -> list[Option]:
        """Give values as people choose from them, those of a tree with their path."""
        known = list(values)
        above = self._above(known)
        return [self._option(value, above) for value in known]

    def resolve(self, user: Any, texts: Collection[str]) -> dict[str, Found]:
        """Say what texts mean: by code, name and path, else what alone begins like it.

        One query for all of them, one more for each of the first few that nothing is called.
        """
        typed = {text: word for text in texts if (word := cleaned(text))}
        exact = self._exact(user, typed.values())
        found: dict[str, Found] = {}
        guesses = 0
        for text, word in typed.items():
            named = self._named(exact, word)
            if named:
                found[text] = self._decided(named)
            elif guesses < MOST_GUESSED:
                guesses += 1
                found[text] = self._guessed(user, word)
        return {text: found.get(text, Found()) for text in texts}

    def _exact(self, user: Any, words: Collection[str]) -> list[Any]:
        """Give every row that one of the texts may name, each with whether the user reaches it."""
        codes, names = set[str](), set[str]()
        for word in words:
            head, _blank, tail = word.rpartition(" ")
            first, _blank, rest = word.partition(" ")
            codes |= {word.upper(), word, tail.upper(), tail, first.upper(), first}
            names |= {word, head, rest, _STEPS.split(word)[-1]}
        if not words:
            return []
        wanted = Q(**{f"{self.code}__in": codes}) | Q(**{f"{self.name}__in": names})
        reached = self.within(user) or Q(pk__isnull=False)
        reach = Case(When(reached, then=True), default=False, output_field=models.BooleanField())
        return list(self.ordered().filter(wanted).annotate(is_within=reach))

    def _named(self, rows: Sequence[Any], word: str) -> list[Any]:
        """Give the rows that a text names, by the surest way that any is named by."""
        for fits in (
            lambda row: self.is_called(row, word),
            lambda row: f"{getattr(row, self.code)} {getattr(row, self.name)}" == word,
            lambda row: getattr(row, self.name) == word,
        ):
            if named := [row for row in rows if fits(row)]:
                return named
        steps = _STEPS.split(word)
        last = [row for row in rows if getattr(row, self.name) == steps[-1]]
        if len(steps) < 2 or not last or not issubclass(self.model, Tree):
            return []
        above = self._above(last)
        return [row for row in last if _path(row, above)[-len(steps) + 1 :] == steps[:-1]]

    def _decided(self, named: Sequence[Any]) -> Found:
        there = [row for row in named if row.is_active and row.is_within]
        if len(there) == 1:
            return Found(there[0])
        if there:
            return Found(candidates=tuple(self.described(there[:MOST])))
        return Found(is_outside=True)

    def _guessed(self, user: Any, word: str) -> Found:
        fitting = list(self._ranked(self.rows(user), word)[: MOST + 1])
        for most in (EXACT, BEGINS):
            like = [row for row in fitting if row.rank <= most]
            if len(like) == 1 and len(word) > 1:
                return Found(like[0], is_guess=True)
            if like:
                break
        return Found(candidates=tuple(self.described(fitting[:MOST_GUESSED])))

    def _ranked(self, rows: QuerySet[Any], typed: str) -> QuerySet[Any]:
        words = typed.split()[:MOST_WORDS]
        for word in words:
            fits = self._holds(word)
            rows = rows.filter(fits | self._stands_below(word) if self._is_tree else fits)
        code, name, key = self.code, self.name, self.spelling
        spelled = _letters(typed)
        exact = Q(**{f"{code}__iexact": typed}) | Q(**{f"{name}__iexact": typed})
        begins = Q(**{f"{code}__istartswith": typed}) | Q(**{f"{name}__istartswith": typed})
        if spelled and key:
            exact |= Q(**{f"{key}__contains": f"|{spelled}|"})
            begins |= Q(**{f"{key}__contains": f"|{spelled}"})
        found = ranked(rows, exact, begins, self._holds(words[-1]))
        return found.order_by("rank", *rows.query.order_by)

    def _holds(self, word: str) -> Q:
        holds = Q(**{f"{self.code}__icontains": word}) | Q(**{f"{self.name}__icontains": word})
        spelled = _letters(word)
        if spelled and self.spelling:
            holds |= Q(**{f"{self.spelling}__contains": spelled})
        return holds

    def _stands_below(self, word: str) -> Exists:
        above = self.model._default_manager.filter(self._holds(word))
        return Exists(
            above.order_by()
            .annotate(
                inner=models.ExpressionWrapper(OuterRef("path"), output_field=models.CharField())
            )
            .filter(inner__startswith=F("path"))
        )

    @property
    def _is_tree(self) -> bool:
        return issubclass(self.model, Tree)

    def _above(self, rows: Iterable[Any]) -> dict[int, str]:
        """Give the names of all nodes above these (one query; none for a flat table)."""
        keys = {key for row in rows for key in _keys_above(row)} if self._is_tree else set()
        if not keys:
            return {}
        return dict(self.model._default_manager.filter(pk__in=keys).values_list("pk", self.name))

    def _option(self, row: Any, above: dict[int, str]) -> Option:
        note = BETWEEN.join(_path(row, above)) if self._is_tree else ""
        if self.note is not None:
            note = self.note(row)
        name, code = getattr(row, self.name), getattr(row, self.code)
        return Option(row.pk, self.text(row), name, code, note, getattr(row, "rank", 0))


class PeopleSource(Source):
    """The people who sign in, by account and name."""

    code, name, spelling = "username", "display_name", ""

    def ordered(self) -> QuerySet[Any]:
        """Give all people but the machine, by name."""
        people: QuerySet[Any] = self.model._default_manager.filter(is_system=False)
        return people.order_by("display_name", "pk")


def ranked(rows: QuerySet[Any], *conditions: Q) -> QuerySet[Any]:
    """Give rows with their `rank`: which of these conditions, the best first, is true of them."""
    cases = [When(one, then=Value(rank)) for rank, one in enumerate(conditions, start=EXACT)]
    last = Value(len(cases) + EXACT)
    return rows.annotate(rank=Case(*cases, default=last, output_field=models.IntegerField()))


def cleaned(text: str) -> str | None:
    """Give a typed text as it is looked up; None for what nothing can be called."""
    try:
        return clean(text[: LONGEST + 1], fold=True) if len(text) <= LONGEST else None
    except ValidationError:
        return None


def _letters(text: str) -> str:
    """Give a text as a spelling; "" for one that is none."""
    return re.sub("[^0-9a-z]", "", text.casefold()) if text.isascii() else ""


def _depth(path: str = "") -> int:
    return max(path.count("/") - 2, 0)


def _keys_above(row: Any) -> list[int]:
    return [int(key) for key in row.path.split("/") if key][:-1]


def _path(row: Any, above: dict[int, str]) -> list[str]:
    return [above[key] for key in _keys_above(row) if key in above]
