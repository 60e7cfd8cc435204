"""What the pages say of change requests is so: of none, of those that wait, of those decided."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import CustomerChange
from tests.customers.asking import ask, decide
from tests.customers.views.page_form import edit_url, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(make_enabled: Any) -> Any:
    return make_enabled()


def test_a_form_that_asks_alone_says_when_nothing_was_asked(
    client: Client, finance: Any, live: Any
) -> None:
    client.force_login(finance)
    url = f"{edit_url(live)}?only=accounts"
    page = opened(client, url) | {"change_reason": "客户来函"}

    shown = client.post(url, page, follow=True).content.decode()

    assert "没有改动，未提交变更申请。" in shown
    assert "已保存" not in shown
    assert not CustomerChange.objects.exists()


def test_a_switch_is_marked_like_every_field_that_changes_by_request(
    client: Client, finance: Any, live: Any
) -> None:
    client.force_login(finance)

    shown = client.get(edit_url(live)).content.decode()

    [label] = re.findall(r'<label class="switch">.*?name="credit_managed".*?</label>', shown, re.S)
    assert "◆" in label


def test_what_is_approved_for_a_later_day_is_not_said_to_wait_for_approval(
    client: Client, finance: Any, reviewer: Any, live: Any
) -> None:
    day = timezone.localdate() + datetime.timedelta(30)
    change = ask(live, finance, {"invoice_title": "新抬头"}, holds_from=day)
    decide(change, "approve", reviewer)
    client.force_login(finance)

    for path in (f"/customers/{live.pk}/", edit_url(live)):
        shown = client.get(path).content.decode()
        assert "变更生效前，继续使用原值。" in shown
        assert "审核前" not in shown
    client.force_login(reviewer)
    desk = client.post(f"/review/changes/{change.pk}/", {"name": "return", "reason": "x"})
    assert "审核前，继续使用原值" not in desk.content.decode()
