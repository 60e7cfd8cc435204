"""Invents one customer: names, numbers and addresses that fit together and obey every rule.

Pure: a random number generator goes in, plain values come out; references are named by their codes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from random import Random
from typing import Any

from pypinyin import lazy_pinyin
from stdnum import luhn
from stdnum.cn import uscc as gb32100

from customers.demo import words
from customers.demo.words import City, Trade
from customers.rules import contact as contact_rules

DEALER, AGENT, END_USER, SHOP, PUBLIC, PERSON, ABROAD = "JS", "DL", "ZD", "DS", "ZF", "GR", "HW"
TYPES = (DEALER,) * 40 + (END_USER,) * 36 + (AGENT,) * 12 + (SHOP,) * 5 + (PUBLIC,) * 4 + (PERSON,)
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_BODIES = 31**6
_STRIDE, _START = 104_729_003, 12_345_678  # coprime with 31: every number gets a body of its own
_MOBILES = ("138", "139", "136", "137", "135", "150", "158", "186", "133", "177", "189", "199")
# Digits of company accounts by bank, as customers.rules.finance expects them.
_ACCOUNT_DIGITS = {"102": 19, "103": 17, "104": 12, "105": 20, "301": 21, "308": 15, "309": 18,
                   "310": 17, "313": 18, "403": 18}  # fmt: skip
_BANKS = {
    "102": "中国工商银行", "103": "中国农业银行", "104": "中国银行", "105": "中国建设银行",
    "301": "交通银行", "308": "招商银行", "309": "兴业银行", "310": "上海浦东发展银行",
    "313": "城市商业银行", "403": "中国邮政储蓄银行",
}  # fmt: skip


@dataclass
class Company:
    """A customer as values; customer type, region, bank and the like stand as their codes."""

    values: dict[str, Any]
    contacts: list[dict[str, Any]] = field(default_factory=list)
    accounts: list[dict[str, Any]] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)


def invent(
    random: Random, number: int, *, city: City | None = None, kind: str = "", name: str = ""
) -> Company:
    """Give customer `number`; equal generators and numbers give equal customers."""
    kind = kind or random.choice(TYPES)
    if kind == ABROAD:
        return _abroad(random, number)
    city = city or random.choices(words.CITIES, weights=_WEIGHTS)[0]
    trade = next((t for t in words.TRADES if t.word in name), random.choice(words.TRADES))
    if kind == PERSON:
        return _person(random, city)
    named, short = _named(random, city, trade, kind, name)
    values = {
        "name": named,
        "short_name": short,
        "customer_type": kind,
        **_place(random, city),
        "industry": "91" if kind == PUBLIC else f"{int(trade.industry):02d}",
        **_identity(random, number, city, kind),
        **_reach(random, city, short, number),
        **_finance(random, named),
    }
    company = Company(values, contacts=contacts(random, city, short, number))
    wanted = max(int(values["credit_managed"]), random.choice((0, 1, 1, 1, 2)))
    company.accounts = accounts(random, city, named, wanted)
    return company


def uscc(number: int, region: str, kind: str = DEALER) -> str:
    """Give the credit code of customer `number`, its check character right; each has its own."""
    rest, body = (number * _STRIDE + _START) % _BODIES, ""
    for _position in range(6):
        rest, digit = divmod(rest, 31)
        body = _ALPHABET[digit] + body
    district = region if region[2:4] != "00" else f"{region[:2]}01"
    head = f"{'12' if kind == PUBLIC else '91'}{district[:4]}{3 + number % 7:02d}"
    code = f"{head}MA{body}{_ALPHABET[number % 10]}"
    return code + str(gb32100.calc_check_digit(code))


def person_name(random: Random) -> str:
    """Give a name of a person."""
    return random.choice(words.SURNAMES) + random.choice(words.GIVEN)


def mobile(random: Random) -> str:
    """Give a mobile number."""
    return f"{random.choice(_MOBILES)}{random.randrange(10**8):08d}"


def landline(random: Random, city: City) -> str:
    """Give a landline number of the city, as it is stored."""
    digits = 8 if len(city.area) == 3 or city.region[:4] in _EIGHT_DIGITS else 7
    rest = "".join(random.choices("0123456789", k=digits - 1))
    return f"{city.area}-{random.randrange(2, 9)}{rest}"


def contacts(random: Random, city: City, short: str, number: int) -> list[dict[str, Any]]:
    """Give one to three contacts; the first is the primary one and can be called."""
    rows = []
    for position, work in random.sample(words.POSITIONS, random.choice((1, 1, 2, 2, 3))):
        row = {"name": person_name(random), "position": position, "responsibilities": work}
        if not rows or random.random() < 0.7:
            row["mobile"] = mobile(random)
        if "mobile" not in row or random.random() < 0.3:
            row["phone"] = landline(random, city)
        if random.random() < 0.5:
            row["email"] = f"{_spelled(row['name'])}@{_domain(short, number)}"
        rows.append({**row, "is_primary": not rows})
    return rows


def accounts(random: Random, city: City, name: str, wanted: int) -> list[dict[str, Any]]:
    """Give bank accounts in the customer's own name; the first is the default one."""
    banks = random.sample(sorted(_ACCOUNT_DIGITS), wanted)
    return [
        {
            "account_name": name,
            "bank": bank,
            "branch": f"{_BANKS[bank]}{city.name}{random.choice(words.BRANCHES)}",
            "account_number": _account_number(random, bank),
            "cnaps": f"{bank}{int(city.region[:4]) % 10000:04d}{random.randrange(10**5):05d}",
            "currency": "CNY",
            "is_default": line == 0,
            "is_invoice": line == 0,
        }
        for line, bank in enumerate(banks)
    ]


