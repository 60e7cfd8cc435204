"""Work that outlives a request: how far it is, who holds it, how it ended; who works; bulk actions.

Only core/jobs writes these rows, every time with the token of the holder; they are no history.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from core.fields import Json, LongText, SaidText, Text
from core.said import unpacked


class Job(models.Model):
    """One piece of work. `checkpoint` and `done` are stored with the effects they tell of.

    `ending` says that the work itself is over and what was written is being taken back.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Ending(models.TextChoices):
        CANCEL = "cancel"
        FAILURE = "failure"

    OPEN = (State.QUEUED, State.RUNNING)

    kind = Text(max_length=60)
    params = Json(default=dict)
    state = Text(max_length=10, choices=State.choices, default=State.QUEUED)
    ending = Text(max_length=10, choices=Ending.choices, blank=True)

    phase = Text(max_length=60, blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    # Speed is counted from here: what an earlier holder did says nothing about this one.
    measured_from = models.BigIntegerField(default=0)
    measured_at = models.DateTimeField(null=True)
    checkpoint = Json(default=dict)
    result = Json(default=dict)
    error = SaidText(max_length=2000, blank=True)

    token = Text(max_length=32, blank=True)
    worker = Text(max_length=64, blank=True)
    task = Text(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)

    cancel_requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    cancel_requested_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["state", "id"],
                condition=models.Q(state__in=["queued", "running"]),
                name="job_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} {self.state}"

    @property
    def is_open(self) -> bool:
        """Say whether the job has not come to its end."""
        return self.state in self.OPEN


class WorkerBeat(models.Model):
    """A worker process that lives: it renews `seen_at` every few seconds."""

    worker = Text(max_length=64, primary_key=True)
    host = Text(max_length=255)
    pid = models.IntegerField()
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.host} {self.pid}"


class BulkAction(models.Model):
    """`items` is [[pk, version], …] as on the confirm page; `failures` {pk: packed sentence}.

    What succeeded is told by the history (operation = id), so a killed run loses nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    workflow = Text(max_length=60)
    action = Text(max_length=40)
    items = Json()
    reason = LongText(max_length=2000, blank=True)
    failures = Json(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.action} × {len(self.items)}"

    def failure(self, pk: int) -> str:
        """Give why a record was not moved, in the language of the moment; "" for one that was."""
        return unpacked(self.failures.get(str(pk), ""))
