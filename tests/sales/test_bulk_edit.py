"""Fields of many opportunities set at once, by the same pages and rules as their form."""

import datetime
import re

import pytest

from core.models import BulkEdit
from core.records.bulk_edit import job, kept
from sales.models import Opportunity
from sales.services.kinds import KIND

pytestmark = pytest.mark.django_db


def carry_out(user, records, **choice):
    edit = kept.freeze(KIND, [(one.pk, one.version) for one in records], by=user)
    job.choose(edit, choice, "")
    edit.refresh_from_db()
    job.write(edit, look=edit.job_id)
    edit.refresh_from_db()
    return edit


def test_salesperson_department_and_day_are_handed_over_and_taken_back(
    make_opportunity, admin, world
):
    open_ones = [make_opportunity(), make_opportunity("offer")]
    won = make_opportunity("won")

    edit = carry_out(
        admin, [*open_ones, won],
        salesperson={"way": kept.SET, "value": world.other_salesperson.pk},
        department={"way": kept.SET, "value": world.units.second.pk},
        expected_date={"way": kept.SET, "value": "2027-01-31"},
    )  # fmt: skip

    assert edit.done == {"changed": 2, "refused": 1}
    for one in open_ones:
        one.refresh_from_db()
        assert one.salesperson == world.other_salesperson
        assert one.department == one.scope_unit == world.units.second
        assert one.expected_date == datetime.date(2027, 1, 31)
    undone = job.undo(edit)
    undone.refresh_from_db()
    assert undone.done == {"changed": 2}
    assert set(Opportunity.objects.values_list("expected_date", flat=True)) == {
        datetime.date(2026, 12, 20)
    }
    assert {one.scope_unit for one in Opportunity.objects.all()} == {world.units.first}


def test_its_pages_offer_what_its_field_table_says(client, make_opportunity, clerk):
    opportunity = make_opportunity()
    client.force_login(clerk)

    url = client.post("/opportunities/bulk/edit/", {"pks": [opportunity.pk]}).url
    page = client.get(url).content.decode()
    answer = client.post(url, {"step": "look", "expected_date": "2027/3/1"}, follow=True)

    offered = set(re.findall('name="([a-z_]+)"', page)) - {"csrfmiddlewaretoken", "viewport"}
    assert {"expected_date", "salesperson", "department", "reason"} <= offered
    assert not offered & {"amount", "probability", "customer", "name", "code"}
    assert 'name="expected_date-empty"' not in page
    assert "2026-12-20" in answer.content.decode()
    assert BulkEdit.objects.get().looked == {"changed": 1}
