"""System checks that keep promises nobody should have to remember: rights, field tables, triggers.

They read what the apps declare; only the one tagged `database` asks the database.
"""

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.module_loading import module_has_submodule

from core import append_only, extend
from core.admin_site import SupportSite
from core.catalog import Catalog
from core.workflow import Workflow

Declared = TypeVar("Declared")


def endpoints(
    patterns: Sequence[URLPattern | URLResolver], prefix: str = ""
) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield the address and the view of every pattern, through all includes."""
    for pattern in patterns:
        address = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from endpoints(pattern.url_patterns, address)
        else:
            yield address, pattern.callback


def is_decided(view: Callable[..., Any]) -> bool:
    """Say whether somebody wrote down who may use the view; the support site did."""
    if getattr(view, "access", ()):
        return True
    site = getattr(view, "admin_site", None) or getattr(
        getattr(view, "model_admin", None), "admin_site", getattr(view, "__self__", None)
    )
    return isinstance(site, SupportSite)


def undecided_views(patterns: Sequence[URLPattern | URLResolver]) -> list[CheckMessage]:
    """Give an error for every view that carries no mark."""
    return [
        Error(
            f"The view of {address!r} does not say who may use it.",
            hint="Decorate it with @requires(...), @signed_in or @public from core/access.py.",
            obj=f"{view.__module__}.{getattr(view, '__qualname__', view)}",
            id="core.E001",
        )
        for address, view in endpoints(patterns)
        if not is_decided(view)
    ]


def undecided_fields(catalogs: Sequence[Catalog]) -> list[CheckMessage]:
    """Give an error for every model field that no row and no `internal` names."""
    return [
        Error(
            f"{catalog.model._meta.label}: the field table does not fit the model: {name}.",
            hint="Give the field a Row in catalog.py, or name it in `internal`.",
            obj=catalog.model,
            id="core.E002",
        )
        for catalog in catalogs
        for name in catalog.missing()
    ]


def unjoined_names(lives: Sequence[Workflow]) -> list[CheckMessage]:
    """Give an error for every name of a lifecycle without its function, and the other way round."""
    return [
        Error(
            f"The lifecycle {life.name!r} and its functions do not fit: {name}.",
            hint="Write one function of this name and join it, or take it out of the table.",
            obj=life.name,
            id="core.E004",
        )
        for life in lives
        for name in life.unjoined()
    ]


def loose_seams() -> list[CheckMessage]:
    """Give an error for what apps add twice under one name, or to something that is not there."""
    kinds = extend.kinds()
    subjects = {kind.subject for kind in kinds}
    moves = {(kind.life.name, move.name) for kind in kinds for move in kind.life.transitions}
    loose = [
        one
        for one in extend.all_seams()
        if isinstance(one, extend.Veto)
        and (one.to, one.move) not in moves
        or isinstance(one, extend.Tab | extend.Counter)
        and one.to not in subjects
    ]
    told = [f"There are two of {name}; the first stands." for name in extend.doubles()]
    told += [f"{type(one).__name__} {one.name!r} is for {one.to!r}: not there." for one in loose]
    hint = "See what core/extend.py is given when the apps start."
    return [Error(sentence, hint=hint, id="core.E005") for sentence in told]


def unfit_for_bulk() -> list[CheckMessage]:
    """Give an error for every field that is set in bulk but needs more than its value to be."""
    return [
        Error(
            f"{kind.subject}: {row.name} cannot be set for many records at once.",
            hint="A field with `bulk` is typed in the form, is no code or other record, and"
            " has no function in `Rules.before`.",
            obj=kind.model,
            id="core.E006",
        )
        for kind in extend.kinds()
        for row in kind.catalog
        if row.bulk
        and (
            not (row.form and row.sheet and row.see == "all")
            or row.name in {"code", *kind.pointing, *kind.rules.before}
        )
    ]


def declared(kind: type[Declared], module: str) -> list[Declared]:
    """Give the tables of one kind that stand in a module of this name in any app."""
    homes = [app for app in apps.get_app_configs() if app.module is not None]
    found = [
        import_module(f"{app.name}.{module}")
        for app in homes
        if module_has_submodule(app.module, module)
    ]
    return [one for home in found for one in vars(home).values() if isinstance(one, kind)]


@register(Tags.urls)
def check_views(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every view says who may use it."""
    return undecided_views(get_resolver(settings.ROOT_URLCONF).url_patterns)


@register(Tags.models)
def check_fields(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every field of a model with a field table has its place."""
    return undecided_fields(declared(Catalog, "catalog"))


@register(Tags.models)
def check_lifecycles(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Whatever a lifecycle names is there."""
    return unjoined_names(declared(Workflow, "lifecycle"))


@register()
def check_seams(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Whatever apps add to others has its place there, and a name of its own."""
    return loose_seams()


@register()
def check_bulk(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Whatever is set in bulk is a value and nothing else."""
    return unfit_for_bulk()


@register(Tags.database)
def check_history(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """The history is append-only on every database that is asked about."""
    return [
        Error(
            f"The history is not append-only: the trigger {name} is missing.",
            hint="Run manage.py migrate --skip-checks; it puts the triggers back.",
            obj=append_only.TABLE,
            id="core.E003",
        )
        for using in databases or []
        for name in append_only.missing(using)
    ]
