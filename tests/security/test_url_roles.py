"""Who gets what answer from every address: the committed matrix says, a person read it.

After a change of addresses, roles or scope write the matrix anew and read the difference:
    APPROVE=1 python -m pytest tests/security/test_url_roles.py
"""

import os
from pathlib import Path

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.town import named_patterns

MATRIX = Path(__file__).resolve().parents[1] / "snapshots" / "url_roles.txt"
ROLES = (
    "anonymous", "clerk", "outsider", "reviewer", "finance", "admin", "viewer", "nobody", "root",
)  # fmt: skip
HEAD = """# Every named address by role; tests/security/test_url_roles.py makes and checks this.
# To GET, or to an empty POST where only posts are taken (400, 409, 422: let in, form refused).
# clerk made the customers, outsider is a clerk of another department, nobody has no role, root is
# a superuser. 302 for anonymous is the way to the login page. The roles, by their first letters:
"""
UNTRIED = {"core:logout"}
TABLES = {"customer-type", "region", "unit"}  # the other reference tables share their views


def clients(town):
    made = {name: Client(raise_request_exception=False) for name in ROLES}
    for name in ROLES[1:]:
        made[name].force_login(town.people[name])
    return made


def support_addresses():
    """Give the addresses of the support site that need no object."""
    for name, wanted in named_patterns():
        if name.startswith("admin:") and not wanted:
            try:
                yield name, reverse(name)
            except NoReverseMatch:  # several patterns share the name
                continue


def part_of(name):
    """Give the part of the site an address belongs to; each part is asked in a test of its own."""
    if name.startswith("customers:"):
        return "customers" if name.startswith("customers:customer") else "customers' other pages"
    if name.startswith("sales:"):
        return "sales"
    return "core" if name.startswith("core:") else "support"


def rows(town, part):
    """Give the lines of one part: an address with an object, and what every role gets."""
    browsers = clients(town)

    def answers(path, method="get"):
        return [getattr(browsers[name], method)(path).status_code for name in ROLES]

    if part == "support":
        return [
            (f"GET  admin {name[6:]}", answers(path)) for name, path in sorted(support_addresses())
        ]
    found = []
    for address in town.addresses():
        is_table = address.name.startswith("customers:reference-")
        if part_of(address.name) != part or (is_table and address.about not in {"", *TABLES}):
            continue
        got, method = answers(address.path), "GET"
        if set(got[1:]) == {405} and address.name not in UNTRIED:
            got, method = answers(address.path, "post"), "POST"
        found.append((f"{method:<5}{address}", got))
    return found


def written(found):
    """Give the text of the matrix: names stand last, so that a line depends on no other."""
    title = " ".join(name[:3] for name in ROLES)
    lines = [f"{' '.join(map(str, got))}  {name}" for name, got in found]
    return HEAD + "\n".join([title, *lines]) + "\n"


def approved():
    """Give the committed matrix: line by line what every role gets."""
    lines = MATRIX.read_text(encoding="utf-8").splitlines()[HEAD.count("\n") + 1 :]
    pairs = (line.split("  ", 1) for line in lines)
    return {name: [int(status) for status in got.split()] for got, name in pairs}


PARTS = ("core", "customers", "customers' other pages", "sales", "support")


@pytest.mark.parametrize("part", PARTS)
def test_every_address_answers_every_role_as_written(town, part):
    if os.environ.get("APPROVE") == "1":
        everything = [row for one in PARTS for row in rows(town, one)]
        MATRIX.write_text(written(everything), encoding="utf-8")
        return
    known = {name: got for name, got in approved().items() if part_of(name[5:]) == part}

    assert dict(rows(town, part)) == known


def test_the_matrix_keeps_what_the_product_promises():
    """A person may approve a wrong line; these sentences of PRODUCT.md they cannot."""
    rows = {name: dict(zip(ROLES, map(str, got), strict=True)) for name, got in approved().items()}
    public = {"GET  core:login", "POST core:language", "GET  admin login"}
    for name, got in rows.items():
        assert not any(status.startswith("5") for status in got.values()), name
        if name in public:
            continue
        assert got["anonymous"] == "302", name
        if "of another department" in name:
            assert got["clerk"] in ("403", "404"), name
        if any(
            word in name for word in ("core:user", "code-rule", "policy", "s:reference", "admin")
        ):
            others = {got[role] for role in ("clerk", "reviewer", "finance", "viewer", "nobody")}
            assert others == {"403"}, name
        if "customers:" in name or "sales:" in name:
            assert got["nobody"] == "403", name
    for name in ("approve", "return", "reopen", "enable", "disable"):
        got = rows[f"POST customers:customer-do {name}"]
        assert (got["clerk"], got["finance"], got["viewer"]) == ("403", "403", "403"), name
