"""Who may do and see what: permissions from roles, scope, marks on views, field rules, masking.

It decides; it never redirects, renders or writes. Roles themselves are registered by the apps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, wraps
from typing import Any, Self, TypeVar

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import F, Model, QuerySet

from core import extend
from core.catalog import Row
from core.models import Unit, User
from core.models.base import BusinessQuerySet
from core.prepared import Prepared
from core.refusal import Refused
from core.said import said as _

Granted = TypeVar("Granted")

_PERSON = Prepared(
    lambda pk: User.objects.filter(pk=pk).select_related("unit").annotate(role=F("groups__name"))
)
_BELOW = Prepared(
    lambda path: Unit.objects.filter(path__startswith=path).values_list("pk", flat=True)
)


def roles_of(user: Any) -> frozenset[str]:
    """Give the names of the user's roles (one query per user object)."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return frozenset()
    if not hasattr(user, "_roles"):
        user._roles = _known(user.groups.values_list("name", flat=True))
    return user._roles


def _known(names: Iterable[str]) -> frozenset[str]:
    return frozenset(names).intersection(extend.roles())


def permissions_of(user: Any) -> frozenset[str]:
    """Give every permission ("app.codename") the user's roles add up to; a superuser has all."""
    names = roles_of(user)
    if getattr(user, "is_superuser", False) and getattr(user, "is_active", False):
        names = frozenset(extend.roles())
    return _added_up(names)


@lru_cache(maxsize=256)
def _added_up(names: frozenset[str]) -> frozenset[str]:
    known = extend.roles()
    return frozenset().union(*(known[name].permissions for name in names))


def granted(added: Iterable[Granted], user: Any) -> list[Granted]:
    """Give of what apps add (entries, tabs, panels …) what the user has the right to see."""
    rights = permissions_of(user)
    pairs = ((one, getattr(one, "permission", "")) for one in added)
    return [one for one, permission in pairs if not permission or permission in rights]


def sees_everything(user: Any) -> bool:
    """Say whether one of the user's roles reaches beyond the user's own unit."""
    return user.is_superuser or _reach_far(roles_of(user))


@lru_cache(maxsize=256)
def _reach_far(names: frozenset[str]) -> bool:
    return any(extend.roles()[name].scope == "all" for name in names)


def units_below(user: Any) -> list[int]:
    """Give the keys of the user's unit and those below (one query per user object).

    Numbers instead of a subquery: the database then knows whether they stand for few rows or many.
    """
    if user.unit_id is None:
        return []
    if not hasattr(user, "_units_below"):
        user._units_below = sorted(_BELOW(user.unit.path))
    return user._units_below


class ScopedQuerySet(BusinessQuerySet):
    """Records as one person may see them: those of the own department and below, or all.

    The model has `created_by`, and `masked`, what people out of its sight may know; `scope` leads
    to the unit whose people see a row, `held_back` is NULL where nobody holds it back.
    """

    scope = "scope_unit"
    held_back = ""

    def visible_to(self, user: Any) -> Self:
        """Those in the person's department or below; all for roles that reach further."""
        there = self.at_large()
        if sees_everything(user):
            return there
        if user.unit_id is None:
            return there.filter(created_by=user)
        return there.filter(**{f"{self.scope}__in": units_below(user)})

    def at_large(self) -> Self:
        """Those that nobody holds back."""
        return self.filter(**{f"{self.held_back}__isnull": True}) if self.held_back else self


class Seen:
    """A `Prepared` question about what one person sees: written once for each reach of people.

    `ask` makes the queryset of the rows that are seen and marks for the values.
    """

    def __init__(self, model: type[Model], ask: Callable[..., QuerySet[Any]]) -> None:
        def rows() -> Any:
            return model._default_manager.at_large()  # type: ignore[attr-defined]

        self._all = Prepared(lambda *given: ask(rows(), *given))
        self._own = Prepared(lambda by, *given: ask(rows().filter(created_by=by), *given))
        self._below = Prepared(
            lambda units, *given: ask(rows().filter(**{f"{rows().scope}__pk__in": units}), *given)
        )

    def __call__(self, user: Any, *values: Any) -> list[Any]:
        """Give what this person sees of the answers."""
        prepared, given = self._for(user, values)
        return prepared(*given)

    def count(self, user: Any, *values: Any) -> int:
        """Count the answers."""
        prepared, given = self._for(user, values)
        return prepared.count(*given)

    def _for(self, user: Any, values: Sequence[Any]) -> tuple[Prepared, Sequence[Any]]:
        if sees_everything(user):
            return self._all, values
        if user.unit_id is None:
            return self._own, (user.pk, *values)
        return self._below, (units_below(user), *values)


def is_visible(record: Any, user: Any) -> bool:
    """Say of a loaded row that nobody holds back what `visible_to` says of rows in the database."""
    if sees_everything(user):
        return True
    if user.unit_id is None:
        return bool(record.created_by_id == user.pk)
    return record.scope_unit_id in units_below(user)


def scope_unit(department: Unit | None, creator: Any) -> Unit:
    """Give the unit whose people see a record. Raises Refused while there is none at all."""
    unit = department or creator.unit or Unit.objects.filter(parent=None).order_by("pk").first()
    if unit is None:
        raise Refused([_("There is no department yet; an administrator adds one first.")])
    return unit


class RoleBackend(ModelBackend):
    """Django's own check of name and password, with permissions from the role table."""

    def get_user(self, user_id: int) -> User | None:
        """Give the person of a session, with department and roles (one query, a row a role)."""
        found = _PERSON(user_id)
        if not found or not self.user_can_authenticate(found[0]):
            return None
        found[0]._roles = _known(one.role for one in found)
        return found[0]

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return user_obj.is_active and (user_obj.is_superuser or perm in permissions_of(user_obj))

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return user_obj.is_active and user_obj.is_superuser


def requires(*permissions: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a view: it needs any one of these permissions; without one the answer is 403."""

    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> Any:
            if not permissions_of(request.user).intersection(permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.access = permissions  # type: ignore[attr-defined]
        return guarded

    return mark


def signed_in(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view that every signed-in person may use; the login middleware stands before it."""
    view.access = ("signed-in",)  # type: ignore[attr-defined]
    return view


def public(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view that needs no login."""
    open_view = login_not_required(view)
    open_view.access = ("public",)  # type: ignore[attr-defined]
    return open_view


def may_see(row: Row, user: Any, obj: Any) -> bool:
    """Say whether the user sees the field of this record in full."""
    return extend.see_rules[row.see](user, obj) == ""


def may_change(row: Row, user: Any, obj: Any) -> str:
    """Give "" if the user may change the field of this record now, else the sentence why not."""
    problem = may_ask(row, user, obj)
    if problem or not is_reviewed(row, obj):
        return problem
    return by_request()


def by_request() -> str:
    """Say why a field of a record in force is not changed at once."""
    return _("Approved data: it changes when a change request for it is approved.")


def may_ask(row: Row, user: Any, obj: Any) -> str:
    """Give "" if the user may change the field, or ask for a change of it, else why not."""
    return extend.change_rules[row.change](user, obj)


def is_reviewed(row: Row, obj: Any) -> bool:
    """Say whether the field of a record takes a second pair of eyes to change (◆): it is in force.

    It then changes by a change request only (core.records.changes).
    """
    is_stored = row.controlled and obj is not None and obj.pk is not None
    return bool(is_stored and obj.workflow.state(obj.state).is_in_force)


def mask(value: str) -> str:
    """Give the last four characters behind four stars; nothing stays nothing."""
    return f"**** {value[-4:]}" if len(value) > 8 else ("****" if value else "")
