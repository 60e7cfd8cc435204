"""THE registers of this app: what the pages of its kinds of records are made from."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from core.records.register import Register
from customers.exports import records, workbook
from customers.forms import change, change_page, customer_page, hints
from customers.forms.customer import CustomerForm
from customers.forms.customer_filter import LISTING, cells
from customers.services.kinds import CHANGE, KIND

REGISTER = Register(
    kind=KIND,
    place="customers/",
    title=_("Customer list"),
    counted=ngettext_lazy("%(n)d customer", "%(n)d customers", "n"),
    listing=LISTING,
    cells=cells,
    lacking=customer_page.lacking,
    beside=customer_page.beside,
    evidence_page="customers:review-show",
    columns=records.columns,
    files=(workbook.FILE,),
    form=CustomerForm,
    hints=hints.of,
    finds=_("name, code, contact"),
)
CHANGES = Register(
    kind=CHANGE,
    place="changes/",
    title=_("Change requests"),
    counted=ngettext_lazy("%(n)d change request", "%(n)d change requests", "n"),
    listing=change.LISTING,
    cells=change.cells,
    columns=change.columns,
    beside=change_page.beside,
    evidence_page="customers:change-review",
    finds=_("number, customer, reason"),
    has_form=False,
)
