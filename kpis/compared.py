"""What the KPIs about technicians on equal work (09, 03, 08) declare alike: their frames, cells and domain metrics.

No arithmetic here: definitions are read everywhere, and scipy is brought by workers only.
"""

from kpis.base import Direction, Metric, Text

FRAME_DAYS, DOMAIN_FRAME_DAYS = 30, 90
OF_HANDLING = ("handling_log", "handling_log_squares", "handling_minutes", "reopened_work")
HANDLING_CELLS = tuple(("tech_comparison", metric) for metric in OF_HANDLING)


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
