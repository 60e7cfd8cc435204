"""The app of everything that is not about a business object, and its admin site.

Registers the system checks of core/checks.py.
"""

from typing import Any

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from core import threads
from core.forms import wording


class CoreConfig(AppConfig):
    """The mechanism every business app stands on."""

    name = "core"
    verbose_name = _("System")

    def __init__(self, app_name: str, app_module: Any) -> None:
        """Speak with one voice, before any app makes a form."""
        super().__init__(app_name, app_module)
        threads.keep()
        wording.speak()

    def ready(self) -> None:
        """Register the system checks; after every migration make groups, guard the history."""
        from core import append_only, checks, extend, people  # noqa: F401
        from core.jobs import sweep
        from core.records.bulk_edit import job as bulk_edit
        from core.records.bulk_edit import proof
        from core.records.exports import job

        wording.speak_of(self.get_model("User"))

        for name, check in {**sweep.CHECKS, **proof.CHECKS}.items():
            extend.add_verification(name, check)
        for kind in (extend.JobKind(job.KIND, job.run, job.ended), *bulk_edit.JOBS):
            extend.add_job_kind(kind)
        post_migrate.connect(append_only.after_migrate, sender=self)
        post_migrate.connect(people.make_groups, sender=self)


class SupportConfig(AdminConfig):
    """Django's admin with our site in the place of its own."""

    default_site = "core.admin_site.SupportSite"
