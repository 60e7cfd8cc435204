"""Ruff finds nothing to say about the code and its format, and does about bad code."""

from pathlib import Path

from tests.architecture.tree import ROOT, tool


def test_ruff_finds_nothing() -> None:
    result = tool("ruff", "check", "--quiet", ".")

    assert result.returncode == 0, result.stdout + result.stderr


def test_ruff_would_format_nothing() -> None:
    result = tool("ruff", "format", "--check", ".")

    assert result.returncode == 0, result.stdout + result.stderr


def test_bad_code_is_found(tmp_path: Path) -> None:
    sample = tmp_path / "sample.py"
    sample.write_text("import os\nx = 'one'\n", encoding="utf-8")
    config = f"--config={ROOT / 'pyproject.toml'}"

    assert "F401" in tool("ruff", "check", config, str(sample)).stdout
    assert tool("ruff", "format", "--check", config, str(sample)).returncode == 1
