"""Upper layers may know lower ones, never the reverse; each check sees a tree that breaks it."""

import ast
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, code, name_of, needs, parsed

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"
WEB_LAYERS = {"urls", "views", "api", "admin", "admin_site", "templatetags", "middleware", "forms"}
WEB_MODULES = (
    "django.http",
    "django.shortcuts",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.views",
)


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    needs("importlinter")
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache", "--no-logo"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_no_layer_is_crossed() -> None:
    result = lint(ROOT)

    assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture
def empty_tree(tmp_path: Path) -> Path:
    """Every module of ours, with nothing in it, under our contracts."""
    for file in code():
        copy = tmp_path / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.touch()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_a_tree_without_imports_passes(empty_tree: Path) -> None:
    result = lint(empty_tree)

    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("core/fields.py", "import customers.models", "config > sales > customers > core"),
        ("core/text.py", "import core.saving", "layers of core"),
        ("core/access.py", "import core.views.session", "layers of core"),
        ("customers/lifecycle.py", "import customers.models", "layers of customers"),
        ("customers/models/customer.py", "import customers.services", "layers of customers"),
        ("customers/rules/shortcut.py", "import customers.queries", "layers of customers"),
        ("customers/helpers.py", "", "layers of customers"),
        ("customers/views/home.py", "import sales.roles", "config > sales > customers > core"),
        ("sales/lifecycle.py", "import sales.models", "layers of sales"),
    ],
)
def test_a_crossed_layer_is_found(empty_tree: Path, module: str, line: str, contract: str) -> None:
    (empty_tree / module).write_text(line, encoding="utf-8")

    result = lint(empty_tree)

    assert result.returncode == 1
    assert f"{contract} BROKEN" in result.stdout, result.stdout + result.stderr


def test_a_cycle_is_found(empty_tree: Path) -> None:
    (empty_tree / "customers/rules/one.py").write_text("import customers.rules.two")
    (empty_tree / "customers/rules/two.py").write_text("import customers.rules.one")

    assert "no cycles BROKEN" in lint(empty_tree).stdout


def test_every_package_is_under_the_contracts() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    watched = set(settings["tool"]["importlinter"]["root_packages"])

    packages = {file.parent.name for file in ROOT.glob("*/__init__.py")} - {"tests", "bench"}

    assert packages == watched


def web_imports(tree: ast.Module) -> list[str]:
    """Return the modules about requests and answers that a module imports."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
    return sorted(name for name in found if name.startswith(WEB_MODULES))


def test_below_the_views_nothing_knows_requests() -> None:
    below = (
        file
        for file in code("core", "customers", "sales")
        if not WEB_LAYERS & {part.removesuffix(".py") for part in Path(name_of(file)).parts}
    )

    found = {name_of(file): names for file in below if (names := web_imports(parsed(file)))}

    assert found == {}


def test_knowing_requests_is_found() -> None:
    sample = ast.parse("from django.http import HttpRequest\nfrom django.contrib import messages")

    assert "django.http" in web_imports(sample)
    assert "django.contrib.messages" in web_imports(sample)
