"""The watch itself: what it must notice is planted and must be noticed."""

import pytest

from tests.e2e.watch import Watch, axe_findings, overflow

pytestmark = pytest.mark.e2e


@pytest.fixture
def bare(browser, live_server):
    context = browser.new_context(base_url=live_server.url)
    yield context.new_page()
    context.close()


def test_a_script_error_is_noticed(bare):
    watch = Watch(bare)
    bare.goto("/login/")
    bare.evaluate("setTimeout(() => { throw new Error('planted'); })")
    bare.wait_for_timeout(50)

    assert "planted" in watch.found[0]


def test_a_report_of_the_policy_is_noticed(bare):
    watch = Watch(bare)
    bare.goto("/login/")
    bare.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">x</p>')")
    bare.wait_for_timeout(50)

    assert any("style-src" in line for line in watch.found)


def test_a_missing_static_file_is_noticed_and_a_refused_page_is_not(bare):
    watch = Watch(bare)
    assert bare.goto("/no/such/page/").status in (302, 404, 200)
    bare.goto("/login/")
    assert watch.found == []

    bare.evaluate("import('/static/js/none.js').catch(() => {})")
    bare.wait_for_timeout(200)

    assert any("Failed to load resource" in line for line in watch.found)


def test_axe_and_wide_documents_are_noticed(bare):
    bare.goto("/login/")
    assert (axe_findings(bare), overflow(bare)) == ([], [])

    bare.evaluate(
        "const image = document.body.appendChild(document.createElement('img'));"
        "image.className = 'planted'; image.style.cssText = 'width: 9000px; max-width: none';"
    )

    assert any("image-alt" in line for line in axe_findings(bare))
    assert "IMG.planted" in overflow(bare)


def test_on_a_page_made_narrow_what_comes_into_sight_is_looked_at(bare):
    bare.goto("/login/")
    bare.evaluate(
        "const text = document.querySelector('main').appendChild(document.createElement('p'));"
        "text.textContent = 'planted'; text.style.cssText = 'color: #ddd; background: #fff';"
        "text.hidden = true;"
    )
    assert axe_findings(bare) == []
    assert axe_findings(bare, is_narrowed=True) == []

    bare.evaluate(
        "document.querySelector('main > p:last-child').hidden = false;"
        "document.querySelector('main').append(document.createElement('img'))"
    )

    found = axe_findings(bare, is_narrowed=True)
    assert [line.split()[1] for line in found] == ["image-alt", "color-contrast"]
