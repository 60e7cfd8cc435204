"""The error pages speak plainly, in both languages, and need neither a request nor the database."""

import pytest
from django.template.loader import render_to_string
from django.utils import translation

PAGES = ("400", "403", "404", "409", "429", "500", "csrf")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_error_page_stands_alone_and_has_a_way_out(name, language):
    with translation.override(language):
        page = render_to_string(f"errors/{name}.html", {"reference": "abc123"})

    assert page.count("<h1") == 1
    assert '<a class="btn btn--primary" href="/">' in page
    assert '<html lang="' + ("en" if language == "en" else "zh-Hans") in page


def test_the_page_of_a_bug_names_the_reference():
    assert "abc123" in render_to_string("errors/500.html", {"reference": "abc123"})


def test_a_page_that_is_not_there_uses_our_look(client, db, clerk):
    client.force_login(clerk)

    answer = client.get("/no-such-page/")

    assert answer.status_code == 404
    assert "brand__seal" in answer.content.decode()
