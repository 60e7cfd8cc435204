"""What holds for every answer: whose address counts, and headers that no answer may lack."""

import pytest
from django.http import HttpResponse
from django.test import Client

from core.middleware import client_address


@pytest.mark.parametrize(
    ("peer", "told", "believed"),
    [
        ("127.0.0.1", "10.0.0.7", "10.0.0.7"),
        ("127.0.0.1", "6.6.6.6, 10.0.0.7", "10.0.0.7"),
        ("::1", "2001:db8::1", "2001:db8::1"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("10.0.0.9", "6.6.6.6", "10.0.0.9"),
    ],
)
def test_a_proxy_on_this_machine_is_believed_and_nobody_else(rf, peer, told, believed):
    request = rf.get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=told)

    client_address(lambda request: HttpResponse())(request)

    assert request.META["REMOTE_ADDR"] == believed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "host"),
    [("put", "/", "testserver"), ("get", "/", "evil.example"), ("get", "/nowhere/", "testserver")],
)
def test_no_answer_can_be_framed(method, path, host):
    response = getattr(Client(headers={"host": host}), method)(path)

    assert response.status_code >= 400 or response.status_code == 302
    assert response["X-Frame-Options"] == "DENY"
