"""Nothing in the repository is secret, and nothing knows the machine it was written on."""

import re

import pytest

from tests.architecture.tree import ROOT, files, name_of

FORBIDDEN = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "an access token": re.compile(r"\b(AKIA[0-9A-Z]{16}|gh[pousr]_\w{30,}|xox[abp]-\w{10,})"),
    "a secret key": re.compile(r"""SECRET_KEY\s*=\s*["'][^"'{]{8,}["']"""),
    "a path of one machine": re.compile(r"""(?<![\w.*/])/(home|root|Users|work|tmp/kehu)/\w"""),
    "a Windows path": re.compile(r"\b[A-Z]:\\\\?(Users|home)\b"),
}
TEXTS = (".py", ".html", ".css", ".js", ".svg", ".md", ".toml", ".txt", ".po", ".json", ".yml")


def forbidden(text: str) -> list[str]:
    """Return what a text holds that no file of ours may hold."""
    return [f"{what}: {found[0]}" for what, pattern in FORBIDDEN.items()
            for found in pattern.finditer(text)]  # fmt: skip


def test_no_file_holds_a_secret_or_a_machine_path() -> None:
    shipped = [*files(*TEXTS), ROOT / "run", ROOT / ".ci/run"]
    found = {
        name_of(file): hits
        for file in shipped
        if name_of(file) != "tests/architecture/test_secrets.py"
        and (hits := forbidden(file.read_text(encoding="utf-8")))
    }

    assert found == {}


@pytest.mark.parametrize(
    "sample",
    [
        "-----BEGIN RSA PRIVATE KEY-----",
        "token = 'ghp_" + "a" * 36 + "'",
        "SECRET_KEY = 'django-insecure-1'",
        "open('/home/ann/kehu.db')",
        "cd /" + "work/main",
        r"C:\Users\ann",
    ],
)
def test_a_secret_or_a_machine_path_is_found(sample: str) -> None:
    assert forbidden(sample)
