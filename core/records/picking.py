"""Records that another one may name, found by typing: code, name, pinyin, initials.

Only those a person sees; where new records of other kinds may not name one, it says why not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from core import plans
from core.access import is_visible
from core.choosing import MOST, MOST_GUESSED, Found, Option, cleaned, ranked
from core.pages import TooSlow, bounded
from core.records.kind import Kind
from core.refusal import Refused
from core.timeline import since_text

_MOST_LETTERS = 20


def _same_name(text: str) -> Q:
    return Q(name__iexact=text)


class RecordSource:
    """The records of a kind as fields suggest them; with `for_others` as those of other kinds do.

    A record of another kind can name those only whose state is usable. `named(text)` is the
    condition that a record is called like this.
    """

    def __init__(
        self, kind: Kind, named: Callable[[str], Q] = _same_name, *, for_others: bool = False
    ) -> None:
        self.kind, self.named, self.for_others = kind, named, for_others
        self.model = kind.model
        self.key = kind.subject + (".usable" if for_others else "")
        self.permission = kind.right("view")

    def short(self, user: Any) -> None:
        """Give None: records are always found by typing."""

    few = short

    def keyed(self, user: Any, keys: Iterable[Any]) -> list[Any]:
        """Give the records with these keys that the user sees."""
        seen = self.kind.seen_by(user).filter(pk__in=keys)
        return list(seen.only("code", "name").order_by("name_sort", "pk"))

    def title(self, record: Any, user: Any) -> str:
        """Give the words for a record in a field, masked where the user may not see it."""
        if not is_visible(record, user):
            return str(record.masked)
        return " ".join(filter(None, (record.code, str(record))))

    def stands_for(self, record: Any, text: str, user: Any) -> bool:
        """Say whether a user means a record, which is named already, by a text."""
        return text == self.title(record, user)

    def resolve(self, user: Any, texts: Collection[str]) -> dict[str, Found]:
        """Say what texts mean: by code or name, else none, with those that fit."""
        return {text: self._meant(user, text) for text in texts}

    def options(self, user: Any, text: str, *, every: bool = False) -> list[Option]:
        """Give the records that fit a text, the best first, one more than MOST if there are more.

        None at all when they cannot be found in time, as one letter among very many.
        """
        typed = cleaned(text)
        if typed is None:
            return []
        seen = self.kind.seen_by(user).only("code", "name", "state", "name_sort")
        if not typed:
            seen = seen.filter(state__in=self.kind.life.usable) if self.for_others else seen
            found = seen.order_by("-updated_at", "-pk")
        else:
            found = self._ranked(seen, typed)
        try:
            with bounded():
                return self.described(found[: MOST + 1])
        except TooSlow:
            return []

    def described(self, records: Iterable[Any]) -> list[Option]:
        """Give records as people choose from them, those that cannot be chosen with why."""
        known = list(records)
        barred = why_not(self.kind, known) if self.for_others else {}
        return [
            Option(
                one.pk,
                " ".join(filter(None, (one.code, one.name))),
                one.name or one.code,
                one.code,
                str(self.kind.life.state(one.state).label),
                getattr(one, "rank", 0),
                barred.get(one.pk, ""),
            )
            for one in known
        ]

    def _meant(self, user: Any, text: str) -> Found:
        word = cleaned(text)
        called = self._called(user, word) if word else []
        barred = why_not(self.kind, called) if self.for_others else {}
        free = [one for one in called if one.pk not in barred]
        if len(free) == 1:
            return Found(free[0])
        fitting = self.described(called) or self.options(user, text)[:MOST_GUESSED]
        why = "" if fitting else unknown(self.kind)
        if fitting and all(one.why for one in fitting):
            why = fitting[0].why
        return Found(candidates=tuple(fitting), why=why)

    def _called(self, user: Any, text: str) -> list[Any]:
        """Give a few of those with this code, or "CODE NAME", else this name."""
        seen = self.kind.seen_by(user).order_by("pk")
        codes = {text.upper(), text.split(maxsplit=1)[0].upper()}
        by_code = list(seen.filter(plans.filled("code"), code__in=codes)[:MOST_GUESSED])
        return by_code or list(seen.filter(self.named(text))[:MOST_GUESSED])

    def _ranked(self, seen: QuerySet[Any], typed: str) -> QuerySet[Any]:
        exact = Q(code__iexact=typed) | self.named(typed)
        begins = Q(code__istartswith=typed) | Q(name__istartswith=typed)
        within = Q(code__icontains=typed) | Q(name__icontains=typed)
        if spelled := _spelled(typed):
            begins |= spelled
        fitting = ranked(seen.filter(exact | begins | within), exact, begins)
        return fitting.order_by("rank", "name_sort", "pk")


def sources(kind: Kind, named: Callable[[str], Q] = _same_name) -> tuple[RecordSource, ...]:
    """Give the sources of a kind: for its own records, and for those of others."""
    return RecordSource(kind, named), RecordSource(kind, named, for_others=True)


def why_not(kind: Kind, records: Iterable[Any]) -> dict[int, str]:
    """Say by its key of each that no record of another kind may name: its state, since when."""
    barred = [one.pk for one in records if one.state not in kind.life.usable]
    if not barred:
        return {}
    people = [f"{stamp}_by" for stamp in (*kind.life.stamps, "updated")]
    whole = kind.model._default_manager.filter(pk__in=barred).select_related(*people)
    return {one.pk: _why(kind, one) for one in whole}


def require_usable(kind: Kind, values: Mapping[str, Any], user: Any) -> None:
    """Look again at what a record newly names; it stays as it is until the transaction ends.

    Raises Refused at the field, with why not, for one that is not usable or out of sight now.
    """
    refused: dict[str, str] = {}
    for name, other in kind.pointing.items():
        named = values.get(name)
        if other is kind or named is None:
            continue
        seen = other.seen_by(user).select_for_update(of=("self",), no_key=True)
        found = list(seen.filter(pk=named.pk))
        if why := why_not(other, found).get(named.pk, "") if found else unknown(other):
            refused[name] = why
    if refused:
        raise Refused(list(refused.values()), refused)


def unknown(kind: Kind) -> str:
    """Say that no record is called like this."""
    return _("No %(thing)s with this code or name among those you see.") % {"thing": kind.label}


def _why(kind: Kind, record: Any) -> str:
    life = kind.life
    state = life.state(record.state)
    move = next((one for one in life.leading_to(state.name) if one.stamp), None)
    stamp = move.stamp if move else "updated"
    return _("%(state)s — %(move)s: %(who)s, %(ago)s ago") % {
        "state": state.label,
        "move": move.label if move else _("Change"),
        "who": getattr(record, f"{stamp}_by") or "—",
        "ago": since_text(getattr(record, f"{stamp}_at") or record.updated_at),
    }


def _spelled(typed: str) -> Q | None:
    """Give the condition that a name begins with these letters, in full or by initials.

    Sort keys hold one syllable beside the other: "bei jing heng xin !…".
    """
    letters = re.sub("[^0-9a-z]", "", typed.casefold())[:_MOST_LETTERS]
    if not letters or not typed.isascii():
        return None
    in_full, initials = " ?".join(letters), "[a-z0-9]* ".join(letters)
    return Q(name_sort__startswith=letters[0], name_sort__regex=f"^({in_full}|{initials})")
