"""Says which value an unknown word can hardly fail to mean: an other spelling, form or short name.

Pure. What is merely near is no suggestion: it would be taken with one press, and remembered.
The banks that people write have a list of their own: to tell them apart, not to offer them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from rapidfuzz.distance import Levenshtein

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
_FORMS = re.compile(r"(?:股份)?有限(?:责任)?公司|总行$|(?<=银行)中国$")
_BRANCH = re.compile(r"分行|支行|营业部|分理处|营业厅|营业室|储蓄所|网点|分社")
_LONG_ENOUGH = 4

BANK, REGION, DEPARTMENT = "bank", "region", "unit"
_LEAST_PREFIX = 3
_LEAST_TYPO = 5
_DIGITS = re.compile(r"\d+")
# Words that tell two things apart although they look alike.
_TELLING = frozenset(
    "东南西北中上下前后左右内外大小新老甲乙丙丁戊公私男女增减出入收付买卖借贷正副主次"
)
_PEOPLES = (
    "壮|回|藏|彝|苗|侗|白|傣|傈僳|羌|土家|布依|哈尼|哈萨克|蒙古|朝鲜|景颇|柯尔克孜|黎|满|瑶|畲|土"
    "|仡佬|水|佤|拉祜|纳西"
)
# What stands behind a name without being part of it, by kind of value; "" for all others.
_TAILS: Mapping[str, re.Pattern[str]] = {
    REGION: re.compile(
        rf"(?:(?:(?:{_PEOPLES})族|维吾尔|(?:哈萨克|柯尔克孜|蒙古)(?=自治州))*自治[区州县旗]|特别行政区|地区|林区|省|市|盟|县|区|州|旗)$"
    ),
    DEPARTMENT: re.compile(r"(?:事业部|办事处|分公司|中心|大区|部门|部|处|科|室|组|区|队|课)$"),
    BANK: re.compile(r"(?:股份)?有限(?:责任)?公司$|银行$"),
    "customertype": re.compile(r"(?:客户|单位|公司|企业|商|类|型|户)$"),
    "category": re.compile(r"(?:客户|类|级|型)$"),
    "industry": re.compile(r"(?:行业|产业|业)$"),
    "settlementmethod": re.compile(r"(?:结算|付款|支付|方式)$"),
    "": re.compile(r"(?:类|型|级)$"),
}
# Other words for a value, by kind: "word=name".
_OTHERS: Mapping[str, str] = {
    "currency": """
        rmb=人民币 人民币元=人民币 元=人民币 美金=美元 港币=港元 港纸=港元 日币=日元 英磅=英镑
        台币=新台币 新台币元=新台币 澳元=澳大利亚元 加元=加拿大元 加币=加拿大元 瑞郎=瑞士法郎
        新币=新加坡元 坡币=新加坡元 欧=欧元 韩币=韩元 澳门币=澳门元 泰国铢=泰铢
    """,
    REGION: "内蒙=内蒙古自治区",
    "settlementmethod": "转账=银行转账",
}


def folded(text: str) -> str:
    """Give a text as it is compared: width, case, marks, traditional signs and numerals alike."""
    plain = _MARKS.sub("", fold_width(text)).casefold().translate(_SIMPLE).translate(_NUMERALS)
    return _TEN.sub(lambda found: (found[1] or "1") + (found[2] or "0"), plain)


@cache
def banks() -> list[list[str]]:
    """Give the names of each bank, the one it goes by first."""
    text = files("customers").joinpath("data", "institutions.txt").read_text(encoding="utf-8")
    return [line.split() for line in text.splitlines()]


@cache
def _names() -> dict[str, str]:
    """Give the bank by each of its names."""
    return {folded(name): names[0] for names in banks() for name in names}


@cache
def _by_length() -> list[str]:
    names = (one for one in _names() if len(one) >= _LONG_ENOUGH or one.endswith("行"))
    return sorted(names, key=len, reverse=True)


def bank_of(text: str) -> str:
    """Give the known bank that a folded text names, with or without a branch; "" for none."""
    plain = _FORMS.sub("", _FORMS.sub("", text))
    for one in (plain, plain.removeprefix("中国")):
        if one in _names():
            return _names()[one]
    if not _BRANCH.search(plain):
        return ""
    for one in (plain, plain.removeprefix("中国")):
        for name in _by_length():
            if one.startswith(name):
                return _names()[name]
    return ""


def meant(kind: str, text: str, names: Iterable[str]) -> str:
    """Give the only one of the names that the text can mean, "" where it is not that sure."""
    word = folded(text)
    if not word:
        return ""
    known = {name: folded(name) for name in names}
    if kind == BANK and (bank := bank_of(word)):
        return _only(name for name, one in known.items() if bank_of(one) == bank)
    if other := _others(kind).get(word):
        return _only(name for name, one in known.items() if one == other)
    if kind == BANK:  # a word that is no known bank can be one only by a slip
        known = {name: one for name, one in known.items() if not bank_of(one)} | {
            name: one for name, one in known.items() if _mistyped(kind, word, one)
        }
    for test in (_same, _same_but_tail, _begins, _mistyped):
        hits = [name for name, one in known.items() if test(kind, word, one)]
        if hits:
            return hits[0] if len(hits) == 1 else ""
    return ""


def contradicts(kind: str, text: str, name: str) -> bool:
    """Say whether two texts name two different known institutions."""
    if kind != BANK:
        return False
    one, other = bank_of(folded(text)), bank_of(folded(name))
    return bool(one and other) and one != other


@cache
def _others(kind: str) -> dict[str, str]:
    """Give the other words for values of a kind, both as they are compared."""
    pairs = (pair.partition("=") for pair in _OTHERS.get(kind, "").split())
    return {folded(word): folded(name) for word, _sign, name in pairs}


def _core(kind: str, word: str) -> str:
    """Give a word without what stands behind every name of its kind; two signs are left."""
    tail = _TAILS.get(kind, _TAILS[""])
    found = tail.search(word)
    return word[: found.start()] if found and found.start() >= 2 else word


def _same(kind: str, word: str, name: str) -> bool:
    return word == name


def _same_but_tail(kind: str, word: str, name: str) -> bool:
    """The same but for the tail, or a slip in it: 北京 and 北京是 for 北京市."""
    core, own = _core(kind, name), _core(kind, word)
    tail, rest = name[len(core) :], word[len(core) :]
    if own == core:  # of regions the tail says which level is meant
        return kind != REGION or tail.endswith(word[len(own) :])
    if kind == BANK or len(core) < 2 or not word.startswith(core):
        return False
    is_slip = len(tail) == len(rest) == 1 and _TAILS.get(kind, _TAILS[""]).search(word) is None
    return is_slip and not rest.isdigit() and rest not in _TELLING


def _begins(kind: str, word: str, name: str) -> bool:
    """The beginning of a longer name, but never of a longer number."""
    if len(word) < _LEAST_PREFIX or not name.startswith(word):
        return False
    return kind != BANK and not (word[-1].isdigit() and name[len(word)].isdigit())


def _mistyped(kind: str, word: str, name: str) -> bool:
    """One sign wrong in a long name, and not one that tells things apart."""
    one, other = _core(kind, word), _core(kind, name)
    if min(len(one), len(other)) < _LEAST_TYPO or one[0] != other[0]:
        return False
    if _DIGITS.findall(word) != _DIGITS.findall(name):
        return False
    steps = Levenshtein.editops(one, other).as_list()
    if len(steps) != 1:
        return False
    at, there = int(steps[0][1]), int(steps[0][2])
    changed = {one[at : at + 1], other[there : there + 1]}
    return _TELLING.isdisjoint(changed)


def _only(names: Iterable[str]) -> str:
    found = list(names)
    return found[0] if len(found) == 1 else ""
