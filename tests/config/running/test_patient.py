"""Slow clients stop nobody else, and whole requests arrive as they were sent."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import random
import socket
import subprocess
import sys
import time

import pytest

from tests.architecture.tree import ROOT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="gunicorn does not run on Windows")

MANY = 50
HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\n"
# What slow clients have sent when they fall silent, or begin to drip.
SLOW = {
    "nothing": b"",
    "headers": HEAD + b"X-a: a",
    "body": HEAD + b"Content-Length: 4000\r\n\r\nx",
    "long-body": HEAD + b"Content-Length: 40000000\r\n\r\nx",
    "no-goodbye": b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "second-request": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HT",
}


@pytest.fixture(scope="module")
def port():
    """Where the server of this module listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    command = ["-m", "gunicorn", "--config", "python:tests.config.running.echo"]
    bind = ["--bind", f"127.0.0.1:{number}"]
    with subprocess.Popen([sys.executable, *command, *bind], cwd=ROOT) as server:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", number), 1):
                break
            time.sleep(0.05)
        yield number
        server.terminate()


@pytest.fixture
def connect(port):
    """Open a connection that is closed in the end."""
    with contextlib.ExitStack() as opened:
        yield lambda: opened.enter_context(socket.create_connection(("127.0.0.1", port), 30))


def said(body: bytes) -> bytes:
    return f"{len(body)} {hashlib.sha256(body).hexdigest()}".encode()


def posted(port: int, body: bytes = b"", **headers: str) -> bytes:
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    asking.request("POST", "/", body, headers)
    return asking.getresponse().read()


def is_closed(sock: socket.socket) -> bool:
    sock.settimeout(0.01)
    with contextlib.suppress(TimeoutError, ConnectionResetError):
        while sock.recv(65536):
            pass
        return True
    return False


@pytest.mark.parametrize("kind", SLOW)
def test_fifty_slow_clients_stop_nobody_and_are_sent_away(port, connect, kind):
    slow = [connect() for _ in range(MANY)]
    for sock in slow:
        sock.sendall(SLOW[kind])

    begun = time.monotonic()
    for _ in range(5):
        assert posted(port, b"quick") == said(b"quick")
    took = time.monotonic() - begun

    assert took < 5
    if kind != "long-body":  # has the time that so much takes on a slow line
        deadline = time.monotonic() + 30
        while not all(is_closed(sock) for sock in slow) and time.monotonic() < deadline:
            for sock in slow:  # a byte now and then does not help
                with contextlib.suppress(OSError):
                    sock.send(b"x")
            time.sleep(0.2)
        assert time.monotonic() < deadline


def test_who_does_not_read_the_answer_holds_no_thread_for_ever(port, connect):
    for sock in [connect() for _ in range(16)]:
        sock.sendall(b"GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n")
    time.sleep(0.5)

    assert posted(port, b"quick") == said(b"quick")


@pytest.mark.parametrize("length", [0, 1, 8192, 65536, 600_000, 4_000_000])
def test_a_body_arrives_as_it_was_sent(port, connect, length, seed):
    dice = random.Random(seed)
    body = dice.randbytes(length)
    message = HEAD + f"Content-Length: {length}\r\nConnection: close\r\n\r\n".encode() + body
    sock = connect()
    while message:
        size = dice.choice([1, 7, 4096, 300_000])
        sock.sendall(message[:size])
        message = message[size:]

    answer = b"".join(iter(lambda: sock.recv(65536), b""))

    assert answer.endswith(said(body))


def test_requests_follow_one_another_on_a_connection(port):
    kept = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for body in (b"one", b"", b"three" * 100_000):
        kept.request("POST", "/", body)
        assert kept.getresponse().read() == said(body)


def test_requests_that_come_in_one_piece_are_all_answered(connect):
    sock = connect()
    bodies = [b"one", b"two", b"three"]
    sock.sendall(b"".join(HEAD + b"Content-Length: %d\r\n\r\n" % len(b) + b for b in bodies))

    answers = b""
    while b"three" not in answers and answers.count(b"200 OK") < len(bodies):
        answers += sock.recv(65536)
    time.sleep(0.2)
    answers += sock.recv(65536) if said(b"three") not in answers else b""

    assert [said(body) in answers for body in bodies] == [True] * 3


def test_a_body_that_is_too_long_is_passed_over_and_the_page_about_it_shown(port):
    assert posted(port, b"x" * 6_000_000) == said(b"")


def test_whoever_waits_for_leave_to_send_gets_it(connect):
    sock = connect()
    sock.sendall(HEAD + b"Content-Length: 4\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n")
    assert sock.recv(100).startswith(b"HTTP/1.1 100")
    sock.sendall(b"body")

    answer = b"".join(iter(lambda: sock.recv(65536), b""))

    assert answer.endswith(said(b"body"))


def test_a_long_address_is_for_the_application_to_judge(connect):
    sock = connect()
    sock.sendall(b"GET /?q=" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")

    assert sock.recv(1000).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"411"),
        (HEAD + b"X-a: " + b"a" * 70_000, b"431"),
        (HEAD + b"Content-Length: 20000000000\r\n\r\n", b"413"),
        (b"nonsense\r\n\r\n", b"400"),
    ],
)
def test_what_cannot_be_taken_is_refused_at_once(connect, head, status):
    sock = connect()
    sock.sendall(head)

    assert sock.recv(1000).startswith(b"HTTP/1.1 " + status)
