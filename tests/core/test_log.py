"""Log lines: one line of JSON each, in UTC, without long numbers."""

import json
import logging
import sys

from django.test import RequestFactory

from core.log import LineFormatter, masked


def line(message: str, **extra: object) -> str:
    record = logging.LogRecord("kehu", logging.ERROR, __file__, 1, message, (), None)
    record.__dict__.update(extra)
    return LineFormatter().format(record)


def test_long_numbers_are_masked() -> None:
    assert masked("account 6222021234567890123, code C000123") == (
        "account *****************23, code C000123"
    )


def test_record_is_one_line_of_json_in_utc() -> None:
    request = RequestFactory().get("/c/6222021234567890123/?q=secret")
    request.META["REFERENCE"] = "abc123"

    written = line("first\nsecond", request=request, status_code=500)

    entry = json.loads(written)
    assert "\n" not in written
    assert entry["message"] == "first\nsecond"
    assert entry["at"].endswith("+00:00")
    assert entry["path"] == "/c/*****************23/"
    assert (entry["status"], entry["method"], entry["reference"]) == (500, "GET", "abc123")


def test_traceback_is_masked_and_on_the_same_line() -> None:
    try:
        raise ValueError("Key (account_number)=(6222021234567890123) already exists")
    except ValueError:
        written = line("broke", exc_info=sys.exc_info())

    assert "\n" not in written
    assert "ValueError" in written
    assert "6222021234567890123" not in written


def test_a_refusal_has_no_traceback_and_a_bug_has_one() -> None:
    try:
        raise PermissionError("not for you")
    except PermissionError:
        refused = line("Forbidden: /settings/", exc_info=sys.exc_info(), status_code=403)
        broken = line("Internal Server Error", exc_info=sys.exc_info(), status_code=500)
        unknown = line("broke", exc_info=sys.exc_info())

    assert "Traceback" not in refused
    assert "Traceback" in broken
    assert "Traceback" in unknown
