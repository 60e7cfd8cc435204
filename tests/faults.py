"""Which places the code names for faults, found in the code itself."""

import ast

from tests.architecture.tree import code, parsed


def names(prefix: str = "") -> list[str]:
    """Return the names given to `faults.point` that begin with the prefix."""
    return sorted(
        node.args[0].value
        for file in code("core", "customers")
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "faults.point"
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value.startswith(prefix)
    )
