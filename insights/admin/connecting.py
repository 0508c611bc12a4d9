"""The form of the language model: where it is asked and what it may cost. The key goes in and never comes out."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from connectors.crypto import CredentialsUnreadable, Secrets
from connectors.forms import ENTER_AGAIN, FILL_IN, SecretInput
from insights.asking import breaker
from insights.asking.connected import KEY
from insights.models import ConnectedModel

ADDRESS = _("Write the address of the API alone, such as https://api.openai.com/v1.")
OVER_HTTPS = _("The address must begin with https, since the key is sent to it.")
NO_SUCH_KEY = _("A key consists of letters, digits and signs without spaces.")
PAIR_OF_PRICES = _("Enter both prices, or neither.")


class ConnectedModelForm(forms.ModelForm):  # type: ignore[type-arg]
    key = forms.CharField(
        label=_("Key"),
        required=False,
        strip=True,
        widget=SecretInput(),
        help_text=_("Leave empty for a server of your own that needs none."),
    )

    class Meta:
        model = ConnectedModel
        fields = (
            *(
                "is_enabled",
                "kind",
                "base_url",
                "model",
                "api_version",
                "tokens_per_month",
                "money_per_month",
            ),
            *("money_per_million_input", "money_per_million_output", "calls_per_run", "retention_days"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self._saved_key():
            self.fields["key"].help_text = _("Saved. Leave empty to keep it.")

    def clean_base_url(self) -> str:
        entered = str(self.cleaned_data["base_url"]).strip().rstrip("/")
        parts = urlsplit(entered)
        if parts.username or parts.password or parts.query or parts.fragment:
            raise forms.ValidationError(ADDRESS)
        if parts.scheme != "https" and not settings.ALLOW_PRIVATE_VENDOR_HOSTS:
            raise forms.ValidationError(OVER_HTTPS)
        return entered

    def clean_key(self) -> str:
        entered = str(self.cleaned_data["key"])
        if not all("!" <= sign <= "~" for sign in entered):
            raise forms.ValidationError(NO_SUCH_KEY)
        return entered

    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = super().clean() or {}
        prices = entered.get("money_per_million_input"), entered.get("money_per_million_output")
        if (prices[0] is None) != (prices[1] is None):
            self.add_error("money_per_million_output", PAIR_OF_PRICES)
        if entered.get("kind") == ConnectedModel.Kind.AZURE and not entered.get("api_version"):
            self.add_error("api_version", FILL_IN)
        if self._saved_key() and not entered.get("key") and self._leads_elsewhere(entered):
            self.add_error("key", ENTER_AGAIN)
        return entered

    def save(self, commit: bool = True) -> Any:
        """Whoever changes something wants to see whether it helps, so nothing rests any longer."""
        if self.cleaned_data["key"]:
            self.instance.key = {KEY: self.cleaned_data["key"]}
        breaker.forget(self.instance)
        self.instance.id = 1
        return super().save(commit)

    def _leads_elsewhere(self, entered: dict[str, Any]) -> bool:
        """Whoever may change the address must not be able to have the saved key sent to it."""
        now, before = entered.get("base_url", ""), self.initial.get("base_url", "")
        return bool(urlsplit(now)[:2] != urlsplit(before)[:2])

    def _saved_key(self) -> Secrets:
        try:
            return Secrets(self.instance.key)
        except CredentialsUnreadable:
            return Secrets()
