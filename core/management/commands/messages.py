"""Keeps the translations: what is missing, merging new ones, compiling.

Needs the developers' requirements; the running site uses only the .mo files it writes.
"""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.management import messages
from core.management.messages import Message


class Command(BaseCommand):
    """List untranslated texts; with options, change locale/."""

    help = "Lists untranslated texts, merges translations from JSON files and compiles them."
    requires_system_checks: list[str] = []  # type: ignore[assignment]

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--add", nargs="+", type=Path, default=[], metavar="JSON")
        parser.add_argument("--missing", nargs="*", metavar="PREFIX", help="list what is missing")
        parser.add_argument("--compile", action="store_true", help="write .po and .mo files again")
        parser.add_argument("--prune", action="store_true", help="drop texts no longer in use")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what the options ask for; without any, list what is missing."""
        root = Path(settings.ROOT)
        if options["add"] or options["compile"] or options["prune"]:
            self._change(root, options["add"], prune=options["prune"])
        if options["missing"] is not None or not (
            options["add"] or options["compile"] or options["prune"]
        ):
            self._list_missing(root, tuple(options["missing"] or [""]))

    def _change(self, root: Path, additions: list[Path], *, prune: bool) -> None:
        added = {}
        for file in additions:
            added |= _additions(file)
        with _locked(root / "locale"):
            known = messages.read(messages.file_of(root, "zh_Hans")) | added
            if prune:
                used = messages.extract(root)
                known = {message: text for message, text in known.items() if message in used}
            messages.write(root, known)
        self.stdout.write(f"{len(added)} added or changed, {len(known)} in all.")

    def _list_missing(self, root: Path, prefixes: tuple[str, ...]) -> None:
        known = messages.read(messages.file_of(root, "zh_Hans"))
        missing = 0
        for message, places in sorted(messages.extract(root).items()):
            if not known.get(message) and any(place.startswith(prefixes) for place in places):
                missing += 1
                self.stdout.write(f"{places[0]}: {_as_key(message)}")
        self.stdout.write(f"{missing} without a translation.")


def _additions(file: Path) -> dict[Message, str]:
    """Read a JSON file of translations. Raises CommandError naming the first wrong entry."""
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise CommandError(f"{file}: {problem}") from problem
    found = {Message.parse(key): text for key, text in entries.items()}
    for message, text in found.items():
        if problem := messages.problem(message, text):
            raise CommandError(f"{file}: the translation of {_as_key(message)} {problem}.")
    return found


def _as_key(message: Message) -> str:
    context = message.context + messages.CONTEXT_MARK if message.context else ""
    plural = messages.PLURAL_MARK + message.plural if message.plural else ""
    return json.dumps(context + message.text + plural, ensure_ascii=False)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let one process at a time change the files."""
    folder.mkdir(exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
