"""Old workbooks: the cells that the library gives as if empty are errors again, at their place.

small.xls and large.xls were made by LibreOffice, with blank rows above and between and a blank
column before. They are kept in small pieces and in large ones; a long text makes the difference.
"""

import contextlib
import random
from io import BytesIO
from pathlib import Path

import pytest

from core.workbook import reading, xls_errors
from core.workbook.bad import Bad
from core.workbook.reading import Block

DATA = {name: Path(__file__).with_name(f"{name}.xls").read_bytes() for name in ("small", "large")}
ERRORS = [{(4, 1): "#N/A", (4, 2): "#DIV/0!"}, {(2, 2): "#N/A"}]


def still() -> None:
    """Give no sign of life."""


@pytest.mark.parametrize("name", DATA)
def test_cells_keep_what_they_are_and_where_they_stand(name):
    with reading.opened(BytesIO(DATA[name]), "a.xls") as book:
        blocks = [item for item in book if isinstance(item, Block)]

    rows, others = (dict(zip(block.numbers, block.rows, strict=True)) for block in blocks)
    assert rows.pop(5) == [
        "", ("e", "#N/A"), ("e", "#DIV/0!"), ("n", "2"), ("d", "2024-05-01"), ("b", "TRUE"),
        "0012345678901234567", ("n", "1234567890123456"), ("n", "0.5625"),
    ]  # fmt: skip
    assert rows.pop(8, None) == (["", "", "", "x" * 6000] if name == "large" else None)
    assert rows == {3: ["", "头"]}
    assert others == {1: ["", "头"], 3: ["", "", ("e", "#N/A")]}


@pytest.mark.parametrize("name", DATA)
def test_errors_are_found_in_small_and_in_large_pieces(name):
    assert xls_errors.find(DATA[name], 2, still) == ERRORS


def test_another_number_of_sheets_is_refused():
    with pytest.raises(Bad):
        xls_errors.find(DATA["large"], 3, still)


@pytest.mark.parametrize("name", DATA)
def test_damage_is_refused_or_does_no_harm(name, seed):
    dice = random.Random(seed)
    for _case in range(300):
        data = bytearray(DATA[name])
        for _byte in range(dice.randrange(1, 20)):
            place = dice.randrange(dice.choice((512, len(data))))
            data[place] = dice.choice((0, 255, dice.randrange(256)))
        del data[dice.choice((len(data), dice.randrange(len(data)))) :]
        with contextlib.suppress(Bad):
            assert len(xls_errors.find(bytes(data), 2, still)) == 2
