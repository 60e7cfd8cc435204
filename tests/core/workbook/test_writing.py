"""Written workbooks: text stays text, whatever it begins with."""

from core.workbook import small, writing
from tests.core.workbook.sheets import part

DANGEROUS = ["=1+1", "+86", "-1", "@x", '=HYPERLINK("http://x")']


def test_text_comes_back_as_it_was():
    rows = [["00123", "北京  a", "1.0"], ["", "x&<>", "2026-01-01"]]

    lines = small.read(writing.write("表", ["编码", "名称", "c"], rows)).lines

    assert [line.texts for line in lines] == [["编码", "名称", "c"], *rows]
    assert not any(line.problems for line in lines)


def test_nothing_is_a_formula():
    data = writing.write("x", ["h"], [[text] for text in DANGEROUS])

    sheet = part(data, "xl/worksheets/sheet1.xml")
    styles = part(data, "xl/styles.xml")
    assert b"<f>" not in sheet
    assert b"<f " not in sheet
    assert b'quotePrefix="1"' in styles
    assert [line.texts[0] for line in small.read(data).lines[1:]] == DANGEROUS
