"""Charts are words and marks: the numbers are printed, the shapes fit, nothing breaks at zero."""

import re

import pytest

from core.charts import WIDTH, Bar, Share, columns, nice_top, stacked_bar


def test_stacked_bar_prints_every_number_and_share():
    html = stacked_bar([Share("Open", 3, "warn"), Share("Closed", 1, "success")], "States")

    assert 'role="img" aria-label="States"' in html
    assert "Open<b>3</b><small>75.0%</small>" in html
    assert "Closed<b>1</b><small>25.0%</small>" in html


def test_stacked_bar_keeps_small_shares_visible_and_fits():
    html = stacked_bar([Share("Most", 100_000, "success"), Share("Few", 1, "danger")], "States")

    marks = re.findall(r'x="([\d.]+)" y="0" width="([\d.]+)"', html)
    assert float(marks[1][1]) >= 3
    assert float(marks[1][0]) + float(marks[1][1]) <= WIDTH + 0.1


def test_stacked_bar_of_nothing_is_an_empty_track():
    html = stacked_bar([Share("Open", 0, "warn")], "States")

    assert "f-track" in html
    assert "Open<b>0</b><small>0%</small>" in html


def test_legend_links_where_the_part_has_an_address():
    html = stacked_bar([Share("Open", 1, "warn", url="/list/?state=open")], "States")

    assert '<a href="/list/?state=open">Open</a>' in html


def test_columns_mark_the_last_one_with_its_number():
    html = columns([Bar("9/7", 42), Bar("", 60), Bar("9/21", 86)], "New by week")

    assert html.count("<rect") == 3
    assert html.count("bar--now") == 1
    assert ">86</text>" in html
    assert "9/7" in html


def test_columns_of_nothing_still_draw_the_axis():
    assert 'class="axis"' in columns([], "New by week")


@pytest.mark.parametrize(
    ("value", "top"), [(0, 2), (1, 2), (3, 4), (9, 10), (11, 20), (86, 100), (100, 100), (101, 200)]
)
def test_axis_ends_at_a_round_even_number(value, top):
    assert nice_top(value) == top


def test_labels_are_escaped():
    assert "<script>" not in stacked_bar([Share("<script>", 1, "warn")], "<script>")
