"""What the tests of plain parts share: documents broken at random, and reading by expat alone."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from typing import Any


def broken(dice: random.Random, text: str, signs: Sequence[str]) -> bytes:
    """Give a document, sometimes with a sign or a byte of it put in another's place."""
    if dice.random() < 0.3:
        at = dice.randrange(len(text))
        text = text[:at] + dice.choice([*signs, ""]) + text[at + dice.randrange(3) :]
    data = text.encode()
    if dice.random() < 0.03:
        at = dice.randrange(len(data))
        data = data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :]
    return data


def without_patterns(chunks: Iterable[bytes], *_given: Any) -> Iterator[bytes]:
    """Leave everything to expat: stands for plain.rest."""
    return iter(chunks)
