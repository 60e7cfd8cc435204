"""Rows of a sheet that are no records: totals, who made the list and when, repeated heads.

Pure. In doubt a row is a record: it is then an error that somebody sees, never a loss.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.text import fold_width
from core.workbook.cells import Cell
from customers.imports.fields.cells import shown
from customers.imports.heads import words

_TOTAL = re.compile(
    r"(?:本页|本表|全部|以上|总)?(?:合计|总计|小计|共计|累计)(?:金额|数量|户数|家数|客户数)?"
    r"|(?:sub|grand)?total|sum"
)
_COUNT = re.compile(r"[:：]?共?(?:[¥￥$]?[\d,]+(?:\.\d+)?)?(?:家|户|个|条|笔|行|人|元|万元)?[。.]?")  # noqa: RUF001
_NUMBER = re.compile(r"[-+]?[¥￥$]?[\d,]+(?:\.\d+)?[家户个条笔行人元万]*|[-—/]*")  # noqa: RUF001
_LABEL = re.compile(
    r"(?:制表|制单|填表|填报|编制|审核|复核|审批|批准|经办|负责|打印|列印|导出|报表|统计|截止|数据|生成)"
    r"(?:人|者|员|单位|部门|机构|时间|日期|来源)[:：]"
    r"|(?:preparedby|printedby|printedon|printdate|exportedon|generatedon|approvedby)[:：]?"
)
_PAGE = re.compile(
    r"第\d+页[,，/]?(?:共\d+页)?|共\d+(?:条|家|页|行|户|笔)(?:记录|数据|客户)?|page\d+(?:of|/)\d+"
    r"|以下(?:空白|无正文|无数据)|[-—=*]*(?:完|结束|end)[-—=*]*"
)
_REMARK = re.compile(r"(?:注|备注|说明|附注|note|notes|remark|remarks)[:：].+")
# Most rows are settled by their first sign.
_BEGINS = frozenset(
    "本全以总總合小共累制製填编編审審复復批经經负負打列导導报報统統截数數据生第注註备備说說附完结結"
    "SsGgTtPpEeAaNnRrＴＳ-—=* \u3000"  # noqa: RUF001
)
_FEW = 2


def is_leftover(row: Sequence[Cell], heads: frozenset[str]) -> bool:
    """Say whether a row is none of the records; `heads` are those of its sheet."""
    begin = next((cell for cell in row if cell), "")
    if type(begin) is not str or (begin.lstrip()[:1] not in _BEGINS and begin.strip() not in heads):
        return False
    texts = [text for cell in row if (text := shown(cell).strip())]
    if not texts:
        return False
    first = _squeezed(texts[0])
    if _LABEL.match(first):
        return True
    if len(texts) == 1 and (_PAGE.fullmatch(first) or _REMARK.fullmatch(first)):
        return True
    if (found := _TOTAL.match(first)) and _COUNT.fullmatch(first, found.end()):
        rest = [_squeezed(text) for text in texts[1:]]
        is_told = bool(rest) or found.end() < len(first) or not first.isascii()
        return is_told and all(_NUMBER.fullmatch(text) or _TOTAL.match(text) for text in rest)
    return len(texts) >= _FEW and all(text in heads for text in texts)


def _squeezed(text: str) -> str:
    plain = fold_width(text).translate(words.TRADITIONAL)
    return re.sub(r"\s+", "", plain).casefold()
