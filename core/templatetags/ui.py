"""The components of DESIGN.md as template tags: `{% load ui %}`. Registers them; markup is in ui_*.

It must not query, decide rights or know a business word. Each tag is a plain function that returns
safe HTML, for list cells too: `from core.templatetags.ui import icon, pill, tag, when, money`.

Small parts
    {% icon "plus" %} {% icon "down" size="sm" %}    name of static/img/icons.svg without "i-"
    {% pill record %}                  state pill; word and icon from the model's `workflow`;
                                       in Python also pill(State)
    {% tag "VIP" "info" %}             info warn danger success change neutral, or no tone
    {% avatar user %}                  last character, Latin names: the first
    {% when moment %}                  今天 10:32 · 昨天 16:40 · 11/20 18:09 · 2024-03-12
    {% since moment %}                 31 小时, warn from 8 h, over from 24 h
    {% money value %}                  500,000.00; None is — everywhere
    {{ names|listed }} {% comma %}     A, B or A、B, as the language writes lists
    {{ number|grouped }}               12,345, None is —
    {{ seconds|duration }}             2.5 seconds, 3 minutes
    {% crumbs label url label url last %}            labels are variables or _("…")
    {% child_table table most=5 %}     rows of a core.records.sections.Table, or that there are none
    {% record_url kind "detail" 12 %}  the address of a page of a kind of record
    {% html_attributes %} {% organisation %} {% home_url %} {% person_line %} {% navigation %}
    {% search_box %}                   used by base.html only

Blocks
    {% panel _("Lines") badge=3 note=_("at least one") id="lines" %}…{% endpanel %}
        badge_tone="danger"; body=False when the content brings .table-wrap, .list or .panel__body
        itself. A head with buttons: write the design's markup.
    {% alert "warn" _("Someone saved this record") %}<p>…</p>{% endalert %}
        info success warn danger; icon_name="clock"; id="errors" focus=True;
        end=buttons for those at the end, put before it by
        {% alert_end as buttons %}…{% endalert_end %}.
    {% empty_state "filter" _("Nothing matches") %}<p>…</p>{% endempty_state %}

Forms
    {% field form.name %}              label, ★, control, hint, errors, aria-describedby
    {% field form.limit kind="num" addon="CNY" width=2 hint="…" %}
        kind: code · num · switch. width: 1, 2 or 3 columns. needed=True prints ★ although a draft
        may leave it empty, needed=False never does.
        A form may set the same: `form.fields["limit"].ui = {"kind": "num", "addon": "CNY"}`.
    {% grid_rows grid %}               the rows of a grid with what is wrong in them: cells, radio
        buttons, buttons; and the <template> of more, which the script numbers
    {% reviewed %}                     the ◆ of what changes by a change request
    {% error_summary form lines … %}   alert with links; formset.label names rows; action="submit"
    {% key_fields form %}              hidden `key` and `version`, where the form has them, whose
                                       it is; {% writer_field %} only that

History
    {% history entries %}              ol.timeline; ui_history.py says what an entry is
"""

from __future__ import annotations

from django import template

from core import text
from core.templatetags.ui_form import (
    error_summary,
    field,
    grid_rows,
    key_fields,
    reviewed,
    writer_field,
)
from core.templatetags.ui_history import history
from core.templatetags.ui_list import record_url
from core.templatetags.ui_parts import (
    alert,
    alert_end,
    avatar,
    child_table,
    crumbs,
    empty_state,
    icon,
    panel,
    pill,
    tag,
)
from core.templatetags.ui_shell import (
    home_url,
    html_attributes,
    navigation,
    organisation,
    person_line,
    search_box,
)
from core.templatetags.ui_values import duration, grouped, money, since, when

register = template.Library()
register.filter("listed", text.listed)
register.filter(duration)
register.filter(grouped)
register.simple_tag(text.comma)

PARTS = (
    icon,
    pill,
    tag,
    avatar,
    when,
    since,
    money,
    crumbs,
    history,
    organisation,
    home_url,
)
TABLES = (child_table, record_url)
FORMS = (field, grid_rows, error_summary, reviewed)
BLOCKS = (panel, alert, alert_end, empty_state)
SHELL = (html_attributes, navigation, search_box, person_line, key_fields, writer_field)

for function in PARTS + TABLES + FORMS:
    register.simple_tag(function)
for function in BLOCKS:
    register.simple_block_tag(function)
for function in SHELL:
    register.simple_tag(function, takes_context=True)
