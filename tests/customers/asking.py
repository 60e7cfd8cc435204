"""Change requests as tests ask for them, and their moves."""

from core.records import transition
from core.records.changes.asking import Ask
from core.records.record import Record
from core.records.transition import Shown
from customers.models import Customer, CustomerChange
from customers.services import changes
from customers.services import customer as service
from customers.services.kinds import CHANGE
from tests.cast import act_by


def ask(customer, user, values=None, rows=None, **more):
    """Let somebody ask for other values and rows of a customer in force; gives the request."""
    stored = Customer.objects.get(pk=customer.pk)
    found = service.save(
        stored.pk,
        Record(values or {}, rows or {}),
        version=stored.version,
        submit=False,
        act=act_by(user),
        ask=Ask(**{"reason": "客户来函", **more}),
    )
    return CustomerChange.objects.get(pk=found.requested.pk)


def decide(request, name, user, reason=""):
    """Make a move of a request, an approval on what is there now; gives the request."""
    request = CustomerChange.objects.get(pk=request.pk)
    shown = None
    if name == "approve":
        shown = Shown(changes.judgement([request], user)[request.pk].digest, confirmed=True)
    return transition.perform(
        CHANGE,
        name,
        request.pk,
        version=request.version,
        act=act_by(user, reason),
        shown=shown,
    )