def _account_number(random: Random, bank: str) -> str:
    digits = _ACCOUNT_DIGITS[bank]
    first = random.choice("134579")  # 62 opens the numbers of bank cards
    return first + "".join(random.choices("0123456789", k=digits - 1))


def _card_number(random: Random) -> str:
    body = "6222" + "".join(random.choices("0123456789", k=14))
    return body + str(luhn.calc_check_digit(body))


def _named(random: Random, city: City, trade: Trade, kind: str, name: str) -> tuple[str, str]:
    """Give the full name and the short one."""
    if name:
        core = name.removeprefix(city.name)
        for form in ("有限责任公司", "股份有限公司", "有限公司"):
            core = core.removesuffix(form)
        return name, core[:6]
    if kind == PUBLIC:
        office = random.choice(words.INSTITUTIONS)
        district = random.choice(city.districts)
        return f"{city.name}市{district}{office}", f"{city.name}{office}"[:12]
    brand = random.choice(words.FIRSTS) + random.choice(words.SECONDS)
    line = "电子商务" if kind == SHOP else trade.word
    return f"{city.name}{brand}{line}{random.choice(words.FORMS)}", f"{brand}{line}"


def _place(random: Random, city: City) -> dict[str, Any]:
    district, road = random.choice(city.districts), random.choice(city.roads)
    house = random.randrange(1, 999)
    address = f"{city.name}市{district}{road} {house} 号"
    if random.random() < 0.5:
        address += f" {random.randrange(1, 12)} 幢 {random.randrange(101, 1999)} 室"
    return {"region": city.region, "registered_address": address}


def _identity(random: Random, number: int, city: City, kind: str) -> dict[str, Any]:
    code = uscc(number, city.region, kind)
    founded = date(1996, 3, 1) + timedelta(days=random.randrange(9600))
    nature = "public" if kind == PUBLIC else random.choice(_NATURES)
    return {
        "uscc": code,
        "tax_number": code,
        "legal_representative": person_name(random),
        "registered_capital": Decimal(random.choice(_CAPITALS)) * 10_000,
        "founded_date": founded,
        "nature": nature,
        "size": random.choice(("micro", "small", "small", "small", "medium", "large")),
    }


