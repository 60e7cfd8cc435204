"""What a cell is once a workbook has been read: text, and kind where it matters; or why it is not.

Shared by the child that reads and by everyone who takes rows; it must not import Django.
"""

from __future__ import annotations

from collections.abc import Sequence


class Bad(Exception):
    """The file is refused; `code` is a key of sentences.SENTENCES, `where` fills its gaps."""

    def __init__(self, code: str, **where: str | int) -> None:
        super().__init__(code, where)
        self.code = code
        self.where = where


Cell = str | tuple[str, str]
# ""                        nothing stands there
# "text"                    text as people see it; only _xHHHH_ escapes were taken out
# ("n", "6.22202E+18")      a number: the exact text of the file, never rounded by us
# ("d", "2024-05-01")       a number with a date format; "2024-05-01 13:30:00" with a time
# ("b", "TRUE")             a truth value
# ("e", "#N/A")             an error of Excel
# ("f", "")                 a formula that was never calculated

TEXT, NUMBER, DATE, TRUTH, ERROR, FORMULA = "", "n", "d", "b", "e", "f"


def kind_of(cell: Cell) -> str:
    """Give the kind of a cell: "" for text, else n, d, b, e or f."""
    return TEXT if isinstance(cell, str) else cell[0]


def text_of(cell: Cell) -> str:
    """Give the text of a cell, whatever its kind."""
    return cell if isinstance(cell, str) else cell[1]


def is_blank(row: Sequence[Cell]) -> bool:
    """Say whether nothing stands in a row that anybody sees: blanks at most."""
    return not any(cell if isinstance(cell, tuple) else cell.strip() for cell in row)


def letters(column: int) -> str:
    """Give the letters of a column counted from 0: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def span(first: int, last: int) -> str:
    """Give the letters of columns counted from 0: C:D, of one alone C."""
    return ":".join(dict.fromkeys((letters(first), letters(last))))


def column_of(name: str) -> int:
    """Give the column, counted from 0, that letters such as AA name."""
    column = 0
    for letter in name:
        column = column * 26 + ord(letter) - 64
    return column - 1
