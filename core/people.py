"""Creates and changes people: roles, department, activity, password; ends sessions that must end.

Every change is told in the history; nobody here asks whether the actor may manage users.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from core import extend, saving
from core.history import Act
from core.models import Change, Unit, User
from core.said import of_error
from core.saving import Refused, Stale
from core.text import clean

MANAGE = "core.manage_users"


@dataclass(frozen=True)
class Profile:
    """What an administrator decides about a person."""

    display_name: str
    unit: Unit | None
    roles: frozenset[str]


def make_groups(using: str, **_kwargs: Any) -> None:
    """Create the groups of the role table that are missing; the table decides what they may."""
    groups = Group.objects.using(using)
    known = set(groups.values_list("name", flat=True))
    groups.bulk_create([Group(name=name) for name in extend.roles() if name not in known])


def everybody() -> QuerySet[User]:
    """Give the people (not the machine itself) by name."""
    return User.objects.filter(is_system=False).order_by("display_name", "pk")


def version_of(user: User) -> int:
    """Give the number of the newest history entry about the user, 0 when there is none."""
    entries = Change.objects.filter(subject_type=User._meta.label_lower, subject_id=user.pk)
    return entries.aggregate(newest=Max("version"))["newest"] or 0


def folded(username: str) -> str:
    """Give an account name as it is stored: half width, small letters."""
    return clean(username, fold=True).casefold()


def untouchable(actor: User, user: User) -> str:
    """Say why this actor may not change this person, or ""."""
    if user.is_superuser and not actor.is_superuser:
        return _("This account has every right; only another one with every right changes it.")
    return ""


@saving.retried
def create(
    username: str, profile: Profile, *, password: str, act: Act, is_temporary: bool = True
) -> User:
    """Make an account; a temporary password is to be changed at once.

    Raises Refused when the name is taken or the password weak, Repeated.
    """
    with saving.once(act) as ticket:
        user = User(username=folded(username), display_name=profile.display_name, unit=profile.unit)
        if User.objects.filter(username__iexact=user.username).exists():
            sentence = _("This account name is taken.")
            raise Refused([sentence], {"username": sentence})
        _set_password(user, password)
        user.must_change_password = is_temporary
        user.save(force_insert=True)
        user.groups.set(_groups(profile.roles))
        changes = {name: ["", new] for name, (_old, new) in _told(None, profile).items()}
        changes = {"username": ["", user.username], **changes}
        saving.tell(user, version=1, act=act, action="create", changes={"fields": changes})
        ticket.result = str(user.pk)
    return user


@saving.retried
def change(pk: int, profile: Profile, *, version: int, act: Act) -> User:
    """Set name, department and roles; new roles end the person's sessions.

    Raises Refused when nobody would be left to manage users, Stale, Repeated.
    """
    with saving.once(act) as ticket:
        ticket.result = str(pk)
        user = _locked(pk, version, act)
        before = _profile_of(user)
        if before == profile:
            return user
        fields = _told(before, profile)
        user.display_name, user.unit = profile.display_name, profile.unit
        if "roles" in fields:
            user.groups.set(_groups(profile.roles))
            user.session_epoch += 1
        user.save(update_fields=["display_name", "unit", "session_epoch"])
        _require_somebody()
        saving.tell(user, version=version + 1, act=act, action="change", changes={"fields": fields})
    return user


@saving.retried
def set_active(pk: int, active: bool, *, version: int, act: Act) -> User:
    """Let a person in again, or shut out: the sessions end at once. Raises as `change` does."""
    with saving.once(act) as ticket:
        ticket.result = str(pk)
        user = _locked(pk, version, act)
        if user.is_active == active:
            return user
        user.is_active = active
        user.session_epoch += 1
        user.save(update_fields=["is_active", "session_epoch"])
        _require_somebody()
        action = "enable" if active else "disable"
        saving.tell(user, version=version + 1, act=act, action=action, changes={})
    return user


@saving.retried
def set_password(pk: int, password: str, *, version: int, act: Act) -> User:
    """Give a person a new password, to be changed at once unless it is one's own.

    The sessions end. Raises Refused when it is weak, Stale.
    """
    with saving.once(act) as ticket:
        ticket.result = str(pk)
        user = _locked(pk, version, act)
        _set_password(user, password)
        user.must_change_password = user != act.by
        user.session_epoch += 1
        user.save(update_fields=["password", "must_change_password", "session_epoch"])
        saving.tell(user, version=version + 1, act=act, action="password", changes={})
    return user


def managers() -> QuerySet[User]:
    """Give the active people who may manage users."""
    names = [role.name for role in extend.roles().values() if MANAGE in role.permissions]
    able = Q(is_superuser=True) | Q(groups__name__in=names)
    return User.objects.filter(able, is_active=True, is_system=False).distinct()


def _locked(pk: int, version: int, act: Act) -> User:
    """Give the person for writing; managers are locked too, so that no two remove each other."""
    keepers = list(managers().values_list("pk", flat=True))
    found = User.objects.select_for_update(of=("self",)).filter(pk__in={pk, *keepers})
    rows = {row.pk: row for row in found.filter(is_system=False).order_by("pk")}
    user = rows.get(pk)
    if user is None or version_of(user) != version:
        raise Stale
    if problem := untouchable(act.by, user):
        raise Refused([problem])
    return user


def _require_somebody() -> None:
    if not managers().exists():
        raise Refused([_("Nobody could manage users any more; give someone else that role first.")])


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(error.messages, {"password1": of_error(error)}) from error
    user.set_password(password)


def _groups(roles: Iterable[str]) -> list[Group]:
    return list(Group.objects.filter(name__in=roles))


def _profile_of(user: User) -> Profile:
    names = frozenset(user.groups.values_list("name", flat=True)) & frozenset(extend.roles())
    return Profile(user.display_name, user.unit, names)


def _told(before: Profile | None, after: Profile) -> dict[str, list[str]]:
    def words(profile: Profile | None) -> dict[str, Any]:
        if profile is None:
            return {"display_name": "", "unit": "", "roles": ""}
        roles = ",".join(name for name in extend.roles() if name in profile.roles)
        return {
            "display_name": profile.display_name,
            "unit": str(profile.unit or ""),
            "roles": roles,
        }

    old, new = words(before), words(after)
    return {name: [old[name], new[name]] for name in old if old[name] != new[name]}
