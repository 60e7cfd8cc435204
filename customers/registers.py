"""THE registers of this app: what the pages of its kinds of records are made from."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from core.records.register import Register
from customers.exports import records, workbook
from customers.forms import customer_page, hints
from customers.forms.customer import CustomerForm
from customers.forms.customer_filter import LISTING, cells
from customers.services.kinds import KIND

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
