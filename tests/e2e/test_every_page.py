"""Every page of the site, as somebody who may open it, in both themes, wide and narrow.

The addresses come from the URLconf; a new page is looked at without being named here.
"""

import pytest

from core.models import BulkAction
from customers.imports import desk
from customers.models import ImportBatch
from tests.customers.imports import filled
from tests.e2e.conftest import DESKTOP, PHONE, SMALL_PHONE
from tests.e2e.watch import axe_findings, overflow
from tests.security.test_xss import PAYLOADS
from tests.town import found_town

pytestmark = pytest.mark.e2e

ONLY_POSTS = {
    "core:display", "core:kept-discard", "core:kept-save", "core:language", "core:logout",
    "core:user-toggle",
    "customers:change-bulk", "customers:change-columns", "customers:change-do",
    "customers:change-export",
    "customers:code-rule-activate", "customers:code-rule-preview", "customers:customer-bulk",
    "customers:customer-bulk-edit", "customers:customer-checked", "customers:customer-columns",
    "customers:customer-do",
    "customers:customer-export", "customers:customer-hints", "customers:customer-redraw",
    "customers:import-cancel", "customers:import-columns", "customers:import-decide",
    "customers:import-fix-group", "customers:import-undo", "customers:import-values",
    "customers:import-write", "customers:reference-delete", "customers:reference-toggle",
    "sales:opportunity-bulk", "sales:opportunity-bulk-edit", "sales:opportunity-columns",
    "sales:opportunity-do",
    "sales:opportunity-export", "sales:opportunity-hints", "sales:opportunity-redraw",
}  # fmt: skip
NO_PAGES = {
    "core:choose", "core:kept-token", "customers:change-export-file",
    "customers:customer-bulk-edit-progress", "customers:customer-by-code",
    "customers:customer-export-file", "customers:import-errors",
    "customers:import-file", "customers:import-progress", "customers:import-template",
    "customers:reference-export", "sales:opportunity-export-file",
    "sales:opportunity-bulk-edit-progress", "sales:opportunity-import-template",
}  # fmt: skip
ANONYMOUS = {"core:login"}
BY_CLERK = {"core:kept-show", "customers:customer-add", "customers:customer-edit"}
BY_REVIEWER = {
    "customers:change-review", "customers:review-queue", "customers:review-show",
}  # fmt: skip
LOCKED = {"submitted"}
# What a page needs behind its address.
QUERIES = {"customers:code-rule-counter": "?basis=BJ%7CJS"}
ONE_TREE_ONE_LIST = {"region", "tag"}

# In each language one theme; every page is opened wide, and then made as narrow as these. What
# differs in the second are words and colors: there a view is opened once, a record in every state.
LOOKS = [
    pytest.param("zh-hans", "light", (PHONE, SMALL_PHONE), True, id="zh-light"),
    pytest.param("en", "dark", (PHONE,), False, id="en-dark"),
]
PARTS = 4


def worth_a_look(address):
    """Leave out what is no page, and the ninth table that looks like the other eight."""
    if address.name in ONLY_POSTS | NO_PAGES or address.about == "of another department":
        return False
    if address.name == "customers:customer-edit" and address.about in LOCKED:
        return False
    is_table = address.name.startswith("customers:reference-") and address.about
    return not is_table or address.about in ONE_TREE_ONE_LIST


def chosen(town, language):
    """Give the addresses to open in a language."""
    found = list(filter(worth_a_look, town.addresses()))
    if language == "zh-hans":
        return found
    first = {address.name: address for address in reversed(found)}
    return [one for one in found if one.name.endswith("-detail") or one is first[one.name]]


def whose(address):
    for names, who in ((ANONYMOUS, "anonymous"), (BY_CLERK, "clerk"), (BY_REVIEWER, "reviewer")):
        if address.name in names:
            return who
    return "admin"


