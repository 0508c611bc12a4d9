"""The page that shows what a language model would be sent about a topic, to the letter. It asks nobody."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.access import Area, May, may
from config.sites import tenant_site
from insights.asking import tokens
from insights.asking.connected import configured
from insights.asking.describe import dry_run
from insights.asking.prices import price_of
from insights.asking.prompt import CannotAsk, Prompt, sendable
from insights.asking.schema import wire_schema
from insights.asking.troubles import Usage
from insights.llm import Limits
from insights.models import ConnectedModel, Topic
from insights.topics.packs import pack_of

# By what stands in their place.
KINDS = {
    "EMAIL": gettext_lazy("E-mail addresses"),
    "URL": gettext_lazy("Links"),
    "SECRET": gettext_lazy("Passwords and other secrets"),
    "PATH": gettext_lazy("Folders of people"),
    "UUID": gettext_lazy("Technical ids"),
    "MAC": gettext_lazy("Addresses of network cards"),
    "IP": gettext_lazy("Network addresses"),
    "ADDRESS": gettext_lazy("Network addresses"),
    "KEY": gettext_lazy("Keys"),
    "DOMAIN": gettext_lazy("Domains"),
    "CARD": gettext_lazy("Card numbers"),
    "ID": gettext_lazy("Insurance numbers"),
    "PHONE": gettext_lazy("Telephone numbers"),
    "NUMBER": gettext_lazy("Long numbers"),
    "POSTCODE": gettext_lazy("Postal codes"),
    "HOST": gettext_lazy("Names of machines"),
    "NAME": gettext_lazy("Names of people"),
    "COMPANY": gettext_lazy("Names of companies"),
    "PRIVATE": gettext_lazy("Your private words"),
}


@dataclass(frozen=True)
class Shown:
    """What the page tells of a prompt beside its words."""

    prompt: Prompt
    model: ConnectedModel | None

    @property
    def schema(self) -> str:
        return json.dumps(wire_schema(self.prompt.archetypes), ensure_ascii=False)

    @property
    def input_tokens(self) -> int:
        sent = [*self.prompt.messages, {"role": "", "content": self.schema}]
        return tokens.estimated(sent).input_tokens

    @property
    def most_output_tokens(self) -> int:
        return Limits().output_tokens

    @property
    def most_money(self) -> Decimal | None:
        """None: nobody knows the price."""
        price = price_of(self.model) if self.model else None
        return price.of(Usage(self.input_tokens, self.most_output_tokens)) if price else None

    @property
    def taken_out(self) -> list[tuple[str, int]]:
        return [(in_words(kind), count) for kind, count in sorted(self.prompt.taken_out.items())]

    @property
    def leaks(self) -> list[str]:
        return [in_words(kind) for kind in self.prompt.leaks]

    @property
    def is_sendable(self) -> bool:
        try:
            sendable(self.prompt)
        except CannotAsk:
            return False
        return True


def in_words(kind: str) -> str:
    return str(KINDS.get(kind.upper(), kind))


def would_be_sent(request: HttpRequest, topic: int) -> HttpResponse:
    if not may(request, May.VIEW, Area.TOPICS):
        raise PermissionDenied
    about = get_object_or_404(Topic, pk=topic)
    prompt = dry_run(pack_of(about, timezone.now()))
    context: dict[str, Any] = tenant_site.each_context(request) | {
        "title": _("What would be sent about “%(name)s”") % {"name": about},
        "topic": about,
        "shown": Shown(prompt, configured()),
    }
    return TemplateResponse(request, "insights/dry_run.html", context)
