"""Contacts (联系人) of a customer; their version is the customer's."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fields import LongText, Text
from core.models.base import Business
from customers.rules import contact as rules


class Contact(Business):
    """A person at the customer; exactly one is primary when there are any."""

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="contacts")
    line = models.PositiveSmallIntegerField(default=0, editable=False)
    name = Text(pgettext_lazy("person", "name"), max_length=60)
    position = Text(_("position"), max_length=60, blank=True)
    responsibilities = Text(_("responsibilities"), max_length=120, blank=True)
    mobile = Text(_("mobile"), max_length=32, blank=True, fold=True, rule=rules.phone)
    phone = Text(_("phone"), max_length=32, blank=True, fold=True, rule=rules.phone)
    email = Text(_("e-mail"), max_length=120, blank=True, fold=True, rule=rules.email)
    fax = Text(_("fax"), max_length=32, blank=True, fold=True, rule=rules.phone)
    is_primary = models.BooleanField(_("primary"), default=False)
    remark = LongText(_("remark"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(is_primary=True),
                name="one_primary_contact",
                violation_error_message=_("Only one contact can be the primary one."),
            )
        ]

    def __str__(self) -> str:
        return self.name
