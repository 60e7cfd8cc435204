"""docs/operations.md, "Backup and restore", step by step, on real databases, after a crash too."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import psycopg2
import pytest
from django.db import connection

from tests.architecture.tree import ROOT
from tests.config.running.serving import environment, manage

MIGRATE = "from django.core.management import call_command; call_command('migrate', verbosity=0)\n"
ADD = "from core.models import User; User.objects.create_user({!r}, display_name='x')"
CRASH = "\nimport os, signal; os.kill(os.getpid(), signal.SIGKILL)"
STAY = "\nprint('here', flush=True)\nimport time; time.sleep(600)"
SQLITE_ONLY = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="a file's own kind of trouble"
)


@pytest.fixture
def folder(var, tmp_path) -> Path:
    """A copy of the migrated folder."""
    shutil.copytree(var, tmp_path / "var", ignore=shutil.ignore_patterns("running", "static*"))
    return tmp_path / "var"


def people(folder: Path) -> set[str]:
    with contextlib.closing(sqlite3.connect(folder / "kehu.sqlite3")) as database:
        return {name for (name,) in database.execute("SELECT username FROM core_user")}


def shell(folder: Path, code: str, **more: str) -> subprocess.CompletedProcess[str]:
    return manage(folder, "shell", "--command", code, **more)


def damage(file: Path, at: int = 5000) -> None:
    content = bytearray(file.read_bytes())
    content[at : at + 3000] = b"\xff" * 3000
    file.write_bytes(content)


@SQLITE_ONLY
def test_after_a_crash_a_backup_comes_back_whole(folder, tmp_path):
    crashed = shell(folder, ADD.format("late") + CRASH)
    assert crashed.returncode == -signal.SIGKILL
    assert (folder / "kehu.sqlite3-wal").stat().st_size > 0
    nowhere = {"PATH": str(tmp_path)}  # no sqlite3 program
    key = (folder / "secret_key").read_text()
    (folder / "media" / "a").mkdir(parents=True)
    (folder / "media" / "a" / "b.txt").write_text("kept")

    made = manage(folder, "backup", str(tmp_path / "all.zip"), **nowhere)

    assert made.returncode == 0, made.stderr
    assert (tmp_path / "all.zip").stat().st_mode & 0o777 == 0o600
    assert shell(folder, ADD.format("later") + CRASH).returncode == -signal.SIGKILL
    damage(folder / "kehu.sqlite3")
    (folder / "secret_key").write_text("x" * 20 + "another key" * 5)
    shutil.rmtree(folder / "media")

    restored = manage(folder, "restore", str(tmp_path / "all.zip"), **nowhere)

    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert " WRONG" not in restored.stdout
    assert re.search(r"history.* ok", restored.stdout)
    assert people(folder) == {"liwenjing", "late"}
    assert (folder / "secret_key").read_text() == key
    assert (folder / "media" / "a" / "b.txt").read_text() == "kept"
    kept = re.search(r"is kept in (.*)\.\n", restored.stdout)[1]
    assert Path(kept).exists()


@SQLITE_ONLY
def test_nothing_is_restored_under_a_running_kehu(folder, tmp_path):
    assert manage(folder, "backup", str(tmp_path / "all.zip")).returncode == 0
    command = [sys.executable, str(ROOT / "manage.py"), "shell", "--command"]
    with subprocess.Popen(
        [*command, ADD.format("busy") + STAY],
        env=environment(folder),
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout
        assert any(line.strip() == "here" for line in running.stdout)

        refused = manage(folder, "restore", str(tmp_path / "all.zip"))

        running.kill()
    assert refused.returncode == 1
    assert "Kehu is running on this database" in refused.stderr
    assert people(folder) == {"liwenjing", "busy"}


@SQLITE_ONLY
def test_what_is_no_whole_backup_changes_nothing(folder, tmp_path):
    backup = tmp_path / "all.zip"
    assert manage(folder, "backup", str(backup)).returncode == 0
    again = manage(folder, "backup", str(backup))
    assert "is there already" in again.stderr
    before = (folder / "kehu.sqlite3").read_bytes()
    cut, flipped, odd, newer, keyless, listed = (
        tmp_path / f"{name}.zip" for name in ("cut", "flip", "odd", "new", "keyless", "listed")
    )
    cut.write_bytes(backup.read_bytes()[:-5000])
    flipped.write_bytes(backup.read_bytes())
    damage(flipped)
    for file, change in ((odd, {"database": "postgresql"}), (newer, {"migrations": ["core.9"]})):
        with zipfile.ZipFile(backup) as old, zipfile.ZipFile(file, "w") as new:
            new.writestr("about.json", json.dumps(json.loads(old.read("about.json")) | change))
    for file, missing in ((keyless, "secret_key"), (listed, "about.json")):
        with zipfile.ZipFile(backup) as old, zipfile.ZipFile(file, "w") as new:
            for name in {*old.namelist()} - {missing}:
                new.writestr(name, old.read(name))
    with zipfile.ZipFile(listed, "a") as new:
        new.writestr("about.json", '["kehu"]')
    sentences = {
        cut: "is not a backup of Kehu, or it is cut off",
        flipped: "is damaged",
        odd: "The backup is of postgresql, DATABASE_URL names sqlite",
        newer: "made by a newer Kehu (it has core.9): update first",
        keyless: "is damaged: secret_key cannot be read",
        listed: "is not a backup of Kehu",
        tmp_path / "none.zip": "cannot be read: No such file",
    }
    for file, sentence in sentences.items():
        refused = manage(folder, "restore", str(file))

        assert refused.returncode == 1
        assert sentence in refused.stderr
        assert "Traceback" not in refused.stderr
        assert (folder / "kehu.sqlite3").read_bytes() == before
    assert list(folder.glob("*.before-*")) == []
    assert [file.name for file in folder.iterdir() if "restoring" in file.name] == []


@SQLITE_ONLY
def test_nothing_at_all_is_not_backed_up(tmp_path):
    refused = manage(tmp_path / "elsewhere", "backup", str(tmp_path / "all.zip"))

    assert refused.returncode == 1
    assert "This database is empty: see DATABASE_URL and KEHU_VAR." in refused.stderr
    assert not (tmp_path / "all.zip").exists()


@pytest.fixture
def server(tmp_path):
    """The address of an empty database on the tests' server, which is gone after the test."""
    if connection.vendor != "postgresql":
        pytest.skip("pg_dump needs PostgreSQL")
    if not shutil.which("pg_dump"):
        pytest.skip("pg_dump is not installed (apt install postgresql-client)")
    told = connection.settings_dict
    name = f"{told['NAME']}_restored"
    owner = {"host": told["HOST"], "port": told["PORT"] or 5432, "user": told["USER"]}
    with contextlib.closing(
        psycopg2.connect(dbname="postgres", password=told["PASSWORD"], **owner)
    ) as own:
        own.autocommit = True
        own.cursor().execute(f'DROP DATABASE IF EXISTS "{name}"')
        own.cursor().execute(f'CREATE DATABASE "{name}"')
        secret = f":{told['PASSWORD']}" if told["PASSWORD"] else ""
        yield f"postgres://{owner['user']}{secret}@{owner['host']}:{owner['port']}/{name}"
        own.cursor().execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_a_database_of_a_server_comes_back_whole(server, tmp_path):
    there = {"DATABASE_URL": server}
    count = (
        "from core.models import User; print('people', User.objects.count())\n"
        "from django.core.management import call_command as call\n"
        "call('migrate', check_unapplied=True)"
    )
    folder, backup = tmp_path / "var", str(tmp_path / "all.zip")
    filled = shell(folder, MIGRATE + ADD.format("ann"), **there)
    assert filled.returncode == 0, filled.stderr
    missing = manage(folder, "backup", backup, PATH=str(tmp_path), **there)
    assert "pg_dump is not installed" in missing.stderr

    made = manage(folder, "backup", backup, **there)
    assert made.returncode == 0, made.stderr
    with contextlib.closing(psycopg2.connect(server)) as own, own:
        own.cursor().execute("DELETE FROM core_user")
    restored = manage(folder, "restore", backup, **there)

    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert " WRONG" not in restored.stdout
    assert "is kept in schema before_1" in restored.stdout
    counted = shell(folder, count, **there)
    assert "people 1" in counted.stdout
    assert counted.returncode == 0  # every migration is there
