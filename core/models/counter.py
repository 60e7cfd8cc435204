"""Counters of serial numbers, one per (rule, basis); written only by core/serials.py."""

from django.db import models

from core.fields import Text


class Counter(models.Model):
    """The last number given for a basis; it goes back only where somebody sets it back."""

    rule = Text(max_length=40)
    basis = Text(max_length=120, blank=True)
    last = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "basis"], name="counter_once")]

    def __str__(self) -> str:
        return f"{self.rule} {self.basis} {self.last}"
