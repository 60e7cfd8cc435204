"""Deflate at the speed of igzip where its wheel is installed, else by zlib: both read both.

The child that opens workbooks runs it, so it must not import Django. What of zipfile's insides it
leans on is guarded by tests/core/test_deflate.py.
"""

from __future__ import annotations

import zipfile
from typing import IO, Any

try:
    from isal import isal_zlib as fast
except ImportError:
    import zlib as fast  # type: ignore[no-redef]

_RAW = -15
# Fast beats small wherever we pack; the first level is one that both libraries know.
_LEVEL = 1


def pack(data: bytes) -> bytes:
    """Give the bytes compressed."""
    return bytes(fast.compress(data, _LEVEL))


def unpack(data: bytes) -> bytes:
    """Give what `pack` was given. Raises `fast.error` when it is damaged."""
    return bytes(fast.decompress(data))


def writing(archive: zipfile.ZipFile, name: str, *, force_zip64: bool = False) -> IO[bytes]:
    """Open a new entry of an archive that deflates."""
    entry: Any = archive.open(name, "w", force_zip64=force_zip64)
    entry._compressor = fast.compressobj(_LEVEL, fast.DEFLATED, _RAW)
    return entry


def reading(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> IO[bytes]:
    """Open an entry for reading, which raises `fast.error` where it is damaged."""
    part: Any = archive.open(entry)
    if part._decompressor is not None:  # else it is only stored
        part._decompressor = fast.decompressobj(_RAW)
    return part
