"""How a customer is reached: phones, e-mail, website, postcode in the one form they are stored in.

Pure; a value goes in, the form to store comes out, or a ValidationError says what is expected.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.utils.translation import gettext_lazy as _

from core.text import fold_width, listed, without_point_zero

_DASHES = str.maketrans(
    dict.fromkeys("‐‑‒–—―−ー~～", "-") | {"（": "(", "）": ")", "＋": "+", "：": ":", "，": ","}
)
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_SERVICE = re.compile(r"([48]00)([0-9]{3})([0-9]{4})")
_SHORT = re.compile(r"9[56][0-9]{3,4}|1[02][0-9]{3}|11[0249]")
_LANDLINE = re.compile(r"(010|02[0-9]|0[3-9][0-9]{2})([2-9][0-9]{6,7})")
_EXTENSION = re.compile(r"(?:,?(?:转|分机|ext|x|#)|(?<=[0-9]{7})-)([0-9]{1,6})$", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_LABEL = re.compile(r"^(?:tel|phone|mobile|电话|手机|座机|传真|fax):", re.IGNORECASE)
_AREA_BEHIND = re.compile(r"([2-9][0-9]{6,7})\(?(010|02[0-9]|0[3-9][0-9]{2})\)?")
_HOME = re.compile(r"\(?86(?:[-)]|(?=[ ]))\)?")
_NEAR = re.compile(r"\(?(85[23]|886)(?:[-)]|(?=[ ]))")
# 010-62587731/32: the next lines of the same number differ in their last digits only.
_MORE_LINES = re.compile(r"(?P<first>.*[0-9]{7,})/(?P<more>[0-9]{1,4}(?:/[0-9]{1,4})*)")
_APART = re.compile(r"[/\\、,;；|\n]|或|和|\s{2,}")

_PHONE_SENTENCE = _(
    "Give a mobile number, a landline with area code (010-62587731), a 400 number, "
    "or an international number that starts with +."
)
_email = EmailValidator()
_url = URLValidator(schemes=["http", "https"])


def phone(value: str) -> str:
    """A number as it is stored: 13800132207, 010-62587731-8012, 400-123-4567, +49 30 901820."""
    text = _LABEL.sub("", fold_width(value).translate(_DASHES).strip())
    try:
        return _one_phone(text)
    except ValidationError:
        numbers = _several(text)
        if len(numbers) < 2:
            raise
    raise ValidationError(
        _("Two numbers stand here: %(numbers)s. Keep one and give the other its own place."),
        code="several",
        params={"numbers": listed(numbers), "offered": numbers},
    )


def email(value: str) -> str:
    """One e-mail address, its domain in small letters."""
    address = fold_width(value).strip()
    try:
        _email(address)
    except ValidationError:
        raise ValidationError(
            _("Give one e-mail address such as name@example.com."), code="email"
        ) from None
    local, _at, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"


def postcode(value: str) -> str:
    """A postcode; that one in China has six digits is cross_problems' part, others have letters."""
    code = without_point_zero(fold_width(value).strip().upper())
    if not re.fullmatch(r"[0-9A-Z](?:[ \-]?[0-9A-Z]){2,9}", code):
        raise ValidationError(_("A postcode has six digits."), code="postcode")
    return code


def website(value: str) -> str:
    """An http or https address; http:// is put before a bare name."""
    address = fold_width(value).replace("：", ":").strip()
    if not re.match("[a-z][a-z0-9+.-]*:(?![0-9])", address, re.IGNORECASE):
        address = "http://" + address
    sentence = _("Give a web address that starts with http:// or https://.")
    try:
        _url(address)
    except ValidationError:
        raise ValidationError(sentence, code="website") from None
    if "@" in urlsplit(address).netloc:  # http://bank.example@elsewhere.example leads astray
        raise ValidationError(sentence, code="website")
    return address


