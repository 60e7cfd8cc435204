"""Folds the spellings of a word: width, case, marks, traditional signs and numerals are alike."""

from __future__ import annotations

import re

from core.text import fold_width

_NUMERALS = str.maketrans("一二三四五六七八九两壹贰叁肆伍陆柒捌玖〇零", "123456789212345678900")
_TEN = re.compile(r"(\d?)[十拾](\d?)")
_SIMPLE = str.maketrans(
    "處銀業東廣區臺灣國農發華興經銷貿電匯現結門縣龍蘇陝寧慶漢濟滬實務財總組術開圓幣歐韓雲貴遼鄉鎮與產營"
    "證貨轉帳賬帐圆戶員際聯馬錦黃陽陰嶺鐵達爾維齊齡綿資運應術類",
    "处银业东广区台湾国农发华兴经销贸电汇现结门县龙苏陕宁庆汉济沪实务财总组术开元币欧韩云贵辽乡镇与产营"
    "证货转账账账元户员际联马锦黄阳阴岭铁达尔维齐龄绵资运应术类",
)
_MARKS = re.compile(r"[\s·•・.,，、;；:：_\-—–/\\\"'“”‘’()（）\[\]【】<>《》]+")


def folded(text: str) -> str:
    """Give a text as it is compared: width, case, marks, traditional signs and numerals alike."""
    plain = _MARKS.sub("", fold_width(text)).casefold().translate(_SIMPLE).translate(_NUMERALS)
    return _TEN.sub(lambda found: (found[1] or "1") + (found[2] or "0"), plain)
