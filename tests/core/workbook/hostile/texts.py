"""C7 and C8: text tables in every encoding and out of shape; names of files are labels only."""
# ruff: noqa: E501  the XML of a case reads best on one line

from tests.core.workbook.hostile.build import Case, made

ROWS = [["编码", "名称"], ["001", "北京"]]
PLAIN = "编码,名称\r\n001,北京\r\n"
MIB = 1024 * 1024


def csv(data, says=None, rows=None, name="a.csv"):
    return Case(lambda: data() if callable(data) else data, says, rows, name)


_NAMES = ["../../etc/passwd", "<script>alert(1)</script>.xlsx", "a\"b'.xlsx", "x" * 300 + ".xlsx", "\u202excod.xlsx",
          "a.xlsx.exe", "a\r\nSet-Cookie: x.xlsx", "=cmd|' /C calc'!A0.xlsx", "", "\ud800.xlsx", "a.CSV"]  # fmt: skip

CASES = {
    "csv utf-8": csv(PLAIN.encode(), rows=ROWS),
    "csv utf-8 with mark": csv(PLAIN.encode("utf-8-sig"), rows=ROWS),
    "csv gbk": csv(PLAIN.encode("gbk"), rows=ROWS),
    "csv gb18030": csv(PLAIN.replace("北京", "㐀𠮷").encode("gb18030"), rows=[ROWS[0], ["001", "㐀𠮷"]]),
    "csv utf-16 le": csv(b"\xff\xfe" + PLAIN.encode("utf-16-le"), rows=ROWS),
    "csv utf-16 be": csv(b"\xfe\xff" + PLAIN.encode("utf-16-be"), rows=ROWS),
    "csv utf-16 without mark": csv(PLAIN.encode("utf-16-le"), rows=ROWS),
    "csv utf-32": csv(b"\xff\xfe\0\0" + PLAIN.encode("utf-32-le"), "编码"),
    "csv semicolons": csv(PLAIN.replace(",", ";").encode(), rows=ROWS),
    "csv tabs": csv(PLAIN.replace(",", "\t").encode(), rows=ROWS, name="a.txt"),
    "csv cr": csv(PLAIN.replace("\r\n", "\r").encode(), rows=ROWS),
    "csv lf": csv(PLAIN.replace("\r\n", "\n").encode(), rows=ROWS),
    "csv sep line": csv(b"sep=;\r\n" + PLAIN.replace(",", ";").encode(), rows=ROWS),
    "csv quotes": csv(b'a,"b,""c""\r\nd"\r\n1,2', rows=[["a", 'b,"c"\r\nd'], ["1", "2"]]),
    "csv neutralised": csv("'=1+1,'+86,' '-1,'@x,'＝1,'abc".encode(), rows=[["=1+1", "+86", "' '-1", "@x", "＝1", "'abc"]]),
    "csv blank lines": csv(b"\n\na,b\n\n,,\n1,2\n", rows=[["a", "b"], ["1", "2"]]),
    "csv empty": csv(b"", "空的"),
    "csv only a mark": csv(b"\xef\xbb\xbf", rows=[]),
    "csv nul": csv(b"a,b\n1,\0\n", "NUL"),
    "csv bad bytes": csv(b"a,b\n\xff\xff\xff,1\n", "编码"),
    "csv latin": csv("a,b\ncafé,1\n".encode("latin-1"), None),
    "csv open quote": csv(b'a,b\n"1,2\n3,4\n', "第 2 行"),
    "csv open quote, long": csv(b'a,b\n"1,2\n' + b"3,4\n" * 20_000, "第 2 行"),
    "csv quote in the middle": csv(b'a,b\n"x"y,2\n', "第 2 行"),
    "csv 50 MB line": csv(lambda: b"x" * (50 * MIB), "一百万个字符"),
    "csv larger than 50 MB": csv(lambda: b"x\n" * (26 * MIB), "超过 50 MB"),
    "csv a million columns": csv(lambda: b"a," * 1_000_000, "第 1 行"),
    "csv 400,000 columns": csv(lambda: b"a," * 400_000 + b"a", "填写的列超过 200"),
    "csv 201 columns": csv(b"a," * 200 + b"a", "单元格 GS1：填写的列超过 200"),
    "csv 300,001 rows": csv(lambda: b"a\n" * 300_001, "文件超过 300000 行"),
    "csv a million blank lines": csv(lambda: b"\n" * 1_000_000, rows=[]),
    "csv is a web page": csv(b"<!DOCTYPE html><html></html>", "网页"),
    "csv is a pdf": csv(b"%PDF-1.4 x", "不是 .xlsx"),
    "csv named xlsx": csv(PLAIN.encode(), "不是 .xlsx", name="a.xlsx"),
    "workbook named csv": Case(made(), rows=[["甲"]], name="a.csv"),
    **{f"named {name[:20]!r}": Case(made(), rows=[["甲"]], name=name) for name in _NAMES},
}  # fmt: skip
