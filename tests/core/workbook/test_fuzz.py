"""Mutated workbooks: any rows or a sentence, never another error, a hang, or growth."""

import random

import pytest

from core.workbook.reading import Unreadable
from tests.core.workbook.hostile.build import packed, parts, row, sheet
from tests.core.workbook.test_hostile import KIB, SECONDS, outcome
from tests.effort import spent

PIECES = [
    b"<",
    b">",
    b"&",
    b'"',
    b"\0",
    b"-1",
    b"9" * 11,
    b"<c>",
    b"</c>",
    b"<row>",
    b"<v>",
    b"NaN",
]


def sound():
    cells = "".join(
        f'<c r="{name}{{0}}" t="s"><v>{at % 2}</v></c>' for at, name in enumerate("ABCDE")
    )
    return parts(sheet("".join(row(cells.format(at), number=at) for at in range(1, 30))))


def damaged(chance, data):
    data = bytearray(data)
    for _hit in range(chance.randrange(1, 12)):
        at = chance.randrange(len(data) + 1)
        what = chance.randrange(4)
        if what == 0 and at < len(data):
            data[at] = chance.randrange(256)
        elif what == 1:
            data[at:at] = chance.choice(PIECES)
        elif what == 2:
            del data[at : at + chance.randrange(1, 40)]
        else:
            data[at:at] = data[at : at + chance.randrange(1, 200)]
    return bytes(data)


def mutated(chance):
    found = sound()
    if chance.random() < 0.3:
        return damaged(chance, packed(found))
    name = chance.choice(list(found))
    found[name] = damaged(chance, found[name].encode())
    return packed(found)


def run(seed, turns, tmp_path):
    chance = random.Random(seed)
    file = tmp_path / "upload"
    for turn in range(turns):
        file.write_bytes(mutated(chance))
        began = spent()
        try:
            _rows, _notes, peak = outcome(file, "a.xlsx")
        except Unreadable as refusal:
            refused = str(refusal)
        else:
            refused = "-"
            assert peak < KIB, f"turn {turn}"
        assert refused, f"turn {turn}"
        assert spent() - began < SECONDS, f"turn {turn}"


def test_two_hundred_mutations(seed, tmp_path):
    run(seed, 200, tmp_path)


@pytest.mark.long
def test_two_thousand_mutations(seed, tmp_path):
    run(seed, 2000, tmp_path)
