"""Our format_html gives what Django's gives, for every kind of value."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from core import markup


class Drawn:
    """Something that prints itself as markup."""

    def __html__(self):
        return "<i>drawn</i>"


VALUES = st.one_of(
    st.text(alphabet="<>&'\"a 客{}"),
    st.integers(),
    st.none(),
    st.booleans(),
    st.decimals(),
    st.dates(),
)


@given(st.lists(VALUES, min_size=2, max_size=2))
def test_values_are_escaped_as_django_does(values):
    made = markup.format_html('<a title="{}">{}</a>', *values)

    assert made == html.format_html('<a title="{}">{}</a>', *values)
    assert isinstance(made, SafeString)


@pytest.mark.parametrize(
    "value",
    [mark_safe("<b>&amp;</b>"), gettext_lazy("Save"), Drawn(), Decimal("1.50"), date(2026, 1, 2)],
)
def test_special_values_come_out_as_django_prints_them(value):
    assert markup.format_html("{}|{name}", value, name=value) == html.format_html(
        "{}|{name}", value, name=value
    )


@given(st.lists(st.tuples(VALUES, VALUES), max_size=4), st.sampled_from(["", "\n", "<"]))
def test_rows_are_joined_as_django_does(rows, separator):
    pattern = "<li>{0}: {1}</li>"

    made = markup.format_html_join(separator, pattern, rows)

    assert made == html.format_html_join(separator, pattern, rows)
    assert isinstance(made, SafeString)
