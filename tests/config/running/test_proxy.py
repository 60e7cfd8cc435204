"""The reverse proxy of docs/operations.md, exactly as it stands there, before a real Kehu."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import shutil
import socket
import sqlite3
import ssl
import subprocess
import time
import urllib.parse

import pytest
from django.conf import settings

from config.running import patient
from core.workbook.reading import Limits
from tests.architecture.tree import ROOT
from tests.config.running.serving import Serving

NAME = "kehu.example.com"
MANY = 50
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
needs_nginx = pytest.mark.skipif(
    not (shutil.which("nginx") and shutil.which("openssl")),
    reason="nginx or openssl is not installed (apt install nginx-light openssl)",
)


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as opened:
        probes = [opened.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def documented() -> str:
    """Return the configuration in the docs."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"```nginx\n(.*?)```", text, re.DOTALL)
    return found


def wrapped(site: str, folder) -> str:
    """Put the site into the least that nginx needs around it, with all its files in the folder."""
    user = "user root;" if os.geteuid() == 0 else ""
    own = " ".join(f"{name}_temp_path {folder}/{name};" for name in TEMPORARY)
    return (
        f"{user} daemon off; pid {folder}/pid; error_log {folder}/error.log;"
        f"events {{}} http {{ access_log off; {own}\n{site}\n}}"
    )


@pytest.fixture(scope="module")
def proxy(var, tmp_path_factory):
    """The two ports of nginx, with Kehu behind it."""
    folder = tmp_path_factory.mktemp("nginx")
    plain, secure, behind = free_ports(3)
    key, certificate = folder / "privkey.pem", folder / "fullchain.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    names = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*make, *names, *files], check=True, capture_output=True)
    changes = {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl": f"listen 127.0.0.1:{secure} ssl",
        "127.0.0.1:8000": f"127.0.0.1:{behind}",
        "/etc/ssl/kehu": str(folder),
    }
    site = documented()
    for written, here in changes.items():
        assert written in site
        site = site.replace(written, here)
    (folder / "nginx.conf").write_text(wrapped(site, folder))
    kehu = Serving(var, PORT=str(behind), HTTPS="1", ALLOWED_HOSTS=f"{NAME},127.0.0.1")
    command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    try:
        kehu.until("Ctrl-C")
        with subprocess.Popen(command) as nginx:
            wait_until_open(secure)
            yield plain, secure, ssl.create_default_context(cafile=str(certificate))
            nginx.terminate()
    finally:
        kehu.end()
        kehu.clear()


def wait_until_open(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    pytest.fail("nginx does not listen")


def ask(proxy, method="GET", path="/login/", body=None, **headers):
    """Ask through TLS, as a browser that typed the name does."""
    _, port, context = proxy
    asking = http.client.HTTPSConnection(NAME, port, context=context, timeout=60)
    asking.sock = context.wrap_socket(
        socket.create_connection(("127.0.0.1", port), 60), server_hostname=NAME
    )
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    asking.request(method, path, body, {"Host": f"{NAME}:{port}"} | told)
    answer = asking.getresponse()
    return answer, answer.read().decode()


def sign_in(proxy, password, **headers):
    """Post the sign-in form."""
    answer, page = ask(proxy)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    cookies = "; ".join(part.split(";")[0] for part in answer.headers.get_all("Set-Cookie"))
    fields = {"csrfmiddlewaretoken": token, "username": "liwenjing", "password": password}
    return ask(
        proxy,
        "POST",
        body=urllib.parse.urlencode(fields),
        Cookie=cookies,
        Referer=f"https://{NAME}:{proxy[1]}/login/",
        Content_Type="application/x-www-form-urlencoded",
        **headers,
    )


@needs_nginx
def test_plain_http_leads_to_tls(proxy):
    asking = http.client.HTTPConnection("127.0.0.1", proxy[0], timeout=60)
    asking.request("GET", "/customers/", headers={"Host": NAME})

    answer = asking.getresponse()

    assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/customers/")


@needs_nginx
def test_people_sign_in_through_tls(proxy):
    answer, _ = sign_in(proxy, "correct horse")

    assert answer.status == 302
    assert answer.headers["Strict-Transport-Security"]
    cookies = answer.headers.get_all("Set-Cookie")
    assert cookies
    assert all("Secure" in cookie for cookie in cookies)


@needs_nginx
def test_a_client_cannot_say_who_it_is(proxy, var):
    answer, _ = sign_in(proxy, "wrong", X_Forwarded_For="6.6.6.6")

    assert answer.status == 422
    with contextlib.closing(sqlite3.connect(var / "kehu.sqlite3")) as database:
        addresses = database.execute("SELECT ip_address FROM axes_accessattempt").fetchall()
    assert addresses == [("127.0.0.1",)]


@needs_nginx
def test_what_is_too_large_is_said_by_kehu(proxy):
    answer, page = ask(proxy, "POST", body=b"x" * (56 * 1024 * 1024))

    assert answer.status == 413
    assert "50 MB" in page


@needs_nginx
@pytest.mark.parametrize("sent", [b"", b"GET /login/ HTTP/1.1\r\nX-a: a"])
def test_slow_clients_stop_nobody(proxy, sent):
    _, port, context = proxy
    with contextlib.ExitStack() as opened:
        for _ in range(MANY):
            sock = opened.enter_context(socket.create_connection(("127.0.0.1", port), 30))
            if sent:
                sock = opened.enter_context(context.wrap_socket(sock, server_hostname=NAME))
                sock.sendall(sent)
        begun = time.monotonic()
        for _ in range(3):
            assert ask(proxy, path="/healthz")[0].status == 200
        assert time.monotonic() - begun < 15


def test_the_server_keeps_whatever_the_pages_take():
    most = Limits().file_bytes + settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    assert most <= patient.LARGEST_BODY
