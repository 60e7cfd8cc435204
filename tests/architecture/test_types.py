"""Mypy is strict below the views: the files named in pyproject.toml, and nothing slips through."""

from pathlib import Path

from tests.architecture.tree import ROOT, tool

CONFIG = f"--config-file={ROOT / 'pyproject.toml'}"


def test_mypy_finds_nothing() -> None:
    result = tool("mypy", CONFIG)

    assert result.returncode == 0, result.stdout + result.stderr


def test_wrong_and_missing_types_are_found(tmp_path: Path) -> None:
    sample = tmp_path / "sample.py"
    sample.write_text(
        "def untyped(value):\n    return value\n\n\ndef wrong() -> int:\n    return 'one'\n",
        encoding="utf-8",
    )

    result = tool("mypy", CONFIG, str(sample))

    assert "[no-untyped-def]" in result.stdout, result.stdout + result.stderr
    assert "[return-value]" in result.stdout
