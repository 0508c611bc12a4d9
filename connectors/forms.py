"""The form of a connection, made from what its vendor declares. Secrets go in and never come out."""

from enum import Enum
from types import NoneType, UnionType
from typing import Any, ClassVar, Literal, Union, get_args, get_origin

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from unfold import widgets

from connectors.base import LEADS_NOWHERE, Connector
from connectors.crypto import CredentialsUnreadable, Secrets
from connectors.models import Connection
from connectors.registry import connectors

SETTINGS = "settings_"
CREDENTIALS = "credentials_"

FILL_IN = _("Please fill this in.")
WHOLE_NUMBER = _("Write a whole number.")
NUMBER = _("Write a number.")
ENTER_AGAIN = _(
    "The connection leads elsewhere now: enter this again, since saved keys are not sent to a new place."
)
SECOND_DESK = _("There is a ticket desk already. Change its connection instead of adding a second one.")
ADDRESS = _("Write a full address, such as https://example.com.")
PLAIN_WORDS = {
    "missing": FILL_IN,
    "string_too_short": FILL_IN,
    "int_parsing": WHOLE_NUMBER,
    "int_from_float": WHOLE_NUMBER,
    "float_parsing": NUMBER,
    "decimal_parsing": NUMBER,
    "bool_parsing": _("Choose yes or no."),
    "literal_error": _("Choose one of the listed values."),
    "enum": _("Choose one of the listed values."),
    "url_parsing": ADDRESS,
    "url_scheme": ADDRESS,
    "string_pattern_mismatch": _("This does not have the expected form."),
    "extra_forbidden": _("This setting does not exist."),
}


class SecretInput(widgets.UnfoldAdminPasswordWidget):  # type: ignore[misc]
    """Shows nothing, not even what was typed before an error."""

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "new-password"}, render_value=False)


class ConnectionForm(forms.ModelForm):  # type: ignore[type-arg]
    connector: ClassVar[Connector]

    class Meta:
        model = Connection
        fields = ["name", "is_enabled"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, value in self.instance.settings.items():
            self.initial[SETTINGS + name] = value
        for name in self.stored_secrets():
            if field := self.fields.get(CREDENTIALS + name):
                field.required = False
                field.help_text = _("Saved. Leave empty to keep it.")

    def stored_secrets(self) -> Secrets:
        try:
            return Secrets(self.instance.credentials)
        except CredentialsUnreadable:
            return Secrets()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        entered = self._accepted(SETTINGS, self.connector.settings_model, {})
        self._refuse_second_desk()
        known = self.stored_secrets()
        if self._leads_elsewhere(entered):
            known = Secrets()
            self._ask_for_secrets_again()
        secrets = self._accepted(CREDENTIALS, self.connector.credentials_model, known)
        if not self.errors:
            self.instance.vendor = self.connector.slug
            self.instance.settings = entered.model_dump(mode="json") if entered else {}
            self.instance.credentials = _plain(secrets) if secrets else Secrets()
        return cleaned

    def _leads_elsewhere(self, entered: BaseModel | None) -> bool:
        if not (self.instance.pk and entered):
            return False
        now, before = entered.model_dump(mode="json"), self.instance.settings
        return any(
            now[name] != before.get(name, field.get_default(call_default_factory=True))
            for name, field in type(entered).model_fields.items()
            if field.json_schema_extra != LEADS_NOWHERE
        )

    def _ask_for_secrets_again(self) -> None:
        """Whoever may change the address must not be able to have the saved keys sent to it."""
        declared = self.connector.credentials_model.model_fields
        entered = {name for name in declared if self.cleaned_data.get(CREDENTIALS + name)}
        for name in self.stored_secrets().keys() & declared.keys() - entered:
            # Where one of several will do, another may take its place.
            if declared[name].is_required() or not entered:
                self.add_error(CREDENTIALS + name, ENTER_AGAIN)

    def _refuse_second_desk(self) -> None:
        """Figures, findings and people know companies and members by the ids of one desk."""
        desks = [connector.slug for connector in connectors().values() if connector.is_ticket_desk]
        others = Connection.objects.filter(vendor__in=desks).exclude(pk=self.instance.pk)
        if self.connector.is_ticket_desk and others.exists():
            self.add_error(None, SECOND_DESK)

    def _accepted(self, prefix: str, model: type[BaseModel], known: dict[str, str]) -> BaseModel | None:
        """What was entered as the vendor's model, or its complaints at the fields they are about."""
        entered = {
            name.removeprefix(prefix): value
            for name, value in self.cleaned_data.items()
            if name.startswith(prefix) and value not in ("", None)
        }
        try:
            return model(**known | entered)
        except ValidationError as complaints:
            for complaint in complaints.errors(include_input=False, include_url=False):
                self._complain(prefix, complaint)
        return None

    def _complain(self, prefix: str, complaint: Any) -> None:
        field = prefix + str(complaint["loc"][0]) if complaint["loc"] else None
        if field in self.errors:
            return
        error = complaint.get("ctx", {}).get("error")
        words = PLAIN_WORDS.get(complaint["type"]) or gettext(str(error) if error else complaint["msg"])
        self.add_error(field if field in self.fields else None, words)


def form_for(connector: Connector) -> type[ConnectionForm]:
    declared: dict[str, Any] = {"connector": connector}
    for name, info in connector.settings_model.model_fields.items():
        declared[SETTINGS + name] = _field(name, info)
    for name, info in connector.credentials_model.model_fields.items():
        declared[CREDENTIALS + name] = forms.CharField(widget=SecretInput(), strip=True, **_words(name, info))
    return type("VendorConnectionForm", (ConnectionForm,), declared)


def _field(name: str, info: FieldInfo) -> forms.Field:
    kind, words = _without_none(info.annotation), _words(name, info)
    if kind is bool:
        words["required"] = False  # an unticked box says no
        return forms.BooleanField(widget=widgets.UnfoldBooleanSwitchWidget(), **words)
    if choices := _choices(kind):
        return forms.ChoiceField(choices=choices, widget=widgets.UnfoldAdminSelectWidget(), **words)
    if kind is int:
        return forms.IntegerField(widget=widgets.UnfoldAdminIntegerFieldWidget(), **words)
    return forms.CharField(widget=widgets.UnfoldAdminTextInputWidget(), **words)


def _words(name: str, info: FieldInfo) -> dict[str, Any]:
    """A vendor declares its fields in English; they are put into the reader's language here."""
    return {
        "label": _(info.title or name.replace("_", " ").capitalize()),
        "help_text": _(info.description) if info.description else "",
        "required": info.is_required(),
        "initial": None if info.is_required() else info.get_default(call_default_factory=True),
        "error_messages": {"required": FILL_IN},
    }


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) not in (Union, UnionType):
        return annotation
    return next(kind for kind in get_args(annotation) if kind is not NoneType)


def _choices(kind: Any) -> list[tuple[str, str]]:
    if get_origin(kind) is Literal:
        return [(str(value), str(value)) for value in get_args(kind)]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [(str(member.value), member.name.replace("_", " ").capitalize()) for member in kind]
    return []


def _plain(secrets: BaseModel) -> Secrets:
    return Secrets(
        (name, value.get_secret_value() if isinstance(value, SecretStr) else str(value))
        for name, value in secrets
        if value is not None
    )
