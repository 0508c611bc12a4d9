"""What a sync or a replay would do: it is done, in a transaction that is then rolled back.

The vendor is asked as always. The rows it would touch stay locked meanwhile, so a first load is better not rehearsed
on a busy server.
"""

from collections.abc import Callable

from django.db import transaction

from connectors.models import SyncRun


def rehearse(work: Callable[[], list[SyncRun]]) -> list[SyncRun]:
    """The runs that would have been logged."""
    with transaction.atomic():
        try:
            return work()
        finally:
            transaction.set_rollback(True)
