"""The process that opens an uploaded file: it reads standard input and tells rows to a pipe.

Started by reading.py with `python -I -S`; neither it nor what it imports may import Django. Memory
and time are bounded by the kernel where it can; whatever happens here is one sentence over there.
"""

from __future__ import annotations

import importlib
import marshal
import struct
import sys
import time
from typing import IO, Any

from core.workbook.cells import Bad

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PLAIN_NAMES = (".csv", ".txt", ".tsv")
_BARE = (b"\x09\x08", b"\x09\x04", b"\x09\x02")  # old, with nothing around it
_TICK = 1.0
_FRAME = struct.Struct("<I")


class Pipe:
    """Frames of marshalled tuples on their way to the parent."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._last = time.monotonic()

    def emit(self, frame: tuple[Any, ...]) -> None:
        """Send a frame; waits while the parent is busy."""
        data = marshal.dumps(frame)
        self._out.write(_FRAME.pack(len(data)) + data)
        self._out.flush()
        self._last = time.monotonic()

    def tick(self) -> None:
        """Say that the work goes on, at most once a second."""
        if time.monotonic() - self._last > _TICK:
            self.emit(("tick",))


def main(arguments: list[str]) -> int:
    """Read the file on standard input and tell it, to the end or to the reason why not."""
    options: dict[str, Any] = marshal.loads(bytes.fromhex(arguments[0]))  # noqa: S302  our parent's
    limits: dict[str, int] = options["limits"]
    _bound(limits)
    pipe = Pipe(open(1, "wb", closefd=False))  # noqa: SIM115
    try:
        with open(0, "rb", closefd=False) as file:
            _read(file, options, pipe)
        last: tuple[Any, ...] = ("end", _peak())
    except Bad as bad:
        last = ("bad", bad.code, bad.where, _peak())
    except MemoryError:
        last = ("bad", "memory", {}, _peak())
    except Exception:
        # A crafted file makes libraries fail in a dozen ways: to people all mean the same.
        traceback = importlib.import_module("traceback")  # a tenth of the start of a child
        last = ("broken", traceback.format_exc()[-2000:], _peak())
    pipe.emit(last)
    return 0


def _read(file: IO[bytes], options: dict[str, Any], pipe: Pipe) -> None:
    limits = options["limits"]
    sys.path += options["packages"]
    file.seek(0)
    start = file.read(8)
    if not start:
        raise Bad("empty")
    if start.startswith(_ZIP):
        module = "xlsx"
    elif start == _OLE:
        module = "xls"
    elif start[:2] in _BARE:
        raise Bad("xls-old")
    elif options["name"].lower().endswith(_PLAIN_NAMES):
        module = "delimited"
    else:
        raise Bad("no-workbook")
    reader = importlib.import_module(f"core.workbook.{module}")
    chosen = (options["encoding"],) if module == "delimited" else ()
    reader.read(file, limits, pipe.emit, pipe.tick, *chosen)


def _bound(limits: dict[str, int]) -> None:
    """Let the kernel end what takes too much; Windows knows no such bounds."""
    try:
        resource = importlib.import_module("resource")
    except ImportError:
        return
    for name, most in (
        ("RLIMIT_AS", limits["memory"]),
        ("RLIMIT_CPU", limits["cpu"]),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_NOFILE", 32),
    ):
        if hasattr(resource, name):
            resource.setrlimit(getattr(resource, name), (most, most))


def _peak() -> int:
    """Give the most memory this process held, in KiB; 0 where the system does not say."""
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:
            line = next(line for line in status if line.startswith("VmHWM:"))
        return int(line.split()[1])
    except (OSError, StopIteration, MemoryError):
        return 0
