"""The port: a wrong, taken or forbidden one is told in a sentence."""

import socket

import pytest

from config.running import port


@pytest.fixture
def taken():
    """A port on which somebody listens."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_the_next_free_port_is_taken(taken, monkeypatch):
    monkeypatch.setattr(port, "FIRST", taken)
    monkeypatch.delenv("PORT", raising=False)

    with port.opened() as mine:
        assert mine.getsockname()[1] > taken


@pytest.mark.parametrize(
    "wish", ["eighty", "0", "-1", "65536", "99999", "8" * 5000, "80.5", "８０"]
)
def test_what_is_no_port_is_refused(wish, monkeypatch):
    monkeypatch.setenv("PORT", wish)

    with pytest.raises(SystemExit, match="PORT is .*; write a number from 1 to 65535"):
        port.opened()


def test_a_port_in_use_is_refused(taken, monkeypatch):
    monkeypatch.setenv("PORT", str(taken))

    with pytest.raises(SystemExit, match=f"port {taken} is in use by another program"):
        port.opened()


def test_a_port_that_the_system_keeps_is_refused(monkeypatch):
    def refuse(self, address):
        raise PermissionError

    monkeypatch.setenv("PORT", "80")
    monkeypatch.setattr(port.socket, "socket", type("Kept", (socket.socket,), {"bind": refuse}))

    with pytest.raises(SystemExit, match="PORT is 80, which this user may not open"):
        port.opened()


def test_nobody_else_can_open_it_meanwhile(monkeypatch):
    monkeypatch.setattr(port, "FIRST", 20000)
    monkeypatch.delenv("PORT", raising=False)
    with port.opened() as mine:
        monkeypatch.setenv("PORT", str(mine.getsockname()[1]))

        with pytest.raises(SystemExit, match="is in use"):
            port.opened()