def _reach(random: Random, city: City, short: str, number: int) -> dict[str, Any]:
    values: dict[str, Any] = {"phone": landline(random, city)}
    if random.random() < 0.4:
        values["email"] = f"info@{_domain(short, number)}"
    if random.random() < 0.3:
        values["website"] = f"https://www.{_domain(short, number)}"
    if random.random() < 0.4:
        values["postcode"] = f"{city.region[:2]}{random.randrange(10**4):04d}"
    return values


def _domain(short: str, number: int) -> str:
    """Give a name below .example, which belongs to nobody."""
    return f"{_spelled(short[:2])}{number % 97}.example"


@lru_cache(maxsize=10_000)
def _spelled(text: str) -> str:
    return "".join(lazy_pinyin(text))


def _finance(random: Random, name: str) -> dict[str, Any]:
    values: dict[str, Any] = {
        "invoice_title": name,
        "invoice_type": random.choice(("special", "special", "special", "ordinary")),
        "taxpayer": random.choice(("general", "general", "general", "small")),
        "settlement_method": random.choice(("YHZZ", "YHZZ", "YHZZ", "DH", "YHCD", "ZP")),
        "currency": "CNY",
        "credit_managed": random.random() < 0.45,
    }
    if values["credit_managed"]:
        tens = random.choice((1, 2, 3, 5, 8, 10, 12, 20))
        values["credit_limit"] = Decimal(tens) * 100_000
        values["credit_days"] = random.choice((15, 30, 30, 45, 60, 60, 90))
    return values


def _person(random: Random, city: City) -> Company:
    name = person_name(random)
    values = {
        "name": name,
        "customer_type": PERSON,
        **_place(random, city),
        "settlement_method": "WSZF",
        "currency": "CNY",
        "credit_managed": False,
    }
    card = {"account_name": name, "bank": "102", "account_number": _card_number(random),
            "currency": "CNY", "is_default": True, "is_invoice": False}  # fmt: skip
    contact = {"name": name, "mobile": mobile(random), "is_primary": True}
    return Company(values, [contact], [card] if random.random() < 0.5 else [])


def _abroad(random: Random, number: int) -> Company:
    name, phone, address, currency = words.OVERSEAS[number % len(words.OVERSEAS)]
    values = {
        "name": name,
        "customer_type": ABROAD,
        "region": ABROAD,
        "registered_address": address,
        "phone": contact_rules.phone(phone),
        "settlement_method": random.choice(("DH", "XYZ")),
        "currency": currency,
        "invoice_type": "none",
        "credit_managed": False,
    }
    contact = {"name": random.choice(("A. Keller", "J. Moreau", "S. Tanaka", "M. Rossi")),
               "position": "Purchasing", "phone": values["phone"], "is_primary": True}  # fmt: skip
    return Company(values, [contact])


_WEIGHTS = [12, 12, 9, 5, 6, 4, 4, 2, 8, 5, 3, 3, 3, 4, 4, 5, 3, 3, 3, 4, 2, 4, 6, 4, 6, 5, 4, 3,
            3, 2, 2, 8, 9, 5, 4, 2]  # fmt: skip
_EIGHT_DIGITS = frozenset(
    {
        "3205",
        "3202",
        "3306",
        "3304",
        "3302",
        "3301",
        "3303",
        "3701",
        "3702",
        "3501",
        "3502",
        "4101",
        "4301",
        "2102",
        "2301",
        "4403",
        "4419",
        "4406",
    }
)
_NATURES = ("private",) * 7 + ("state", "state", "foreign", "joint")
_CAPITALS = (50, 100, 100, 200, 300, 500, 500, 800, 1000, 1000, 2000, 5000, 10000)
