"""C5: values that libraries lose, round or replace; each must come back as it stands in the file."""
# ruff: noqa: E501  the XML of a case reads best on one line

from tests.core.workbook.hostile.build import Case, cells, made, row, sheet, workbook

_NUMBERS = ["6.22202E+18", "6222021234567890123", "1", "1.0", "-0", "0.1", "1E-7", "+5", ".5", "00123",
            "0.30000000000000004", "99999999999999.99"]  # fmt: skip
_TEXTS = {
    "_x0000_": "\0", "a_x000D_": "a\r", "_x005F_x000D_": "_x000D_", "_xD83D__xDE00_": "😀",
    "_xD83D_": "_xD83D_", "_x00g0_": "_x00g0_", "00123": "00123", "6.22202E+18": "6.22202E+18",
    "１２３": "１２３", "\u00a0a\u200b": "\u00a0a\u200b", "\u202eabc": "\u202eabc", "𠮷": "𠮷",
    "e\u0301": "e\u0301", "=1+1": "=1+1", "1.234,50": "1.234,50", " a ": " a ", "#N/A": "#N/A",
    "&lt;b&gt;": "<b>", "<![CDATA[a]]>b": "ab", "a&#10;b": "a\nb",
}  # fmt: skip
_DATES = {
    ("1", "1"): ("d", "1900-01-01"), ("59", "1"): ("d", "1900-02-28"), ("60", "1"): ("d", "1900-02-29"),
    ("61", "1"): ("d", "1900-03-01"), ("45413", "1"): ("d", "2024-05-01"), ("45413", "2"): ("d", "2024-05-01"),
    ("45413.5625", "3"): ("d", "2024-05-01 13:30:00"), ("45413.999999", "3"): ("d", "2024-05-02"),
    ("2958465", "1"): ("d", "9999-12-31"), ("2958466", "1"): ("n", "2958466"), ("-1", "1"): ("n", "-1"),
    ("0", "1"): ("n", "0"), ("0.5", "4"): ("n", "0.5"), ("45413", "0"): ("n", "45413"),
    ("45413", "99"): ("n", "45413"), ("45413", "-1"): ("n", "45413"), ("1E+300", "1"): ("n", "1E+300"),
}  # fmt: skip
_FORMULAS = {
    "<f>1+1</f>": ("f", ""), "<f>1+1</f><v/>": ("f", ""), "<f>1+1</f><v>2</v>": ("n", "2"),
    "<f/>": ("f", ""), '<f t="shared" si="0"/><v>3</v>': ("n", "3"),
}  # fmt: skip
_TYPED = {
    ("b", "1"): ("b", "TRUE"), ("b", "0"): ("b", "FALSE"), ("e", "#N/A"): ("e", "#N/A"),
    ("e", "#REF!"): ("e", "#REF!"), ("d", "2024-05-01T00:00:00"): ("d", "2024-05-01"),
    ("d", "2024-05-01T13:30:00.000Z"): ("d", "2024-05-01 13:30:00"), ("str", "文"): "文",
}  # fmt: skip
_RICH = '<si><r><t>a</t></r><r><rPr><b/></rPr><t xml:space="preserve"> b</t></r><rPh sb="0" eb="1"><t>zz</t></rPh></si>'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'

CASES = {
    **{f"number as it stands: {text}": Case(cells(f'<c r="A1"><v>{text}</v></c>'), rows=[[("n", text)]]) for text in _NUMBERS},
    **{f"shared text: {text!r}": Case(made(strings=[text]), rows=[[plain]]) for text, plain in _TEXTS.items()},
    **{f"inline text: {text!r}": Case(cells(f'<c r="A1" t="inlineStr"><is><t>{text}</t></is></c>'), rows=[[plain]])
       for text, plain in _TEXTS.items()},
    **{f"date {number} in style {style}": Case(cells(f'<c r="A1" s="{style}"><v>{number}</v></c>'), rows=[[cell]])
       for (number, style), cell in _DATES.items()},
    **{f"formula {xml}": Case(cells(f'<c r="A1">{xml}</c>'), rows=[[cell]]) for xml, cell in _FORMULAS.items()},
    **{f"{kind} {text}": Case(cells(f'<c r="A1" t="{kind}"><v>{text}</v></c>'), rows=[[cell]])
       for (kind, text), cell in _TYPED.items()},
    "formula with an empty text": Case(cells('<c r="A1" t="str"><f>""</f><v></v></c>'), rows=[]),
    "formula with an error": Case(cells('<c r="A1" t="e"><f>NA()</f><v>#N/A</v></c>'), rows=[[("e", "#N/A")]]),
    "formulas with results": Case(made(sheet("".join(row(f'<c r="A{n}"><f>1+{n}</f><v>{n}</v></c>', number=n) for n in (1, 2, 3)))),
                                  rows=[[("n", "1")], [("n", "2")], [("n", "3")]], notes=("formula",)),
    "picture of WPS": Case(cells('<c r="A1" t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c>', '<c r="B1"><v>1</v></c>'),
                           rows=[["", ("n", "1")]], notes=("picture",)),
    "picture of WPS as a text": Case(made(strings=['=_xlfn.DISPIMG("ID_1",1)']), rows=[], notes=("picture",)),
    "picture of Excel": Case(cells('<c r="A1" t="e" vm="1"><v>#VALUE!</v></c>', '<c r="B1" t="e"><v>#VALUE!</v></c>',
                                   **{"xl/richData/richValueRel.xml": "<a/>"}), rows=[["", ("e", "#VALUE!")]], notes=("picture",)),
    "error with a rich value": Case(cells('<c r="A1" t="e" vm="1"><v>#VALUE!</v></c>'), rows=[[("e", "#VALUE!")]]),
    "guarded": Case(made(strings=['="0012"']), rows=[["0012"]]),
    "formula of a text": Case(cells('<c r="A1" t="str"><f>x</f></c>'), rows=[[("f", "")]]),
    "1904": Case(cells('<c r="A1" s="1"><v>0</v></c>', '<c r="B1" s="1"><v>60</v></c>',
                       book=workbook("客户", start='<workbookPr date1904="1"/>')),
                 rows=[[("d", "1904-01-01"), ("d", "1904-03-01")]]),
    "rich text": Case(made(strings_xml=f"<sst {_MAIN}>{_RICH}</sst>"), rows=[["a b"]]),
    "rich inline text": Case(cells('<c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r><rPh><t>z</t></rPh></is></c>'), rows=[["ab"]]),
    "text and how it is read": Case(cells('<c r="A1" t="inlineStr"><is><t>北</t><rPh sb="0" eb="1"><t>z</t></rPh></is></c>',
                                          '<c r="B1" t="inlineStr">\n<is>\n<t>京</t>\n</is>\n</c>', '<c r="C1" t="inlineStr"><is/></c>'),
                                    rows=[["北", "京"]]),
    "32,767 signs": Case(made(strings=["长" * 32_767]), rows=[["长" * 32_767]]),
    "32,768 signs": Case(made(strings=["长" * 32_768]), "文字超过 32,767"),
    "truth of 2": Case(cells('<c r="A1" t="b"><v>2</v></c>'), "应为数字"),
    "unknown kind": Case(cells('<c r="A1" t="zz"><v>2</v></c>'), "应为数字"),
    "empty values": Case(made(sheet(row('<c r="A1"/>', '<c r="B1" t="s"/>', '<c r="C1" t="s"><v/></c>', '<c r="D1"><v> </v></c>'))), rows=[]),
}  # fmt: skip
