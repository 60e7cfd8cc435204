"""Every view says who may use it and every field has its place; the checks find what does not."""

import pytest
from django.core.checks import run_checks
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from core import checks
from core.access import public, requires, signed_in
from core.catalog import Catalog, Row
from core.models import Preference
from core.workflow import State, Transition, Workflow
from customers.catalog import CUSTOMER


def undecided(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def fresh() -> object:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    return view


def test_system_checks_find_nothing() -> None:
    assert run_checks() == []


def test_a_view_without_a_decision_is_found_through_includes() -> None:
    patterns = [path("open/", include([path("door/", undecided)]))]

    found = checks.undecided_views(patterns)

    assert [error.id for error in found] == ["core.E001"]
    assert "'open/door/'" in found[0].msg


@pytest.mark.parametrize("mark", [requires("app.do"), signed_in, public])
def test_a_marked_view_passes(mark: object) -> None:
    assert checks.undecided_views([path("", mark(fresh()))]) == []  # type: ignore[operator,arg-type]


def test_another_admin_site_is_found() -> None:
    class Elsewhere:
        admin_site = object()

        def __call__(self, request: HttpRequest) -> HttpResponse:
            return HttpResponse()

    assert not checks.is_decided(Elsewhere())


def test_a_field_without_a_place_is_found() -> None:
    names = sorted(field.name for field in Preference._meta.concrete_fields)
    catalog = Catalog(Preference, (), (Row(names[0], ""), Row("no_such", "")), tuple(names[2:]))

    found = checks.undecided_fields([catalog])

    assert {error.id for error in found} == {"core.E002"}
    assert [names[1] in found[0].msg, "no_such" in found[1].msg] == [True, True]


def test_the_field_tables_are_found() -> None:
    assert CUSTOMER in checks.declared(Catalog, "catalog")
    assert checks.declared(Catalog, "nowhere") == []


def test_a_name_of_a_lifecycle_without_its_function_is_found() -> None:
    move = Transition("end", "End", "Ended", ("new",), "new", "a.end", ("mine",), effect="bill")
    life = Workflow("thing", (State("new", "New", "info", "check"),), (move,), {"mine": len})

    found = checks.unjoined_names([life])

    assert [(error.id, "bill" in error.msg) for error in found] == [("core.E004", True)]
