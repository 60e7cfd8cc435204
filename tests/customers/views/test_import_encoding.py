"""The encoding of a text table on the pages of an import: said, shown, changed."""

import re

import pytest

from customers.models import Customer
from tests.customers.views.imports import form_of, sent, url

pytestmark = pytest.mark.django_db
GERMAN = "name,region,registered address,phone\nMüller Söhne GmbH,HW,No. 1,+49 30 901820\n"


def reread(office, batch, encoding, query=""):
    form = form_of(office, batch, "encoding-form", query)
    answer = office.post(url(batch, "encoding/"), {**form, "encoding": encoding})
    batch.refresh_from_db()
    return answer


def test_the_check_says_the_encoding_and_shows_the_first_rows(office):
    page = office.get(url(sent(office, GERMAN.encode("cp1252"), "a.csv"))).content.decode()

    assert "Windows-1252" in page
    assert "Müller Söhne GmbH · HW" in page


def test_another_encoding_reads_the_file_anew(office):
    batch = sent(office, GERMAN.encode("cp1252"), "a.csv")

    reread(office, batch, "gb18030", "?step=check")
    wrong = office.get(url(batch, "?step=check")).content.decode()
    reread(office, batch, "cp1252", "?step=check")
    right = office.get(url(batch, "?step=check")).content.decode()

    assert "M黮ler" in wrong
    assert "Müller" not in wrong
    assert "Müller" in right
    assert "M黮ler" not in right
    office.post(url(batch, "write/"), form_of(office, batch, "write-form"))
    assert Customer.objects.get().name == "Müller Söhne GmbH"


def test_a_file_of_no_known_encoding_offers_the_choice(office):
    batch = sent(office, "客户名称\n无锡断字机械有限公司\n".encode()[:-2] + b"\n", "a.csv")
    assert batch.state == "failed"
    assert "编码" in batch.failure

    answer = reread(office, batch, "utf-8")
    assert (answer.status_code, batch.state) == (302, "failed")
    assert "UTF-8" in batch.failure

    reread(office, batch, "gb18030")
    assert batch.state == "failed"
    assert 'id="encoding-form"' in office.get(url(batch)).content.decode()


def test_unknown_heads_offer_the_choice_too(office):
    batch = sent(
        office, "客户名称,地区,心情\n无锡一号机械有限公司,北京市,好\n".encode("gb18030"), "a.csv"
    )

    assert batch.state == "mapping"
    assert 'id="encoding-form"' in office.get(url(batch)).content.decode()


def test_neither_a_workbook_nor_a_written_import_can_be_read_anew(office):
    batch = sent(office, GERMAN.encode("cp1252"), "a.csv")
    form = form_of(office, batch, "encoding-form", "?step=check")
    office.post(url(batch, "write/"), form_of(office, batch, "write-form"))

    answer = office.post(url(batch, "encoding/"), {**form, "encoding": "gb18030"})

    assert answer.status_code in (409, 422)
    assert Customer.objects.get().name == "Müller Söhne GmbH"
    assert 'id="encoding-form"' not in office.get(url(batch)).content.decode()


def test_places_of_a_text_table_begin_with_a_word(office):
    text = "客户名称,地区,电话\n无锡一号机械有限公司,北京市,12\n合计,,\n"
    batch = sent(office, text.encode(), "a.csv")

    page = office.get(url(batch, "?step=check")).content.decode()

    assert "CSV" in page
    assert not re.search(r">\s*[，,]", page)


def test_a_name_that_is_no_encoding_is_refused(office):
    batch = sent(office, GERMAN.encode("cp1252"), "a.csv")

    assert reread(office, batch, "rot13", "?step=check").status_code == 422
    assert batch.state == "checked"


def test_words_that_nobody_knows_offer_the_choice_too(office):
    """Garbled words are most often met where they are matched."""
    batch = sent(office, GERMAN.replace("HW", "Köln").encode("cp1252"), "a.csv")

    page = office.get(url(batch)).content.decode()

    assert 'id="values-form"' in page
    assert 'id="encoding-form"' in page
