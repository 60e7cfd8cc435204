"""The pages of reference data: who may open them, what a form does, Excel in and out."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.forms.keyed import new_key
from core.workbook import small, writing
from customers.models import Category, Tag
from customers.services.reference import KINDS
from tests.core.workbook.sheets import workbook

INDEX = "/settings/reference/"


def url(verb, stem="tag", *more):
    return reverse(f"customers:reference-{verb}", args=[stem, *more])


def typed(**over):
    return {"key": new_key(), "version": "1", "code": "NEW", "name": "新", "tone": "info", **over}


def edit_url(value, stem="tag"):
    return url("edit", stem, value.pk)


@pytest.fixture
def site(client, admin, world):
    client.force_login(admin)
    return client


def test_only_people_who_keep_reference_data_come_in(client, cast, world):
    urls = [INDEX, url("list"), url("add"), edit_url(world.tag), url("import"), url("export")]
    anonymous = [client.get(one).status_code for one in urls]
    seen = {}
    for name, user in cast.items():
        client.force_login(user)
        seen[name] = {client.get(one).status_code for one in urls}

    assert anonymous == [302] * len(urls)
    assert {name for name, codes in seen.items() if codes == {200}} == {"admin"}
    assert all(codes == {403} for name, codes in seen.items() if name != "admin")


@pytest.mark.parametrize("stem", KINDS)
def test_every_kind_has_its_pages(site, stem):
    value = KINDS[stem].model._default_manager.first()

    for address in (
        url("list", stem),
        url("add", stem),
        edit_url(value, stem),
        url("import", stem),
    ):
        assert site.get(address).status_code == 200
    assert len(small.read(site.get(url("export", stem)).content).lines) > 1


def test_an_unknown_kind_and_an_unknown_value_are_404(site):
    for verb in ("list", "add", "import", "export"):
        assert site.get(url(verb, "customer")).status_code == 404
    assert site.get(url("edit", "tag", 999999)).status_code == 404
    assert site.post(url("toggle", "tag", 999999), {"key": new_key()}).status_code == 404


def test_the_list_is_filtered(site, world):
    found = site.get(url("list"), {"q": "长期"}).content.decode()
    none = site.get(url("list"), {"q": "没有这个"}).content.decode()
    off = site.get(url("list"), {"state": "disabled"}).content.decode()

    assert "长期合作" in found
    assert "高消费" not in found
    assert 'class="empty"' in none
    assert "长期合作" not in off
    assert site.get(url("list"), {"q": "a\0b", "state": "zzz"}).status_code == 200


def test_the_list_asks_the_same_number_of_questions_for_many(site, django_assert_max_num_queries):
    site.get(url("list", "region"))

    with django_assert_max_num_queries(12):
        site.get(url("list", "region"))
    with django_assert_max_num_queries(12):
        site.get(url("list", "salesperson"))


def test_a_value_is_added(site):
    answer = site.post(url("add"), typed(code=" ｎew "))

    tag = Tag.objects.get(code="NEW")
    assert (answer.status_code, tag.name, tag.tone) == (302, "新", "info")


def test_the_same_form_twice_adds_one_value(site):
    form = typed()
    site.post(url("add"), form)
    again = site.post(url("add"), form)
    other = site.post(url("add"), {**form, "code": "OTHER"})

    assert (again.status_code, other.status_code) == (302, 409)
    assert Tag.objects.filter(name="新").count() == 1
    assert 'value="OTHER"' in other.content.decode()


@pytest.mark.parametrize(
    "over",
    [
        {"name": ""},
        {"code": "a/b"},
        {"code": "长" * 21},
        {"name": "x" * 61},
        {"code": "T1"},
        {"name": "\u202ex"},
        {"name": "x\0y"},
        {"tone": "pink"},
        {"key": "k"},
        {"version": "1e309"},
    ],
)
def test_a_wrong_form_is_shown_again_with_the_typing(site, world, over):
    before = Tag.objects.count()

    answer = site.post(url("add"), typed(**over))

    assert answer.status_code == 422
    assert Tag.objects.count() == before
    assert 'id="errors"' in answer.content.decode()


def test_a_value_is_changed_and_shows_its_history(site, world):
    answer = site.post(edit_url(world.tag), typed(code="T1", name="改"))

    page = site.get(edit_url(world.tag)).content.decode()
    world.tag.refresh_from_db()
    assert (answer.status_code, world.tag.name) == (302, "改")
    assert "<del>长期合作</del> → <ins>改</ins>" in page


def test_a_stale_form_overwrites_nothing(site, world):
    site.post(edit_url(world.tag), typed(code="T1", name="第一"))

    answer = site.post(edit_url(world.tag), typed(code="T1", name="第二"))

    page = answer.content.decode()
    world.tag.refresh_from_db()
    assert (answer.status_code, world.tag.name) == (409, "第一")
    assert 'value="第二"' in page
    assert "“第一”" in page
    assert 'name="version" value="2"' in page


def test_a_node_cannot_be_put_below_itself(site, world):
    top = world.category
    site.post(url("add", "category"), typed(code="LOW", name="下", parent=top.code))
    low = Category.objects.get(code="LOW")

    answer = site.post(edit_url(top, "category"), typed(code="T1", name="x", parent=low.code))

    assert answer.status_code == 422
    assert low.parent == top


def test_a_disabled_parent_cannot_be_chosen_anew(site, world):
    category = world.category
    site.post(
        url("toggle", "category", category.pk), {"key": new_key(), "version": "1", "active": "0"}
    )

    answer = site.post(url("add", "category"), typed(parent=category.code))

    assert answer.status_code == 422


def test_a_value_is_disabled_and_enabled(site, world):
    address = url("toggle", "tag", world.tag.pk)
    site.post(address, {"key": new_key(), "version": "1", "active": "0"})
    off = Tag.objects.get(pk=world.tag.pk).is_active
    stale = site.post(address, {"key": new_key(), "version": "1", "active": "1"})
    site.post(address, {"key": new_key(), "version": "2", "active": "1"})

    assert (off, stale.status_code) == (False, 409)
    assert Tag.objects.get(pk=world.tag.pk).is_active
    assert site.get(address).status_code == 405
    assert site.post(address, {"active": "1"}).status_code == 400


def test_only_an_unused_value_can_be_deleted(site, world, make_customer):
    make_customer(tags=[world.tag])
    used, free = world.tag, world.other_tag

    offered = [
        url("delete", "tag", one.pk) in site.get(edit_url(one)).content.decode()
        for one in (used, free)
    ]
    refused = site.post(url("delete", "tag", used.pk), {"key": new_key(), "version": "1"})
    form = {"key": new_key(), "version": "1"}
    gone = site.post(url("delete", "tag", free.pk), form)
    again = site.post(url("delete", "tag", free.pk), form)

    assert offered == [False, True]
    assert (refused.status_code, gone.status_code, again.status_code) == (422, 302, 302)
    assert Tag.objects.filter(pk=used.pk).exists()
    assert not Tag.objects.filter(pk=free.pk).exists()


# Excel


def upload(data, name="标签.xlsx"):
    return {"file": SimpleUploadedFile(name, data)}


def sheet_of(page):
    return page.context["form"].initial["sheet"]


def good():
    return workbook(["编码", "名称", "颜色"], ["00123", "新标签", "蓝"], [4.0, "数字", None])


def test_a_file_is_checked_confirmed_and_written(site):
    preview = site.post(url("import"), upload(good()))
    before = Tag.objects.filter(code__in=["00123", "4"]).count()
    form = {"key": new_key(), "sheet": sheet_of(preview)}

    answer = site.post(url("import"), form)
    again = site.post(url("import"), form)

    assert (preview.status_code, before, answer.status_code, again.status_code) == (
        200,
        0,
        302,
        302,
    )
    assert set(Tag.objects.filter(name__in=["新标签", "数字"]).values_list("code", flat=True)) == {
        "00123",
        "4",
    }
    made = Tag.objects.get(code="00123")
    page = site.get(edit_url(made)).content.decode()
    assert "标签.xlsx" in page
    assert made.version == 1


@pytest.mark.parametrize(
    ("data", "name", "is_text"),
    [
        ("标签一览\n编码,名称\n00123,新标签\n".encode("gb18030"), "a.csv", True),
        (good(), "a.xls", False),
    ],
)
def test_what_the_import_of_customers_reads_is_read_here_too(site, data, name, is_text):
    page = site.post(url("import"), upload(data, name))

    assert page.status_code == 200
    assert page.context["report"].planned[0].code == "00123"
    assert ("GBK / GB18030" in page.content.decode()) is is_text


def test_the_encoding_of_a_text_file_can_be_chosen(site):
    data = "编码,名称\n00123,東京\n".encode("cp932", "ignore")

    page = site.post(url("import"), upload(data, "a.csv") | {"encoding": "cp932"})

    assert "Shift-JIS" in page.content.decode()


def test_an_exported_file_has_nothing_to_write(site):
    data = site.get(url("export")).content

    page = site.post(url("import"), upload(data))

    assert page.status_code == 200
    assert "confirm-form" not in page.content.decode()


def test_every_fault_is_shown_and_nothing_can_be_confirmed(site):
    data = workbook(
        ["编码", "名称", "颜色"], ["a", "甲", "粉红"], ["", "乙", ""], ["=1+1", "丙", ""]
    )

    page = site.post(url("import"), upload(data))

    text = page.content.decode()
    assert page.status_code == 200
    assert "confirm-form" not in text
    assert {fault.row for fault in page.context["report"].faults} == {2, 3, 4}
    assert "粉红" in text


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "a.xlsx"),
        (b"<html>", "a.xlsx"),
        (b"PK\x03\x04junk", "a.xlsx"),
        ("编码,名称\n".encode("gb18030"), "a.xlsx"),
        (good()[:-80], "a.xlsx"),
        (workbook(["x"], ["y"]), "a.xlsx"),
        (workbook(), "a.xlsx"),
        (b"PK\x03\x04" + b"\0" * (2 * 1024 * 1024 + 1), "a.xlsx"),
    ],
)
def test_a_bad_file_gets_a_sentence(site, data, name):
    answer = site.post(url("import"), upload(data, name))

    assert answer.status_code == 422
    assert 'id="id_file-e"' in answer.content.decode()


def test_a_sheet_that_was_not_signed_here_is_refused(site, client, make_user, world):
    sheet = sheet_of(site.post(url("import"), upload(good())))
    tampered = [sheet[:-2] + "xx", "x", "a" * 100, "", sheet.replace(":", "", 1)]

    answers = [site.post(url("import"), {"key": new_key(), "sheet": text}) for text in tampered]
    elsewhere = site.post(url("import", "category"), {"key": new_key(), "sheet": sheet})
    site.force_login(make_user("second", "admin"))
    stranger = site.post(url("import"), {"key": new_key(), "sheet": sheet})

    assert {answer.status_code for answer in (*answers, elsewhere, stranger)} == {422}
    assert not Tag.objects.filter(code="00123").exists()


def test_what_changed_since_the_check_is_shown_again(site, world):
    data = workbook(["编码", "名称"], [world.tag.code, "文件"])
    sheet = sheet_of(site.post(url("import"), upload(data)))
    site.post(edit_url(world.tag), typed(code="T1", name="别人"))

    answer = site.post(url("import"), {"key": new_key(), "sheet": sheet})

    world.tag.refresh_from_db()
    assert (answer.status_code, world.tag.name) == (409, "别人")
    assert "confirm-form" in answer.content.decode()


def test_dangerous_texts_survive_the_round_trip(site):
    site.post(url("add"), typed(name="=1+1"))

    data = site.get(url("export")).content
    page = site.post(url("import"), upload(data))

    assert page.context["report"].faults == []
    assert page.context["report"].planned == []
    assert writing.CONTENT_TYPE in site.get(url("export"))["Content-Type"]
