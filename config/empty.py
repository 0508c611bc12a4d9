"""What a list without rows tells: what will be in it, and where to go next. No list is left blank."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class WhenEmpty:
    text: Any
    # The words of a link, and the page of the site that it leads to: one that every reader of the list may see.
    then: Any = ""
    page: str = ""

    @property
    def url(self) -> str:
        return reverse(f"admin:{self.page}")


def after_sync(text: Any) -> WhenEmpty:
    """Of what comes by itself once systems are connected."""
    return WhenEmpty(text, _("To set-up"), "setup")


def to_add(text: Any, then: Any, model: str) -> WhenEmpty:
    return WhenEmpty(text, then, f"{model}_add")
