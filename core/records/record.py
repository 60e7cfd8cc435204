"""A record as it is entered, and what its kind knows of the values: data and named functions.

A form, an import or an API say what they want by `Record`; nothing here reads tables or writes.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.aggregate import RowInput, is_blank
from core.catalog import Row
from core.said import said as _

# One limit for forms, imports and services: as many as a form can show and send.
MOST_ROWS = 500

Values = Mapping[str, Any]
Rows = Sequence[Values]


@dataclass(frozen=True)
class Record:
    """What somebody says of a record; what it does not name stays.

    `rows` are the whole wanted lists of the parts that it names, `marks` those of the
    many-to-many fields, also of marks that are only a name yet; `answers` are to remarks by key.
    """

    values: Values
    rows: Mapping[str, Sequence[RowInput]] = field(default_factory=dict)
    marks: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """One reason why a record cannot be submitted; `row` counts rows of a part from 0.

    `column` names the cell of the row that is wrong, "" when the row as a whole is meant; `plain`
    is then what is wrong without the place.
    """

    field: str
    message: str
    section: str
    row: int | None = None
    column: str = ""
    plain: str = ""

    def is_wrong(self, values: Values) -> bool:
        """Say whether something stands at its place, so that it is not just missing."""
        return bool(self.column) or not is_blank(values.get(self.field))


def newly(before: Iterable[Problem], after: Iterable[Problem]) -> list[Problem]:
    """Give what is wrong after and was not before, whichever row it is in."""
    known = Counter(map(_what, before))
    found = []
    for one in after:
        known[_what(one)] -= 1
        if known[_what(one)] < 0:
            found.append(one)
    return found


def _what(problem: Problem) -> tuple[str, str, str]:
    return problem.field, problem.column, problem.plain or problem.message


Asked = Callable[[Values, Mapping[str, Rows]], list[Problem]]


def rows_problem(count: int, label: Any) -> str:
    """Say that these are too many rows of a part for one record, or ""."""
    if count <= MOST_ROWS:
        return ""
    return _("There are %(most)d rows at most under “%(label)s”, not %(found)d.") % {
        "most": MOST_ROWS,
        "label": label,
        "found": count,
    }


@dataclass(frozen=True)
class Rules:
    """What a kind knows of its values; each function is the app's, and need not be there.

    `fill(values)` gives them with what follows from the rest; `problems(values, today)` by field
    what does not fit together: a record that is still being entered may keep it. `missing(values,
    rows by part)` gives what stands between filled values and a submit, `wrong` of that only what
    is there and not right; `is_needed(row, values)` says whether a field has its ★.
    `outside(name, value, user)` says why somebody may not choose a value, or ""; `start(user)`
    gives what a new record begins with.

    Inside the transaction: each of `before(stored record, its new values, act)` raises Refused
    when its field changes, after the record is locked; `marks(marks, act)` makes those that are
    new.

    `beside` names fields without a row of their own, and the field by whose right they change;
    `submit` the move of a save-and-submit, "" for none.
    """

    fill: Callable[[Values], dict[str, Any]] = dict
    problems: Callable[[Values, datetime.date], Mapping[str, str]] = lambda _values, _today: {}
    missing: Asked = lambda _values, _rows: []
    wrong: Asked = lambda _values, _rows: []
    is_needed: Callable[[Row, Values], bool] = lambda row, _values: bool(row.required)
    outside: Callable[[str, Any, Any], str] = lambda _name, _value, _user: ""
    start: Callable[[Any], dict[str, Any]] = lambda _user: {}
    before: Mapping[str, Callable[[Any, Values, Any], None]] = field(default_factory=dict)
    marks: Callable[[Mapping[str, Sequence[Any]], Any], Mapping[str, Sequence[Any]]] = (
        lambda marks, _act: marks
    )
    beside: Mapping[str, str] = field(default_factory=dict)
    submit: str = ""
