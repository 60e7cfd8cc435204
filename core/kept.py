"""Keeps what was typed and could not be carried out: the session had ended, the page was left.

A form says by a signed stamp for whom it was made; nobody else is ever shown what it holds. It
never touches the record the form is about, and keeps no password and no file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from django.core import signing
from django.utils import timezone

from core.models import IdempotencyKey, KeptForm, User
from core.models.kept_form import LONGEST
from core.prepared import Prepared

WRITER = "writer"
KEPT_FOR = timedelta(days=3)
MOST_KEPT = 20
_STAMPED_FOR = timedelta(days=15)  # a session lives fourteen at most
_SIGNER = signing.TimestampSigner(salt="core.kept")
_NOT_KEPT = ("csrfmiddlewaretoken", WRITER, "place")
_KEY, _LONGEST_PLACE = re.compile("[A-Za-z0-9_-]{16,64}"), 200

V = TypeVar("V", bound=Callable[..., Any])

_OFFERED = Prepared(
    lambda user, since, place, but: (
        KeptForm.objects.filter(user=user, kept_at__gte=since, place=place)
        .exclude(key=but)
        .order_by("-kept_at", "-pk")
    )
)


def shows_kept(view: V) -> V:
    """Mark a view that fills its form again from `what was kept`; others are sent again whole."""
    view.shows_kept = True  # type: ignore[attr-defined]
    return view


def stamp(user: Any) -> str:
    """Give what a form carries to say for whom it was made."""
    return _SIGNER.sign(str(user.pk))


def writer_of(data: Any, known: User | None = None) -> User | None:
    """Give the person a posted form was made for, or None; who is `known` is not read again."""
    try:
        pk = int(_SIGNER.unsign(str(data.get(WRITER, "")), max_age=_STAMPED_FOR))
    except (signing.BadSignature, ValueError):
        return None
    if known is not None and known.pk == pk:
        return known
    return User.objects.filter(pk=pk, is_active=True).first()


def keep(user: User, place: str, fields: Sequence[tuple[str, str]]) -> KeptForm | None:
    """Keep a posted form for its writer; None where it holds what is never kept, or has no key."""
    key = dict(fields).get("key", "")
    is_named = bool(_KEY.fullmatch(key)) and place.isprintable() and len(place) <= _LONGEST_PLACE
    has_secret = any("password" in name for name, _value in fields)
    took_effect = IdempotencyKey.objects.filter(key=key)
    if not is_named or has_secret or took_effect.exists():
        return None
    body = urlencode([(name, value) for name, value in fields if name not in _NOT_KEPT])
    if len(body) > LONGEST:
        return None
    now = timezone.now()
    made, _new = KeptForm.objects.update_or_create(
        user=user, key=key, defaults={"place": place, "body": body, "kept_at": now}
    )
    _forget_oldest(user)
    return made


def offers(user: Any, place: str, *, but: str = "") -> list[KeptForm]:
    """Give what the person typed at a place and never sent, newest first; not the key `but`."""
    found = _OFFERED(user.pk, timezone.now() - KEPT_FOR, place, but)
    done = set(
        IdempotencyKey.objects.filter(key__in=[one.key for one in found]).values_list(
            "key", flat=True
        )
    ) if found else set()  # fmt: skip
    return [one for one in found if one.key not in done]


def find(user: Any, pk: int) -> KeptForm | None:
    """Give a kept form of this person, or None."""
    return _fresh(user).filter(pk=pk).first()


def typed(kept: KeptForm) -> list[tuple[str, str]]:
    """Give the fields of a kept form as they were posted."""
    return parse_qsl(kept.body, keep_blank_values=True)


def forget(user: Any, key: str) -> None:
    """Drop a form that took effect or is not wanted any more."""
    KeptForm.objects.filter(user=user, key=key).delete()


def prune() -> None:
    """Drop what nobody came back for."""
    KeptForm.objects.filter(kept_at__lt=timezone.now() - KEPT_FOR).delete()


def _fresh(user: Any) -> Any:
    return KeptForm.objects.filter(user_id=user.pk, kept_at__gte=timezone.now() - KEPT_FOR)


def _forget_oldest(user: User) -> None:
    mine = KeptForm.objects.filter(user=user).order_by("-kept_at", "-pk")
    if old := list(mine.values_list("pk", flat=True)[MOST_KEPT:]):
        KeptForm.objects.filter(pk__in=old).delete()
