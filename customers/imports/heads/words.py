"""The words that people and Kingdee put above columns and on sheets, and the columns they can mean.

Pure; it knows words, not sheets: headers.py decides which of the meanings holds. Words are compared
folded, so width, case, blanks and marks do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from django.utils.translation import gettext_lazy as lazy
from rapidfuzz import fuzz, process

from core.records import plain
from core.said import in_languages
from core.text import fold_width
from customers.catalog import CUSTOMER
from customers.imports.fields import targets

SHEETS = {
    "customers": ("客户 客户资料 客户信息 客户列表 客户档案 基本信息 customers customer"),
    "contacts": "联系人 联系人信息 客户联系人 contacts contact",
    "bank_accounts": (
        "银行账户 银行信息 银行账号 开户信息 开户行 账户 bankaccounts bankaccount accounts"
    ),
}
NOT_READ = [
    "填写说明",
    "说明",
    "使用说明",
    "instructions",
    "readme",
    "help",
    "notes",
    "lists",
    "列表",
    "_kehu",
]

# Heads of offices in Taiwan and Hong Kong, sign by sign.
TRADITIONAL = str.maketrans(
    "戶編碼號稱類別區註冊資電話傳真郵箱網絡繫聯絡務職業員銷標籤備賬帳開銀經營範圍國統會機構證稅"
    "發票額級組結總簡單況點負責對應歷時間聲產權從數據導書項細長說計審條頁筆錄製復單導報據僅",
    "户编码号称类别区注册资电话传真邮箱网络系联络务职业员销标签备账账开银经营范围国统会机构证税"
    "发票额级组结总简单况点负责对应历时间声产权从数据导书项细长说计审条页笔录制复单导报据仅",
)

# Of the keys that join the rows of every sheet.
JOINING = {
    "row_key": "客户行号 行号 rowkey customerrowkey",
    "customer_code": "客户编号 客户代码 customerno",
}
HEADS = {
    "customers.row_key": "客户序号",
    "customers.code": "客户编号 客户代码 编码 编号 客户号 code customerno customerid",
    "customers.name": (
        "公司名称 客户全称 企业名称 单位名称 客户名 名称 公司名 公司"
        " 客户 全称 company companyname name"
    ),
    "customers.short_name": "简称 公司简称 客户简称名",
    "customers.customer_type": "客户类别 类型 客户性质 type",
    "customers.region": "省份 省市 区域 所在地区 地区编码 所属地区 province area",
    "customers.industry": "行业 行业分类 所属行业编码 sector",
    "customers.uscc": (
        "信用代码 社会信用代码 统一信用代码 统一社会信用代码证号"
        " 营业执照号 营业执照号码 uscc creditcode"
    ),
    "customers.registered_address": "地址 公司地址 注册地 企业地址 住所 address companyaddress",
    "customers.legal_representative": "法人 法人代表 企业法人 法定代表 legalperson",
    "customers.registered_capital": "注册资金 capital",
    "customers.founded_date": "成立时间 创立日期 注册日期 注册时间 founded foundeddate",
    "customers.nature": "企业性质 单位性质 性质",
    "customers.size": "企业规模 规模 人员规模",
    "customers.parent": (
        "上级客户 母公司 对应集团客户 所属集团 集团 上级公司 parent parentcustomer"
    ),
    "customers.category": "分类 客户分组 客户等级 分组 group",
    "customers.tags": "客户标签 tag",
    "customers.phone": "联系电话 公司电话 电话号码 座机 固定电话 总机 tel telephone",
    "customers.fax": "传真号 传真号码 公司传真",
    "customers.email": "电子邮箱 电子邮件 公司邮箱 邮件 mail emailaddress",
    "customers.website": "公司网址 网站 官网 主页 公司网站 url homepage",
    "customers.mailing_address": "通信地址 联系地址 办公地址 邮寄地址 postaladdress",
    "customers.postcode": "邮政编码 邮编号码 zip zipcode postalcode",
    "customers.tax_number": (
        "纳税人识别号 税务登记号 纳税登记号 纳税识别号 纳税号 taxid taxno vatnumber"
    ),
    "customers.invoice_title": "开票抬头 抬头 开票名称",
    "customers.invoice_type": "开票类型 票种",
    "customers.taxpayer": "纳税人类型 税分类 纳税人性质 纳税人资质",
    "customers.settlement_method": "结算类型 付款方式 settlement",
    "customers.currency": "币种 结算币别 结算币种 货币",
    "customers.credit_managed": "信用管理 是否启用信用管理 启用信用",
    "customers.credit_limit": "授信额度 额度 creditline",
    "customers.credit_days": "信用天数 账期 信用期 账期天数 信用期限天",
    "customers.department": "部门 销售部门 所属部门 department",
    "customers.salesperson": "业务员 销售员 销售人员 客户经理 负责人 专属销售 seller owner",
    "customers.remark": "说明 备注信息 描述 note notes comment remarks description",
    "contacts.customer_code": "所属客户编码 所属公司编码 所属公司",
    "contacts.name": ("联系人 联系人姓名 名字 联系人名称 contact contactname contactperson name"),
    "contacts.position": "职位 岗位 联系人职务 联系人职位 title jobtitle",
    "contacts.responsibilities": "职责 负责 联系人负责事项 duties",
    "contacts.mobile": ("手机号 手机号码 移动电话 联系人手机 联系人手机号 mobilephone cell"),
    "contacts.phone": "联系电话 固定电话 座机 办公电话 联系人电话 tel telephone",
    "contacts.email": "电子邮箱 电子邮件 邮件 联系人邮箱 联系人邮件 mail",
    "contacts.fax": "联系人传真",
    "contacts.is_primary": (
        "是否主联系人 首要联系人 默认联系人 主要联系人 primarycontact isprimary"
    ),
    "contacts.remark": "说明 联系人备注 note notes remarks",
    "bank_accounts.account_name": "账户名称 账户名 开户名 开户名称 银行户名 accountholder",
    "bank_accounts.bank": "银行 开户行 银行名称 收款银行 所属银行 bankname",
    "bank_accounts.branch": "支行名称 开户支行 银行网点 网点 开户网点 bankbranch",
    "bank_accounts.account_number": (
        "账号 账户号 银行帐号 帐号 银行卡号 卡号 银行账户 开户账号 accountno bankaccount iban"
    ),
    "bank_accounts.cnaps": "行号 银行联行号 大额行号 cnapscode",
    "bank_accounts.currency": "币种 账户币别 账户币种",
    "bank_accounts.is_default": "是否默认 默认账户 默认账号 isdefault",
    "bank_accounts.is_invoice": "开票账户 是否开票用 开票账号 开票",
}

SYSTEM = "单据状态 数据状态 禁用状态 创建日期 修改人 修改日期 审核日期 禁用日期 序号 status no"
ROW_HEAD = lazy("Row in the file")
REASON_HEAD = lazy("Reasons of errors")
REPORTED = "错误 错误原因 错误说明 错误信息 问题 原因 problems errors problem error"

UNITS = ("万", "千", "亿", "wan")

KINGDEE_KEYS = {
    "customers": {
        "fnumber": "customers.code",
        "fname": "customers.name",
        "fshortname": "customers.short_name",
        "fprovincial": "customers.region",
        "faddress": "customers.mailing_address",
        "fzip": "customers.postcode",
        "fwebsite": "customers.website",
        "ftel": "customers.phone",
        "ffax": "customers.fax",
        "fcompanynature": "customers.nature",
        "fcompanyscale": "customers.size",
        "fregisteraddress": "customers.registered_address",
        "flegalperson": "customers.legal_representative",
        "fregisterfund": "customers.registered_capital",
        "ffounddate": "customers.founded_date",
        "fdomains": "customers.industry",
        "fsocialcrecode": "customers.uscc",
        "fgroup": "customers.category",
        "fcusttypeid": "customers.customer_type",
        "fgroupcustid": "customers.parent",
        "fdescription": "customers.remark",
        "ftradingcurrid": "customers.currency",
        "fsaldeptid": "customers.department",
        "fseller": "customers.salesperson",
        "fsettletypeid": "customers.settlement_method",
        "finvoicetype": "customers.invoice_type",
        "ftaxtype": "customers.taxpayer",
        "fiscreditcheck": "customers.credit_managed",
        "finvoicetitle": "customers.invoice_title",
        "ftaxregistercode": "customers.tax_number",
    },
    "contacts": {
        "fcontactid": "contacts.name",
        "fname": "contacts.name",
        "fpost": "contacts.position",
        "fmobile": "contacts.mobile",
        "ftel": "contacts.phone",
        "femail": "contacts.email",
        "ffax": "contacts.fax",
        "fcompany": "contacts.customer_code",
        "fcustid": "contacts.customer_code",
        "fisdefaultconsigneect": "contacts.is_primary",
    },
    "bank_accounts": {
        "fbankcode": "bank_accounts.account_number",
        "faccountname": "bank_accounts.account_name",
        "fbanktyperec": "bank_accounts.bank",
        "fopenbankname": "bank_accounts.branch",
        "ftextbankdetail": "bank_accounts.branch",
        "fbankdetail": "bank_accounts.branch",
        "fcnaps": "bank_accounts.cnaps",
        "fcurrencyid": "bank_accounts.currency",
        "fisdefault1": "bank_accounts.is_default",
    },
}
KINGDEE_ENTITIES = {
    "fbillhead": "customers",
    "基本信息": "customers",
    "单据头": "customers",
    "客户": "customers",
    "ft_bd_custlocation": "contacts",
    "bd_commoncontact": "contacts",
    "联系人": "contacts",
    "ft_bd_custbank": "bank_accounts",
    "银行信息": "bank_accounts",
}
KINGDEE_SYSTEM = (
    "fdocumentstatus fforbidstatus fcreatorid fcreatedate fmodifierid fmodifydate fapproverid"
    " fapprovedate fforbidderid fforbiddate fmasterid fcustid fentryid"
)
KINGDEE_ABSENT = (
    "fcreateorgid fuseorgid fcountry fcompanyclassify fsupplierid fcorrespondorgid fisgroup"
    " fisdefpayer fistrade fpriority fcpadmincode freceivecurrid fsalgroupid frecconditionid"
    " fdiscountlistid fpricelistid ftransleadtime ftaxrate funcheckexpectqty fcountry1"
    " fopenaddressrec finvoicebankname finvoicebankaccount finvoicetel finvoiceaddress fiscopy"
)
KINGDEE_ABSENT_LABELS = "创建组织 使用组织 国家 公司类别 对应供应商 收款币别 收款条件 价目表 税率"


NEAR = 55
_MARKS = re.compile(r"[\s*★☆※:：_\-/\u200b\ufeff\"'“”]+|必填|\(required\)")
_BRACKETS = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]$")
_CODE_ENDS, _NAME_ENDS = ("编码", "代码", "code"), ("名称", "name")
_POINTING = frozenset({plain.REFERENCE, plain.RECORD})


def folded(head: str) -> str:
    """Give a head as it is compared."""
    plain = fold_width(head).replace("（", "(").replace("）", ")").translate(TRADITIONAL)
    return _MARKS.sub("", plain).casefold()


def bare(head: str) -> str:
    """Give a folded head without a note in brackets at its end; a unit such as 万元 stays."""
    word = folded(head)
    found = _BRACKETS.search(word)
    if found is None or any(unit in found[0] for unit in UNITS):
        return word
    return word[: found.start()] or word


@cache
def meanings() -> dict[str, tuple[str, ...]]:
    """Give the keys of the columns that each word can stand for; labels before aliases."""
    found: dict[str, list[str]] = {}

    def add(word: str, key: str) -> None:
        keys = found.setdefault(folded(word), [])
        if key not in keys:
            keys.append(key)

    for key, target in targets.by_key().items():
        for word in in_languages(target.label):
            add(word, key)
    for key, target in targets.by_key().items():
        own = f"{JOINING.get(target.name, '')} {HEADS.get(key, '')}"
        for word in (target.name, key, *own.split()):
            add(word, key)
    return {word: tuple(keys) for word, keys in found.items()}


def pointed(head: str) -> tuple[tuple[str, ...], bool]:
    """Give the references that a head with 编码 or 名称 behind means, and whether by name."""
    word = bare(head)
    for ends, by_name in ((_CODE_ENDS, False), (_NAME_ENDS, True)):
        for end in ends:
            keys = meanings().get(word.removesuffix(end), ()) if word.endswith(end) else ()
            keys = tuple(key for key in keys if targets.by_key()[key].kind in _POINTING)
            if keys:
                return keys, by_name
    return (), False


def means(head: str) -> tuple[str, ...]:
    """Give the keys of the columns that a head can mean, the likeliest first."""
    return meanings().get(bare(head)) or pointed(head)[0]


def nearest(head: str, sheets: Iterable[str]) -> str:
    """Give the key of the column whose words come nearest to an unknown head, or ""."""
    wanted = set(sheets)
    words = [
        word
        for word, keys in meanings().items()
        if any(key.partition(".")[0] in wanted for key in keys)
    ]
    hit = process.extractOne(bare(head), words, scorer=fuzz.ratio, score_cutoff=NEAR)
    if hit is None:
        return ""
    return next(key for key in meanings()[hit[0]] if key.partition(".")[0] in wanted)


@cache
def system_words() -> frozenset[str]:
    """Give the words for what only the system sets."""
    labels = {
        word
        for row in CUSTOMER
        if not row.sheet
        for word in (row.name, *in_languages(CUSTOMER.label(row.name)))
    }
    return frozenset(map(folded, (*labels, *SYSTEM.split())))


@cache
def row_heads() -> frozenset[str]:
    """Give the heads of the column that says which row of a file a row of the error workbook is."""
    return frozenset(map(folded, in_languages(ROW_HEAD)))


@cache
def reported() -> frozenset[str]:
    """Give the heads of columns that an earlier check wrote into the file."""
    own = in_languages(REASON_HEAD)
    return row_heads() | frozenset(map(folded, (*own, *REPORTED.split())))


@cache
def sheet_names() -> dict[str, str]:
    """Give what a sheet of this name is about."""
    known = {
        folded(word): sheet
        for sheet, catalog in targets.CATALOGS.items()
        for name in (catalog.model._meta.verbose_name, catalog.model._meta.verbose_name_plural)
        for word in in_languages(name)
    }
    return known | {
        folded(word): sheet for sheet, words in SHEETS.items() for word in words.split()
    }
