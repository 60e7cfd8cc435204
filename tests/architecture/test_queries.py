"""A page that queries in a loop fails its test: the watcher is on, and is seen at work."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from core.models import User
from tests.architecture.tree import needs

needs("zeal")

from zeal.errors import NPlusOneError  # noqa: E402
from zeal.middleware import zeal_middleware  # noqa: E402


@pytest.mark.django_db
def test_a_query_for_every_row_is_found() -> None:
    for name in ("ann", "ben", "eva"):
        User.objects.create_user(name, display_name=name)

    def slow(request: HttpRequest) -> HttpResponse:
        for user in User.objects.order_by("pk"):
            list(user.groups.all())
        return HttpResponse()

    with pytest.raises(NPlusOneError):
        zeal_middleware(slow)(RequestFactory().get("/"))


def test_the_watcher_is_on(settings: Settings) -> None:
    assert "zeal.middleware.zeal_middleware" in settings.MIDDLEWARE
