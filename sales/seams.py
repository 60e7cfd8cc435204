"""THE table of what sales adds to customers and to the dashboard."""

from django.utils.translation import gettext_lazy as _

from core.extend import Counter, Panel, Tab, Veto
from customers.lifecycle import LIFE
from customers.services.kinds import KIND
from sales.queries import opportunity
from sales.roles import VIEW
from sales.views import customer

OPPORTUNITIES = "opportunities"

SEAMS = (
    Veto(to=LIFE.name, name=OPPORTUNITIES, move="reopen", ask=opportunity.still_open),
    Tab(
        to=KIND.subject,
        name=OPPORTUNITIES,
        permission=VIEW,
        label=_("Opportunities"),
        template="record/parts/few.html",
        show=customer.opportunities,
    ),
    Counter(
        to=KIND.subject,
        name=OPPORTUNITIES,
        permission=VIEW,
        label=_("Open opportunities"),
        icon="target",
        rows=opportunity.open_to,
        field="customer",
        amount="amount",
        tab=OPPORTUNITIES,
    ),
    Panel(
        to="dashboard",
        name="expected",
        permission=VIEW,
        template="sales/opportunity/expected.html",
        show=customer.expected_this_month,
    ),
)
