"""What the KPIs about technicians on equal work (09, 03, 08) declare alike: their frames, cells and domain metrics.

No arithmetic here: definitions are read everywhere, and scipy is brought by workers only.
"""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kpis.base import Direction, Metric, Text

FRAME_DAYS, DOMAIN_FRAME_DAYS = 30, 90
OF_HANDLING = ("handling_log", "handling_log_squares", "handling_minutes", "reopened_work")
HANDLING_CELLS = tuple(("tech_comparison", metric) for metric in OF_HANDLING)

DECIDED = _(
    "A disputed ticket counts for whom a manager decided, or for no technician; the figures of the team and of clients "
    "keep it, and time stays with whoever entered it."
)


def as_decided(formula: Text) -> Text:
    """What is said of every figure by technician."""
    return format_lazy("{} {}", formula, DECIDED)


def of_domain(slug: str, name: Text, direction: Direction, behind: str, meaning: Text) -> Metric:
    """A derived ratio of a technician in one domain, with the tickets of its frame behind it."""
    return Metric(
        slug,
        name,
        "times",
        direction,
        roll_up="none",
        explained_by=behind,
        frame_days=DOMAIN_FRAME_DAYS,
        explained_cut=("technician", "board", "segment"),
        meaning=meaning,
    )
