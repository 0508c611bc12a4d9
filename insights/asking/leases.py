"""Who asks: of all that want the same answer at the same time one does, and a dead one's turn goes to another."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from insights.asking.budget import write_off
from insights.asking.troubles import Trouble
from insights.models import LlmCall

State = LlmCall.State
# A failure is shared by all who wait for the same answer; asking again makes sense only later.
FAILURE_HOLDS = timedelta(minutes=1)
REFUSAL_HOLDS = timedelta(days=7)


def claim(row: LlmCall, now: datetime) -> LlmCall | None:
    """The row to fill, when it is ours to ask; `row` brings holder and lease."""
    LlmCall.objects.bulk_create([row], ignore_conflicts=True)
    found = LlmCall.objects.filter(digest=row.digest).first()
    if found is None or found.holder == row.holder:
        return found
    return _take_over(found.pk, row, now) if is_free(found, now) else None


def is_free(call: LlmCall, now: datetime) -> bool:
    if call.state == State.ASKING:
        return call.leased_until is None or call.leased_until <= now
    if call.state == State.ANSWERED:
        return False
    holds = REFUSAL_HOLDS if call.state == State.REFUSED else FAILURE_HOLDS
    return call.answered_at is None or call.answered_at + holds <= now


def _take_over(pk: int, row: LlmCall, now: datetime) -> LlmCall | None:
    with transaction.atomic():
        found = LlmCall.objects.select_for_update().filter(pk=pk).first()
        if found is None or not is_free(found, now):
            return None
        write_off([found])
        row.pk, row.attempts, row.money = found.pk, found.attempts, found.money
        row.input_tokens, row.output_tokens = found.input_tokens, found.output_tokens
        row.is_estimated = found.is_estimated
        row.save(force_update=True)
        return row


def finish(call: LlmCall, **outcome: object) -> None:
    """Nothing is written by whoever has lost the lease meanwhile."""
    mine = LlmCall.objects.filter(pk=call.pk, holder=call.holder)
    mine.update(leased_until=None, **outcome)


def bury_dead(now: datetime) -> int:
    """Ends the calls whose askers are gone, so that what they had reserved is no longer held back."""
    dead = Q(state=State.ASKING) & (Q(leased_until=None) | Q(leased_until__lte=now))
    with transaction.atomic():
        calls = list(LlmCall.objects.select_for_update().filter(dead).order_by("pk"))
        write_off(calls)
        ended = {
            "state": State.FAILED,
            "verdict": Trouble.ABANDONED,
            "answered_at": now,
            "leased_until": None,
        }
        given_up = {"reserved_tokens": 0, "reserved_money": 0}
        return LlmCall.objects.filter(pk__in=[call.pk for call in calls]).update(**ended, **given_up)