def _one_phone(text: str) -> str:
    """The stored form of a text that holds one number."""
    if found := _MORE_LINES.fullmatch(text):
        first = _one_phone(found["first"])
        if re.fullmatch("0[0-9]{2,3}-[0-9]{7,8}", first):
            return f"{first}/{found['more']}"
    text = _abroad(text)
    text = without_point_zero(re.sub(r"\s", "", text))
    if re.fullmatch(r"[0-9]+\.[0-9]{1,2}", text):
        raise ValidationError(_PHONE_SENTENCE, code="phone")
    if found := _AREA_BEHIND.fullmatch(text):
        text = found[2] + found[1]
    text = re.sub(r"[().·]", "", text)
    if _LETTER.search(_EXTENSION.sub("", text)):
        raise _wordy(text)
    if text.startswith("+86"):
        return _chinese(_with_trunk_zero(text.removeprefix("+86").lstrip("-")))
    if text.startswith("+"):
        return _international(text)
    if re.fullmatch("861[3-9][0-9]{9}", text.replace("-", "")):
        text = text.removeprefix("86").lstrip("-")
    return _chinese(text)


def _abroad(text: str) -> str:
    """The number with + before its country: 00 is dialled for it, 86-10 and (852) mean it."""
    text = re.sub(r"^\(?00(?=[1-9])", "+", text)
    text = re.sub(r"^\(\+", "+", text)
    if found := _HOME.match(text):
        text = "+86" + text[found.end() :].lstrip(" -")
    elif found := _NEAR.match(text):
        text = f"+{found[1]} " + text[found.end() :].lstrip(" -")
    return re.sub(r"^(\+[0-9 ()-]*?)\(0\)", r"\1", text)


def _several(text: str) -> list[str]:
    """The numbers in a text that holds several; nothing when one of them cannot be read."""
    parts = [part.strip() for part in _APART.split(text) if part.strip()]
    if len(parts) == 1:
        digits = re.sub(r"[\s-]", "", text)
        halves = re.fullmatch(f"({_MOBILE.pattern})({_MOBILE.pattern})", digits)
        parts = list(halves.groups()) if halves else re.split(r"\s+", text)
    numbers: list[str] = []
    for part in parts:
        area = re.match("0[0-9]{2,3}-", numbers[0]) if numbers else None
        tried = f"{area[0]}{part}" if area and re.fullmatch("[2-9][0-9]{6,7}", part) else part
        try:
            numbers.append(_one_phone(tried))
        except ValidationError:
            return []
    return numbers


def _wordy(text: str) -> ValidationError:
    """Say of a number with words beside it which number it is."""
    digits = re.fullmatch(r"([0-9-]{5,})[^0-9]+", text)
    try:
        number = _chinese(digits[1].strip("-")) if digits else ""
    except ValidationError:
        number = ""
    if not number:
        return ValidationError(_PHONE_SENTENCE, code="phone")
    return ValidationError(
        _("Only a number belongs here: keep %(number)s and write the words as a remark."),
        code="words",
        params={"number": number, "offered": [number]},
    )


def _with_trunk_zero(text: str) -> str:
    """The number behind +86 as one dials it in China."""
    return text if re.match("0|1[3-9]|[48]00", text) else "0" + text


def _chinese(text: str) -> str:
    digits = text.replace("-", "")
    if _MOBILE.fullmatch(digits) or _SHORT.fullmatch(digits):
        return digits
    if found := _SERVICE.fullmatch(digits):
        return "-".join(found.groups())
    number, extension = _split_extension(text)
    digits = number.replace("-", "")
    if found := _LANDLINE.fullmatch(digits) or _SERVICE.fullmatch(digits):
        return "-".join([*found.groups(), *extension])
    if extension and _MOBILE.fullmatch(digits):
        return f"{digits}-{extension[0]}"
    raise _phone_error(digits)


def _split_extension(text: str) -> tuple[str, list[str]]:
    if found := _EXTENSION.search(text):
        return text[: found.start()], [found[1]]
    number, _dash, last = text.rpartition("-")
    if _SERVICE.fullmatch(number.replace("-", "")) and re.fullmatch("[0-9]{1,6}", last):
        return number, [last]
    return text, []


def _phone_error(digits: str) -> ValidationError:
    if re.fullmatch("[2-9][0-9]{6,7}", digits):
        return ValidationError(_("The area code is missing: write 010-62587731."), code="area_code")
    if re.fullmatch("1[3-9][0-9]+", digits):
        return ValidationError(
            _("A mobile number has 11 digits, this has %(found)d."),
            code="mobile",
            params={"found": len(digits)},
        )
    return ValidationError(_PHONE_SENTENCE, code="phone")


def _international(text: str) -> str:
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        raise ValidationError(_PHONE_SENTENCE, code="phone") from None
    if not phonenumbers.is_possible_number(number):
        raise ValidationError(
            _("This international number is too short or too long."), code="phone"
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
