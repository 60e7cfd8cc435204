"""core/ is mechanism: no word of the business stands in it, not even in a comment."""

import re

from tests.architecture.tree import files, name_of

WORDS = re.compile(
    r"(?<![a-z])(customer|contact|bank|credit|opportunit|invoice|salesperson|taxpayer|uscc|quotation)"
    r"|客户|联系人|银行|信用|发票|业务员",
    re.IGNORECASE,
)


def business_words(text: str) -> list[str]:
    """Return "line: word" for every word of the business in a text."""
    return [
        f"{number}: {found[0]}"
        for number, line in enumerate(text.splitlines(), 1)
        for found in WORDS.finditer(line)
    ]


def test_core_knows_no_business_word() -> None:
    found = {
        name_of(file): words
        for file in files(".py", below="core")
        if (words := business_words(file.read_text(encoding="utf-8")))
    }

    assert found == {}


def test_a_business_word_is_found() -> None:
    assert business_words("x = 1\n# the Customer's\nsee_bank_numbers = 客户") == [
        "2: Customer",
        "3: bank",
        "3: 客户",
    ]
    assert business_words("embankment, accreditation") == []
