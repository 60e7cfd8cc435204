"""Whoever opens the transaction of a form has it tried again after a deadlock."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.tree import code, name_of, parsed

OPENS, TRIES = "saving.once", "saving.retried"


def tried_once(tree: ast.Module) -> Iterator[str]:
    """Yield the functions that open a form's transaction and are not tried again."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and TRIES not in map(ast.unparse, node.decorator_list):
            items = [
                item for one in ast.walk(node) if isinstance(one, ast.With) for item in one.items
            ]
            if any(ast.unparse(item.context_expr).startswith(f"{OPENS}(") for item in items):
                yield node.name


def test_every_service_is_tried_again_after_a_deadlock() -> None:
    found = [f"{name_of(file)}: {name}" for file in code() for name in tried_once(parsed(file))]

    assert found == []


@pytest.mark.parametrize(
    ("decorator", "found"), [("", ["change"]), ("@saving.retried\n", [])], ids=["once", "again"]
)
def test_the_check_sees_who_is_tried_once(decorator: str, found: list[str]) -> None:
    source = f"{decorator}def change(act):\n    with saving.once(act) as ticket:\n        pass\n"

    assert list(tried_once(ast.parse(source))) == found
