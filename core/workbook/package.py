"""The zip container of a workbook: its directory is judged before anything is unpacked.

Runs in the child. What an entry says about its size is checked and then counted again.
"""

from __future__ import annotations

import posixpath
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator
from typing import IO

from core import deflate
from core.workbook.cells import Bad

CHUNK = 256 * 1024
_TAIL = 66 * 1024
_END, _END64 = b"PK\x05\x06", b"PK\x06\x06"
_LOCAL_HEADER = 30
_DIRECTORY_PER_ENTRY = 1024
_LONGEST_NAME = 240
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_SMALL = 8 * 1024 * 1024


class Package:
    """The parts of a workbook by name; reading them counts against one limit."""

    def __init__(self, file: IO[bytes], limits: dict[str, int], tick: Callable[[], None]) -> None:
        self._tick = tick
        self._left = limits["unpacked"]
        self._limits = limits
        end = self._count_entries(file)
        try:
            self._archive = zipfile.ZipFile(file)
        except zipfile.BadZipFile as error:
            raise Bad("damaged") from error
        entries = self._archive.infolist()
        self._check_names(entries)
        self._check_sizes(entries, end)
        self._parts = {_plain(entry.filename).casefold(): entry for entry in entries}

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._parts

    def names(self) -> list[str]:
        """Give the names of all parts in lower case."""
        return list(self._parts)

    def chunks(self, name: str, most: int = 0) -> Iterator[bytes]:
        """Yield a part piece by piece. Raises Bad when it is missing, damaged or too large."""
        entry = self._parts.get(name.casefold())
        if entry is None:
            raise Bad("missing-part", part=name)
        left = most or self._left
        with deflate.reading(self._archive, entry) as part:
            while chunk := part.read(CHUNK):
                left -= len(chunk)
                self._left -= len(chunk)
                if left < 0 or self._left < 0:
                    raise Bad("unpacked", most=self._limits["unpacked"] >> 20)
                self._tick()
                yield chunk

    def read(self, name: str, most: int) -> bytes:
        """Give a small part as a whole. Raises Bad like chunks()."""
        return b"".join(self.chunks(name, most))

    def _count_entries(self, file: IO[bytes]) -> int:
        """Look at the end of the directory before building it; give where it begins."""
        size = file.seek(0, 2)
        file.seek(max(0, size - _TAIL))
        tail = file.read(_TAIL)
        at = tail.rfind(_END)
        if at < 0 or at + 22 > len(tail):
            raise Bad("damaged")
        count, length, start = struct.unpack_from("<HII", tail, at + 10)
        at64 = tail.rfind(_END64)
        if (count == 0xFFFF or 0xFFFFFFFF in (length, start)) and 0 <= at64 <= len(tail) - 56:
            count, length, start = struct.unpack_from("<QQQ", tail, at64 + 32)
        if count > self._limits["entries"] or length > count * _DIRECTORY_PER_ENTRY:
            raise Bad("entries", most=self._limits["entries"])
        if start + length > size:
            raise Bad("damaged")
        return int(start)

    def _check_names(self, entries: list[zipfile.ZipInfo]) -> None:
        if len(entries) > self._limits["entries"]:
            raise Bad("entries", most=self._limits["entries"])
        names = {_plain(entry.filename).casefold() for entry in entries}
        if len(names) != len(entries):
            raise Bad("names")
        for entry in entries:
            name = _plain(entry.orig_filename)
            odd = any(sign in name for sign in ":\0") or not name.isprintable()
            if odd or ".." in name.split("/") or len(name) > _LONGEST_NAME:
                raise Bad("names")
            if stat.S_ISLNK(entry.external_attr >> 16):
                raise Bad("names")
            if entry.flag_bits & _ENCRYPTED:
                raise Bad("password")
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Bad("method")

    def _check_sizes(self, entries: list[zipfile.ZipInfo], end: int) -> None:
        if sum(entry.file_size for entry in entries) > self._limits["unpacked"]:
            raise Bad("unpacked", most=self._limits["unpacked"] >> 20)
        free = 0
        for entry in sorted(entries, key=lambda entry: entry.header_offset):
            if entry.file_size > max(_SMALL, entry.compress_size * self._limits["ratio"]):
                raise Bad("bomb")
            if entry.header_offset < free or (not free and entry.header_offset):
                raise Bad("damaged")  # two entries share bytes, or something stands before the zip
            free = entry.header_offset + _LOCAL_HEADER + entry.compress_size
        if free > end:
            raise Bad("damaged")


def resolve(source: str, target: str) -> str:
    """Give the name of the part that a relation of `source` points to. Raises Bad outside."""
    target = target.replace("\\", "/")
    path = target if target.startswith("/") else posixpath.join(posixpath.dirname(source), target)
    path = posixpath.normpath(path.lstrip("/"))
    if path.startswith("..") or ":" in path:
        raise Bad("names")
    return path


def _plain(name: str) -> str:
    """Give the name of an entry as relations write it: old .NET writes it as a file of Windows."""
    return name.replace("\\", "/").lstrip("/")


def relations_of(part: str) -> str:
    """Give the name of the part that holds the relations of a part."""
    folder, _slash, name = part.rpartition("/")
    return posixpath.join(folder, "_rels", f"{name}.rels")
