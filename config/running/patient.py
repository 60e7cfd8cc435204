"""Gunicorn's worker with threads, but a thread is given whole requests only.

Slow clients wait in the poller, where they cost a socket and no thread, and not for ever: a request
has its time for the headers, and for the body a time that grows with it.
"""

from __future__ import annotations

import errno
import io
import selectors
import socket
import tempfile
import time
from concurrent.futures import Future
from functools import partial
from typing import IO, Any

from gunicorn import http
from gunicorn.http.unreader import Unreader
from gunicorn.workers.gthread import TConn, ThreadWorker

# Seconds for the headers, then so many more and one for each so many bytes of body.
HEAD_TIME, BODY_TIME, SLOWEST = 10.0, 10.0, 20_000
SEND_TIME = 30.0  # for one piece of an answer
STOP_TIME = 2.0
LEAVE_TIME = 2.0
LONGEST_HEAD = 64 * 1024
# More than any form or file we take: passed over here, so that the page about it can be shown.
LARGEST_BODY = 64 * 1024 * 1024
MOST_PASSED_OVER = 1024 * 1024 * 1024
IN_MEMORY = 512 * 1024
PIECE = 64 * 1024
MOST_WAITING = 400  # the oldest has to go when there are more
LOOK_EVERY = 0.5

END = b"\r\n\r\n"
GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
REFUSAL = b"HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Refused(Exception):  # noqa: N818 - an answer, not an error
    """The request is answered here: the status line is the argument; without one, by silence."""


