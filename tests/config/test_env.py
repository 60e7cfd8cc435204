"""The environment is read strictly: a wrong value stops the start with a sentence that helps."""

import subprocess
import sys
from pathlib import Path

import pytest

from config import env
from tests.architecture.tree import ROOT


@pytest.mark.parametrize(
    ("written", "meant"),
    [("1", True), ("True", True), ("on", True), ("0", False), ("no", False), ("", False)],
)
def test_switch_is_read(monkeypatch: pytest.MonkeyPatch, written: str, meant: bool) -> None:
    monkeypatch.setenv("DEBUG", written)

    assert env.flag("DEBUG") is meant


def test_misspelt_switch_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "ture")

    with pytest.raises(SystemExit, match="DEBUG is 'ture'; write 1 or 0."):
        env.flag("DEBUG")


def test_list_is_read_without_blanks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", " kehu.example.com, ,10.0.0.5 ")

    assert env.words("ALLOWED_HOSTS") == ["kehu.example.com", "10.0.0.5"]


def test_origin_without_scheme_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CSRF_TRUSTED_ORIGINS", "kehu.example.com")

    with pytest.raises(SystemExit, match="start every origin with https://"):
        env.origins("CSRF_TRUSTED_ORIGINS")


def test_secret_is_written_once_for_the_owner_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    file = tmp_path / "secret_key"

    first = env.secret("SECRET_KEY", file)
    second = env.secret("SECRET_KEY", file)

    assert first == second
    assert len(first) >= 64
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_a_secret_that_cannot_be_kept_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)

    with pytest.raises(SystemExit, match="secret_key cannot be written: No such file"):
        env.secret("SECRET_KEY", tmp_path / "gone" / "secret_key")


def test_short_secret_stops_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret")

    with pytest.raises(SystemExit, match="at least 50 random characters"):
        env.secret("SECRET_KEY", tmp_path / "secret_key")


def test_folder_that_cannot_be_made_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("KEHU_VAR", str(tmp_path / "file" / "var"))

    with pytest.raises(SystemExit, match="KEHU_VAR is .* which cannot be made"):
        env.folder("KEHU_VAR", tmp_path)


def test_sqlite_takes_the_write_lock_at_begin(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)

    entry = env.database("DATABASE_URL", tmp_path / "a+b c.sqlite3")

    assert entry["NAME"] == str(tmp_path / "a+b c.sqlite3")
    assert entry["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert entry["CONN_MAX_AGE"] is None


@pytest.mark.parametrize(("process", "mib"), [("web", 16), ("worker", 64), ("command", 64)])
def test_the_many_connections_of_web_processes_hold_little_each(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, process: str, mib: int
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("KEHU_PROCESS", process)

    entry = env.database("DATABASE_URL", tmp_path / "kehu.sqlite3")

    assert f"PRAGMA cache_size=-{mib * 1024};" in entry["OPTIONS"]["init_command"]


@pytest.mark.parametrize(
    ("process", "limit"),
    [
        ("web", "statement_timeout=15s"),
        ("command", "statement_timeout=0"),
        ("worker", "statement_timeout=0 -c idle_in_transaction_session_timeout=30s"),
    ],
)
def test_only_pages_have_a_time_limit_on_postgresql(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, process: str, limit: str
) -> None:
    monkeypatch.setenv("KEHU_PROCESS", process)
    monkeypatch.setenv("DATABASE_URL", "postgres://ann:a%40b@db:5433/kehu?sslmode=require")

    entry = env.database("DATABASE_URL", tmp_path / "unused")

    assert (entry["HOST"], entry["PORT"], entry["NAME"]) == ("db", 5433, "kehu")
    assert entry["PASSWORD"] == "a@b"
    assert entry["OPTIONS"]["sslmode"] == "require"
    assert limit in entry["OPTIONS"]["options"]
    assert "join_collapse_limit=3" in entry["OPTIONS"]["options"]


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("mysql://root@localhost/kehu", "must start with postgres:// or sqlite:///"),
        ("kehu", "must start with postgres:// or sqlite:///"),
        ("postgres://localhost", "names no database"),
        ("postgres://localhost:port/kehu", "cannot be read"),
        ("sqlite://", "names no database"),
    ],
)
def test_wrong_database_address_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str, sentence: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", address)

    with pytest.raises(SystemExit, match=sentence):
        env.database("DATABASE_URL", tmp_path / "unused")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("LOG_LEVEL", "LOUD", "write one of DEBUG, INFO, WARNING, ERROR"),
        ("ALLOWED_HOSTS", "https://a.example", "write host names only, such as kehu.example.com"),
        ("FAULT", "x", "write kill|stop|raise|sleep@NAME:N"),
    ],
)
def test_the_start_ends_with_the_sentence_alone(
    tmp_path: Path, name: str, value: str, sentence: str
) -> None:
    result = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={name: value, "KEHU_VAR": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    verb = "has" if name == "ALLOWED_HOSTS" else "is"
    assert result.stderr == f"Kehu cannot start: {name} {verb} {value!r}; {sentence}.\n"
