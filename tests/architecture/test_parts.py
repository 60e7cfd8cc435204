"""The child tables of a record are listed once: what else names several of them says why."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.records.part import Part
from customers.parts import PARTS
from tests.architecture.tree import code, files, name_of, parsed

ALLOWED = {
    "customers/parts.py": "the declaration",
    "customers/catalog.py": "the field tables of all models",
    "customers/models/__init__.py": "the models",
    "customers/rules/record.py": "each part has a rule of its own",
    "customers/queries/review.py": "the checks of a reviewer are the business itself",
    "customers/forms/customer_page.py": "the overview names the primary contact and account",
    "customers/imports/heads/words.py": "what people and Kingdee call columns",
    "customers/demo/company.py": "invents companies",
    "customers/demo/loading.py": "invents companies",
    "customers/demo/story.py": "invents mistakes",
}


def words_of(part: Part) -> set[str]:
    """Return the words that stand for a part in code."""
    model = part.model.__name__
    constant = re.sub(r"(?<=.)([A-Z])", r"_\1", model).upper()
    return {model, constant, *(word for name in (part.name, part.section)
                               for word in (name, name.upper()))}  # fmt: skip


WORDS = {part.name: words_of(part) for part in PARTS}


def said(tree: ast.Module) -> Iterator[str]:
    """Yield every name and every key that a module speaks of; sentences are not among them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.arg | ast.keyword) and node.arg:
            yield node.arg
        elif isinstance(node, ast.alias):
            yield node.name
        elif isinstance(node, ast.Constant) and re.fullmatch(r"[\w.]+", str(node.value)):
            yield re.split(r"\.|__", str(node.value))[0]


def named(source: str) -> set[str]:
    """Return the parts that a module names."""
    words = set(said(ast.parse(source)))
    return {name for name, own in WORDS.items() if own & words}


def lists_parts(file: Path) -> bool:
    return len(named(ast.unparse(parsed(file)))) > 1


def test_no_module_lists_the_parts_but_their_declaration() -> None:
    found = {name_of(file) for file in code("core", "customers") if lists_parts(file)}

    assert found - ALLOWED.keys() == set()


def test_every_exception_is_one() -> None:
    found = {name_of(file) for file in code("core", "customers") if lists_parts(file)}

    assert ALLOWED.keys() - found == set()


def test_no_template_lists_the_parts() -> None:
    found = {}
    for file in files(".html", below="templates"):
        tags = re.findall(r"{[{%][^}]*[}%]}", file.read_text(encoding="utf-8"))
        spoken = set(re.findall(r"\w+", re.sub(r"\"[^\"]*\"|'[^']*'", "", " ".join(tags))))
        if names := {name for name, own in WORDS.items() if own & spoken}:
            found[name_of(file)] = names

    assert found == {}


@pytest.mark.parametrize(
    "source",
    [
        "ROWS = {'contacts': 1, 'bank_accounts': 2}",
        "x.contacts, x.bank_accounts",
        "from customers.models import BankAccount, Contact",
        "f(contacts=1, accounts=2)",
        "KEYS = ('contacts.name', 'bank_accounts__bank')",
        "CONTACTS, ACCOUNTS = 1, 2",
    ],
)
def test_a_list_of_parts_is_found(source: str) -> None:
    assert named(source) == {"contacts", "bank_accounts"}


def test_one_part_and_sentences_are_no_list() -> None:
    assert named("'''Contacts and accounts.'''\nx = _('contacts and accounts')\nx.contacts") == {
        "contacts"
    }