class Gathered(Unreader):
    """What gunicorn's parser reads from: a request that has arrived as a whole."""

    def __init__(self, content: IO[bytes]) -> None:
        super().__init__()
        self._content = content

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next piece."""
        return self._content.read(max(size_hint or 0, PIECE))

    def close(self) -> None:
        """Give the room back."""
        self._content.close()


class Gathering:
    """A request that is still arriving on a connection."""

    def __init__(self, conn: TConn) -> None:
        self.conn, self.surplus = conn, b""
        self.deadline = time.monotonic() + HEAD_TIME
        self._head = bytearray()
        self._content: IO[bytes] | None = None
        self._missing = self._passing_over = 0

    def read(self) -> bool:
        """Take what is there; say whether the request is whole. Raises Refused, OSError."""
        try:
            data = self.conn.sock.recv(PIECE)
        except (BlockingIOError, InterruptedError):
            return False
        if not data:
            raise Refused
        return self.take(data)

    def take(self, data: bytes) -> bool:
        """Add bytes; say whether the request is whole. Raises Refused, OSError."""
        if self._content is None:
            looked = max(0, len(self._head) - len(END))
            self._head += data
            end = self._head.find(END, looked)
            if end < 0 and len(self._head) <= LONGEST_HEAD:
                return False
            if end < 0 or end > LONGEST_HEAD:
                raise Refused(b"431 Request Header Fields Too Large")
            end += len(END)
            data = bytes(self._head[end:])
            self._begin_body(bytes(self._head[:end]), bool(data))
        return self._add(data)

    def whole(self) -> Gathered:
        """Give what arrived."""
        assert self._content is not None
        self._content.seek(0)
        return Gathered(self._content)

    def close(self) -> None:
        """Give the room back."""
        if self._content is not None:
            self._content.close()

    def _begin_body(self, head: bytes, has_begun: bool) -> None:
        length, expects = 0, False
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            name, value = name.strip().lower(), value.strip()
            if name == b"transfer-encoding":
                raise Refused(b"411 Length Required")
            if name == b"content-length" and value.isdigit() and len(value) < 16:
                length = int(value)
            expects = expects or (name == b"expect" and value.lower() == b"100-continue")
        if length > MOST_PASSED_OVER:
            raise Refused(b"413 Content Too Large")
        kept = length if length <= LARGEST_BODY else 0
        # Kept open until the request was answered.
        self._content = io.BytesIO() if not kept else tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115
        self._content.write(head)
        self._missing, self._passing_over = kept, length - kept
        self.deadline += BODY_TIME + length / SLOWEST if length else 0
        if expects and length and not has_begun:
            self.conn.sock.send(GO_ON)

    def _add(self, data: bytes) -> bool:
        assert self._content is not None
        passed = min(self._passing_over, len(data))
        self._passing_over -= passed
        data = data[passed:]
        self._content.write(data[: self._missing])
        self.surplus = data[self._missing :]
        self._missing -= len(data) - len(self.surplus)
        return not self._missing and not self._passing_over


class Worker(ThreadWorker):
    """Gathers requests in the main loop and hands them to the threads."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting: dict[int, Gathering] = {}
        self._leaving: dict[TConn, float] = {}
        self._next_look = 0.0

    def enqueue_req(self, conn: TConn) -> None:
        """Gather the request first; every way to a thread leads through here, in the main loop."""
        if self.cfg.is_ssl:
            super().enqueue_req(conn)
            return
        conn.sock.setblocking(False)
        begun = conn.parser.unreader.take_buffered() if conn.parser else b""
        gathering = Gathering(conn)
        if len(self._waiting) >= MOST_WAITING:
            self._drop(next(iter(self._waiting.values())))
        self._waiting[id(gathering)] = gathering
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._go_on, gathering))
        self._go_on(gathering, conn.sock, begun)

    def handle(self, conn: TConn) -> Any:
        """Answer in a thread; what arrived behind the request is there for the next one."""
        gathered = conn.parser.unreader if conn.parser else None
        result = super().handle(conn)
        if isinstance(gathered, Gathered):
            if result:
                gathered.unread(conn.surplus)
            gathered.close()
        return result

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """Wait no longer than a while for who does not read the answer."""
        conn.sock.settimeout(SEND_TIME)
        try:
            return super().handle_request(req, conn)
        except TimeoutError as slow:
            raise BrokenPipeError(errno.EPIPE, "the client does not read") from slow

    def finish_request(self, conn: TConn, fs: Future[Any]) -> None:
        """Keep the connection, or see it off here: gunicorn would let everybody wait meanwhile."""
        if fs.cancelled() or fs.exception() or fs.result():
            super().finish_request(conn, fs)
            return
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._see_off, conn))
        except (OSError, ValueError, KeyError):
            self.nr_conns -= 1
            conn.close()
        else:
            self._leaving[conn] = time.monotonic() + LEAVE_TIME

    def _see_off(self, conn: TConn, _sock: Any = None, *, is_over: bool = False) -> None:
        """Take what a client still sends, so that the end of the answer is not lost; then close."""
        try:
            is_over = is_over or not conn.sock.recv(PIECE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            is_over = True
        if is_over:
            del self._leaving[conn]
            self.poller.unregister(conn.sock)
            self.nr_conns -= 1
            conn.close()

    def murder_pending(self) -> None:
        """Close what took too long."""
        super().murder_pending()
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + LOOK_EVERY
        for conn in [conn for conn, deadline in self._leaving.items() if deadline < now]:
            self._see_off(conn, is_over=True)
        for gathering in list(self._waiting.values()):
            if not self.alive:
                gathering.deadline = min(gathering.deadline, now + STOP_TIME)
            if gathering.deadline < now:
                self._drop(gathering)

    def _go_on(self, gathering: Gathering, _sock: Any, begun: bytes = b"") -> None:
        try:
            is_whole = gathering.take(begun) if begun else gathering.read()
        except Refused as refusal:
            self._drop(gathering, *refusal.args)
        except OSError as problem:
            is_ours = problem.errno in {errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.EIO}
            self._drop(gathering, *([b"503 Service Unavailable"] if is_ours else []))
        else:
            if is_whole:
                self._hand_over(gathering)

    def _hand_over(self, gathering: Gathering) -> None:
        self._forget(gathering)
        conn = gathering.conn
        if conn.parser is None:
            conn.parser = http.get_parser(self.cfg, conn.sock, conn.client)
        conn.initialized = conn.data_ready = True
        conn.parser.unreader, conn.surplus = gathering.whole(), gathering.surplus
        super().enqueue_req(conn)

    def _drop(self, gathering: Gathering, status: bytes = b"") -> None:
        self._forget(gathering)
        gathering.close()
        self.nr_conns -= 1
        if status:
            try:
                gathering.conn.sock.send(REFUSAL % status)
            except OSError:
                self.log.debug("Nobody reads the refusal.")
        gathering.conn.close()

    def _forget(self, gathering: Gathering) -> None:
        self._waiting.pop(id(gathering), None)
        try:
            self.poller.unregister(gathering.conn.sock)
        except (KeyError, ValueError):
            self.log.debug("Already left the poller.")
