"""The components of DESIGN.md as template tags: `{% load ui %}`. Owns markup only.

It must not query, decide rights or know a business word. Every tag is also a plain
function returning safe HTML: in Python, `from core.templatetags.ui import icon, pill, tag, when, money`.

Small parts
    {% icon "plus" %} {% icon "down" size="sm" %}          names: static/img/icons.svg without the "i-"
    {% pill record %}                                       state pill; the model has `workflow`, so word and icon come from there
        pill(State) and pill("draft", WORKFLOW) do the same without a record
    {% tag "VIP" "info" %}                                  square tag; tone: info warn danger success change neutral or none
    {% avatar user %} {% avatar user size="lg" %}           last character of a Chinese name, first letter otherwise
    {% when moment %}                                       今天 10:32 · 昨天 16:40 · 11/20 18:09 · 2024-03-12; a date prints 2024-03-12
    {% since moment %} {% since moment plain=True %}        31 小时 with data-sla (warn from 8 h, over from 24 h) · plain: words only
    {% money value %} {% money value "CNY" %}               500,000.00 · 500,000.00 CNY · — when None
    {% money value short=True %}                            128.6 万 · 1.29M
    {% crumbs _("Orders") list_url order.code %}      label, url, label, url, …, last label without url
    {% html_attributes %}                                   lang, data-theme, data-density of <html> (base.html, login)
    {% organisation %} {% person_line %}                    company of the settings; name · roles · department (base.html)
    {% navigation %}                                        sidebar from core.extend.nav_items() (base.html)

Blocks
    {% panel _("Lines") badge=3 note=_("at least one") id="lines" %}…{% endpanel %}
        badge_tone="danger"; extra="panel--col" adds a class; body=False when the content brings its own
        .table-wrap, .list or .panel__body. A head with buttons: write the markup of the design by hand.
    {% alert "warn" _("Someone saved this record") %}<p>…</p>{% endalert %}
        tone info success warn danger; icon_name="clock"; id="errors" focus=True; url=… link=_("Show") for the button at the end.
    {% empty_state "filter" _("Nothing matches") %}<p>…</p><div class="row">…</div>{% endempty_state %}

Forms
    {% field form.name %}                                   label, ★/optional, widget, hint, errors (+ aria-describedby)
    {% field form.limit kind="num" addon="CNY" width=2 hint="…" ok="…" end="18 / 18" needed=True readonly=reason %}
        kind: code · num · switch; width: 1, 2 (.col-2), 3 (.col-3); needed=True prints ★ although a draft may leave it
        empty, needed=False never; optional=True prints 选填; readonly=sentence shows the value without a control and says why.
        The same options may be set by the form: `form.fields["limit"].ui = {"kind": "num", "addon": "CNY"}`.
        A `disabled` form field is shown read-only too (give its reason in ui["readonly"]).
    {% cell row_form.phone row=forloop.counter %}           one cell of a sub-entry grid: no label, aria-label “第 1 行 手机”
    {% row_errors row_form columns=8 row=forloop.counter %} <tr class="eg__msg"> under a row, nothing when the row is valid
    {% error_summary form lines … %}                        alert with links; formset.label names its rows; action="submit"
    {% key_fields form %}                                   hidden inputs `key` and `version` where the form has them

History
    {% history entries %}                                   ol.timeline; newest first; see ui_history for what an entry is
"""

from __future__ import annotations

from django import template

from core.templatetags.ui_form import cell, error_summary, field, key_fields, row_errors
from core.templatetags.ui_history import history
from core.templatetags.ui_parts import alert, avatar, crumbs, empty_state, icon, panel, pill, tag
from core.templatetags.ui_shell import html_attributes, navigation, organisation, person_line
from core.templatetags.ui_values import money, since, when

__all__ = ["alert", "avatar", "crumbs", "empty_state", "icon", "money", "panel", "pill", "since", "tag", "when"]

register = template.Library()

for function in (icon, pill, tag, avatar, when, since, money, crumbs, history, organisation):
    register.simple_tag(function)
for function in (field, cell, row_errors, error_summary, key_fields):
    register.simple_tag(function)
for function in (panel, alert, empty_state):
    register.simple_block_tag(function)
for function in (html_attributes, navigation, person_line):
    register.simple_tag(function, takes_context=True)
