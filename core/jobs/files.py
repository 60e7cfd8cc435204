"""Stores files in rows of 1 MiB that all processes share, and gives them back.

Names are labels; what is in a file, and who may have it, is the caller's business.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Iterator

from django.db import DatabaseError

from core.models import StoredChunk, StoredFile, User

PIECE = 1024 * 1024


class TooLarge(Exception):
    """The file has more bytes than allowed; nothing of it was kept."""


class Damaged(Exception):
    """The stored bytes are not those that were stored."""


def store(name: str, chunks: Iterable[bytes], by: User, *, limit: int | None = None) -> StoredFile:
    """Keep a file that comes in pieces of any size. Raises TooLarge beyond `limit` bytes.

    Only `name`'s last part is kept, as a label of at most 255 characters.
    """
    label = name.replace("\\", "/").rsplit("/", 1)[-1].replace("\0", "")
    stored = StoredFile.objects.create(name=label[-255:], by=by)
    digest = hashlib.sha256()
    try:
        for number, piece in enumerate(_pieces(chunks)):
            stored.size += len(piece)
            if limit is not None and stored.size > limit:
                raise TooLarge
            digest.update(piece)
            StoredChunk.objects.create(file=stored, number=number, data=piece)
    except BaseException:
        with contextlib.suppress(DatabaseError):  # then the next tidying up finds it
            stored.delete()
        raise
    stored.sha256, stored.is_complete = digest.hexdigest(), True
    stored.save(update_fields=["size", "sha256", "is_complete"])
    return stored


def read(stored: StoredFile) -> Iterator[bytes]:
    """Give the bytes piece by piece. Raises Damaged at the end if they are not what was stored."""
    digest, size = hashlib.sha256(), 0
    for number in range(-(-stored.size // PIECE)):
        found = StoredChunk.objects.filter(file=stored, number=number).values_list(
            "data", flat=True
        )
        piece = bytes(next(iter(found), b""))
        digest.update(piece)
        size += len(piece)
        yield piece
    if not stored.is_complete or size != stored.size or digest.hexdigest() != stored.sha256:
        raise Damaged(stored.name)


def copy_to(stored: StoredFile, path: str) -> None:
    """Write the bytes to a path. Raises Damaged."""
    with open(path, "wb") as file:
        file.writelines(read(stored))


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= PIECE:
            yield bytes(held[:PIECE])
            del held[:PIECE]
    if held:
        yield bytes(held)
