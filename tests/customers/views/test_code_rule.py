"""The pages of the code rules: rights, the grid of segments, previews, putting into force."""

import pytest

from core.forms.keyed import new_key
from core.models import Counter
from customers.models import CodeRule
from tests.customers.views.page_form import sent_by

LIST, ADD, PREVIEW = (
    "/settings/code-rules/",
    "/settings/code-rules/add/",
    "/settings/code-rules/preview/",
)
REGION = {"kind": "region", "separator": "-", "is_basis": "on"}
SERIAL = {"kind": "serial", "width": "4", "start": "1", "step": "1", "pad": "0"}


def typed(*rows, **over):
    form = {
        "key": new_key(),
        "version": "",
        "code": "R2",
        "name": "新规则",
        "allow_typed": "on",
        "segments-TOTAL_FORMS": str(len(rows)),
        "segments-INITIAL_FORMS": "0",
    }
    for at, row in enumerate(rows):
        form |= {f"segments-{at}-{name}": value for name, value in row.items()}
    return {**form, **over}


def url(rule, verb=""):
    return f"{LIST}{rule.pk}/{verb}"


@pytest.fixture
def site(client, admin, world):
    client.force_login(admin)
    return client


def test_only_people_who_keep_code_rules_come_in(client, cast, world):
    urls = [LIST, ADD, url(world.rule)]
    anonymous = [client.get(one).status_code for one in urls]
    seen = {}
    for name, user in cast.items():
        client.force_login(user)
        seen[name] = {client.get(one).status_code for one in urls}
        seen[name].add(client.post(PREVIEW, typed(SERIAL)).status_code)

    assert anonymous == [302] * 3
    assert {name for name, codes in seen.items() if codes == {200}} == {"admin"}
    assert all(codes == {403} for name, codes in seen.items() if name != "admin")


def test_a_rule_is_added_and_put_into_force(site, world):
    added = site.post(ADD, typed(REGION, SERIAL))
    rule = CodeRule.objects.get(code="R2")
    waiting = rule.is_active
    activated = site.post(url(rule, "activate/"), {"key": new_key(), "version": "1"})

    rule.refresh_from_db()
    assert (added.status_code, activated.status_code) == (302, 302)
    assert (waiting, rule.is_active) == (False, True)
    assert list(rule.segments.order_by("line").values_list("kind", "width", "is_basis")) == [
        ("region", 3, True),
        ("serial", 4, False),
    ]


@pytest.mark.parametrize(
    "form",
    [
        typed(REGION),
        typed(SERIAL, SERIAL),
        typed(),
        typed({"kind": "constant", "text": "!"}, SERIAL),
        typed({"kind": "constant", "text": ""}, SERIAL),
        typed({**SERIAL, "width": "0"}),
        typed({**SERIAL, "width": "x"}),
        typed({**SERIAL, "start": "-1"}),
        typed({**SERIAL, "step": "1e309"}),
        typed({**SERIAL, "pad": "？"}),
        typed({**SERIAL, "separator": "，"}),
        typed({"kind": "nothing"}, SERIAL),
        typed({"kind": "", "text": "A"}, SERIAL),
        typed({"kind": "date", "date_format": "%c"}, SERIAL),
        typed(*[{"kind": "constant", "text": "A"}] * 12, SERIAL),
        typed(
            {"kind": "constant", "text": "A" * 20}, {"kind": "constant", "text": "B" * 20}, SERIAL
        ),
        typed(SERIAL, code=""),
        typed(SERIAL, name="x\0"),
        {**typed(SERIAL), "segments-TOTAL_FORMS": "x"},
        {"key": new_key(), "code": "R2", "name": "x"},
    ],
)
def test_what_is_no_rule_is_shown_again(site, form):
    before = CodeRule.objects.count()

    answer = site.post(ADD, form)

    assert answer.status_code == 422
    assert CodeRule.objects.count() == before
    assert 'id="errors"' in answer.content.decode()


