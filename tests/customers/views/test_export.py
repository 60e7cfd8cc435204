"""Customers leave as files: by right, in scope, as the list shows them, and it is noted."""

import zipfile
from io import BytesIO

import pytest
from django.utils.translation import override

from core import jobs
from core.models import ExportLog
from core.records.exports import files
from core.records.exports import job as noted
from customers.forms.customer_filter import LISTING
from customers.models import Customer
from tests.customers.exports.sheets import body, csv_rows, table

pytestmark = pytest.mark.django_db
EXPORT = "/customers/export/"


def test_the_list_leaves_with_its_columns_filter_and_order(client, admin, make_customer):
    make_customer(name="甲公司")
    make_customer(name="乙公司")
    make_customer("submitted", name="丙公司")
    client.force_login(admin)

    answer = client.post(f"{EXPORT}?state=draft&sort=name", {"kind": "xlsx"})
    rows = table(body(answer))

    assert answer["Content-Type"].startswith("application/vnd.openxml")
    assert rows[0][:3] == ["客户编码", "客户名称", "状态"]
    assert [row[1] for row in rows[1:]] == ["甲公司", "乙公司"]
    assert {row[2] for row in rows[1:]} == {"草稿"}


def test_csv_leaves_with_a_mark(client, admin, make_customer):
    make_customer(name="甲公司")
    client.force_login(admin)

    data = body(client.post(EXPORT, {"kind": "csv"}))

    assert data.startswith(b"\xef\xbb\xbf")
    assert csv_rows(data)[1][1] == "甲公司"


def test_what_left_is_noted(client, admin, make_customer):
    make_customer(name="甲公司")
    client.force_login(admin)

    answer = client.post(f"{EXPORT}?state=draft&q=甲", {"kind": "csv"})
    before = ExportLog.objects.get()
    assert (before.state, before.rows) == ("running", None)
    body(answer)

    log = ExportLog.objects.get()
    assert (log.user, log.kind, log.rows, log.state) == (admin, "csv", 1, "done")
    assert log.words == [["搜索", "甲"], ["状态", "草稿"]]
    with override("en"):
        assert log.words == [["Search", "甲"], ["State", "Draft"]]
    assert log.columns[:2] == ["客户编码", "客户名称"]


def test_a_reader_who_goes_away_is_noted(admin):
    log = noted.begin(
        "customers.customer", admin, kind="csv", name="x.csv", conditions={}, columns=[]
    )
    parts = noted.streamed(log, lambda: iter([(1_000, b"a"), (2_000, b"b")]))
    next(parts)
    parts.close()

    log.refresh_from_db()
    assert (log.state, log.rows) == ("failed", 1_000)


def test_only_those_with_the_right_take_customers_out(client, clerk, finance, viewer):
    for user in (clerk, finance, viewer):
        client.force_login(user)

        assert client.post(EXPORT, {"kind": "xlsx"}).status_code == 403
        assert client.get("/customers/template/").status_code == 403
        assert "引出" not in client.get("/customers/").content.decode()
    assert not ExportLog.objects.exists()


def test_an_unknown_kind_is_refused(client, admin):
    client.force_login(admin)

    assert client.post(EXPORT, {"kind": "exe"}).status_code == 400
    assert client.get(EXPORT).status_code == 405


@pytest.fixture
def exporter(make_user, units, add_role):
    """A clerk who may also export: no role of ours, but one that a company could add."""
    user = make_user("exporter", "clerk", unit=units.first)
    user.groups.add(add_role("exporter", "customers.export_customer"))
    return user


def test_nothing_out_of_scope_leaves(client, exporter, outsider, units, make_customer):
    make_customer(name="甲公司")
    make_customer(by=outsider, name="别处公司", department=units.second)
    client.force_login(exporter)

    rows = csv_rows(body(client.post(EXPORT, {"kind": "csv"})))

    assert [row[1] for row in rows[1:]] == ["甲公司"]


def test_account_numbers_leave_masked_where_they_are_shown_masked(client, exporter, make_customer):
    mine = make_customer(by=exporter, name="甲", accounts=[{"account_number": "6222021234567890"}])
    make_customer(name="乙", accounts=[{"account_number": "6217009876543210"}])
    client.force_login(exporter)

    data = body(client.post(EXPORT, {"kind": "workbook"}))

    numbers = {row[5] for row in table(data, "银行账户")[1:]}
    assert numbers == {"6222021234567890", "**** 3210"}
    assert mine.created_by == exporter
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert not any(b"6217009876543210" in archive.read(name) for name in archive.namelist())


def test_the_records_are_listed(client, admin, make_customer):
    make_customer(name="甲公司")
    client.force_login(admin)
    body(client.post(f"{EXPORT}?state=draft", {"kind": "csv"}))

    page = client.get("/customers/export/records/").content.decode()

    assert "草稿" in page
    assert ".csv" in page


def test_the_number_of_queries_does_not_grow(
    client, admin, make_customer, django_assert_max_num_queries
):
    client.force_login(admin)
    LISTING.store_columns(admin, ["code", "name", "tags", "parent", "region", "created_by"])
    for _number in range(12):
        make_customer()

    with django_assert_max_num_queries(14):
        body(client.post(EXPORT, {"kind": "xlsx"}))
    assert Customer.objects.count() == 12


@pytest.mark.parametrize(("kind", "is_large"), [("csv", False), ("workbook", True)])
def test_what_stands_below_customers_counts_where_it_is_exported(
    client, admin, make_customer, monkeypatch, kind, is_large
):
    monkeypatch.setattr(files, "MOST_LINES", 2)
    make_customer(contacts=[{"name": f"联系人{number}"} for number in range(3)])
    client.force_login(admin)

    answer = client.post(EXPORT, {"kind": kind})

    assert (answer.status_code == 302) is is_large


@pytest.mark.django_db(transaction=True)
def test_a_large_export_is_made_by_a_job_and_fetched_by_its_owner(
    client, admin, make_user, units, make_customer, monkeypatch
):
    monkeypatch.setattr(files, "MOST_AT_ONCE", 2)
    for _number in range(3):
        make_customer()
    client.force_login(admin)

    answer = client.post(f"{EXPORT}?state=draft", {"kind": "csv"})
    assert answer["Location"] == "/customers/export/records/"
    assert ExportLog.objects.get().state == "waiting"
    jobs.run_waiting()
    log = ExportLog.objects.get()
    data = b"".join(client.get(f"/customers/export/{log.pk}/file/").streaming_content)

    assert (log.state, log.rows, len(csv_rows(data))) == ("done", 3, 4)
    client.force_login(make_user("other", "admin", unit=units.root))
    assert client.get(f"/customers/export/{log.pk}/file/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_file_is_fetched_only_beside_what_it_holds(client, admin, make_customer, monkeypatch):
    monkeypatch.setattr(files, "MOST_AT_ONCE", 0)
    make_customer()
    client.force_login(admin)
    client.post(EXPORT, {"kind": "csv"})
    jobs.run_waiting()
    log = ExportLog.objects.get()

    assert client.get(f"/customers/export/{log.pk}/file/").status_code == 200
    assert client.get(f"/opportunities/export/{log.pk}/file/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_who_lost_the_right_meanwhile_gets_no_file(client, admin, make_customer, monkeypatch):
    monkeypatch.setattr(files, "MOST_AT_ONCE", 0)
    make_customer()
    client.force_login(admin)
    client.post(EXPORT, {"kind": "csv"})
    admin.groups.clear()

    jobs.run_waiting()

    log = ExportLog.objects.get()
    assert (log.state, log.file) == ("failed", None)
