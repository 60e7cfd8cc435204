"""Bank accounts (银行账户) of a customer; their version is the customer's."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import Text
from core.models.base import Business, optional
from customers.rules import finance as rules


class BankAccount(Business):
    """An account the customer pays from; the number is digits kept as text."""

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="bank_accounts")
    line = models.PositiveSmallIntegerField(default=0, editable=False)
    account_name = Text(_("account name"), max_length=120, blank=True)
    bank = optional("customers.Bank", _("bank"))
    branch = Text(_("branch"), max_length=120, blank=True)
    account_number = Text(_("account number"), max_length=34, fold=True, rule=rules.account_number)
    cnaps = Text(_("CNAPS number"), max_length=12, blank=True, fold=True, rule=rules.cnaps)
    currency = optional("customers.Currency", _("currency"))
    is_default = models.BooleanField(_("default"), default=False)
    is_invoice = models.BooleanField(_("for invoices"), default=False)
    usable_from = models.DateField(_("usable from"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(is_default=True),
                name="one_default_account",
                violation_error_message=_("Only one account can be the default."),
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(is_invoice=True),
                name="one_invoice_account",
                violation_error_message=_("Only one account can be the one for invoices."),
            ),
        ]
        indexes = [models.Index(fields=["account_number"], name="account_number_key")]

    def __str__(self) -> str:
        return f"**** {self.account_number[-4:]}"

    def get_account_number_display(self) -> str:
        """The number in groups of four."""
        digits = self.account_number
        return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))

    def is_usable(self, day: date) -> bool:
        """Say whether it counts on a day: what was approved lately may have to wait."""
        return self.usable_from is None or self.usable_from <= day

    def get_bank_display(self) -> str:
        """The bank as a table of accounts shows it."""
        return self.bank_and_branch

    @property
    def bank_and_branch(self) -> str:
        """The branch with its bank in front, once: many people type the bank into the branch."""
        bank = str(self.bank or "")
        return self.branch if self.branch.startswith(bank) else f"{bank}{self.branch}"
