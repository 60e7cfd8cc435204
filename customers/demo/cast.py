"""The invented company: its departments, its people and who of them may sign in."""

from __future__ import annotations

from typing import NamedTuple

ORGANISATION = "明远工业集团"
PASSWORD = "kehu-demo-2026"  # noqa: S105 - printed at the start, opens invented data only


class Department(NamedTuple):
    """A unit; `parent` is the code of the one above."""

    code: str
    name: str
    parent: str


class Person(NamedTuple):
    """Somebody with an account; colleagues without a login have a password nobody knows."""

    username: str
    name: str
    role: str
    unit: str
    has_login: bool = True


class Seller(NamedTuple):
    """A salesperson; `user` is the account of the same person, if there is one."""

    code: str
    name: str
    unit: str
    user: str = ""


DEPARTMENTS = (
    Department("MY", ORGANISATION, ""),
    Department("XS", "销售总公司", "MY"),
    Department("XS1", "销售一部", "XS"),
    Department("XS11", "华东组", "XS1"),
    Department("XS12", "华北组", "XS1"),
    Department("XS2", "销售二部", "XS"),
    Department("XS3", "销售三部", "XS"),
    Department("CW", "财务部", "MY"),
    Department("KG", "客户管理部", "MY"),
    Department("KG1", "审核组", "KG"),
    Department("KF", "客户服务部", "MY"),
    Department("XX", "信息部", "MY"),
)
ADMIN = "hejia"
PEOPLE = (
    Person("liwenjing", "李文静", "clerk", "XS1"),
    Person("chensiyuan", "陈思远", "reviewer", "KG1"),
    Person("sunyue", "孙悦", "finance", "CW"),
    Person(ADMIN, "何嘉", "admin", "XX"),
    Person("zhouziang", "周子昂", "viewer", "KF"),
    Person("wanghaitao", "王海涛", "clerk", "XS2", has_login=False),
    Person("zhaomin", "赵敏", "clerk", "XS3", has_login=False),
    Person("linruolan", "林若兰", "reviewer", "KG1", has_login=False),
)
SELLERS = (
    Seller("YW01", "李文静", "XS1", "liwenjing"),
    Seller("YW02", "沈卓", "XS11"),
    Seller("YW03", "高远", "XS12"),
    Seller("YW04", "王海涛", "XS2", "wanghaitao"),
    Seller("YW05", "唐一鸣", "XS2"),
    Seller("YW06", "赵敏", "XS3", "zhaomin"),
    Seller("YW07", "罗思齐", "XS3"),
    Seller("YW08", "马骏", "XS2"),
)
RETIRED = "YW08"  # left the company, still stands on old customers
CLERKS = {"XS11": "liwenjing", "XS12": "liwenjing", "XS2": "wanghaitao", "XS3": "zhaomin"}
SELLERS_OF = {
    "XS11": ("YW01", "YW02"), "XS12": ("YW01", "YW03"), "XS2": ("YW04", "YW05", "YW05"),
    "XS3": ("YW06", "YW07"),
}  # fmt: skip
CATEGORIES = (("ZL", "战略客户", "ZD"), ("HY", "行业龙头", "ZD"), ("XX", "小型客户", "PT"))

_EAST = ("31", "32", "33", "34", "36", "37")
_NORTH = ("11", "12", "13", "14")
_SOUTH = ("35", "44", "45", "HW")


def department_of(region: str) -> str:
    """Give the code of the department that looks after a region."""
    for code, provinces in (("XS11", _EAST), ("XS12", _NORTH), ("XS3", _SOUTH)):
        if region[:2] in provinces:
            return code
    return "XS2"
