"""Which encoding a text table is written in: rivals are scored by the text that they give.

Runs in the child. A codec that does not complain proves nothing: GB18030 takes nearly every byte.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable
from typing import IO

from core.workbook.cells import Bad

# What people can choose; the names are those of Python.
NAMES = (
    "utf-8", "gb18030", "cp950", "utf-16", "cp1252", "cp932", "cp949", "cp1250", "cp1251",
)  # fmt: skip
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, ""),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 1024 * 1024
_SAMPLE = 256 * 1024
_MOST_SIGNS = 20_000
_LOWEST, _CLOSE = 0.3, 0.25
_FEW = 8

_MARKS = frozenset("，。、；：？！“”‘’（）《》【】〔〕—…·￥％＋－＃＆／＊＝．～　")  # noqa: RUF001
_LATIN_MARKS = frozenset("€£¥©®™°§«»–—’‘“”…·ºª№¿¡")  # noqa: RUF001
_HIGH = re.compile(r"[^\x00-\x7f]")
_WORD = re.compile(r"[^\W\d_]+")


def find(file: IO[bytes], chosen: str, tick: Callable[[], None]) -> tuple[str, bool]:
    """Give the encoding of the whole file, and whether it is sure. Raises Bad when none fits."""
    file.seek(0)
    sample = file.read(_SAMPLE)
    if sample.startswith(b"%PDF"):
        raise Bad("no-workbook")
    mark = next((name for sign, name in _BOMS if sample.startswith(sign)), None)
    if chosen:
        named = _marked(chosen, mark or "", sample)
        if named not in (*NAMES, "utf-8-sig", "utf-16-le", "utf-16-be") or not _decodes(
            file, named, tick
        ):
            raise Bad("csv-chosen", encoding=chosen.upper())
        return named, True
    rivals = [(1.0, mark)] if mark is not None else _rivals(sample, _decodes(file, "utf-8", tick))
    for at, (score, name) in enumerate(rivals):
        if name and score >= _LOWEST and _decodes(file, name, tick):
            others = [one for one, _name in rivals[at + 1 :]]
            return name, score - max(others, default=-1.0) > _CLOSE
    raise Bad("csv-nul" if b"\0" in sample and not rivals else "csv-encoding")


def _marked(chosen: str, mark: str, sample: bytes) -> str:
    """Give a chosen encoding with the mark that the file begins with, and the order of bytes."""
    if chosen == "utf-8" and mark == "utf-8-sig":
        return mark
    if chosen == "utf-16" and mark != "utf-16":
        return _wide(sample) or "utf-16-le"
    return chosen


def _rivals(sample: bytes, is_utf8: bool) -> list[tuple[float, str]]:
    """Give encodings with how likely they are, the likeliest first."""
    if is_utf8 and b"\0" not in sample:
        return [(2.0, "utf-8")]
    if b"\0" in sample:
        wide = _wide(sample)
        return [(1.0, wide)] if wide else []
    if _is_broken_utf8(sample):
        return []
    found = []
    for name, score in _SCORES.items():
        text = codecs.getincrementaldecoder(name)("replace").decode(sample)
        found.append((score(text) - 3 * text.count("\ufffd") / max(1, len(text)), name))
    return sorted(found, reverse=True)


def _is_broken_utf8(sample: bytes) -> bool:
    """Say whether nearly all of it is UTF-8: no other encoding would give its text."""
    text = sample.decode("utf-8", "replace")
    lost = text.count("\ufffd")
    return lost * 4 < len(_HIGH.findall(text))


def _wide(sample: bytes) -> str:
    """Give the order of the bytes of UTF-16 by where zeros stand; "" where they stand anywhere."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    most = max(even, odd)
    # Of a table at least the separators have one; a stray zero or two make no wide text.
    if most < 2 or most * 40 < len(sample) or min(even, odd) * 20 > most:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _decodes(file: IO[bytes], name: str, tick: Callable[[], None]) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    file.seek(0)
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
            tick()
        decoder.decode(b"", True)
    except UnicodeError:
        return False
    return True


def _mean(weights: Iterable[float]) -> float:
    found = list(weights)
    return sum(found) / len(found) if found else 0.0


def _signs(text: str) -> list[str]:
    return [sign for sign in _HIGH.findall(text) if sign != "\ufffd"][:_MOST_SIGNS]


def _eastern(codec: str, common: range, own: tuple[str, str] = ("", "")) -> Callable[[str], float]:
    """Score a text of East Asia: by how many of its signs are common ones of the codec."""

    def weight(sign: str) -> float:
        if own[0] <= sign <= own[1]:
            return 1.1 if _holds(codec, sign) else -0.4
        if sign in _MARKS or "\uff10" <= sign <= "\uff5a":
            return 0.8
        if "\u4e00" <= sign <= "\u9fff":
            if not _holds(codec, sign):
                return -0.4
            return 1.0 if sign.encode(codec)[0] in common else 0.1
        if "\ue000" <= sign <= "\uf8ff" or not sign.isprintable():
            return -3.0
        return -0.8

    return lambda text: _mean(map(weight, _signs(text)))


def _holds(codec: str, sign: str) -> bool:
    try:
        return len(sign.encode(codec)) <= 2
    except UnicodeEncodeError:
        return False


def _chinese(text: str) -> float:
    return _eastern("gb2312", range(0xB0, 0xD8))(text) + 0.1  # where Kehu is used


def _korean(text: str) -> float:
    score = _eastern("euc_kr", range(0), ("\uac00", "\ud7a3"))(text)
    return score + 0.05 if len(_signs(text)) >= _FEW else -1.0


def _cyrillic(text: str) -> float:
    return _words(_CYRILLIC)(text) if len(_signs(text)) >= _FEW else -1.0


def _words(lower: str) -> Callable[[str], float]:
    """Score a text of Europe: letters stand in words, few of them beside others that are odd."""

    def of_word(word: str) -> tuple[int, float]:
        high = [sign for sign in word if sign > "\x7f"]
        if not high:
            return 0, 0.0
        is_cased = word.islower() or word.isupper() or word.istitle()
        mostly_plain = len(high) * 2 <= len(word) or len(high) == 1
        is_own = all(sign in lower for sign in word.lower()) if lower else mostly_plain
        return len(high), float(len(high)) if is_cased and is_own else -float(len(high))

    def score(text: str) -> float:
        text = text[: _MOST_SIGNS * 4]
        words = [of_word(word) for word in _WORD.findall(text)]
        letters, found = sum(one for one, _ in words), sum(one for _, one in words)
        marks = [sign for sign in _signs(text) if not sign.isalpha()]
        found += sum(0.4 if sign in _LATIN_MARKS else -1.0 for sign in marks)
        return found / max(1, letters + len(marks))

    return score


_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюяёђѓєѕіїјљњћќўџґ"
_SCORES: dict[str, Callable[[str], float]] = {
    "gb18030": _chinese,
    "cp950": _eastern("big5", range(0xA4, 0xC7)),
    "cp1252": _words(""),
    "cp932": _eastern("cp932", range(0x88, 0x98), ("\u3041", "\u30fe")),
    "cp949": _korean,
    "cp1251": _cyrillic,
}