@pytest.fixture
def visited(make_customer, admin):
    """A town with texts that want to run, and with a finished move of many."""
    town = found_town()
    nasty = make_customer("submitted", name=PAYLOADS[1], short_name=PAYLOADS[0][:60])
    town.subjects["review"].append(("nasty", {"pk": nasty.pk}))
    town.subjects["customer"].insert(0, ("nasty", {"pk": nasty.pk}))
    done = BulkAction.objects.create(
        user=admin, workflow="customer", action="submit", done_at=nasty.submitted_at,
        items=[[nasty.pk, nasty.version]], failures={str(nasty.pk): "已经提交"},
    )  # fmt: skip
    town.subjects["customer"].append(("finished", {"bulk_id": done.pk}))
    _add_imports(town, admin)
    return town


def _add_imports(town, admin):
    """An import that is running, one with a text that wants to run, one written, one undone."""
    running, nasty, written, undone = (
        filled.started(filled.complete([number], 备注=PAYLOADS[0][:60]), admin)
        for number in (901, 902, 903, 904)
    )
    ImportBatch.objects.filter(pk=running.pk).update(state="checking")
    for batch in (written, undone):
        desk.write(batch, "all", False, filled.press(admin))
    desk.undo(ImportBatch.objects.get(pk=undone.pk), filled.press(admin))
    stages = {"running": running, "nasty": nasty, "written": written, "undone": undone}
    town.subjects["import"] += [(about, {"pk": batch.pk}) for about, batch in stages.items()]


def wrong_on(page, language):
    """Give everything that is wrong on the page that is open, as wide as a desk."""
    found = axe_findings(page)
    if page.locator("html").get_attribute("lang") != {"zh-hans": "zh-Hans"}.get(language, "en"):
        found.append("lang")
    for tag in ("h1", "main", "title"):
        if (count := page.locator(f"{tag}:not(svg *)").count()) != 1:
            found.append(f"{count} × {tag}")
    return found


def wrong_when_narrow(page, size, with_axe):
    """Give everything that is wrong on the page that is open when it is made narrow."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    found = overflow(page) + (axe_findings(page, is_narrowed=True) if with_axe else [])
    return [f"at {size[0]} px: {line}" for line in found]


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize(("language", "theme", "narrow", "with_axe"), LOOKS)
def test_every_page_is_sound(visited, open_page, as_user, language, theme, narrow, with_axe, part):
    for user in visited.people.values():
        user.theme, user.language = theme, language
        user.save(update_fields=["theme", "language"])
    people = {who: as_user(visited.people[who]) for who in ("clerk", "reviewer", "admin")}
    people["anonymous"] = open_page(color_scheme=theme)
    found = []

    for address in chosen(visited, language)[part::PARTS]:
        page = people[whose(address)]
        page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
        answer = page.goto(address.path + QUERIES.get(address.name, ""), wait_until="load")
        if answer.status != 200:
            found.append(f"{address}: {answer.status} for {whose(address)}")
            continue
        spoken = language if whose(address) != "anonymous" else "zh-hans"
        wrong = wrong_on(page, spoken)
        for size in narrow:
            wrong += wrong_when_narrow(page, size, with_axe and size == PHONE)
        found += [f"{address}: {line}" for line in wrong]

    assert found == [], "\n".join(found)


@pytest.mark.parametrize("who", ["clerk", "nobody"])
def test_pages_that_refuse_are_sound_too(visited, as_user, who):
    page = as_user(visited.people[who])
    found = []

    for path in ("/settings/users/", "/no/such/page/", f"/customers/{visited.hidden.pk}/"):
        assert page.goto(path).status in (403, 404)
        found += [f"{path}: {line}" for line in wrong_on(page, "zh-hans")]

    assert found == [], "\n".join(found)


def test_the_support_site_opens_for_a_superuser(visited, as_user):
    page = as_user(visited.people["root"])

    assert page.goto("/admin/").status == 200
