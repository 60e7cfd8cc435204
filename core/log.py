"""How a log record looks: one line of JSON, in UTC, with every long run of digits masked.

Formats only; who logs what, and where it goes, is in config/settings.py.
"""

import json
import logging
import re
from datetime import UTC, datetime

_LONG_NUMBER = re.compile(r"\d{8,}")


def masked(value: str) -> str:
    """Return the text with all but the last two digits of every run of eight or more as stars."""
    return _LONG_NUMBER.sub(lambda run: "*" * (len(run[0]) - 2) + run[0][-2:], value)


class LineFormatter(logging.Formatter):
    """Turns a record, its traceback and the request it belongs to into one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        message = record.getMessage()
        status = getattr(record, "status_code", None)
        # A refusal is no bug: where in our code it was refused helps nobody who reads the log.
        if record.exc_info and (status is None or status >= 500):
            message = f"{message}\n{self.formatException(record.exc_info)}"
        request = getattr(record, "request", None)
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(message),
            "status": status,
            "method": getattr(request, "method", None),
            "path": masked(getattr(request, "path", "")),
            "reference": getattr(request, "META", {}).get("REFERENCE"),
        }
        known = {name: value for name, value in entry.items() if value}
        return json.dumps(known, ensure_ascii=False)
