"""What rules and the language model say of tickets' topics, side by side, and how far the two agree."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from kpis.models import KpiBreakdown

LABEL_PAIRS_MEANING = _(
    "Tickets of which both the rule and the language model have said something, by their two labels with a colon "
    "between them, the rule's first."
)
PAIRS = {"client_training": "training_labels", "sales_opportunities": "sales_labels"}

LABELS = """
SELECT topic_id, source, value
FROM topic_labels
WHERE kind = %s AND topic_id = ANY(%s)
ORDER BY topic_id, source
"""


@dataclass(frozen=True)
class Agreement:
    """Of tickets that both have labelled. Kappa is 1 when they always agree, and 0 when only by chance."""

    tickets: int
    agreeing: int
    kappa: float | None

    @property
    def percent(self) -> float:
        return 100 * self.agreeing / self.tickets


def agreement(kpi: str, since: date, until: date) -> Agreement | None:
    """In the days from `since` to before `until`; None when there is no such ticket."""
    cells = KpiBreakdown.objects.filter(
        kpi=kpi, metric=PAIRS[kpi], kpi_date__gte=since, kpi_date__lt=until
    ).order_by()
    sums = cells.values_list("segment").annotate(tickets=Sum("numerator"))
    return compared((*segment.split(":", 1), int(tickets)) for segment, tickets in sums)


def compared(pairs: Iterable[tuple[Any, ...]]) -> Agreement | None:
    """Of (rule's label, model's label, tickets)."""
    both: Counter[tuple[str, str]] = Counter()
    for rule, model, tickets in pairs:
        both[rule, model] += tickets
    total, agreeing = both.total(), sum(count for (rule, model), count in both.items() if rule == model)
    if not total:
        return None
    by_chance = sum(
        sum(count for (rule, _model), count in both.items() if rule == label)
        * sum(count for (_rule, model), count in both.items() if model == label)
        for label in {label for pair in both for label in pair}
    )
    doubt = total * total - by_chance
    return Agreement(total, agreeing, (agreeing * total - by_chance) / doubt if doubt else None)


def labels_of(topics: Iterable[int], kind: str) -> dict[int, dict[str, str]]:
    """By topic: what each source says."""
    found: dict[int, dict[str, str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(LABELS, [kind, list(topics)])
        for topic, source, value in cursor.fetchall():
            found.setdefault(topic, {})[source] = value
    return found
