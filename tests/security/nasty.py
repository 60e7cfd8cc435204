"""Values that have broken programs before, and cases that put them everywhere.

It only makes requests; what an answer may be is decided in the tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

VALUES = {
    "nothing": "",
    "blanks": " \t\u3000\u200b ",
    "nul": "a\x00b",
    "surrogate": "\ud800",
    "long": "长" * 10_000,
    "script": "<script>alert(1)</script>",
    "quotes": "'\"><img src=x onerror=alert(1)>",
    "right to left": "\u202e北京\u2066",
    "controls": "\x01\x08\x1b[31m\x7f",
    "noncharacter": "\ufffe\uffff",
    "infinite": "1e309",
    "not a number": "NaN",
    "negative": "-1",
    "2^31": str(2**31),
    "2^63": str(2**63),
    "10^30": "1" + "0" * 30,
    "5,000 digits": "9" * 5_000,
    "decimal": "0.1e-5",
    "full width": "１２３４５６７８",
    "superscript": "²",
    "brackets": "[]",
    "template": "{{7*7}}{% now %}",
    "date": "0000-00-00",
    "far date": "99999-12-31",
    "elsewhere": "//evil.example/\\",
    "header": "x\r\nSet-Cookie: a=b",
    "dotless i": "ıİſK",
}
COUNTS = ("", "-1", "x", "1e3", "1001", str(2**31), "9" * 5_000, "\x00", "[]")
MANAGEMENT = ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")


@dataclass(frozen=True)
class Case:
    """One request: who asks where, what is sent, and a word that says what is nasty about it."""

    who: str
    method: str
    path: str
    body: tuple[tuple[str, tuple[str, ...]], ...]
    about: str

    @property
    def fields(self) -> dict[str, list[str]]:
        """The body as the test client takes it."""
        return {name: list(values) for name, values in self.body}


def frozen(fields: dict[str, list[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Give fields as a Case keeps them."""
    return tuple((name, tuple(values)) for name, values in fields.items())


def mutations(
    fields: dict[str, list[str]], strangers: tuple[str, ...]
) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Yield what is nasty and the fields with it: every field with every value, then games."""
    yield "as it is", fields
    yield "empty body", {}
    for name in fields:
        for about, value in {**VALUES, **{f"id {one}": one for one in strangers}}.items():
            yield f"{name}: {about}", {**fields, name: [value]}
        yield f"{name}: twice", {**fields, name: [*fields[name], "x", "2"]}
        yield f"{name}: gone", {key: value for key, value in fields.items() if key != name}
        yield f"{name}: array", {**fields, f"{name}[]": ["1", "2"]}
        if name.endswith(MANAGEMENT):
            for count in COUNTS:
                yield f"{name}: {count[:20]!r}", {**fields, name: [count]}
    bare = {key: value for key, value in fields.items() if not key.endswith(MANAGEMENT)}
    yield "no management form", bare
    yield (
        "unknown fields",
        {**fields, "state": ["enabled"], "is_superuser": ["1"], "\x00": ["\x00"]},
    )
    yield "1,200 fields", {**fields, **{f"x{n}": ["1"] for n in range(1200)}}
    yield "5,100 fields", {**fields, **{f"x{n}": ["1"] for n in range(5100)}}
