"""Opens uploaded workbooks and text tables in a child process and gives their rows in blocks.

Every file that cannot be read ends in Unreadable with a sentence; what the cells mean is the
caller's business. One reader for the product: small.py and the imports stand on it.
"""

from __future__ import annotations

import importlib.util
import logging
import marshal
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from core.workbook.cells import Cell
from core.workbook.sentences import sentence

logger = logging.getLogger(__name__)

MIB = 1024 * 1024
_ROOT = Path(__file__).resolve().parents[2]
_START = (
    "import sys; sys.path.append(sys.argv[1]); from core.workbook import child; "
    "sys.exit(child.main(sys.argv[2:]))"
)
_FRAME = struct.Struct("<I")
_LARGEST_FRAME = 128 * MIB
_KEPT_ERRORS = 4000
_OUT_OF_TIME = {-getattr(signal, name, 0) for name in ("SIGXCPU", "SIGKILL")} - {0}


class Unreadable(Exception):
    """The file is no table we can read; the message says why, where, and what to do."""


@dataclass(frozen=True)
class Limits:
    """How much of a file is read: sizes in bytes, cpu in seconds, silence in seconds."""

    file_bytes: int = 50 * MIB
    unpacked: int = 1024 * MIB
    ratio: int = 200
    entries: int = 20_000  # a picture is one, and a list may have one in every row
    sheets: int = 200
    rows: int = 300_000
    columns: int = 200
    last_row: int = 1_048_576
    memory: int = 480 * MIB
    cpu: int = 180
    silence: int = 10


@dataclass
class Sheet:
    """A sheet begins; the blocks and notes with its index follow."""

    name: str
    state: str
    index: int


@dataclass
class Block:
    """Rows that hold anything, at most 1,000, with their numbers in Excel."""

    sheet: int
    first: int
    numbers: list[int]
    rows: list[list[Cell]]
    hidden: list[int] = field(default_factory=list)


@dataclass
class Note:
    """Something a person should know about a sheet: merged, hidden-rows, hidden-column, xls …

    `<kind>-more` says in `detail` how many notes of a kind were left out.
    """

    sheet: int
    cell: str
    kind: str
    detail: str


@dataclass
class Anew:
    """The rows of a sheet were out of order: forget its blocks and notes, they come once more."""

    sheet: int


Item = Sheet | Block | Note | Anew
_ITEMS: dict[str, type[Item]] = {"sheet": Sheet, "block": Block, "note": Note, "anew": Anew}


class Book:
    """An opened file; iterate once for its sheets, blocks and notes in the order of the file."""

    def __init__(self, file: IO[bytes], name: str, limits: Limits, encoding: str = "") -> None:
        self.kind = ""
        self.peak_kib = 0
        self._limits = limits
        self._waiting: float | None = None
        self._silent = threading.Event()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  closed in close()
        self._child = subprocess.Popen(  # noqa: S603  our own module, no shell
            [
                sys.executable,
                "-I",
                "-S",
                "-c",
                _START,
                str(_ROOT),
                _options(name, limits, encoding),
            ],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={key: os.environ[key] for key in ("SYSTEMROOT",) if key in os.environ},
        )
        self._done = threading.Event()
        self._watch = threading.Thread(target=self._kill_when_silent, daemon=True)
        self._watch.start()

    def begin(self) -> None:
        """Wait until the child knows what kind of file it is. Raises Unreadable."""
        self.kind = self._frame()[1]

    def __iter__(self) -> Iterator[Item]:
        while (frame := self._frame())[0] != "end":
            yield _ITEMS[frame[0]](*frame[1:])

    def close(self) -> None:
        """End the child, whatever it does."""
        self._done.set()
        self._child.kill()
        if self._child.stdout:
            self._child.stdout.close()
        self._child.wait()
        self._watch.join()
        self._errors.close()

    def _frame(self) -> tuple[Any, ...]:
        """Give the next frame of rows or the last one. Raises Unreadable."""
        while True:
            self._waiting = time.monotonic()
            frame = self._received()
            self._waiting = None
            if frame is None:
                raise self._ended()
            kind = frame[0]
            if kind == "tick":
                continue
            if kind in ("end", "bad", "broken"):
                self.peak_kib = frame[-1]
            if kind == "bad":
                raise Unreadable(sentence(frame[1], frame[2]))
            if kind == "broken":
                logger.warning("A workbook broke the reader:\n%s", frame[1])
                raise Unreadable(sentence("damaged", {}))
            return frame

    def _received(self) -> tuple[Any, ...] | None:
        assert self._child.stdout
        head = self._child.stdout.read(_FRAME.size)
        if len(head) < _FRAME.size:
            return None
        length = _FRAME.unpack(head)[0]
        if length > _LARGEST_FRAME:
            return None
        body = self._child.stdout.read(length)
        return marshal.loads(body) if len(body) == length else None  # noqa: S302  from our child

    def _ended(self) -> Unreadable:
        """Say why the child ended without a last word."""
        self._child.kill() if self._silent.is_set() else None
        code = self._child.wait()
        if self._silent.is_set() or code in _OUT_OF_TIME:
            return Unreadable(sentence("slow", {}))
        self._errors.seek(0)
        told = self._errors.read(_KEPT_ERRORS).decode("utf-8", "replace")
        logger.warning("The reader of workbooks ended with %s:\n%s", code, told)
        out_of_memory = "MemoryError" in told or "memory allocation" in told
        return Unreadable(sentence("memory" if out_of_memory else "damaged", {}))

    def _kill_when_silent(self) -> None:
        while not self._done.wait(0.25):
            since = self._waiting
            if since is not None and time.monotonic() - since > self._limits.silence:
                self._silent.set()
                self._child.kill()
                return


@contextmanager
def opened(
    source: str | os.PathLike[str] | IO[bytes],
    name: str,
    limits: Limits | None = None,
    *,
    encoding: str = "",
) -> Iterator[Book]:
    """Give the book in a file or at a path; only .csv, .txt, .tsv go by name. Raises Unreadable.

    `encoding` is that of a text file where somebody chose one (encodings.NAMES).
    """
    limits = limits or Limits()
    with _as_file(source, limits) as file:
        book = Book(file, name, limits, encoding)
        try:
            book.begin()
            yield book
        finally:
            book.close()


@contextmanager
def _as_file(source: str | os.PathLike[str] | IO[bytes], limits: Limits) -> Iterator[IO[bytes]]:
    """Give a file with a descriptor that a child can take over. Raises Unreadable."""
    if isinstance(source, str | os.PathLike):
        with open(source, "rb") as file:
            _check_size(file, limits)
            yield file
        return
    if _has_descriptor(source):
        _check_size(source, limits)
        yield source
        return
    with tempfile.TemporaryFile() as file:
        source.seek(0)
        shutil.copyfileobj(source, file)
        file.flush()
        _check_size(file, limits)
        yield file


def _has_descriptor(file: IO[bytes]) -> bool:
    try:
        file.fileno()
        file.flush()
    except (OSError, AttributeError, ValueError):
        return False
    return True


def _check_size(file: IO[bytes], limits: Limits) -> None:
    if os.fstat(file.fileno()).st_size > limits.file_bytes:
        raise Unreadable(sentence("large", {"most": limits.file_bytes // MIB}))


def _options(name: str, limits: Limits, encoding: str) -> str:
    found = importlib.util.find_spec("python_calamine")
    packages = [str(Path(found.origin).parents[1])] if found and found.origin else []
    options = {"limits": asdict(limits), "name": name[-40:], "packages": packages}
    options["encoding"] = encoding
    return marshal.dumps(options).hex()
