"""The circuit-breaker: after failures in a row nobody asks for a while, and then one asks first for all."""

from datetime import datetime, timedelta

from django.db.models import F, QuerySet
from django.db.models.functions import Greatest, Least

from insights.asking.troubles import OF_ONE_REPLY, WRONG_SETTINGS, Trouble
from insights.models import ConnectedModel

FIELDS = ("failures_in_a_row", "rests_until", "last_problem")
FAILURES = 5
MOST_FAILURES = 1000  # counted no further
REST = timedelta(minutes=15)
# Until a person has changed something, each question would fail the same.
LONG_REST = timedelta(hours=1)
# How long the one who asks first has, before another one tries.
TRIAL = timedelta(minutes=4)


def is_resting(model: ConnectedModel, now: datetime) -> bool:
    return model.rests_until is not None and model.rests_until > now


def may_ask(model: ConnectedModel, now: datetime) -> bool:
    if model.rests_until is None:
        return True
    if is_resting(model, now):
        return False
    first = _row().filter(rests_until=model.rests_until).update(rests_until=now + TRIAL)
    return bool(first)


def worked() -> None:
    tripped = _row().exclude(failures_in_a_row=0, rests_until=None, last_problem="")
    tripped.update(failures_in_a_row=0, rests_until=None, last_problem="")


def failed(trouble: Trouble, now: datetime, after_seconds: float | None = None) -> None:
    if trouble in OF_ONE_REPLY:
        return worked()
    _row().update(
        failures_in_a_row=Least(F("failures_in_a_row") + 1, MOST_FAILURES), last_problem=trouble.value
    )
    if trouble in WRONG_SETTINGS:
        return _rest(now + LONG_REST)
    if after_seconds:
        _rest(now + min(timedelta(seconds=min(after_seconds, 86_400)), LONG_REST))
    _row().filter(failures_in_a_row__gte=FAILURES).update(rests_until=Greatest("rests_until", now + REST))
    return None


def forget(model: ConnectedModel) -> None:
    """A person wants it asked again; they save it."""
    model.failures_in_a_row, model.rests_until, model.last_problem = 0, None, ""


def _rest(until: datetime) -> None:
    _row().update(rests_until=Greatest("rests_until", until))


def _row() -> QuerySet[ConnectedModel]:
    return ConnectedModel.objects.filter(id=1)
