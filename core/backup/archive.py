"""The file of a backup: a zip with a page about itself, whose parts prove that they are whole.

It is for the eyes of its owner only: it holds the secret key.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from core import deflate

ABOUT = "about.json"
FORMAT = 1
_PIECE = 1024 * 1024
_FIELDS = {"kehu": str, "format": int, "database": str, "migrations": list, "parts": dict}
# What reading a zip raises that is none, is cut off, or was changed.
_BROKEN = (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError, RuntimeError)


class Unusable(Exception):
    """A backup cannot be made or used; says why in a sentence."""


def write(target: Path, parts: Mapping[str, Path], about: Mapping[str, Any]) -> None:
    """Write a backup in one step: the file is whole, or not there."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    sums = {}
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
                for name, path in parts.items():
                    into = deflate.writing(file, name, force_zip64=True)
                    with path.open("rb") as source, into:
                        sums[name] = _copy(source, into)
                told = {"kehu": "backup", "format": FORMAT, **about, "parts": sums}
                file.writestr(ABOUT, json.dumps(told, indent=1))
            out.flush()
            os.fsync(out.fileno())
        os.link(draft, target)  # never over a file that is there
    except FileExistsError:
        raise Unusable(f"{target} is there already; name another file.") from None
    finally:
        draft.unlink(missing_ok=True)


def read(source: Path) -> dict[str, Any]:
    """Return what a backup says about itself. Raises Unusable when it is none."""
    try:
        with zipfile.ZipFile(source) as file:
            about = json.loads(file.read(ABOUT))
    except OSError as problem:
        raise Unusable(f"{source} cannot be read: {problem.strerror}.") from problem
    except (*_BROKEN, ValueError) as problem:
        raise Unusable(f"{source} is not a backup of Kehu, or it is cut off.") from problem
    is_whole = isinstance(about, dict) and all(
        isinstance(about.get(name), kind) for name, kind in _FIELDS.items()
    )
    if not is_whole:
        raise Unusable(f"{source} is not a backup of Kehu, or it is cut off.")
    if about["kehu"] != "backup" or about["format"] != FORMAT:
        raise Unusable(f"{source} is not a backup that this version of Kehu can read.")
    return dict(about)


def extract(source: Path, name: str, target: Path) -> None:
    """Write one part to a new file. Raises Unusable when it is not what was backed up."""
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with (
            os.fdopen(descriptor, "wb") as into,
            zipfile.ZipFile(source) as file,
            file.open(name) as part,
        ):
            found = _copy(part, into)
            into.flush()
            os.fsync(into.fileno())
    except _BROKEN as problem:
        raise Unusable(f"{source} is damaged: {name} cannot be read.") from problem
    if found != read(source)["parts"].get(name):
        raise Unusable(f"{source} is damaged: {name} is not what was backed up.")


def _copy(source: IO[bytes], into: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := source.read(_PIECE):
        digest.update(piece)
        into.write(piece)
    return digest.hexdigest()