def test_a_rule_in_use_is_changed_in_place(site, world, make_customer):
    first = make_customer().code
    rows = [
        {
            "pk": row.pk,
            "line": at,
            "kind": row.kind,
            "separator": row.separator,
            "width": "5" if row.kind == "serial" else "3",
            "start": "1",
            "step": "1",
            "pad": "0",
            **({"is_basis": "on"} if row.kind != "serial" else {}),
        }
        for at, row in enumerate(world.rule.segments.order_by("line"))
    ]
    form = typed(*rows, code=world.rule.code, name="改", version=str(world.rule.version))

    answer = site.post(url(world.rule), form)
    page = site.get(url(world.rule)).content.decode()

    assert (first, make_customer().code) == ("BJ-JS-001", "BJ-JS-00002")
    assert answer.status_code == 302
    assert "BJ · JS" in page
    assert "<del>3</del> → <ins>5</ins>" in page


def test_a_stale_form_overwrites_nothing(site, world):
    form = typed(REGION, SERIAL, version=str(world.rule.version), name="第一")
    site.post(url(world.rule), form)

    answer = site.post(url(world.rule), {**form, "key": new_key(), "name": "第二"})

    world.rule.refresh_from_db()
    assert (answer.status_code, world.rule.name) == (409, "第一")
    assert 'value="第二"' in answer.content.decode()


def test_a_preview_writes_nothing(site, world):
    before = (CodeRule.objects.count(), Counter.objects.count())

    good = site.post(PREVIEW, typed(REGION, SERIAL)).json()["html"]["preview"]
    own = site.post(url(world.rule, "preview/"), typed(REGION, SERIAL)).json()
    bad = site.post(PREVIEW, typed(REGION)).json()["html"]["preview"]
    page = site.post(ADD, typed(REGION, SERIAL, preview="1"))

    assert "BJ-0001" in good
    assert own["html"]["preview"]
    assert "field__error" in bad
    assert "BJ-0001" in page.content.decode()
    assert (CodeRule.objects.count(), Counter.objects.count()) == before
    assert site.get(PREVIEW).status_code == 405


@pytest.mark.parametrize("form", [{}, {"segments-TOTAL_FORMS": "99999999"}, typed({"kind": "\0"})])
def test_a_preview_of_nonsense_is_no_error(site, form):
    assert site.post(PREVIEW, form).status_code == 200


def test_strangers_and_wrong_methods(site, world):
    assert site.get(f"{LIST}999999/").status_code == 404
    assert site.post(f"{LIST}999999/activate/", {"key": new_key()}).status_code == 404
    assert site.get(url(world.rule, "activate/")).status_code == 405
    assert site.post(url(world.rule, "activate/"), {}).status_code == 400


def test_a_stale_activation_is_answered_with_409(site, world):
    site.post(ADD, typed(REGION, SERIAL))
    rule = CodeRule.objects.get(code="R2")

    answer = site.post(url(rule, "activate/"), {"key": new_key(), "version": "9"})

    rule.refresh_from_db()
    assert (answer.status_code, rule.is_active) == (409, False)


def test_a_counter_is_shown_and_set_with_history(site, world, make_customer):
    make_customer(code="BJ-JS-900000001")
    page = site.get(url(world.rule)).content.decode()
    address = url(world.rule, "counter/?basis=BJ%7CJS")
    form = sent_by(site.get(address).content.decode(), "counter-form")

    refused = site.post(address, {**form, "last": "abc"})
    done = site.post(address, {**form, "last": "0"})

    assert "900000001" in page
    assert "BJ-JS-900000002" in page
    assert "counter/?basis=BJ%7CJS" in page
    assert refused.status_code == 422
    assert (done.status_code, done.url) == (302, url(world.rule))
    assert make_customer().code == "BJ-JS-001"
    assert "BJ · JS: 900000001 → 0" in site.get(url(world.rule)).content.decode()


def test_a_counter_that_moved_while_its_page_was_open_is_shown_anew(site, world, make_customer):
    make_customer()
    address = url(world.rule, "counter/?basis=BJ%7CJS")
    form = sent_by(site.get(address).content.decode(), "counter-form")
    make_customer()

    answer = site.post(address, {**form, "last": "9"})

    assert answer.status_code == 409
    again = sent_by(answer.content.decode(), "counter-form")
    assert (again["seen"], again["last"]) == (["2"], ["9"])
    assert site.post(address, again).status_code == 302


def test_an_unknown_counter_is_not_there(site, world):
    assert site.get(url(world.rule, "counter/?basis=XX")).status_code == 404
