"""The port that is served: opened before anything else, so that nobody else can answer on it.

Whoever holds it is ours; the server takes it over as it is.
"""

from __future__ import annotations

import errno
import os
import re
import socket
from collections.abc import Callable

from config import env

FIRST, COUNT = 8000, 100
HOST = "127.0.0.1"
LAST_PORT = 65535
# What a system queues for us while the pages are being prepared.
BACKLOG = 128


def opened(owner: Callable[[int], str] = lambda port: "another program") -> socket.socket:
    """Listen on the port in PORT, else on the first free one from 8000 on.

    `owner` says who holds a port that is taken. Ends the process with a sentence when none is free.
    """
    wish = env.text("PORT")
    if wish:
        return _wished(wish, owner)
    for port in range(FIRST, min(FIRST + COUNT, LAST_PORT + 1)):
        try:
            return _listening(port)
        except OSError:
            continue
    return env.stop(f"no port from {FIRST} to {FIRST + COUNT - 1} is free; write another PORT.")


def _wished(wish: str, owner: Callable[[int], str]) -> socket.socket:
    if not re.fullmatch(r"[0-9]{1,5}", wish) or not 0 < int(wish) <= LAST_PORT:
        env.stop(f"PORT is {wish!r}; write a number from 1 to {LAST_PORT}.")
    port = int(wish)
    try:
        return _listening(port)
    except PermissionError:
        env.stop(f"PORT is {port}, which this user may not open; write one from 1024 on.")
    except OSError as problem:
        if problem.errno != errno.EADDRINUSE:
            env.stop(f"port {port} cannot be opened: {problem.strerror}.")
        env.stop(f"port {port} is in use by {owner(port)}; stop it, or write another PORT.")


def _listening(port: int) -> socket.socket:
    opening = socket.socket()
    try:
        if os.name != "nt":  # there it would let two programs have one port
            opening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opening.bind((HOST, port))
        opening.listen(BACKLOG)
    except OSError:
        opening.close()
        raise
    return opening
