"""The header of the entry form: what the catalogue gives, and the three fields that need more.

It parses and explains; services/customer.py saves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.access import permissions_of
from core.catalog import Row
from core.choosing import MOST_GUESSED
from core.fields import CleanCharField
from core.forms.catalogue import CatalogForm
from core.forms.reference import Chooser, References
from core.markup import format_html
from core.prepared import Prepared
from core.records.record import is_blank
from customers.catalog import CUSTOMER
from customers.models import CodeRule, Currency, Customer, Salesperson, Tag
from customers.queries import group
from customers.queries.suggesting import CustomerSource
from customers.rules import contact as contact_rules
from customers.rules import finance
from customers.rules import record as rules
from customers.services import reference

REASON = "same_name_reason"
_OWN = Prepared(lambda user: Salesperson.objects.active().filter(user=user).in_order()[:1])


@dataclass(frozen=True)
class Slot:
    """A sentence under a field that the hints keep up to date; `tone` colours it."""

    field: str
    key: str
    text: str
    tone: str = ""

    @property
    def html(self) -> SafeString:
        """The place of the sentence, hidden while there is none."""
        hidden = "" if self.text else SafeString(" hidden")
        tone = format_html(' class="{}"', self.tone) if self.tone else ""
        return format_html('<span data-hint="{}"{}{}>{}</span>', self.key, tone, hidden, self.text)


class GroupField(CleanCharField):
    """The group customer, chosen by typing among those the user sees."""

    source = CustomerSource()

    def __init__(self, *, user: Any, current: Customer | None, own_pk: int | None) -> None:
        super().__init__(required=False, max_length=200, label=_label("parent"), widget=Chooser)
        self.widget.source, self.widget.few = self.source.key, lambda: None
        self.user, self.current, self.own_pk = user, current, own_pk
        self.shown = group.title(current, user) if current else ""

    def prepare_value(self, value: Any) -> Any:
        """Give the words for the customer; what was typed stays as it is."""
        return self.shown if isinstance(value, Customer) else value

    def clean(self, value: Any) -> Any:
        """Give the customer that is meant. Raises ValidationError if none, several or a circle."""
        text = super().clean(value)
        if not text:
            return None
        if text == self.shown:
            return self.current
        found = group.find(text, self.user)
        if not found:
            self.widget.candidates = self.source.options(self.user, text)[:MOST_GUESSED]
            raise ValidationError(_("No customer with this code or name among those you see."))
        if len(found) > 1:
            self.widget.candidates = self.source.described(found)
            raise ValidationError(_("Several customers have this name; type the code."))
        if group.is_circle(self.own_pk, found[0]):
            raise ValidationError(group.circle_sentence())
        return found[0]


MODES = {
    contact_rules.phone: "tel",
    contact_rules.email: "email",
    contact_rules.website: "url",
    finance.cnaps: "numeric",
}


class CustomerForm(CatalogForm):
    """The header of one customer; `rule` is the code rule in force, `home` our own currency."""

    catalog = CUSTOMER
    exact = frozenset({"code"})
    modes = MODES

    def __init__(
        self,
        *,
        user: Any,
        customer: Customer | None,
        references: References,
        rule: CodeRule | None,
        home: Currency | None = None,
        data: Any = None,
        source: Customer | None = None,
        branch: bool = False,
    ) -> None:
        self.rule = rule
        start = _start_of(customer) if customer else _start_for(user, home)
        if source is not None:
            start |= _copied(source, user, branch=branch)
        super().__init__(user=user, obj=customer, references=references, start=start, data=data)
        if "parent" in self.fields:
            self.initial["parent"] = start["parent"]
        if "name" in self.fields:
            self.fields[REASON] = Customer._meta.get_field(REASON).formfield(required=False)
            self.fields[REASON].widget.attrs["rows"] = 2
            self.initial[REASON] = start[REASON]
            if customer is None and data is None:
                self.fields["name"].widget.attrs["autofocus"] = True
        self.initial["version"] = customer.version if customer else None
        self._explain()

    def refusal(self, row: Row) -> str:
        """Say why a field cannot be changed; a code is typed only where the rule allows it."""
        reason = super().refusal(row)
        if reason or row.name != "code":
            return reason
        if self.obj and self.obj.submitted_at:
            return _("The code was given and does not change any more.")
        if self.rule and not self.rule.allow_typed:
            return _("Drawn by the code rule when all its parts are known.")
        return ""

    def field_for(self, row: Row) -> forms.Field:
        """Make the field of a row; new tags are made by their names, by right."""
        if row.name != "parent":
            made = super().field_for(row)
            if row.name == "tags" and reference.MANAGE in permissions_of(self.user):
                made.let_make(new_tag)  # type: ignore[attr-defined]
            return made
        own_pk = self.obj.pk if self.obj else None
        made = GroupField(user=self.user, current=self.start["parent"], own_pk=own_pk)
        made.ui = {"width": row.width}  # type: ignore[attr-defined]
        return made

    def words(self, name: str, value: Any) -> str:
        """Give a value as this user may read it; a group customer out of scope is masked."""
        is_group = name == "parent" and isinstance(value, Customer)
        return group.title(value, self.user) if is_group else super().words(name, value)

    @property
    def kind(self) -> str:
        """The kind of customer that the chosen type stands for, "" while there is none."""
        chosen = self.values().get("customer_type")
        return chosen.kind if chosen else ""

    @property
    def has_content(self) -> bool:
        """Say whether anything was filled in beyond what a new form starts with."""
        return any(
            not is_blank(value) and value is not False and value != self.start.get(name)
            for name, value in self.cleaned_data.items()
            if name in CUSTOMER.by_name
        )

    def mark_needed(self) -> None:
        """Print ★ at the fields that a record with these values needs to be submitted."""
        values, kind = self.values(), self.kind
        for row in CUSTOMER:
            if row.required and row.name in self.fields:
                needed = rules.is_needed(row.required, values, kind=kind)
                self.fields[row.name].ui["needed"] = needed  # type: ignore[attr-defined]

    def mark_wrong(self, sentences: Mapping[str, str]) -> None:
        """Print what is wrong at the fields that hold something wrong since they were stored."""
        for name in self.fields:
            if (text := sentences.get(self[name].id_for_label)) and not self[name].errors:
                self.fields[name].ui["wrong"] = text  # type: ignore[attr-defined]

    def tell(self, slots: Iterable[Slot]) -> None:
        """Put what the server found out under the fields, in places that the script fills again."""
        for slot in slots:
            if slot.field in self.fields:
                ui = self.fields[slot.field].ui  # type: ignore[attr-defined]
                ui["hint"] = format_html("{} {}", ui.get("hint", ""), slot.html)
            else:
                known = self.notes.get(slot.field, "")
                self.notes[slot.field] = format_html("{} {}", known, slot.html)

    def _explain(self) -> None:
        for row in CUSTOMER:
            told = {"addon": row.unit, "hint": row.note}
            if row.name in self.fields:
                ui = self.fields[row.name].ui  # type: ignore[attr-defined]
                ui |= {name: text for name, text in told.items() if text}
        if REASON in self.fields:
            self.fields[REASON].ui = {"width": 3}  # type: ignore[attr-defined]


def new_tag(name: str) -> Tag:
    """Give a tag that is only a name yet. Raises ValidationError for what cannot be one."""
    return Tag(name=Tag._meta.get_field("name").clean(name, None))


def _label(name: str) -> str:
    return capfirst(str(CUSTOMER.label(name)))


def _start_of(customer: Customer) -> dict[str, Any]:
    start = {row.name: getattr(customer, row.name) for row in CUSTOMER if row.form}
    return {**start, "tags": list(customer.tags.all()), REASON: customer.same_name_reason}


def _copied(source: Customer, user: Any, *, branch: bool) -> dict[str, Any]:
    """Give what a new record takes from another one; a branch belongs to the same group."""
    whole = _start_of(source)
    copied = {row.name: whole[row.name] for row in CUSTOMER if row.form and row.copied}
    seen = Customer.objects.visible_to(user).filter(pk=source.parent_id)
    parent = source.parent if source.parent and seen.exists() else None
    return {**copied, "parent": parent or (source if branch else None)}


def _start_for(user: Any, home: Currency | None) -> dict[str, Any]:
    blank = Customer()
    start = {
        row.name: getattr(blank, row.name) for row in CUSTOMER if row.form and row.name != "tags"
    }
    own = _OWN.first(user.pk)
    department = user.unit if user.unit and user.unit.is_active else None
    return {
        **start,
        "tags": [],
        REASON: "",
        "department": department,
        "salesperson": own,
        "currency": home,
    }
