"""The language model that this MSP has connected, if there is one that may be asked."""

from datetime import datetime

from django.utils import timezone

from connectors.crypto import CredentialsUnreadable
from insights.asking import breaker
from insights.asking.troubles import Stop, Trouble
from insights.llm import Server
from insights.models import ConnectedModel

KEY = "key"


def configured() -> ConnectedModel | None:
    return ConnectedModel.objects.filter(id=1, is_enabled=True).first()


def connected(now: datetime | None = None) -> ConnectedModel | None:
    """Enabled and not resting: who gets None takes the playbook."""
    model = configured()
    return model if model and not breaker.is_resting(model, now or timezone.now()) else None


def server_of(model: ConnectedModel) -> Server:
    try:
        key = model.key.get(KEY, "")
    except CredentialsUnreadable:
        raise Stop(Trouble.KEY_UNREADABLE) from None
    return Server(
        base_url=model.base_url,
        model=model.model,
        key=key,
        kind="azure" if model.kind == ConnectedModel.Kind.AZURE else "openai",
        api_version=model.api_version,
    )
