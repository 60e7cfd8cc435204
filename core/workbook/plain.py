"""Takes parts of a workbook that are written plainly, as Excel and its like do, past expat.

Runs in the child. Whatever is written in another way is left to expat, in the order of the file:
one element, or everything from there on where a pattern could not know what it stands in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator

# Takes data up to the end of an element and yields what expat has to read of it; returns what is
# left when that and everything after it is for expat.
Take = Callable[[bytes], Generator[bytes, None, bytes]]

_CONTROLS = "\x00-\x08\x0b-\x1f\ufffe\uffff"
TEXT = rf"[^<>&{_CONTROLS}]*+"
VALUE = rf'"[^"<>&{_CONTROLS}]*+"'
# Where one of these stands, what looks like the end of an element may be none.
UNSURE = ("<!", "<?")

_LONGEST_HEAD, _LONGEST_ELEMENT = 1024 * 1024, 2 * 1024 * 1024
_ENCODING = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*[\"']([^\"']*)")


def rest(
    chunks: Iterable[bytes],
    begin: re.Pattern[bytes],
    end: bytes,
    is_inside: Callable[[], bool],
    take: Take,
) -> Iterator[bytes]:
    """Give what expat has to read of a part; in between `take` gets what it need not read.

    `begin` ends where the elements begin, which `is_inside` has to confirm; `end` closes each.
    """
    source = iter(chunks)
    data, at = _head(source, begin)
    yield data[:at]
    data = data[at:]
    goes_on = at > 0 and is_inside()
    while goes_on and len(data) <= _LONGEST_ELEMENT:
        at = data.rfind(end) + len(end)
        if at >= len(end):
            left = yield from take(data[:at])
            data, goes_on = left + data[at:], not left
        chunk = next(source, b"") if goes_on else b""
        data, goes_on = data + chunk, bool(chunk)
    yield data
    yield from source


def _head(source: Iterator[bytes], begin: re.Pattern[bytes]) -> tuple[bytes, int]:
    """Give the first data of a part and where `begin` ends in it; 0 where nobody can tell."""
    data = b""
    for chunk in source:
        data += chunk
        if found := begin.search(data):
            encoding = _ENCODING.match(data)
            is_known = encoding is None or encoding[1].lower() == b"utf-8"
            return data, found.end() if is_known else 0
        if len(data) > _LONGEST_HEAD:
            break
    return data, 0
