"""The error pages speak plainly, in both languages, and need neither a request nor the database."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.utils import translation

from core import middleware
from core.workbook.reading import Limits

PAGES = ("400", "403", "404", "409", "413", "413_form", "429", "500", "csrf")


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


def test_more_than_a_file_may_have_is_refused_before_it_is_stored(
    client, admin, settings, monkeypatch
):
    monkeypatch.setattr(middleware, "Limits", lambda: Limits(file_bytes=1024 * 1024))
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024
    monkeypatch.setattr("django.http.HttpRequest._load_post_and_files", forbidden)
    client.force_login(admin)

    answer = client.post("/customers/imports/new/", {"file": upload(1024 * 1024 + 1025)})

    assert answer.status_code == 413
    assert "文件超过 1 MB" in answer.content.decode()


@pytest.mark.parametrize("limit", ["DATA_UPLOAD_MAX_MEMORY_SIZE", "DATA_UPLOAD_MAX_NUMBER_FIELDS"])
def test_more_than_a_form_may_hold_is_said(client, admin, settings, limit):
    client.force_login(admin)
    setattr(settings, limit, 10)

    answer = client.post("/preferences/", {f"field-{n}": "长" for n in range(11)})

    assert answer.status_code == 413
    assert "表单内容过多" in answer.content.decode()


def forbidden(*_given):
    """Nobody may take the body apart."""
    raise AssertionError


def upload(size):
    """Give a file of this many bytes."""
    return SimpleUploadedFile("大.xlsx", bytes(size))
