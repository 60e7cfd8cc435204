"""Banks that people write in files, each with its other names: two of them are never one.

Data and one pure question; the list is there to tell banks apart, not to offer them.
"""

from __future__ import annotations

import re
from functools import cache

from customers.imports.fields.spelling import folded

# One bank a line: its name, then what else it is called.
_BANKS = """
中国工商银行 工商银行 工行 icbc
中国农业银行 农业银行 农行 abc
中国银行 中行 boc
中国建设银行 建设银行 建行 ccb
交通银行 交行 bocom
中国邮政储蓄银行 邮政储蓄银行 邮储银行 邮储 邮政储蓄 邮政银行 psbc
国家开发银行 国开行 开发银行
中国进出口银行 进出口银行 口行
中国农业发展银行 农业发展银行 农发行
中信银行 中信 中信实业银行
中国光大银行 光大银行 光大
华夏银行
中国民生银行 民生银行
广发银行 广东发展银行 广发
平安银行 深圳发展银行 深发展
招商银行 招行 招商 cmb
兴业银行 福建兴业银行
上海浦东发展银行 浦东发展银行 浦发银行 浦发 上海浦东 浦东发展 spdb
恒丰银行
浙商银行
渤海银行
徽商银行
上海银行
上海农村商业银行 上海农商银行 上海农商行 沪农商行
北京银行
北京农村商业银行 北京农商银行 北京农商行
天津银行
天津农村商业银行 天津农商银行
天津滨海农村商业银行 滨海农商银行
宁波银行
宁波通商银行
杭州银行
杭州联合农村商业银行 杭州联合银行
江苏银行
南京银行
苏州银行
无锡农村商业银行 无锡农商银行 无锡农商行
常熟农村商业银行 常熟农商银行 常熟农商行
江阴农村商业银行 江阴农商银行 江阴农商行
张家港农村商业银行 张家港行 张家港农商银行
苏州农村商业银行 苏农银行 吴江农村商业银行
紫金农村商业银行 紫金农商银行 紫金银行
江南农村商业银行 江南农商银行
江苏长江商业银行 长江商业银行
成都银行
成都农村商业银行 成都农商银行 成都农商行
重庆银行
重庆农村商业银行 重庆农商银行 重庆农商行 渝农商行
重庆三峡银行 三峡银行
四川银行
四川天府银行 天府银行
绵阳市商业银行
泸州银行
宜宾市商业银行
乐山市商业银行
自贡银行
攀枝花市商业银行
达州银行
雅安市商业银行
长城华西银行
遂宁银行
贵阳银行
贵州银行
富滇银行
曲靖市商业银行
玉溪市商业银行
西藏银行
西安银行
长安银行
秦农银行 陕西秦农农村商业银行
兰州银行
甘肃银行
青海银行
宁夏银行
石嘴山银行
新疆银行
乌鲁木齐银行
昆仑银行
库尔勒银行
哈密市商业银行
内蒙古银行
包商银行
蒙商银行
鄂尔多斯银行
乌海银行
晋商银行
晋城银行
晋中银行
长治银行
大同银行
阳泉市商业银行
山西银行
河北银行
唐山银行
秦皇岛银行
张家口银行
承德银行
保定银行
廊坊银行
沧州银行
衡水银行
邢台银行
邯郸银行
中原银行
郑州银行
洛阳银行
焦作中旅银行 中旅银行
平顶山银行
齐鲁银行 济南市商业银行
青岛银行
青岛农村商业银行 青岛农商银行 青岛农商行
烟台银行
威海银行 威海市商业银行
潍坊银行
日照银行
济宁银行
临商银行
德州银行
东营银行
泰安银行
莱商银行
枣庄银行
齐商银行
汉口银行
湖北银行
武汉农村商业银行 武汉农商银行 武汉农商行
长沙银行
湖南银行 华融湘江银行
江西银行 南昌银行
九江银行
赣州银行
上饶银行
景德镇市商业银行
厦门银行
厦门国际银行
厦门农村商业银行 厦门农商银行
福建海峡银行 海峡银行
泉州银行
广州银行
广州农村商业银行 广州农商银行 广州农商行
深圳农村商业银行 深圳农商银行 深圳农商行
东莞银行
东莞农村商业银行 东莞农商银行 东莞农商行
顺德农村商业银行 顺德农商银行 顺德农商行
佛山农村商业银行 佛山农商银行
珠海华润银行 华润银行
广东华兴银行 华兴银行
广东南粤银行 南粤银行
珠海农村商业银行 珠海农商银行
广西北部湾银行 北部湾银行
桂林银行
柳州银行
海南银行
哈尔滨银行
龙江银行
吉林银行
盛京银行
大连银行
锦州银行
营口银行
阜新银行
葫芦岛银行
鞍山银行
抚顺银行
丹东银行
本溪市商业银行
朝阳银行
铁岭银行
辽阳银行
辽沈银行
嘉兴银行
湖州银行
绍兴银行
金华银行
台州银行
温州银行
稠州银行 浙江稠州商业银行 稠州商业银行
泰隆银行 浙江泰隆商业银行 泰隆商业银行
民泰银行 浙江民泰商业银行 民泰商业银行
网商银行 浙江网商银行
微众银行 深圳前海微众银行 前海微众银行
新网银行 四川新网银行
百信银行 中信百信银行
众邦银行 武汉众邦银行
富民银行 重庆富民银行
苏宁银行 江苏苏商银行 苏商银行 江苏苏宁银行
华瑞银行 上海华瑞银行
金城银行 天津金城银行
中关村银行 北京中关村银行
亿联银行 吉林亿联银行
三湘银行 湖南三湘银行
振兴银行 辽宁振兴银行
蓝海银行 威海蓝海银行
新安银行 安徽新安银行
客商银行 梅州客商银行
裕民银行 江西裕民银行
锡商银行 无锡锡商银行
汇丰银行 汇丰 hsbc 香港上海汇丰银行
恒生银行 恒生
东亚银行 东亚
南洋商业银行 南商 南洋商业
中银香港 中国银行香港
花旗银行 花旗 citibank
渣打银行 渣打 standardchartered
星展银行 dbs
大华银行 uob
华侨银行 ocbc
华侨永亨银行 永亨银行
瑞士银行 ubs
德意志银行 德银 deutschebank
摩根大通银行 摩根大通 jpmorganchase
法国巴黎银行 巴黎银行 bnpparibas
法国兴业银行 societegenerale
三菱日联银行 三菱东京日联银行 mufg
三井住友银行 smbc
瑞穗银行 mizuho
韩亚银行
友利银行
新韩银行
企业银行
国民银行
国泰世华银行
富邦华一银行 华一银行
永丰银行
玉山银行
彰化银行
澳新银行 anz
农村信用社 农村信用合作社 农信社 信用社
城市商业银行
农村商业银行 农商银行 农商行
农村合作银行
村镇银行
"""
_FORMS = re.compile(r"(?:股份)?有限(?:责任)?公司|总行$|(?<=银行)中国$")
_BRANCH = re.compile(r"分行|支行|营业部|分理处|营业厅|营业室|储蓄所|网点|分社")
_LONG_ENOUGH = 4


@cache
def _names() -> dict[str, str]:
    """Give the bank by each of its names."""
    found: dict[str, str] = {}
    for line in _BANKS.split("\n"):
        for name in line.split():
            found[folded(name)] = line.split()[0]
    return found


@cache
def _by_length() -> list[str]:
    names = (one for one in _names() if len(one) >= _LONG_ENOUGH or one.endswith("行"))
    return sorted(names, key=len, reverse=True)


def of(text: str) -> str:
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
