"""Texts that leave in a file: what a spreadsheet could take for a formula, what XML cannot hold.

It changes how a text is written, never what it says; a text is only cut at the limit of Excel.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

MOST_UNITS = 32_767  # UTF-16 units that one cell of Excel holds

_BLANK = "\u0020\u0085\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\ufeff\u00ad"
_STARTERS = "=+\\-@|%＝＋－＠｜％﹦﹢﹣﹫−"
_RISKY = re.compile(f"[{_BLANK}]*(?:[\t\r\n\v\f]|'*[{_STARTERS}])")
# What is none of these may stand in the XML as it is; \x1f stands between the texts of a column.
_BROKEN = "\x00-\x08\x0b-\x1e\x7f-\x9f\ud800-\udfff\ufffe\uffff"
_ODD = re.compile(
    f"[&<>\t\n\r{_BROKEN}]|_x|(?:\\A|\x1f)[{_BLANK}{_STARTERS}']|[ ](?:\\Z|\x1f)",
)
SEPARATOR = "\x1f"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def is_risky(text: str) -> bool:
    """Say whether a spreadsheet could run this text, were it not marked as one."""
    return _RISKY.match(text) is not None


def are_plain(joined: str) -> bool:
    """Say whether texts, joined by SEPARATOR, can be written without looking at each of them."""
    return len(joined) < MOST_UNITS // 2 and _ODD.search(joined) is None


def is_plain(text: str) -> bool:
    """Say whether a text can be written as it is."""
    return len(text) < MOST_UNITS // 2 and SEPARATOR not in text and _ODD.search(text) is None


def shortened(text: str) -> str:
    """Cut a text at what a cell holds, with a mark at its end."""
    if len(text) < MOST_UNITS // 2 or len(_utf16(text)) <= 2 * MOST_UNITS:
        return text
    mark = _("… (cut off)")
    room = 2 * (MOST_UNITS - len(mark))
    return _utf16(text)[:room].decode("utf-16-le", "ignore") + mark


def xml_text(text: str, *, exact: bool) -> str:
    """Give the content of a <t> element.

    Characters that XML cannot hold become the replacement character, or, where the file is to be
    read back unchanged (`exact`), the escapes that Excel itself uses.
    """
    text = _ESCAPED.sub("_x005F_", shortened(text))
    text = _NOT_XML.sub(_escape if exact else "\ufffd", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "_x000D_")


def attribute(text: str) -> str:
    """Give a text for an attribute in double quotes."""
    return xml_text(text, exact=False).replace('"', "&quot;").replace("\n", "&#10;")


def needs_space(text: str) -> bool:
    """Say whether a reader of XML would take blanks off this text."""
    return text != text.strip(" \t\n\r") or "\n" in text or "\t" in text


def csv_text(text: str) -> str:
    """Give a text for a quoted CSV field: a `'` keeps a spreadsheet from running it."""
    text = _NOT_XML.sub("\ufffd", shortened(text))
    return f"'{text}" if is_risky(text) else text


def width(text: str) -> int:
    """Give how many narrow characters a text is wide; of several lines the widest counts."""
    longest = max(text.split("\n"), key=len) if "\n" in text else text
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in longest)


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else f"_x{code:04X}_"
