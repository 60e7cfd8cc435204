"""What the architecture tests look at: our files and their syntax trees.

Finds and runs things; the promises themselves are in the test modules.
"""

import ast
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "core", "customers", "sales")
SKIPPED_FOLDERS = {
    ".git",
    ".venv",
    "var",
    "node_modules",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    ".hypothesis",
    ".pytest_cache",
    ".import_linter_cache",
    "test-results",
}


def files(*suffixes: str, below: str = "") -> Iterator[Path]:
    """Yield our files with one of these suffixes, in order."""
    for folder, folders, names in os.walk(ROOT / below):
        folders[:] = sorted(set(folders) - SKIPPED_FOLDERS)
        for name in sorted(names):
            if name.endswith(suffixes):
                yield Path(folder, name)


def code(*packages: str) -> Iterator[Path]:
    """Yield the Python files of the packages (default: all that ship), without migrations."""
    for package in packages or PACKAGES:
        for file in files(".py", below=package):
            if "migrations" not in file.parts:
                yield file


def name_of(file: Path) -> str:
    """Return the path as people write it."""
    return file.relative_to(ROOT).as_posix()


def parsed(file: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def tool(module: str, *arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a developer's tool; skip the test where it is missing, unless REQUIRE_TOOLS is 1."""
    needs(module)
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def needs(module: str) -> None:
    """Skip the test when a module of requirements-dev.txt is missing; with REQUIRE_TOOLS=1 fail."""
    if importlib.util.find_spec(module) is None:
        reason = f"{module} is not installed (./run test installs it)"
        if os.environ.get("REQUIRE_TOOLS") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason, allow_module_level=True)
