"""What the entry form tells of customers alone: equal numbers and names, letters of the name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from core.records.entry import Entry
from core.records.form import Slot
from core.records.hints import Match, Own
from customers.catalog import CUSTOMER
from customers.lifecycle import LIFE
from customers.queries import duplicate
from customers.queries.duplicate import REASON
from customers.rules import identity


def of(entry: Entry) -> Own:
    """Give what is known of other customers, as far as the user may know it."""
    values = entry.form.values()
    hits = _hits(entry, values)
    reason = entry.form[REASON] if REASON in entry.form.fields else None
    is_explained = reason is not None and bool(reason.value() or reason.errors)
    return Own(
        slots=[
            Slot("short_name", "pinyin", _pinyin(values)),
            *(
                slot
                for field in (*duplicate.UNIQUE_NUMBERS, "name")
                for slot in _taken(field, hits)
            ),
        ],
        matches=_matches(hits),
        compared=_("Compared: code, credit code, tax number, name"),
        blocks={"same-name": is_explained or any(hit.field == "name" for hit in hits)},
        barriers=_barriers(hits, values),
    )


def _hits(entry: Entry, values: Mapping[str, Any]) -> list[duplicate.Hit]:
    own = entry.record.pk if entry.record else None
    key = identity.normalised_name(values.get("name") or "")
    found = (
        *duplicate.same_numbers(values, exclude_pk=own, user=entry.user),
        *duplicate.same_names(key, exclude_pk=own, user=entry.user),
    )
    return [hit for hit in found if hit.field in entry.form.fields]  # others are settled


def _taken(field: str, hits: list[duplicate.Hit]) -> list[Slot]:
    """Tell who has the value: in red who keeps it from others, in amber who does not (yet)."""
    hit = next((hit for hit in hits if hit.field == field), None)
    if field == "name":
        same = _("Same name as %(who)s.") % {"who": hit} if hit else ""
        return [Slot(field, "taken-name", same, "t-warn")]
    holds = hit is not None and hit.reserved
    held = _("Already used by %(who)s.") % {"who": hit} if holds else ""
    shared = _("%(who)s, not submitted yet, has it too.") % {"who": hit} if hit else ""
    return [
        Slot(field, f"taken-{field}", held, "t-danger"),
        Slot(field, f"shared-{field}", "" if holds else shared, "t-warn"),
    ]


def _matches(hits: list[duplicate.Hit]) -> list[Match]:
    by_pk: dict[int, list[duplicate.Hit]] = {}
    for hit in hits:
        by_pk.setdefault(hit.pk, []).append(hit)
    return [
        Match(
            pk=pk,
            code=found[0].code,
            name=found[0].name,
            state=LIFE.state(found[0].state),
            is_visible=found[0].visible,
            labels=[_("Same %(label)s") % {"label": CUSTOMER.label(hit.field)} for hit in found],
            is_blocking=any(hit.reserved and hit.field != "name" for hit in found),
        )
        for pk, found in by_pk.items()
    ]


def _barriers(hits: list[duplicate.Hit], values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Numbers that others hold, and an equal name without a reason, stop a submission."""
    found = [
        (hit.field, _("Already used by %(who)s.") % {"who": hit})
        for hit in hits
        if hit.reserved and hit.field != "name"
    ]
    is_open = not duplicate.is_explained(values.get(REASON))
    named = [hit for hit in hits if hit.field == "name" and is_open]
    words = _("Say why this is another company than %(who)s.")
    return found + [(REASON, words % {"who": hit}) for hit in named[:1]]


def _pinyin(values: Mapping[str, Any]) -> str:
    name = values.get("short_name") or values.get("name") or ""
    letters = "" if name.isascii() else identity.initials(name, limit=20)
    return _("Pinyin initials: %(letters)s") % {"letters": letters} if letters else ""
