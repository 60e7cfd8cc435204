"""What the tests of an import's pages share: a file with faults, forms read off the page."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from customers.models import ImportBatch
from tests.customers.imports.filled import (
    ACCOUNTS,
    CONTACTS,
    CUSTOMERS,
    account_row,
    contact_row,
    customer_row,
    upload,
    workbook,
)
from tests.customers.views.page_form import sent_by

ADD = "/customers/imports/add/"
LIST = "/customers/imports/"


def url(batch: ImportBatch, part: str = "") -> str:
    """Give the address of an import, or of a part of it."""
    return f"/customers/imports/{batch.pk}/{part}"


def faulty() -> bytes:
    """Make four customers: one good, two of a department nobody knows, one with a bad number."""
    return workbook(
        {
            "客户": [
                CUSTOMERS,
                customer_row(1),
                customer_row(2, 销售部门="销售一处"),
                customer_row(3, 销售部门="销售一处"),
                customer_row(4, 统一社会信用代码="91110108"),
            ],
            "联系人": [CONTACTS, *(contact_row(n) for n in range(1, 5))],
            "银行账户": [ACCOUNTS, *(account_row(n) for n in range(1, 5))],
        }
    )


def refused_for_a_contact() -> bytes:
    """Make three customers: good, with a contact whose number is short, and an orphan contact."""
    return workbook(
        {
            "客户": [CUSTOMERS, customer_row(1), customer_row(2)],
            "联系人": [CONTACTS, contact_row(1), contact_row(2, 手机="1381234"), contact_row(77)],
        }
    )


def page_of(client: Client, batch: ImportBatch, query: str = "?step=check") -> str:
    """Give a page of an import as the browser gets it."""
    return client.get(url(batch) + query).content.decode()


def send(client: Client, data: bytes, name: str = "客户.xlsx", **over: Any) -> Any:
    """Upload a file through the page, as a browser would."""
    form = sent_by(client.get(ADD).content.decode(), "import-form")
    return client.post(ADD, {**form, "file": upload(data, name), **over})


def sent(client: Client, data: bytes, name: str = "客户.xlsx", **over: Any) -> ImportBatch:
    """Upload a file and give the import it made."""
    answer = send(client, data, name, **over)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return ImportBatch.objects.get(pk=re.search(r"/imports/(\d+)/", answer.url)[1])


def form_of(client: Client, batch: ImportBatch, form: str, query: str = "?step=check") -> Any:
    """Give what a form of the import's page would send, untouched."""
    return sent_by(client.get(url(batch) + query).content.decode(), form)
