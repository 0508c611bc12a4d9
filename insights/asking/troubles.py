"""What can go wrong when a language model is asked, and what follows from it: wait, stop, or do without."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from config.logs import mask


class Trouble(models.TextChoices):
    KEY = "key", _("The server refuses the key.")
    FORBIDDEN = "forbidden", _("The server does not let this key use the model.")
    NO_MODEL = (
        "no_model",
        _("There is no such model at this address, or the address is not the one of its API."),
    )
    QUOTA = "quota", _("The account at the provider has no credit left.")
    REDIRECT = "redirect", _("The server sends us on to another address, which is not followed.")
    HOST = "host", _("This address may not be reached from here: https and a public host are required.")
    CERTIFICATE = "certificate", _("The server's certificate is not trusted here.")
    KEY_UNREADABLE = "key_unreadable", _("The saved key cannot be decrypted. Enter it again.")
    BAD_REQUEST = "bad_request", _("The server does not accept the request.")
    UNREACHABLE = "unreachable", _("The server cannot be reached.")
    BROKEN_OFF = "broken_off", _("The server broke off the answer.")
    TOO_SLOW = "too_slow", _("The server takes too long to answer.")
    BUSY = "busy", _("The server is busy and asks to be left alone for a while.")
    SERVER_ERROR = "server_error", _("The server has an error of its own.")
    NOT_AN_API = "not_an_api", _("The address answers, but not as a language model does.")
    TOO_LARGE = "too_large", _("The server sends more than a reply can be.")
    ENCODED = "encoded", _("The server sends compressed data that was not asked for.")
    TOO_LONG = "too_long", _("The request is longer than the model can read.")
    EMPTY = "empty", _("The reply is empty.")
    CUT_OFF = "cut_off", _("The reply was cut off at its longest permitted length.")
    DECLINED = "declined", _("The model declines to answer.")
    NO_OBJECT = "no_object", _("The reply is not in the form that was asked for.")
    NOT_CONNECTED = "not_connected", _("No language model is connected.")
    RESTING = "resting", _("After several failures the language model is left alone for a while.")
    BUDGET = "budget", _("Another call might cost more than this month's limit allows.")
    RUN_LIMIT = "run_limit", _("This run has made as many calls as it may.")
    ELSEWHERE = "elsewhere", _("The same is being asked by somebody else, who has not finished yet.")
    ABANDONED = "abandoned", _("Whoever asked this was stopped before the answer came.")


# Nothing but a person's change helps against these, so asking stops at once.
WRONG_SETTINGS = frozenset(
    {
        *(Trouble.KEY, Trouble.FORBIDDEN, Trouble.NO_MODEL, Trouble.QUOTA, Trouble.REDIRECT, Trouble.HOST),
        *(Trouble.CERTIFICATE, Trouble.KEY_UNREADABLE),
    }
)
# These say nothing about the server's health: it works, only this reply is of no use.
OF_ONE_REPLY = frozenset(
    {Trouble.TOO_LONG, Trouble.EMPTY, Trouble.CUT_OFF, Trouble.DECLINED, Trouble.NO_OBJECT, Trouble.BUDGET}
)


@dataclass(frozen=True)
class Usage:
    input_tokens: int = 0
    output_tokens: int = 0
    is_estimated: bool = False

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.is_estimated or other.is_estimated,
        )


class Billed(Enum):
    """What a provider may charge for a request that brought nothing, as far as we can know."""

    NOTHING = 0
    INPUT = 1
    ALL = 2


class Failed(Exception):
    """One request that brought nothing. `words` are the server's, without keys."""

    def __init__(
        self,
        trouble: Trouble,
        words: str = "",
        *,
        usage: Usage | None = None,
        billed: Billed = Billed.NOTHING,
        after_seconds: float | None = None,
    ) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.words = words
        self.usage = usage  # as the server counted it
        self.billed = billed  # where it did not count
        self.after_seconds = after_seconds


class TryAgain(Failed):
    """Passes by itself."""


class Stop(Failed):
    """The next request would fare the same."""


class Unusable(Failed):
    """The server answered, and probably charges for it, but this reply is of no use."""


class Unsupported(Failed):
    """The server does not understand a part of the request; it may be asked without."""

    def __init__(self, part: str, words: str = "") -> None:
        super().__init__(Trouble.BAD_REQUEST, words)
        self.part = part


def storable(text: str) -> str:
    """Without what no database keeps as text."""
    return text.replace("\x00", "").encode(errors="replace").decode()


def without(secret: str, text: Any, longest: int = 500) -> str:
    """A server's words with the key gone, since some quote it, whole or in part."""
    words = storable(str(text))
    if len(secret) >= 4:
        words = words.replace(secret, "***")
    return mask(words)[:longest]
