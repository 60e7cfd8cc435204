"""Makes the counting job known in worker processes of tests, and lets their database fail."""

from django.apps import AppConfig


class EffectsConfig(AppConfig):
    """Registers the job."""

    name = "tests.core.jobs"
    label = "job_effects"

    def ready(self) -> None:
        """Register it; watch what the test says about the disk."""
        from tests import disk
        from tests.core.jobs import effects

        effects.register()
        disk.install()
