"""How many tags a customer carries."""

import pytest

from core import saving
from customers.models import Tag
from customers.rules import record as rules
from customers.services import customer as service
from customers.services.aggregates import REFERENCE
from customers.services.customer import Record
from tests.cast import act_by


def test_more_tags_than_a_record_carries_are_refused_at_the_field(
    world, make_customer, clerk, system_user
):
    customer = make_customer()
    values = [{"code": f"N{n:02d}", "name": f"标签 {n}"} for n in range(rules.MOST_TAGS + 1)]
    drafts = [saving.Draft(one) for one in values]
    saving.bulk_create(REFERENCE["tag"], drafts, act=act_by(system_user))
    record = Record({}, tags=list(Tag.objects.filter(code__startswith="N")))

    with pytest.raises(saving.Refused) as refused:
        service.save(customer.pk, record, version=customer.version, submit=False, act=act_by(clerk))

    assert "51" in refused.value.fields["tags"]
