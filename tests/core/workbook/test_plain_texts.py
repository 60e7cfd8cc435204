"""Shared texts taken by patterns come out as expat reads them, whatever stands between them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from core.workbook import plain, strings
from core.workbook.cells import Bad
from tests.core.workbook.by_patterns import broken, without_patterns

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
CASES = 3_000

LOOK = '<rPr><b/><sz val="11"/><color theme="1" tint="0.5"/><rFont val="等线"/></rPr>'
VALUES = [
    "<t>北京{}</t>",
    '<t xml:space="preserve"> 两\t端\n{} </t>',
    "<t>a_x0041__x005F_{}</t>",
    '<t>注音{}</t><phoneticPr fontId="1" type="noConversion"/>',
    f'<r>{LOOK}<t>粗</t></r><r><t xml:space="preserve"> 细{{}}</t></r>',
    f"<r>{LOOK}<t>{{}}</t></r><r>{LOOK}<t></t></r><phoneticPr/>",
    "<r><rPr></rPr><t>{}</t></r>",
    "<t></t>",
]
ODD = [
    "<t>甲&amp;乙 &#65;{}</t>",
    "<t/>",
    "",
    "<t>a\r\nb</t>",
    "<t>a>b</t>",
    "<t>a\x01b</t>",
    "<t>{}</t><t>zwei</t>",
    '<t>东京</t><rPh sb="0" eb="2"><t>とうきょう</t></rPh><phoneticPr fontId="1"/>',
    "<t><![CDATA[</si><si><t>x</t></si>]]></t>",
    "<t>1</t><!-- </si><si><t>2</t></si> -->",
    '<r><rPr><sz val="1" val="2"/></rPr><t>doppelt</t></r>',
    '<r><rPr><sz a="1" b="2" c="3"/></rPr><t>drei</t></r>',
    "<r><rPr><si/></rPr><t>innen</t></r>",
    "<r><rPr><t/></rPr><t>innen</t></r>",
    "<r><t>{}</t><rPr/></r>",
    "<rPh><si><t>a</t></si></rPh>",
    '<x a="</si><si><t>b</t></si>">',
    "<x></si><si><t>offen</t></si></x>",
    "<t>x</t></si></sst>",
    '<t xml:lang="ja">{}</t>',
    "<x:t>{}</x:t>",
    "<t>" + "_x0041_" * 40_000 + "</t>",
    "<t>" + "长" * 40_000 + "</t>",
]
BETWEEN = [
    "<si/>", "\n  ", "<!-- <si> -->", "<?x </si>?>", "text", "<t>lose</t>", "</si>", "<si>",
    "<extLst><ext/></extLst>", "<![CDATA[</si>]]>", '<si xml:space="preserve"><t>s</t></si>',
]  # fmt: skip
SIGNS = ["<", ">", "/", '"', "&", " ", "\x00", "]]>", "<si", "</si>", "</t>", "é", "\r", "r"]
HEADS = [
    "", '<?xml version="1.0" encoding="UTF-8"?>', '<?xml version="1.0"?>\n', "<!-- <sst> -->",
]  # fmt: skip


def drawn(dice: random.Random) -> bytes:
    """Make a table: mostly plain texts, some odd ones, sometimes broken at random."""
    oddness = dice.choice([0, 0.02, 0.2])
    texts = ""
    for number in range(dice.randrange(12)):
        forms = ODD if dice.random() < oddness else VALUES
        texts += f"<si>{dice.choice(forms).replace('{}', str(number))}</si>"
        if dice.random() < oddness:
            texts += dice.choice(BETWEEN)
    text = f'{dice.choice(HEADS)}<sst xmlns="{MAIN}" count="9">{texts}</sst>'
    return broken(dice, text, SIGNS)


def read(data: bytes, size: int) -> Any:
    """Give the texts, or what is wrong with the table."""
    try:
        table = strings.read(data[at : at + size] for at in range(0, len(data), size))
    except Bad as bad:
        return bad.code
    return [(type(text), str(text)) for text in table.texts]


def test_patterns_and_expat_read_the_same(seed, monkeypatch):
    dice = random.Random(seed)
    tables = [(drawn(dice), dice.choice([50, 500, 100_000])) for _case in range(CASES)]
    by_patterns = [read(*case) for case in tables]
    assert sum(isinstance(found, list) for found in by_patterns) > CASES / 2

    monkeypatch.setattr(plain, "rest", without_patterns)
    for case, found in zip(tables, by_patterns, strict=True):
        assert found == read(*case), case[0].decode(errors="replace")[:2000]


@pytest.mark.parametrize("odd", [*(f"<si>{one}</si>" for one in ODD), *BETWEEN])
@pytest.mark.parametrize("size", [99, 1_000_000])
def test_plain_texts_around_an_odd_one_are_read_as_ever(odd, size, monkeypatch):
    known = f"<si>{VALUES[4]}</si>"
    data = f'<sst xmlns="{MAIN}">{known}{odd}{known}</sst>'.encode()
    found = read(data, size)

    monkeypatch.setattr(plain, "rest", without_patterns)
    assert found == read(data, size)


@pytest.mark.parametrize("form", VALUES)
def test_what_excel_writes_needs_no_expat(form, monkeypatch):
    left = []
    rest = plain.rest

    def noting(*given: Any) -> Iterator[bytes]:
        for chunk in rest(*given):
            left.append(chunk)
            yield chunk

    monkeypatch.setattr(plain, "rest", noting)
    head = f'<sst xmlns="{MAIN}">'
    read(f"{head}<si>{form}</si><si>{form}</si></sst>".encode(), 10_000)

    assert b"".join(left).decode() == f"{head}</sst>"
