"""How long questions and answers are kept, and how those with a client's words are erased before that."""

from datetime import datetime, timedelta

from django.db import transaction

from insights.asking.abilities import REMEMBERED
from insights.asking.budget import write_off
from insights.asking.leases import bury_dead
from insights.models import ConnectedModel, LlmAbility, LlmCall

USUAL_DAYS = 90


def expire(now: datetime) -> int:
    """How many calls went. What they cost stays in the months' sums."""
    bury_dead(now)
    LlmAbility.objects.filter(learned_at__lte=now - REMEMBERED).delete()
    model = ConnectedModel.objects.first()
    oldest = now - timedelta(days=model.retention_days if model else USUAL_DAYS)
    return _erase(asked_at__lt=oldest)


def erase_company(company: int) -> int:
    """A call that is out right now goes too: its reply then finds no row to be kept in."""
    return _erase(company=company)


def _erase(**which: object) -> int:
    with transaction.atomic():
        calls = list(LlmCall.objects.select_for_update().filter(**which).order_by("pk"))
        write_off(calls)
        LlmCall.objects.filter(pk__in=[call.pk for call in calls]).delete()
    return len(calls)
