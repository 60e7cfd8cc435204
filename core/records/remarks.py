"""Remarks of who sends a record back, each pinned to a field or row of it, and their answers.

They stand in the history: with the entry of the move, the answers with those of later changes.
Whether the place of one changed since is told by the entries between, never by what somebody says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Subquery

from core import history
from core.models import Change
from core.prepared import Prepared
from core.records import places
from core.records.kind import Kind
from core.records.places import Places, Stored
from core.refusal import Refused
from core.said import counted
from core.said import said as _
from core.text import clean
from core.workflow import Transition

REMARK, ANSWER = "remark-", "answer-"
PLACE, TEXT = "remark_place", "remark_text"  # the select beside the reason, and its text
MOST, LONGEST = 50, 500

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Remark:
    """One remark, what was answered, and whether its place changed since it was made.

    `place` is a field, a part, or a row of one ("lines-12"), whose name then is in `row`; `here` is
    where that stands now, "" for nowhere. `key` tells it from those of other returns. `stored` is
    what the history keeps of it.
    """

    key: str
    place: str
    here: str
    row: str
    text: str
    answer: str
    answered: Change | None
    is_changed: bool
    stored: Stored

    @property
    def is_open(self) -> bool:
        """Whether nothing was done about it yet."""
        return not (self.is_changed or self.answer)


def remarks_in(data: Any) -> dict[str, str]:
    """Give the remarks of a posted form by place, with what stands beside the reason; no blanks."""
    found = {name.removeprefix(REMARK): data[name] for name in data if name.startswith(REMARK)}
    if data.get(TEXT, "").strip():
        place = data.get(PLACE, "")
        found[place] = " ".join(filter(None, (found.get(place, "").strip(), data[TEXT])))
    return {place: text for place, text in found.items() if text.strip()}


def noted(kind: Kind, move: Transition, record: Any, given: Texts) -> list[Stored]:
    """Give the remarks of a move as the history keeps them, in the order of their places.

    Raises Refused where it brings none, or one is too long or at no place of the record.
    """
    if move.name not in returning(kind):
        raise Refused([_("Remarks go along with a return; empty them first.")])
    if len(given) > MOST:
        raise Refused([_("At most %(most)d remarks can be made at once.") % {"most": MOST}])
    found = places.of(kind, record)
    known = found.known()
    for place, text in given.items():
        if place not in known:
            sentence = _("What was remarked on is not there: “%(text)s”. Choose another place.")
            raise Refused([sentence % {"text": text[:LONGEST]}])
    return [
        _stored(place, row, _cleaned(given[place])) | found.stood(place)
        for place, row in known.items()
        if place in given
    ]


def answered(kind: Kind, record: Any, given: Texts, user: Any) -> list[Stored]:
    """Give the answers that are new, as the history keeps them.

    What came back as it is shown to this user is none. Raises Refused for one without a remark.
    """
    entries = since_return(kind, [record]).get(record.pk, ()) if given else ()
    is_open = kind.life.state(record.state).is_open
    own = places.of(kind, record)
    known = {one.key: one for one in of(own, entries)} if is_open else {}
    hide = own.cover(user) if known else str
    found = []
    for key, typed in given.items():
        text, remark = _cleaned(typed), known.get(key)
        if remark is None and text:
            sentence = _("The remark that was answered with “%(text)s” is not there any more.")
            raise Refused([sentence % {"text": text}])
        if remark and text not in (remark.answer, hide(remark.answer)):
            found.append(_stored(remark.place, remark.row, text))
    return found


@cache
def returning(kind: Kind) -> frozenset[str]:
    """Give the moves that send a record back to be mended."""
    moves = ((move.name, kind.life.state(move.target)) for move in kind.life.transitions
             if move.target)  # fmt: skip
    return frozenset(name for name, state in moves if state.is_setback and state.is_open)


def since_return(kind: Kind, records: Iterable[Any]) -> dict[int, list[Change]]:
    """Give for each record that came back the entries from its last return on, in one query."""
    keys = [one.pk for one in records if one.version > 1]
    found: dict[int, list[Change]] = {}
    for entry in _entries(kind)(keys) if keys and returning(kind) else ():
        found.setdefault(entry.subject_id, []).append(entry)
    return found


@cache
def _entries(kind: Kind) -> Prepared:
    own = Change.objects.filter(subject_type=kind.subject)
    back = own.filter(subject_id=OuterRef("subject_id"), action__in=sorted(returning(kind)))
    last = Subquery(back.order_by("-version").values("version")[:1])
    entries = own.select_related("actor").order_by("subject_id", "version")
    return Prepared(lambda keys: entries.filter(subject_id__in=keys, version__gte=last))


def of(own: Places, entries: Sequence[Change]) -> list[Remark]:
    """Give the remarks of a return of a record, of which `entries` are all from it on."""
    if not entries or "remarks" not in entries[0].changes:
        return []
    first, *later = entries
    net = history.net(one.changes for one in later)
    answers: dict[str, tuple[str, Change]] = {}
    for entry in later:
        for one in entry.changes.get("answers", ()):
            answers[one["place"]] = one["text"], entry
    found = []
    for one in first.changes["remarks"]:
        place, (answer, by) = one["place"], answers.get(one["place"], ("", None))
        key, is_changed = f"{first.version}-{place}", own.is_changed(one, net)
        text, here = one["text"], own.here(one)
        found.append(Remark(key, place, here, one["row"], text, answer, by, is_changed, one))
    return found


def summary(remarks: Sequence[Remark]) -> str:
    """Say how many remarks there were, and what was done about them."""
    changed = sum(one.is_changed for one in remarks)
    told = sum(bool(one.answer) and not one.is_changed for one in remarks)
    left = len(remarks) - changed - told
    done = (
        (changed, counted("%(n)d changed", "%(n)d changed", changed)),
        (told, counted("%(n)d answered", "%(n)d answered", told)),
        (left, counted("%(n)d open", "%(n)d open", left)),
    )
    all_of = counted("%(n)d remark", "%(n)d remarks", len(remarks)) % {"n": len(remarks)}
    parts = reduce(_and, (text % {"n": n} for n, text in done if n))
    return _("%(label)s: %(text)s") % {"label": all_of, "text": parts}


def _and(first: str, second: str) -> str:
    return _("%(first)s, %(second)s") % {"first": first, "second": second}


def _stored(place: str, row: str, text: str) -> Stored:
    return {"place": place, "row": row, "text": text}


def _cleaned(typed: str) -> str:
    """Raises Refused for what cannot be stored."""
    try:
        text = clean(typed)
    except ValidationError as error:
        raise Refused(error.messages) from error
    if len(text) > LONGEST:
        sentence = _("A remark or answer has at most %(most)d characters, not %(found)d.")
        raise Refused([sentence % {"most": LONGEST, "found": len(text)}])
    return text
