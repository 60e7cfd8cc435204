"""No file and no function grows beyond what a person takes in at once."""

import ast

from tests.architecture.tree import ROOT, files, name_of

FILE_LIMIT = 400
FUNCTION_LIMIT = 60


def own_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function without the classes it makes: their methods count alone."""
    classes = [node for node in ast.walk(function) if isinstance(node, ast.ClassDef)]
    return _lines(function) - sum(_lines(node) for node in classes)


def long_functions(tree: ast.Module, limit: int = FUNCTION_LIMIT) -> list[str]:
    """Return "name: lines" for every function that is longer than the limit."""
    return [
        f"{node.name}: {lines}"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := own_lines(node)) > limit
    ]


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


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


def test_methods_of_a_class_in_a_function_count_alone() -> None:
    body = "".join(f"        def m{n}(self):\n            pass\n" for n in range(40))
    sample = ast.parse("def factory():\n    class Made:\n" + body + "    return Made\n")

    assert long_functions(sample) == []
