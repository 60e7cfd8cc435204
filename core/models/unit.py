"""Units (部门): the tree of departments that people belong to and that scope follows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.base import Tree


class Unit(Tree):
    """A department; who works in it sees what belongs to it and to the units below."""

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        constraints = [models.UniqueConstraint(fields=["code"], name="unit_code_unique")]
