"""No file and no function grows beyond what a person takes in at once."""

import ast

from tests.architecture.tree import ROOT, files, name_of

FILE_LIMIT = 400
FUNCTION_LIMIT = 60


def long_functions(tree: ast.Module, limit: int = FUNCTION_LIMIT) -> list[str]:
    """Return "name: lines" for every function that is longer than the limit."""
    return [
        f"{node.name}: {lines}"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > limit
    ]


def test_files_are_short() -> None:
    found = {
        name_of(file): lines
        for file in [*files(".py", ".html", ".css", ".js", ".sh"), ROOT / "run"]
        if "migrations" not in file.parts
        and (lines := len(file.read_text(encoding="utf-8").splitlines())) > FILE_LIMIT
    }

    assert found == {}


def test_functions_are_short() -> None:
    found = {
        name_of(file): functions
        for file in [*files(".py"), ROOT / "run"]
        if "migrations" not in file.parts
        and (functions := long_functions(ast.parse(file.read_text(encoding="utf-8"))))
    }

    assert found == {}


def test_a_long_function_is_found() -> None:
    sample = ast.parse("def short():\n    pass\n\ndef long():\n" + "    x = 1\n" * 60)

    assert long_functions(sample) == ["long: 61"]
