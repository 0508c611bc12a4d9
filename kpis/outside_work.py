"""The work outside agreements of the last weeks, entry by entry, for the findings that it makes."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from kpis.facts.agreement_verdicts import REASONS, VERDICTS
from kpis.holding import rows_of, some

CENT = Decimal("0.01")

NAMES = {
    "NO_AGREEMENT": _("No agreement"),
    "EXPIRED": _("Agreement ended"),
    "BOARD_NOT_COVERED": _("Board not covered"),
    "TYPE_NOT_COVERED": _("Type not covered"),
    "WORK_TYPE_EXCLUDED": _("Work type excluded"),
    "OVER_LIMIT": _("Over the limit"),
}

SELECT = f"""
SELECT
    verdicts.id,
    verdicts.kpi_date,
    verdicts.company,
    verdicts.board,
    verdicts.segment,
    verdicts.agreement_id,
    verdicts.minutes,
    verdicts.minutes_x_rate,
    ticket.id,
    ticket.company,
    ticket.board
FROM verdicts
JOIN ticket ON ticket.source_id = verdicts.source_id AND ticket.id = verdicts.ticket_id
WHERE verdicts.is_known AND verdicts.segment IN ({REASONS})
"""  # noqa: S608 - our own words


class Work(NamedTuple):
    """A time entry outside agreements, or the part of it that is over a limit."""

    entry: int
    day: date
    company: int | None
    board: int | None
    reason: str
    agreement: int | None
    minutes: Decimal
    minutes_x_rate: Decimal
    ticket: int
    company_of_ticket: int | None
    board_of_ticket: int | None


class Total:
    """What some work adds up to."""

    def __init__(self, work: Iterable[Work]) -> None:
        self.work = list(work)
        self.minutes = sum((one.minutes for one in self.work), Decimal(0))
        self.value = (sum((one.minutes_x_rate for one in self.work), Decimal(0)) / 60).quantize(CENT)
        self.ticket_count = len({one.ticket for one in self.work})
        self.agreements = sorted({one.agreement for one in self.work if one.agreement})

    def evidence(self) -> dict[str, Any]:
        by_reason: dict[str, Decimal] = defaultdict(Decimal)
        for one in self.work:
            by_reason[one.reason] += one.minutes
        return {
            "tickets": self.ticket_count,
            "ticket_ids": some(one.ticket for one in self.work),
            "entry_ids": some(one.entry for one in self.work),
            "reasons": [
                {"reason": reason, "name": str(NAMES[reason]), "minutes": float(minutes)}
                for reason, minutes in sorted(by_reason.items(), key=lambda one: -one[1])
            ],
        }


def work_outside(today: date) -> list[Work]:
    return [Work(*row) for row in rows_of(VERDICTS, SELECT, today)]
