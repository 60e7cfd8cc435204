"""What Django's own fields and validators say, in our words: one voice in both languages.

Wording only; what is refused and when is Django's and the fields' business.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core import validators
from django.db import models
from django.forms.formsets import BaseFormSet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

_CHOOSE_AGAIN = _("This cannot be chosen any more; choose again.")
_NO_CHOICE = _("There is no “%(value)s” to choose.")
_NUMBER = _("Write a number, like 1200.50.")
_WHOLE = _("Write a whole number.")
_DATE = _("Write a date, like 2026-01-31.")
_TIME = _("Write a time, like 14:30.")
_MOMENT = _("Write a date and a time, like 2026-01-31 14:30.")
_DURATION = _("Write a length of time, like 01:30:00.")
_EMPTY = _("Fill this in.")
_LIST = _("Choose from the list.")
_FORM = _("Write it in the form that is asked for.")
_FILE = _("The file did not arrive; choose it again.")
_TEXT = _("Use letters, digits and hyphens only.")
_JSON = _("Write valid JSON.")

FORM_FIELDS: dict[type[forms.Field], dict[str, Any]] = {
    forms.Field: {"required": _EMPTY},
    forms.IntegerField: {"invalid": _WHOLE},
    forms.FloatField: {"invalid": _NUMBER},
    forms.DecimalField: {"invalid": _NUMBER},
    forms.DateField: {"invalid": _DATE},
    forms.TimeField: {"invalid": _TIME},
    forms.DateTimeField: {"invalid": _MOMENT},
    forms.DurationField: {"invalid": _DURATION, "overflow": _DURATION},
    forms.FileField: {
        "invalid": _FILE,
        "missing": _FILE,
        "empty": _("The file is empty."),
        "max_length": ngettext_lazy(
            "The name of the file may have %(max)d character, it has %(length)d.",
            "The name of the file may have %(max)d characters, it has %(length)d.",
            "max",
        ),
        "contradiction": _("Either choose a file or clear it, not both."),
    },
    forms.ImageField: {"invalid_image": _FILE},
    forms.URLField: {"invalid": _("Write an address, like https://example.com.")},
    forms.ChoiceField: {"invalid_choice": _NO_CHOICE},
    forms.MultipleChoiceField: {"invalid_choice": _NO_CHOICE, "invalid_list": _LIST},
    forms.ComboField: {},
    forms.MultiValueField: {"invalid": _LIST, "incomplete": _EMPTY},
    forms.SplitDateTimeField: {"invalid_date": _DATE, "invalid_time": _TIME},
    forms.UUIDField: {"invalid": _FORM},
    forms.JSONField: {"invalid": _JSON},
    forms.ModelChoiceField: {"invalid_choice": _CHOOSE_AGAIN},
    forms.ModelMultipleChoiceField: {
        "invalid_list": _LIST,
        "invalid_choice": _CHOOSE_AGAIN,
        "invalid_pk_value": _CHOOSE_AGAIN,
    },
}

MODEL_FIELDS: dict[type[models.Field], dict[str, Any]] = {
    models.Field: {
        "invalid_choice": _NO_CHOICE,
        "null": _EMPTY,
        "blank": _EMPTY,
        "unique": _("%(field_label)s: another record has this already."),
        "unique_for_date": _("%(field_label)s: another record of that time has this already."),
    },
    models.BooleanField: {"invalid": _LIST, "invalid_nullable": _LIST},
    models.DateField: {"invalid": _DATE, "invalid_date": _DATE},
    models.DateTimeField: {"invalid": _MOMENT, "invalid_date": _DATE, "invalid_datetime": _MOMENT},
    models.DecimalField: {"invalid": _NUMBER},
    models.DurationField: {"invalid": _DURATION},
    models.FloatField: {"invalid": _NUMBER},
    models.IntegerField: {"invalid": _WHOLE},
    models.TimeField: {"invalid": _TIME, "invalid_time": _TIME},
    models.BinaryField: {},
    models.UUIDField: {"invalid": _FORM},
    models.JSONField: {"invalid": _JSON},
    models.ForeignKey: {"invalid": _CHOOSE_AGAIN},
}

_SHORT = ngettext_lazy(
    "At least %(limit_value)d character, now %(show_value)d.",
    "At least %(limit_value)d characters, now %(show_value)d.",
    "limit_value",
)
_LONG = ngettext_lazy(
    "At most %(limit_value)d character, now %(show_value)d.",
    "At most %(limit_value)d characters, now %(show_value)d.",
    "limit_value",
)
VALIDATORS: tuple[tuple[Any, Any], ...] = (
    (validators.RegexValidator, _FORM),
    (UnicodeUsernameValidator, _("Use letters, digits and @ . + - _ only.")),
    (validators.EmailValidator, _("Write an e-mail address, like name@example.com.")),
    (validators.URLValidator, _("Write an address, like https://example.com.")),
    (validators.BaseValidator, _("It has to be %(limit_value)s, it is %(show_value)s.")),
    (validators.MaxValueValidator, _("At most %(limit_value)s.")),
    (validators.MinValueValidator, _("At least %(limit_value)s.")),
    (validators.StepValueValidator, _("Only multiples of %(limit_value)s.")),
    (validators.MinLengthValidator, _SHORT),
    (validators.MaxLengthValidator, _LONG),
    (validators.ProhibitNullCharactersValidator, _("There is an invisible character in it.")),
    (validators.FileExtensionValidator, _("Choose a file of this kind: %(allowed_extensions)s.")),
    (validators.validate_integer, _WHOLE),
    (validators.validate_slug, _TEXT),
    (validators.validate_unicode_slug, _TEXT),
    (
        validators.validate_comma_separated_integer_list,
        _("Write whole numbers with commas between."),
    ),
)
DECIMALS = {
    "invalid": _NUMBER,
    "max_digits": ngettext_lazy("At most %(max)s digit.", "At most %(max)s digits.", "max"),
    "max_decimal_places": ngettext_lazy(
        "At most %(max)s digit after the point.", "At most %(max)s digits after the point.", "max"
    ),
    "max_whole_digits": ngettext_lazy(
        "At most %(max)s digit before the point.", "At most %(max)s digits before the point.", "max"
    ),
}
FORMSETS = {
    "missing_management_form": _("The form did not arrive complete; check it and send it again."),
    "too_many_forms": ngettext_lazy("At most %(num)d row.", "At most %(num)d rows.", "num"),
    "too_few_forms": ngettext_lazy("At least %(num)d row.", "At least %(num)d rows.", "num"),
}


def speak() -> None:
    """Put our words in place of Django's, for every field that is made from now on."""
    for field, words in [*FORM_FIELDS.items(), *MODEL_FIELDS.items()]:
        own = field.__dict__.get("default_error_messages", {})
        field.default_error_messages = {**own, **words}
    for validator, message in VALIDATORS:
        validator.message = message
    validators.DecimalValidator.messages = DECIMALS
    BaseFormSet.default_error_messages = FORMSETS


def speak_of(user: type[models.Model]) -> None:
    """Do the same for what Django's own model of a user says by itself."""
    name = user._meta.get_field("username")
    name.error_messages = {**name.error_messages, "unique": _("This user name is taken.")}
