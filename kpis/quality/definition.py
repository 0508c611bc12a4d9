"""Trust as something that cells are made for: beside the KPIs and like them, but none of them."""

from django.utils.translation import gettext_lazy as _

from kpis.base import Kpi, WorkedExample
from kpis.quality.facts import FACTS

SLUG = "trust"

# Two tickets of which one has no type, owner or time; three entries of one person, two of them at the same time.
EXAMPLE = WorkedExample(
    rows={
        "member": [{"external_id": 1}],
        "connection": [{"created_at": "2026-01-01 00:00"}],
        "ticket": [
            {
                "external_id": 500,
                "opened": "2026-03-02 14:00",
                "closed": "2026-03-02 18:00",
                "company_id": 12,
                "board_id": 3,
                "owner_id": 1,
                "type_name": "Printer",
            },
            {
                "external_id": 501,
                "opened": "2026-03-02 15:00",
                "closed": "2026-03-02 16:00",
                "company_id": 12,
                "board_id": 3,
            },
        ],
        "time_entry": [
            {
                "on": 500,
                "started": "2026-03-02 14:00",
                "ended_at": "2026-03-02 15:00",
                "minutes": 60,
                "member": 1,
                "entered_at": "2026-03-02 15:00",
            },
            {
                "on": 500,
                "started": "2026-03-02 14:45",
                "ended_at": "2026-03-02 15:45",
                "minutes": 60,
                "member": 1,
                "entered_at": "2026-03-05 15:00",
            },
            {"on": 500, "started": "2026-03-02 16:00", "minutes": 1000, "member": 1},
        ],
    },
    daily={},
    breakdown=[
        ("no_type", "2026-03-02", 12, 1, 3, "", 0, 1),
        ("no_type", "2026-03-02", 12, None, 3, "", 1, 1),
        ("no_owner", "2026-03-02", 12, 1, 3, "", 0, 1),
        ("no_owner", "2026-03-02", 12, None, 3, "", 1, 1),
        ("no_time", "2026-03-02", 12, 1, 3, "", 0, 1),
        ("no_time", "2026-03-02", 12, None, 3, "", 1, 1),
        ("absurd_duration", "2026-03-02", 12, 1, 3, "", 0, 1),
        ("absurd_duration", "2026-03-02", 12, None, 3, "", 0, 1),
        ("no_history", "2026-03-02", 12, 1, 3, "", 0, 1),
        ("no_history", "2026-03-02", 12, None, 3, "", 0, 1),
        ("late_entry", "2026-03-02", 12, 1, 3, "", 1, 2),
        ("long_entry", "2026-03-02", 12, 1, 3, "", 1, 3),
        ("no_member", "2026-03-02", 12, 1, 3, "", 0, 3),
        ("overlap", "2026-03-02", 12, 1, 3, "", 15, 120),
    ],
)

TRUST = Kpi(
    number="",
    slug=SLUG,
    name=_("Trust in the data"),
    question=_("How far can the figures be trusted?"),
    formula=_("What is wrong of what was looked at, day by day, over the seven days up to each day."),
    owner=_("Service manager"),
    version=1,
    facts=FACTS,
    example=EXAMPLE,
    derived_from=tuple((SLUG, metric.slug) for fact in FACTS for metric in fact.metrics),
)
