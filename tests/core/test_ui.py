"""The tags print the design's markup in both languages and escape what people typed."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import timezone, translation

from core import timeline
from core.templatetags import ui_values
from core.templatetags.ui import avatar, icon, money, pill, since, tag, when
from core.templatetags.ui_form import cell, row_errors
from core.workflow import State, Workflow

NOW = datetime(2026, 11, 23, 2, 40, tzinfo=UTC)  # 10:40 in Shanghai
DRAFT = State("draft", "Draft", "neutral", "pencil")
FLOW = Workflow("thing", (DRAFT,), (), {})


class ThingForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the licence")
    limit = forms.DecimalField(label="Limit", required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "First"), ("b", "Second")])
    sure = forms.BooleanField(label="Sure", required=False)
    tags = forms.MultipleChoiceField(
        label="Tags", choices=[("x", "Ex")], widget=forms.CheckboxSelectMultiple, required=False
    )
    key = forms.CharField(widget=forms.HiddenInput, initial="k1")
    version = forms.IntegerField(widget=forms.HiddenInput, initial=3)


def render(source, **context):
    return Template("{% load ui %}" + source).render(Context(context))


# Small parts


@pytest.mark.parametrize(("language", "expected"), [("zh-hans", "甲、乙、"), ("en", "甲, 乙, ")])
def test_lists_are_joined_as_the_language_writes_them(language, expected):
    with translation.override(language):
        assert render("{{ names|listed }}{% comma %}", names=["甲", "乙"]) == expected


def test_icon_is_decorative_and_points_into_the_sprite():
    html = icon("plus", "sm")

    assert html.startswith('<svg class="icon icon--sm" aria-hidden="true">')
    assert "img/icons.svg#i-plus" in html


@pytest.mark.parametrize(
    "value", [DRAFT, SimpleNamespace(state="draft", workflow=FLOW)], ids=["state", "record"]
)
def test_pill_shows_shape_icon_and_word(value):
    html = pill(value)

    assert html.startswith('<span class="pill" data-state="draft" data-tone="neutral">')
    assert "#i-pencil" in html
    assert html.endswith("Draft</span>")


def test_tag_has_a_tone_only_when_given():
    assert tag("VIP") == '<span class="tag">VIP</span>'
    assert tag("<b>", "info") == '<span class="tag" data-tone="info">&lt;b&gt;</span>'


@pytest.mark.parametrize(("name", "initial"), [("李文静", "静"), ("anna lee", "A"), ("", "")])
def test_avatar_shows_one_character(name, initial):
    assert avatar(name) == f'<span class="avatar" aria-hidden="true">{initial}</span>'


def test_crumbs_link_all_but_the_last():
    html = render('{% crumbs "List" "/list/" "A-1" %}')

    assert '<li><a href="/list/">List</a></li><li aria-current="page">A-1</li>' in html


# Moments and amounts


@pytest.mark.parametrize(
    ("moment", "zh", "en"),
    [
        (NOW - timedelta(minutes=8), "今天 10:32", "Today 10:32"),
        (NOW - timedelta(hours=18), "昨天 16:40", "Yesterday 16:40"),
        (datetime(2026, 11, 20, 10, 9, tzinfo=UTC), "11/20 18:09", "11/20 18:09"),
        (datetime(2024, 3, 12, 2, 18, tzinfo=UTC), "2024-03-12", "2024-03-12"),
        (datetime(2026, 11, 22, 16, 1, tzinfo=UTC), "今天 00:01", "Today 00:01"),
    ],
)
def test_when_names_recent_days_in_shanghai_time(moment, zh, en):
    assert ui_values.when_text(moment, NOW) == zh
    with translation.override("en"):
        assert ui_values.when_text(moment, NOW) == en


def test_when_carries_the_full_moment():
    html = when(datetime(2024, 3, 12, 2, 18, 5, tzinfo=UTC))

    assert 'datetime="2024-03-12T10:18:05+08:00" title="2024-03-12 10:18:05"' in html


def test_when_prints_dates_and_nothing():
    assert when(date(2024, 3, 12)) == '<time datetime="2024-03-12">2024-03-12</time>'
    assert when(None) == "—"


@pytest.mark.parametrize(
    ("age", "zh", "en"),
    [
        (timedelta(minutes=1), "1 分钟", "1 minute"),
        (timedelta(minutes=24), "24 分钟", "24 minutes"),
        (timedelta(hours=31), "31 小时", "31 hours"),
        (timedelta(days=3, hours=1), "3 天", "3 days"),
        (timedelta(seconds=-5), "0 分钟", "0 minutes"),
    ],
)
def test_since_says_the_age(age, zh, en):
    assert timeline.since_text(NOW - age, NOW) == zh
    with translation.override("en"):
        assert timeline.since_text(NOW - age, NOW) == en


@pytest.mark.parametrize(("hours", "level"), [(2, ""), (9, "warn"), (25, "over")])
def test_since_grows_urgent(hours, level):
    assert f'data-sla="{level}"' in since(timezone.now() - timedelta(hours=hours))


def test_money_is_printed_in_full():
    assert money(Decimal("500000")) == "500,000.00"
    assert money(Decimal("500000.5")) == "500,000.50"
    assert money(None) == "—"


# Blocks


def test_panel_wraps_its_content():
    html = render('{% panel "Lines" badge=2 note="two" id="lines" %}<p>x</p>{% endpanel %}')

    assert html.startswith('<section class="panel" id="lines"><div class="panel__head"><h2>Lines')
    assert '<span class="badge">2</span><span class="muted fs-12">two</span>' in html
    assert '<div class="panel__body"><p>x</p></div>' in html


def test_panel_leaves_the_padding_to_a_table():
    html = render('{% panel "Lines" body=False %}<div class="table-wrap"></div>{% endpanel %}')

    assert "panel__body" not in html


def test_only_a_danger_alert_interrupts():
    assert 'role="alert"' in render('{% alert "danger" "No" %}{% endalert %}')
    assert 'role="status"' in render('{% alert "info" "Note" %}{% endalert %}')


def test_alert_escapes_its_title():
    assert "&lt;i&gt;" in render('{% alert "warn" title %}{% endalert %}', title="<i>")


def test_alert_ends_with_the_buttons_that_were_put_before_it():
    html = render(
        "{% alert_end as buttons %}<button>{{ word }}</button>{% endalert_end %}"
        '{% alert "info" "Note" end=buttons %}{% endalert %}',
        word="<i>",
    )

    assert html.count("<button>") == 1
    assert '<div class="alert__end row"><button>&lt;i&gt;</button></div></div>' in html


@pytest.mark.parametrize(
    ("level", "tone", "role"),
    [("success", "success", "status"), ("warning", "warn", "status"), ("error", "danger", "alert")],
)
def test_toast_has_the_tone_of_its_level(level, tone, role):
    message = Message(getattr(constants, level.upper()), "<b>")

    html = render_to_string("components/messages.html", {"messages": [message]})

    assert f'<div class="toast" data-tone="{tone}" role="{role}">' in html
    assert "&lt;b&gt;" in html


def test_empty_state_works_inside_a_for_loop():
    nothing = '{% empty_state "filter" "None" %}{% endempty_state %}'

    html = render("{% for x in things %}{% empty %}" + nothing + "{% endfor %}")

    assert "<h3>None</h3>" in html


# Forms


def test_field_is_labelled_marked_and_described():
    html = render("{% field form.name width=2 %}", form=ThingForm())

    assert '<div class="field col-2"><label class="field__label" for="id_name">Name' in html
    assert '<span class="req" aria-hidden="true">*</span></label>' in html
    assert 'aria-describedby="id_name-h"' in html
    assert '<p class="field__hint" id="id_name-h">As on the licence</p>' in html


def test_field_shows_its_error_before_the_hint():
    html = render("{% field form.name %}", form=ThingForm({}))

    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name-e id_name-h"' in html
    assert html.index("field__error") < html.index("field__hint")


def test_field_takes_options_from_the_form():
    form = ThingForm()
    form.fields["limit"].ui = {"kind": "num", "addon": "CNY", "needed": True}

    html = render("{% field form.limit %}", form=form)

    assert 'class="input input--num"' in html
    assert '<span class="addon">CNY</span>' in html
    assert 'aria-required="true"' in html


def test_select_keeps_the_input_look():
    html = render("{% field form.kind %}", form=ThingForm(use_required_attribute=False))

    assert '<select name="kind" class="input" id="id_kind">' in html


def test_a_checkbox_stands_in_its_own_label():
    html = render('{% field form.sure kind="switch" %}', form=ThingForm())

    assert '<label class="switch"><input type="checkbox" name="sure" role="switch"' in html
    assert "field__label" not in html


def test_many_choices_are_a_named_group():
    html = render("{% field form.tags %}", form=ThingForm({"tags": ["x"]}))

    assert 'role="group" id="id_tags" aria-labelledby="id_tags-l"' in html
    assert 'class="chip chip--pick"' in html


def test_cell_is_named_by_row_and_column():
    html = cell(ThingForm({}, prefix="lines-1")["name"], 2)

    assert 'aria-label="第 2 行 Name"' in html
    assert 'aria-describedby="id_lines-1-name-e"' in html


def test_row_errors_follow_the_row_or_are_nothing():
    bad = ThingForm({"lines-1-kind": "a"}, prefix="lines-1")
    good = ThingForm({"name": "n", "kind": "a", "key": "k", "version": "1"})

    html = row_errors(bad, columns=8, row=2)

    assert html.startswith('<tr class="eg__msg"><td></td><td colspan="7">')
    assert 'id="lines-1-name-e"' in html or 'id="id_lines-1-name-e"' in html
    assert row_errors(good, columns=8, row=2) == ""


def test_error_summary_links_fields_and_rows():
    formset_of = forms.formset_factory(ThingForm, extra=0)
    data = {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0", "lines-0-name": "n",
            "lines-0-key": "k", "lines-0-version": "1"}  # fmt: skip
    lines = formset_of(data, prefix="lines")
    lines.label = "Lines"
    lines.forms[0].empty_permitted = False

    form = ThingForm({"kind": "a"})

    html = render("{% error_summary form lines action='submit' %}", form=form, lines=lines)

    assert "还不能提交：有 4 处需要修改" in html
    assert '<a href="#id_name">Name：' in html
    assert '<a href="#id_lines-0-kind">Lines 第 1 行 Kind：' in html
    assert "data-focus-on-load" in html


def test_error_summary_of_a_good_form_is_nothing():
    assert render("{% error_summary form %}", form=ThingForm()) == ""


def test_key_fields_are_hidden():
    html = render("{% key_fields form %}", form=ThingForm())

    assert 'type="hidden" name="key" value="k1"' in html
    assert 'type="hidden" name="version" value="3"' in html


# History


def test_history_shows_old_and_new_and_child_rows():
    entry = SimpleNamespace(
        tone="info", icon="send", actor="李文静", label="提交", at=NOW, reason="<资料>",
        changes=[("Name", "old & co", "new"), ("Fax", "", "1")],
        rows=[("add", "Lines 1", [("Qty", None, "2")])],
    )  # fmt: skip

    html = render("{% history entries %}", entries=[entry])

    assert "<b>李文静</b> 提交" in html
    assert "原因：&lt;资料&gt;" in html
    assert '<span class="muted">Name</span> <del>old &amp; co</del> → <ins>new</ins>' in html
    assert '<span class="muted">Fax</span> （空） → <ins>1</ins>' in html
    assert '<b aria-hidden="true">+</b><span class="vh">新增行</span> Lines 1' in html


def test_history_folds_what_is_long():
    changes = [(f"Field {number}", "", "x") for number in range(7)]
    entry = SimpleNamespace(tone="", icon="plus", actor="a", label="b", at=NOW, changes=changes)

    html = render("{% history entries %}", entries=[entry])

    assert '<details><summary>7 处</summary><p><span class="muted">Field 0' in html


def test_history_tells_of_a_creation_the_values_alone():
    entry = SimpleNamespace(
        tone="", icon="plus", actor="a", label="b", at=NOW, version=1, changes=[("Fax", "", "1")]
    )

    html = render("{% history entries %}", entries=[entry])

    assert '<span class="muted">Fax</span> 1' in html
    assert "→" not in html


def test_history_opens_what_a_decision_was_based_on():
    evidence = SimpleNamespace(
        lines=(("fail", "Equal <name>", "A & B"), ("ok", "Code", "C1")), note="Not <shown>."
    )
    entry = SimpleNamespace(tone="", icon="check", actor="a", label="b", at=NOW, evidence=evidence)

    html = render("{% history entries %}", entries=[entry])

    assert "<p>Not &lt;shown&gt;.</p><details><summary>当时的核对依据：2 项中 1 项通过" in html
    assert '<li data-result="fail">' in html
    assert "<b>Equal &lt;name&gt;</b><p>A &amp; B</p>" in html


def test_history_without_details_has_no_box():
    entry = SimpleNamespace(tone="", icon="send", actor="a", label="b", at=NOW)

    assert "timeline__more" not in render("{% history entries %}", entries=[entry])
