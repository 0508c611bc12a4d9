"""Work that no agreement of the client covers: why not, how much, what it is worth and what nobody charges."""

from dataclasses import dataclass

from insights.client.cells import Cells
from insights.client.ways import Ways
from kpis.outside_work import NAMES


@dataclass(frozen=True)
class Reason:
    name: str
    hours: float
    hours_before: float
    value: float
    unbilled_hours: float
    url: str


def outside(cells: Cells, ways: Ways) -> list[Reason]:
    """Most hours first."""
    now, before = cells.now.by_segment("mismatch_minutes"), cells.before.by_segment("mismatch_minutes")
    value, unbilled = cells.now.by_segment("mismatch_value"), cells.now.by_segment("unbilled_minutes")
    reasons = sorted({*now, *before}, key=lambda reason: (-now.get(reason, 0), reason))
    return [
        Reason(
            str(NAMES.get(reason, reason)),
            now.get(reason, 0) / 60,
            before.get(reason, 0) / 60,
            value.get(reason, 0),
            unbilled.get(reason, 0) / 60,
            ways.parts("agreement_mismatch", "mismatch_minutes", reason),
        )
        for reason in reasons
    ]
