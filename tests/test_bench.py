"""Every measurement says how it is asked for."""

import os
import subprocess
import sys

import pytest

from bench.measuring import COLUMNS
from bench.stock import urls
from customers.forms.customer_filter import LISTING
from tests.architecture.tree import ROOT, files

COMMANDS = sorted(
    file.stem for file in files(".py", below="bench")
    if file.parent == ROOT / "bench" and '__name__ == "__main__"' in file.read_text("utf-8")
)  # fmt: skip
NEEDS = ("generate", "growth", "memory", "reading")


def asked(command: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if name != "KEHU_PROCESS"}
    return subprocess.run(
        [sys.executable, "-m", f"bench.{command}", *arguments],
        cwd=ROOT,
        env=environment | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_a_measurement_tells_its_usage(command: str) -> None:
    told = asked(command, "--help")

    assert told.returncode == 0, told.stderr
    assert f"python -m bench.{command}" in told.stdout


@pytest.mark.parametrize("command", NEEDS)
def test_what_needs_a_file_or_a_number_says_so(command: str) -> None:
    told = asked(command)

    assert told.returncode == 2, told.stdout
    assert "Traceback" not in told.stderr
    assert "bench." in told.stderr


def test_the_stock_changelist_has_the_columns_of_our_list() -> None:
    assert set(COLUMNS) <= set(LISTING.columns)
    assert set(LISTING.default) <= set(COLUMNS)
    assert len(urls.Bare.list_display) == len(COLUMNS)


def test_all_are_known() -> None:
    assert set(NEEDS) < set(COMMANDS)
