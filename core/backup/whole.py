"""Makes and restores whole backups: the database and what is kept beside it.

The commands `backup` and `restore` are their only callers.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from core.backup import archive, postgresql, sqlite
from core.backup.archive import Unusable

KEY = "secret_key"
MEDIA = "media"


def backup(target: Path) -> Path:
    """Write a backup to a new file, or into a folder; return its path. Raises Unusable."""
    if target.is_dir():
        target = target / f"kehu-{timezone.localtime():%Y%m%d-%H%M%S}.zip"
    if target.exists():
        raise Unusable(f"{target} is there already; name another file.")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".kehu-") as folder:
            about = _about()
            parts = {_database().PART: _database().dump(Path(folder)), **_files()}
            archive.write(target, parts, about)
    except OSError as problem:
        raise Unusable(f"{target} cannot be written: {problem.strerror}.") from problem
    return target


def restore(source: Path) -> str:
    """Put everything back; return where the database of before is kept. Raises Unusable.

    Nothing is changed unless all of the backup is whole and nobody else uses the database. Whoever
    was signed in when the backup was made has to sign in again.
    """
    about = archive.read(source)
    _refuse_others(about)
    try:
        with tempfile.TemporaryDirectory(dir=settings.VAR, prefix=".restoring-") as folder:
            files = _extracted(source, about["parts"], Path(folder))
            before: str = _database().restore(source, Path(folder))
            for target, file in files.items():
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                os.replace(file, target)
    except OSError as problem:
        raise Unusable(f"{settings.VAR} cannot be written: {problem.strerror}.") from problem
    connection.close()
    ContentType.objects.clear_cache()
    call_command("migrate", interactive=False, verbosity=0)
    apps.get_model("sessions", "Session").objects.all().delete()
    return before


def _refuse_others(about: dict[str, Any]) -> None:
    if about["database"] != connection.vendor:
        raise Unusable(
            f"The backup is of {about['database']}, DATABASE_URL names {connection.vendor}."
        )
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if unknown := sorted(set(about["migrations"]) - known):
        raise Unusable(f"The backup was made by a newer Kehu (it has {unknown[0]}): update first.")


def _database() -> ModuleType:
    return {"sqlite": sqlite, "postgresql": postgresql}[connection.vendor]


def _about() -> dict[str, Any]:
    applied = MigrationLoader(connection).applied_migrations
    if not applied:
        raise Unusable("This database is empty: see DATABASE_URL and KEHU_VAR.")
    return {
        "made": timezone.now().isoformat(timespec="seconds"),
        "database": connection.vendor,
        "migrations": sorted(f"{app}.{name}" for app, name in applied),
    }


def _files() -> dict[str, Path]:
    """Return what is kept beside the database, under the names it has in a backup."""
    key, media = settings.VAR / KEY, settings.VAR / MEDIA
    stored = sorted(path for path in media.rglob("*") if path.is_file())
    found = {f"{MEDIA}/{path.relative_to(media).as_posix()}": path for path in stored}
    return {KEY: key, **found} if key.exists() else found


def _extracted(source: Path, names: Iterable[str], folder: Path) -> dict[Path, Path]:
    """Give by its place every file that goes beside the database, proved. Raises Unusable."""
    found = {}
    for number, name in enumerate(names):
        if name != KEY and not name.startswith(f"{MEDIA}/"):
            continue
        target = (settings.VAR / name).resolve()
        if not target.is_relative_to(settings.VAR):
            raise Unusable(f"{source} holds a file outside of Kehu's own folder.")
        found[target] = folder / str(number)
        archive.extract(source, name, found[target])
    return found
