"""What each server was found not to understand, remembered for a day, and what is tried instead."""

from dataclasses import asdict, replace
from datetime import datetime, timedelta

from insights.asking.troubles import Stop, Trouble, Unsupported
from insights.llm import Abilities, Form, Server, default_abilities
from insights.models import LlmAbility

REMEMBERED = timedelta(days=1)
NEXT_FORM: dict[Form, Form] = {"json_schema": "json_object", "json_object": "text"}


def abilities_of(server: Server, now: datetime) -> Abilities:
    row = LlmAbility.objects.filter(
        base_url=server.base_url, model=server.model, learned_at__gt=now - REMEMBERED
    ).first()
    return Abilities(**row.abilities) if row else default_abilities(server)


def remember(server: Server, found: Abilities, now: datetime) -> None:
    LlmAbility.objects.update_or_create(
        base_url=server.base_url,
        model=server.model,
        defaults={"abilities": asdict(found), "learned_at": now},
    )


def without_part(known: Abilities, complaint: Unsupported) -> Abilities:
    """The request without what the server complained of; Stop where there is nothing left to leave out."""
    if complaint.part == "form" and known.form in NEXT_FORM:
        return replace(known, form=NEXT_FORM[known.form])
    if complaint.part == "temperature" and known.takes_temperature:
        return replace(known, takes_temperature=False)
    if complaint.part == "limit":
        is_old = known.limit_name == "max_tokens"
        return replace(known, limit_name="max_completion_tokens" if is_old else "max_tokens")
    raise Stop(Trouble.BAD_REQUEST, complaint.words)
