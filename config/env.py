"""Typed readers of the environment: a wrong value stops the start with one clear sentence.

Knows how a value is written and what is allowed, not what it is used for.
"""

import contextlib
import errno
import os
import secrets
from pathlib import Path
from typing import Any, NoReturn

import environ

# What is written as a relative path is below this checkout, from wherever a command is started.
ROOT = Path(__file__).resolve().parent.parent

TRUE = {"1", "true", "yes", "on"}
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
FALSE = {"0", "false", "no", "off", ""}
DJANGO_SQLITE = "django.db.backends.sqlite3"
SQLITE = "config.sqlite"
POSTGRESQL = "config.postgresql"

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
    " PRAGMA recursive_triggers=ON; PRAGMA trusted_schema=OFF;"
    " PRAGMA cache_size=-{cache};"
)
# KiB for each connection. Every thread of a web process has one; with 2 MB, long lists take twice
# as long. A worker and a command have one or two.
SQLITE_CACHE = {"web": 16 * 1024, "command": 64 * 1024, "worker": 64 * 1024}
# A record joins its sixteen references, each by its key. PostgreSQL tried orders of eight joins at
# a time: planning took thirty times as long as asking.
PLANNER = "-c join_collapse_limit=3"
WEB_LIMITS = (
    "-c lock_timeout=3s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s"
)
COMMAND_LIMITS = "-c statement_timeout=0"
# A worker that was frozen in a transaction must not keep others from its rows for ever.
WORKER_LIMITS = f"{COMMAND_LIMITS} -c idle_in_transaction_session_timeout=30s"
PROCESS_LIMITS = {"web": WEB_LIMITS, "command": COMMAND_LIMITS, "worker": WORKER_LIMITS}

_env = environ.Env()


def stop(sentence: str) -> NoReturn:
    """End the process, telling the person who started it what to change."""
    raise SystemExit(f"Kehu cannot start: {sentence}")


def text(name: str, default: str = "") -> str:
    """Return the variable without surrounding blanks, or the default when it is unset or blank."""
    return str(_env.str(name, default="")).strip() or default


def flag(name: str, *, default: bool = False) -> bool:
    """Return a switch written as 1 or 0, true or false, yes or no, on or off."""
    value = text(name, "1" if default else "0").lower()
    if value not in TRUE | FALSE:
        stop(f"{name} is {value!r}; write 1 or 0.")
    return value in TRUE


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated list without blanks and empty items."""
    return [word for part in text(name, default).split(",") if (word := part.strip())]


def choice(name: str, options: tuple[str, ...], default: str) -> str:
    """Return one of the options, whatever its case."""
    value = text(name, default)
    found = {option.lower(): option for option in options}.get(value.lower())
    if found is None:
        stop(f"{name} is {value!r}; write one of {', '.join(options)}.")
    return found


def hosts(name: str, default: str) -> list[str]:
    """Return a list of host names such as kehu.example.com, without scheme and path."""
    found = words(name, default)
    for host in found:
        if "/" in host:
            stop(f"{name} has {host!r}; write host names only, such as kehu.example.com.")
    return found


def origins(name: str) -> list[str]:
    """Return a list of origins such as https://kehu.example.com."""
    found = words(name)
    for origin in found:
        if not origin.startswith(("https://", "http://")):
            stop(f"{name} has {origin!r}; start every origin with https:// or http://.")
    return found


def folder(name: str, default: Path) -> Path:
    """Return a writable directory that only its owner can enter, made when it is missing."""
    path = (ROOT / Path(text(name, str(default))).expanduser()).resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        stop(f"{name} is {str(path)!r}, which cannot be made: {problem.strerror}.")
    if not path.is_dir() or not os.access(path, os.W_OK):
        stop(f"{name} is {str(path)!r}; name a directory that can be written to.")
    return path


def secret(name: str, file: Path) -> str:
    """Return the variable, else the secret kept in `file`, made at random on the first start."""
    value = text(name) or _kept_secret(file)
    if len(value) < 50 or len(set(value)) < 5:
        stop(f"{name} is too short; use at least 50 random characters.")
    return value


def database(name: str, default: Path) -> dict[str, Any]:
    """Return Django's entry for a postgres:// or sqlite:/// address; unset, SQLite in `default`."""
    address = text(name)
    if not address:
        return _sqlite({"NAME": str(default)})
    if address.partition("://")[0] not in {"postgres", "postgresql", "sqlite"}:
        stop(f"{name} must start with postgres:// or sqlite:///.")
    try:
        entry = dict(_env.db_url_config(address))
    except (ValueError, environ.ImproperlyConfigured):
        stop(f"{name} cannot be read; write postgres://user:password@host:5432/name.")
    if entry.get("NAME") in {None, "", ":memory:"}:
        stop(f"{name} names no database.")
    return _sqlite(entry) if entry["ENGINE"] == DJANGO_SQLITE else _postgresql(entry)


def _kept_secret(file: Path) -> str:
    """Link a new secret in, unless another process did so first; then theirs counts."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        if not file.exists():
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as out:
                out.write(secrets.token_urlsafe(64))
            with contextlib.suppress(FileExistsError):
                os.link(draft, file)
            draft.unlink()
    except OSError as problem:
        with contextlib.suppress(OSError):
            draft.unlink()
        stop(f"{file} cannot be written: {problem.strerror}.")
    return file.read_text(encoding="ascii").strip()


def _process() -> str:
    return choice("KEHU_PROCESS", tuple(PROCESS_LIMITS), "web")


def _sqlite(entry: dict[str, Any]) -> dict[str, Any]:
    """One writer at a time from BEGIN on; connections stay open, as closing tears the WAL down."""
    path = ROOT / entry["NAME"]
    return {
        "ENGINE": SQLITE,
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": SQLITE_PRAGMAS.format(cache=SQLITE_CACHE[_process()]),
        },
        "TEST": {"NAME": str(path.with_name(f"test_{path.name}"))},
    }


def _postgresql(entry: dict[str, Any]) -> dict[str, Any]:
    """A page that waits too long gives up; a command and a worker may take their time."""
    options = f"{PROCESS_LIMITS[_process()]} {PLANNER}"
    return entry | {
        "ENGINE": POSTGRESQL,
        "CONN_MAX_AGE": 600,  # with each connection go the plans that it keeps
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 10} | entry.get("OPTIONS", {}) | {"options": options},
    }
