"""Two hundred pairs of real names: what a word can hardly fail to mean, and what it never means."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from customers.imports.fields.likeness import banks, contradicts, folded, meant

DATA = Path(__file__).parents[4] / "customers" / "data"


def _column(file: str) -> list[str]:
    with (DATA / file).open(encoding="utf-8") as opened:
        return [row["name"] for row in csv.DictReader(opened)]


BANKS = [*_column("banks.csv"), "宁波银行", "北京银行", "南京银行", "北京农村商业银行"]
UNITS = [
    "总公司", "销售一部", "销售二部", "销售十一部", "华东大区", "华南大区", "大客户部",
    "国际业务部",
    "财务部", "人力资源中心", "市场部", "采购中心", "研发一室", "研发二室", "售前支持部",
    "售后服务部",
    "北京办事处", "上海分公司", "电商事业部", "内销科",
]  # fmt: skip
REGIONS = [
    *_column("provinces.csv"), "石家庄市", "苏州市", "宿州市", "南京市", "宁波市", "宁德市",
    "吉林市",
    "海口市", "海南藏族自治州", "大理白族自治州", "西双版纳傣族自治州", "延边朝鲜族自治州",
    "大兴安岭地区",
    "阿拉善盟", "锡林郭勒盟", "恩施土家族苗族自治州", "伊犁哈萨克自治州", "呼和浩特市",
    "乌鲁木齐市",
    "杭州市", "福州市", "抚州市", "泰州市", "台州市", "玉林市", "榆林市", "通化市", "怀化市",
]  # fmt: skip
METHODS = [
    "现金", "银行转账", "支票", "电汇", "银行承兑汇票", "商业承兑汇票", "月结30天", "月结60天",
    "款到发货",
    "货到付款", "预付", "信用证", "托收", "微信支付", "支付宝",
]  # fmt: skip
TYPES = ["直销客户", "经销商", "代理商", "零售客户", "最终用户", "个人", "海外客户", "政府单位"]
CURRENCIES = _column("currencies.csv")

# kind, names there are, pairs "word=name"; "word=" must mean nothing.
CASES: list[tuple[str, list[str], str]] = [
    (
        "bank",
        BANKS,
        """
        工商银行=中国工商银行 工行=中国工商银行 ICBC=中国工商银行 农业银行=中国农业银行
        农行=中国农业银行
        中行=中国银行 建行=中国建设银行 建设银行=中国建设银行 交行=交通银行
        邮储银行=中国邮政储蓄银行
        中国邮储银行=中国邮政储蓄银行 光大银行=中国光大银行 民生银行=中国民生银行 招行=招商银行
        浦发银行=上海浦东发展银行 浦发=上海浦东发展银行 上海浦发银行= 上海浦东=上海浦东发展银行
        广东发展银行=广发银行 深圳发展银行=平安银行 国开行=国家开发银行 农发行=中国农业发展银行
        上海农商银行=上海农村商业银行 北京农商行=北京农村商业银行 汇丰银行（中国）有限公司=汇丰银行
        渣打=渣打银行 花旗银行(中国)=花旗银行 HSBC=汇丰银行 农信社=农村信用社
        农村信用合作社=农村信用社
        中国工商银行股份有限公司=中国工商银行 中国工商银行北京中关村支行=中国工商银行
        招商银行深圳分行营业部=招商银行 建行杭州西湖支行=中国建设银行
        中国建设银行杭州西湖支行=中国建设银行
        宁波银行股份有限公司=宁波银行 南京银行上海分行=南京银行 農業銀行=中国农业银行
        杭州银行= 江苏银行= 成都银行= 长沙银行= 苏州银行= 天津银行= 重庆银行= 厦门银行= 青岛银行=
        广州银行= 东莞银行= 盛京银行= 中原银行= 贵阳银行= 郑州银行= 西安银行= 兰州银行= 齐鲁银行=
        威海银行= 九江银行= 晋商银行= 汉口银行= 大连银行= 吉林银行= 桂林银行= 温州银行= 台州银行=
        广州农商银行= 深圳农商行= 成都农商银行= 杭州银行上海分行= 微众银行= 网商银行= 星展银行=
        瑞穗银行= 三井住友银行= 德意志银行= 中银香港= 火星银行= 银行= 中国= 人民银行= 广东银行=
        """,
    ),
    (
        "unit",
        UNITS,
        """
        销售1部=销售一部 销售２部=销售二部 销售一處=销售一部 销售一处=销售一部 销售壹部=销售一部
        销售11部=销售十一部 销售十一处=销售十一部 华东=华东大区 华东区=华东大区 大客户=大客户部
        国际业务=国际业务部 财务=财务部 财务处=财务部 財務部=财务部 人力资源部=人力资源中心
        市场=市场部
        采购部=采购中心 研发1室=研发一室 研发二组=研发二室 售前支持=售前支持部 售后服务=售后服务部
        北京办事處=北京办事处 北京=北京办事处 电商=电商事业部 電商事業部=电商事业部
        销售三部= 销售四部= 销售部= 销售= 销售十二部= 华北大区= 华中大区= 西南大区= 国内业务部=
        研发三室= 研发= 售中支持部= 外销科= 上海办事= 生产部= 仓储部= 行政部= 法务部= 质量部=
        小客户部=
        """,
    ),
    (
        "region",
        REGIONS,
        """
        北京=北京市 北京是=北京市 上海=上海市 河北=河北省 内蒙古=内蒙古自治区 内蒙=内蒙古自治区
        广西=广西壮族自治区 宁夏=宁夏回族自治区 新疆=新疆维吾尔自治区 西藏=西藏自治区
        香港=香港特别行政区 澳门=澳门特别行政区 石家庄=石家庄市 苏州=苏州市 蘇州市=苏州市
        宁波=宁波市
        大理=大理白族自治州 大理州=大理白族自治州 西双版纳=西双版纳傣族自治州 延边=延边朝鲜族自治州
        大兴安岭=大兴安岭地区 阿拉善=阿拉善盟 恩施=恩施土家族苗族自治州 伊犁=伊犁哈萨克自治州
        乌鲁木齐=乌鲁木齐市 呼和浩特=呼和浩特市 广東省=广东省 黑龙江=黑龙江省
        吉林= 海南= 朝阳区= 宿迁市= 宁海= 南宁市= 南通市= 无锡= 江西市= 广州市= 常州= 徐州市=
        福建市=
        玉溪市= 通辽市= 郴州市= 沧州= 山海市= 湖州市= 泸州市=
        """,
    ),
    (
        "settlementmethod",
        METHODS,
        """
        转账=银行转账 银行转帐=银行转账 電匯=电汇 现金结算=现金 现金支付=现金 银行承兑=银行承兑汇票
        商业承兑=商业承兑汇票 月结三十天=月结30天 月结６０天=月结60天 支票支付=支票 微信=微信支付
        月结3= 月结= 月结45天= 月结90天= 货到发款= 先款后货= 承兑汇票= 承兑= 汇票= 现汇= 预收=
        信用卡=
        """,
    ),
    (
        "customertype",
        TYPES,
        """
        经销=经销商 代理=代理商 直销=直销客户 零售=零售客户 个人客户=个人 海外=海外客户
        政府=政府单位
        分销商= 海内客户= 批发商= 客户= 渠道商= 会员=
        """,
    ),
    (
        "currency",
        CURRENCIES,
        """
        RMB=人民币 人民币元=人民币 人民幣=人民币 美金=美元 港币=港元 欧=欧元 日圆=日元 英磅=英镑
        台币=新台币 澳元=澳大利亚元 加元=加拿大元 新币=新加坡元 瑞郎=瑞士法郎
        比特币= 银元= 法郎= 卢布= 克朗= 第纳尔=
        """,
    ),
]
PAIRS = [
    (kind, names, *pair.split("=", 1)) for kind, names, pairs in CASES for pair in pairs.split()
]


def test_there_are_two_hundred_pairs() -> None:
    assert len(PAIRS) >= 200
    assert sum(not name for _kind, _names, _word, name in PAIRS) >= 80


@pytest.mark.parametrize("kind", [kind for kind, _names, _pairs in CASES])
def test_a_word_means_what_people_mean_and_nothing_else(kind: str) -> None:
    wrong = {
        word: (found, name)
        for own, names, word, name in PAIRS
        if own == kind and (found := meant(kind, word, names)) != name
    }

    assert wrong == {}


def test_two_known_banks_never_mean_one_another() -> None:
    lines = [names[0] for names in banks()]
    seeded = [bank for bank in _column("banks.csv")]
    wrong = [
        (bank, found)
        for bank in lines
        if (found := meant("bank", bank, [one for one in seeded if one != bank]))
    ]

    assert len(lines) > 150
    assert wrong == []


def test_no_name_of_a_bank_belongs_to_two() -> None:
    names = [folded(name) for names in banks() for name in names]

    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_what_was_remembered_wrongly_contradicts() -> None:
    assert contradicts("bank", "宁波银行", "中国银行")
    assert contradicts("bank", "浦发银行", "广发银行")
    assert not contradicts("bank", "浦发银行", "上海浦东发展银行")
    assert not contradicts("bank", "火星银行", "中国银行")
    assert not contradicts("unit", "宁波银行", "中国银行")
