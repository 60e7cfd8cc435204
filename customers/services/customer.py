"""What is done with customers alone: the regular check. Saving them is core/records/save.py's."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext as _

from core import saving
from core.history import Act
from core.records import save as saves
from core.saving import Refused
from customers.lifecycle import USABLE
from customers.models import Customer, Policy
from customers.services import aggregates, kinds

save = partial(saves.save, kinds.KIND)
redraw_code = partial(saves.redraw, kinds.KIND)


@saving.retried
def confirm_checked(pk: int, *, version: int, act: Act) -> Customer:
    """Say that the data of an enabled customer was looked through and is right (核对无误)."""
    with saving.once(act) as ticket:
        customer = saves.locked(kinds.KIND, pk, version, act)
        if customer.state not in USABLE:
            raise Refused([_("Only enabled customers are reviewed regularly.")])
        ticket.result = str(pk)
        values = {"review_due_date": Policy.current().next_review(act.at)}
        changed: Customer = saving.change(
            aggregates.AGGREGATE, pk, values,
            version=version, act=act, action="check", always=True, locked=customer,
        )  # fmt: skip
        return changed
