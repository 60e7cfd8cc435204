"""The lifecycle is written once: no second table of its states or moves stands anywhere else."""

import ast
import re
from pathlib import Path

import pytest

from customers import lifecycle
from customers.lifecycle import LIFE
from tests.architecture.tree import code, files, name_of, parsed

MANY = 3
STATES = {state.name for state in LIFE.states}
MOVES = {move.name for move in LIFE.transitions}
# A constant of the table says the same as the word it holds.
CONSTANTS = {name: value for name, value in vars(lifecycle).items() if value in list(STATES)}
TABLES = {"core/records/changes/request.py", "customers/lifecycle.py", "customers/roles.py"}
EXCEPTIONS = {
    "core/records/changes/request.py": "the life of change requests, a table of its own",
    "customers/demo/desk.py": "invented customers, each with the state it stands in today",
    "customers/demo/requests.py": "invented change requests, told move by move",
    "customers/demo/story.py": "invented lives, told move by move",
    "customers/forms/transition.py": "the decision of a reviewer: approve, enable, return",
    "customers/queries/dashboard.py": "what waits for whom: returned, drafts, to be enabled",
    "customers/views/dashboard.py": "what waits for whom: returned, drafts, to be enabled",
    "customers/views/desk.py": "the page of the decision: approve, enable, return, reopen",
    "templates/customers/review/decision.html": "its buttons: approve, enable, return",
}


def words_of(tree: ast.AST) -> set[str]:
    """Give the words and constants that stand in a piece of Python."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
        elif isinstance(node, ast.Name) and node.id in CONSTANTS:
            found.add(CONSTANTS[node.id])
    return found


def quoted(text: str) -> set[str]:
    """Give the words that stand in quotes."""
    return set(re.findall(r"""["'](\w+)["']""", text))


def is_table(words: set[str]) -> bool:
    """Say whether so many states or moves are named that it looks like a list of them."""
    return len(words & STATES) >= MANY or len(words & MOVES) >= MANY


def copies(tree: ast.AST) -> list[int]:
    """Give the lines of dicts by state or move, and of lists that name all states or all moves."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            keys = {word for key in node.keys if key for word in words_of(key)}
            if is_table(keys):
                found.append(node.lineno)
        elif isinstance(node, ast.List | ast.Tuple | ast.Set):
            flat = {word for one in node.elts if not hasattr(one, "elts") for word in words_of(one)}
            if flat >= STATES or flat >= MOVES:
                found.append(node.lineno)
    return found


def test_no_module_but_the_tables_names_many_states_or_moves() -> None:
    named = {name_of(file): words_of(parsed(file)) for file in code()}
    named |= {
        name_of(file): quoted(file.read_text(encoding="utf-8"))
        for below in ("templates", "static")
        for file in files(".html", ".txt", ".js", below=below)
    }

    assert {name for name, words in named.items() if is_table(words)} == TABLES | EXCEPTIONS.keys()


def test_no_style_knows_a_state() -> None:
    states = "|".join(STATES)
    chosen = re.compile(rf"""(?:\.|--|_|data-state=["']?)(?:{states})\b""")
    found = {
        name_of(file): chosen.findall(file.read_text(encoding="utf-8"))
        for file in files(".css", below="static")
    }

    assert {name: words for name, words in found.items() if words} == {}


def test_no_test_repeats_the_table() -> None:
    found = {name_of(file): copies(parsed(file)) for file in files(".py", below="tests")}

    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PATHS = {'draft': 1, DISABLED: 2, 'enabled': 3}", [1]),
        ("LOOK = {'draft': 1, 'enabled': 2}", []),
        ("CASES = [('draft', 'submit'), ('enabled', 'disable'), ('approved', 'enable')]", []),
        (f"ALL = {tuple(sorted(STATES))}", [1]),
        (f"MOVES = [1,\n {sorted(MOVES)}]", [2]),
    ],
)
def test_a_copy_of_the_table_is_found(text: str, expected: list[int]) -> None:
    assert copies(ast.parse(text)) == expected


def test_words_are_found_however_they_are_written(tmp_path: Path) -> None:
    assert words_of(ast.parse("x = [DRAFT, 'enabled', other]")) == {"draft", "enabled"}
    assert quoted("""{% if a == 'draft' %}<b class="enabled">""") == {"draft", "enabled"}
