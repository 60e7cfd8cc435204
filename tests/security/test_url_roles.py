"""Who gets what answer from every address: the committed matrix says, a person read it.

After a change of addresses, roles or scope write the matrix anew and read the difference:
    APPROVE=1 python -m pytest tests/security/test_url_roles.py
"""

import os
from itertools import groupby
from pathlib import Path

from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.town import named_patterns

MATRIX = Path(__file__).resolve().parents[1] / "snapshots" / "url_roles.txt"
ROLES = (
    "anonymous", "clerk", "outsider", "reviewer", "finance", "admin", "viewer", "nobody", "root",
)  # fmt: skip
HEAD = """# GET of every named address, by role (tests/security/test_url_roles.py makes and checks it).
# clerk made the customers, outsider is a clerk of another department, nobody has no role, root is
# a superuser. 302 for anonymous is the way to the login page; 405: the address takes posts only.
"""


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


def matrix(town):
    """Give the lines of the matrix: one per address, equal answers of the support site together."""
    browsers = clients(town)

    def answers(path):
        return " ".join(f"{browsers[name].get(path).status_code:<9}" for name in ROLES).rstrip()

    lines = [(str(one), answers(one.path)) for one in town.addresses()]
    support = sorted((answers(path), name) for name, path in support_addresses())
    for statuses, group in groupby(support, key=lambda pair: pair[0]):
        names = sorted(name for _statuses, name in group)
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        lines.append((f"{names[0]}{more}", statuses))
    width = max(len(name) for name, _statuses in lines) + 2
    title = " " * width + " ".join(f"{name:<9}" for name in ROLES).rstrip()
    return [title, *(f"{name:<{width}}{statuses}" for name, statuses in lines)]


def test_every_address_answers_every_role_as_written(town):
    found = HEAD + "\n".join(matrix(town)) + "\n"
    if os.environ.get("APPROVE") == "1":
        MATRIX.write_text(found, encoding="utf-8")

    assert found.splitlines() == MATRIX.read_text(encoding="utf-8").splitlines()


def test_the_matrix_keeps_what_the_product_promises():
    """A person may approve a wrong line; these sentences of PRODUCT.md they cannot."""
    lines = MATRIX.read_text(encoding="utf-8").splitlines()[3:]
    start = lines[0].index("anonymous")
    rows = {
        line[:start].strip(): dict(zip(ROLES, line[start:].split(), strict=True))
        for line in lines[1:]
    }
    open_to_all = {"core:login", "core:language"}
    assert {n for n, got in rows.items() if got["anonymous"] not in ("302", "404")} <= open_to_all
    for name, got in rows.items():
        assert "500" not in got.values(), name
        if "of another department" in name:
            assert got["clerk"] in ("404", "405", "403"), name
        if "settings/" in name or name.startswith(("core:user", "customers:code-rule", "admin:")):
            assert {got[role] for role in ("clerk", "reviewer", "viewer", "nobody")} <= {
                "403", "405",
            }, name  # fmt: skip
        if name.startswith("customers:"):
            assert got["nobody"] in ("403", "405"), name
