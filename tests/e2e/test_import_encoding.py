"""A text table in another encoding: said on the page, changed there, with and without a script."""

import pytest

from customers.models import Customer
from tests.e2e.conftest import DESKTOP, PHONE
from tests.e2e.test_import import ADD, choose, send
from tests.e2e.watch import check_axe, overflow

pytestmark = pytest.mark.e2e
TEXT = "name,region,registered address,phone\nMüller Söhne GmbH,BJ,Königstraße 5,+49 30 901820\n"


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_encoding_is_said_and_changed_on_the_page(as_user, admin, world, script, size):
    page = as_user(admin, script=script, size=size)
    page.goto(ADD)
    choose(page, TEXT.encode("cp1252"), "a.csv")
    send(page)
    panel = page.locator("#encoding")
    panel.get_by_text("Müller Söhne GmbH").wait_for()
    assert "Windows-1252" in panel.inner_text()

    panel.locator("select").select_option("gb18030")
    panel.get_by_role("button").click()
    panel.get_by_text("M黮ler").wait_for()
    panel.locator("select").select_option("cp1252")
    panel.get_by_role("button").click()
    panel.get_by_text("Müller Söhne GmbH").wait_for()

    assert overflow(page) == []
    if script:
        check_axe(page)
    assert Customer.objects.count() == 0
