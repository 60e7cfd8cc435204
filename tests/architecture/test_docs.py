"""Docs that are made from code must be as fresh as the code."""

from pathlib import Path

from core.management.commands.lifecycle import page

ROOT = Path(__file__).parents[2]


def stale(text: str, made: str) -> bool:
    """Say whether a committed page differs from what the code makes."""
    return text != made


def test_the_page_of_the_lifecycle_is_fresh():
    text = (ROOT / "docs" / "lifecycle.md").read_text()

    assert not stale(text, page()), "run: manage.py lifecycle > docs/lifecycle.md"


def test_a_changed_page_is_seen():
    assert stale(page() + "x", page())
