"""Makes the counting job known in worker processes of tests."""

from django.apps import AppConfig


class EffectsConfig(AppConfig):
    """Registers the job."""

    name = "tests.core.jobs"
    label = "job_effects"

    def ready(self) -> None:
        """Register it."""
        from tests.core.jobs import effects

        effects.register()
