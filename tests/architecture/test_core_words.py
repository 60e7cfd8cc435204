"""core/ is mechanism: no word of the business stands in it, and nothing asks which kind it has."""

import ast
import re

import pytest

from tests.architecture.tree import files, name_of, parsed

# "order" is no word of the business here: rows stand in one. "product" and "lead" are verbs too.
WORDS = re.compile(
    r"(?<![a-z])(customer|contact|bank|credit|opportunit|invoice|salesperson|taxpayer|uscc|quotation"
    r"|sales|competitor|parcel|receipt|warehouse|supplier)"
    r"|客户|联系人|银行|信用|发票|业务员|商机|竞争对手|包裹|订单|供应商",
    re.IGNORECASE,
)
# What pages of every kind are made of.
SHARED = ("base.html", "components", "core", "errors", "layouts", "record")
EXCEPTIONS = {
    "templates/components/shortcuts.html": ["15: customer"],  # a key of the review page
    "templates/core/login.html": ["18: customer"],  # the picture of the product
}
PRODUCT = {"customers", "sales"}
NAMES = {"app", "stem", "subject", "subject_type"}


def business_words(text: str) -> list[str]:
    """Return "line: word" for every word of the business in a text."""
    return [
        f"{number}: {found[0]}"
        for number, line in enumerate(text.splitlines(), 1)
        for found in WORDS.finditer(line)
    ]


def choices(tree: ast.AST) -> list[int]:
    """Give the lines that compare the name of a kind with a word of their own."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        for one, other in [(node.left, node.comparators[0]), (node.comparators[0], node.left)]
        if isinstance(one, ast.Attribute)
        and one.attr in NAMES
        and any(isinstance(part, ast.Constant) and part.value for part in ast.walk(other))
    ]


def test_core_knows_no_business_word() -> None:
    found = {
        name_of(file): words
        for file in files(".py", below="core")
        if (words := business_words(file.read_text(encoding="utf-8")))
    }

    assert found == {}


def test_pages_of_every_kind_know_no_business_word() -> None:
    shared = [file for file in files(".html", below="templates") if is_shared(name_of(file))]
    found = {
        name_of(file): words
        for file in shared
        if (words := business_words(file.read_text(encoding="utf-8")))
    }

    assert len(shared) > 40
    assert found == EXCEPTIONS


def is_shared(name: str) -> bool:
    """Say whether a template is no app's own."""
    return name.split("/")[1] in SHARED


def test_tests_of_records_need_no_app_of_the_product() -> None:
    """They run on a site of their own too (tests/core/test_records_alone.py)."""
    homes = [
        file
        for below in ("core/records", "parcel")
        for file in files(".py", below=f"tests/{below}")
    ]
    found = {name_of(file): imported(parsed(file)) & PRODUCT for file in homes}

    assert {name: apps for name, apps in found.items() if apps} == {}


def imported(tree: ast.AST) -> set[str]:
    """Give the apps that a module imports."""
    return {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", None) or "", *(one.name for one in node.names)]
    }


def test_core_never_asks_which_kind_it_has() -> None:
    found = {name_of(file): choices(parsed(file)) for file in files(".py", below="core")}

    assert {name: lines for name, lines in found.items() if lines} == {}


def test_a_business_word_is_found() -> None:
    assert business_words("x = 1\n# the Customer's\nsee_bank_numbers = 客户") == [
        "2: Customer",
        "3: bank",
        "3: 客户",
    ]
    assert business_words("embankment, accreditation, wholesales, in order") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("if kind.stem == 'parcel': pass", [1]),
        ("x = kind.subject in ('a.b', 'c.d')", [1]),
        ("'parcel' == register.kind.app", [1]),
        ("kind.subject == other.subject", []),
        ("kind.app == ''", []),
    ],
)
def test_a_question_for_the_kind_is_found(text: str, expected: list[int]) -> None:
    assert choices(ast.parse(text)) == expected
