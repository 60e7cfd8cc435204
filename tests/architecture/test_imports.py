"""Imports stand at the top of a file, where a reader and the layer contracts see them."""

import ast

from tests.architecture.tree import code, name_of, parsed


def hidden_imports(tree: ast.Module, is_apps_file: bool = False) -> list[str]:
    """Return "function:line" of imports inside functions; apps.py may import in ready()."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if is_apps_file and node.name == "ready":
            continue
        found += [
            f"{node.name}:{inner.lineno}"
            for inner in ast.walk(node)
            if isinstance(inner, ast.Import | ast.ImportFrom)
        ]
    return found


def test_imports_stand_at_the_top() -> None:
    found = {
        name_of(file): imports
        for file in code()
        if (imports := hidden_imports(parsed(file), file.name == "apps.py"))
    }

    assert found == {}


def test_a_hidden_import_is_found() -> None:
    sample = ast.parse("def dodge():\n    import sales\n\ndef ready():\n    import checks\n")

    assert hidden_imports(sample) == ["dodge:2", "ready:5"]
    assert hidden_imports(sample, is_apps_file=True) == ["dodge:2"]
