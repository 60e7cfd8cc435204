"""Takes plain texts of the table of shared ones by patterns, rich ones too. Runs in the child."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator

from core.workbook import plain

_BEGIN, _END = re.compile(rb"<sst\b[^<>]*>"), b"</si>"
_T = rf'<t(?: xml:space="preserve")?+>({plain.TEXT})</t>'


def _look(name: str) -> str:
    """Match an element that says how signs look or are read: of two attributes at most."""
    two = rf" (?P<{name}>[A-Za-z]++)={plain.VALUE}(?: (?!(?P={name})=)[A-Za-z]++={plain.VALUE})?+"
    return rf"<(?!(?:si|t|rPh)\b)[A-Za-z]++(?:{two})?+/>"


_PLAIN = re.compile(rf"[ \t\r\n]*+<si>{_T}(?:{_look('aloud')})?+", re.ASCII)
_RICH = re.compile(
    rf"[ \t\r\n]*+<si>(?:<r>(?:<rPr>(?:{_look('run')})*+</rPr>)?+{_T}</r>)++(?:{_look('aloud')})?+",
    re.ASCII,
)
_RUN = re.compile(_T)


class PlainTexts:
    """The plain texts of a workbook on their way to `add`."""

    def __init__(self, add: Callable[[str], None], is_inside: Callable[[], bool]) -> None:
        self._add, self._is_inside = add, is_inside

    def rest(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Give what expat has to read; in between `add` gets the texts that it need not read."""
        return plain.rest(chunks, _BEGIN, _END, self._is_inside, self._texts)

    def _texts(self, data: bytes) -> Generator[bytes, None, bytes]:
        try:
            pieces = data.decode().split("</si>")[:-1] if self._is_inside() else []
        except UnicodeDecodeError:
            pieces = []
        add, is_plain, is_rich = self._add, _PLAIN.fullmatch, _RICH.fullmatch
        for at, piece in enumerate(pieces):
            if text := is_plain(piece):
                add(text[1])
            elif is_rich(piece):
                add("".join(_RUN.findall(piece)))
            elif any(sign in piece for sign in plain.UNSURE):
                return "".join(f"{one}</si>" for one in pieces[at:]).encode()
            else:
                yield f"{piece}</si>".encode()
                if not self._is_inside():
                    return "".join(f"{one}</si>" for one in pieces[at + 1 :]).encode()
        return b"" if pieces else data
