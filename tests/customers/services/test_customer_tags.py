"""How many tags a customer carries."""

import pytest

from core import saving
from core.records.record import Record
from customers.models import Tag
from customers.rules import record as rules
from customers.services import customer as service
from customers.services.aggregates import REFERENCE
from tests.cast import act_by


def test_more_tags_than_a_record_carries_are_refused_at_the_field(
    world, make_customer, clerk, system_user
):
    customer = make_customer()
    values = [{"code": f"N{n:02d}", "name": f"标签 {n}"} for n in range(rules.MOST_TAGS + 1)]
    drafts = [saving.Draft(one) for one in values]
    saving.bulk_create(REFERENCE["tag"], drafts, act=act_by(system_user))
    record = Record({}, marks={"tags": list(Tag.objects.filter(code__startswith="N"))})

    with pytest.raises(saving.Refused) as refused:
        service.save(customer.pk, record, version=customer.version, submit=False, act=act_by(clerk))

    assert "51" in refused.value.fields["tags"]


def test_a_tag_is_made_by_its_name_with_a_code_of_its_own(world, make_customer, admin):
    customer = make_customer()
    record = Record({}, marks={"tags": [world.tag, Tag(name="重点跟进")]})

    saved = service.save(
        customer.pk, record, version=customer.version, submit=False, act=act_by(admin)
    )
    again = Record({}, marks={"tags": [Tag(name="重点跟进")]})
    service.save(saved.pk, again, version=saved.version, submit=False, act=act_by(admin))

    made = Tag.objects.filter(name="重点跟进").order_by("pk")
    assert [tag.code for tag in made] == ["ZDGJ", "ZDGJ2"]
    assert set(saved.tags.all()) == {made[1]}
    assert made[0].version == 1


def test_a_clerk_makes_no_tags(world, make_customer, clerk):
    customer = make_customer()

    with pytest.raises(saving.Refused) as refused:
        service.save(
            customer.pk, Record({}, marks={"tags": [Tag(name="新标签")]}), version=customer.version,
            submit=False, act=act_by(clerk),
        )  # fmt: skip

    assert "tags" in refused.value.fields
    assert not Tag.objects.filter(name="新标签").exists()
