"""The worked example of figure 07, beside a definition that is long enough: rows in, cells out."""

from kpis.base import WorkedExample

PRINTER = {"owner_id": 1, "board_id": 3, "company_id": 12, "type_name": "Printer"}
EXAMPLE = WorkedExample(
    rows={
        "member": [{"external_id": 1, "daily_capacity_hours": 8}],
        "question": [{"external_id": 50, "options": 5}, {"external_id": 51, "options": 11}],
        "ticket": [
            {
                "external_id": 100,
                "opened": "2026-03-02 14:00",
                "closed": "2026-03-02 16:00",
                "resolved_at": "2026-03-02 15:30",
                "resolve_goal_at": "2026-03-02 15:00",
                "waiting_minutes": 10,
                **PRINTER,
            },
            {"external_id": 101, "opened": "2026-03-03 15:00", "closed": "2026-03-03 17:00", **PRINTER},
        ],
        "dispute": [{"on": 101, "member": 1, "credited_to": 2}],
        "time_entry": [{"on": 100, "member": 1, "started": "2026-03-02 14:15", "minutes": 48}],
        "survey": [{"on": 100, "answered": "2026-03-02 18:00", "answers": {50: 4, 51: 6}}],
    },
    daily={
        "2026-03-02": {
            "avg_ttr_minutes": 90,
            "median_ttr_minutes": 90,
            "p90_ttr_minutes": 90,
            "business_ttr_minutes": 80,
            "fcr_rate": 100,
            "one_touch_rate": 100,
            "avg_first_response_minutes": 15,
            "csat_avg": 5,
            "nps": -100,
            "sla_breach_count": 1,
            "active_technicians": 1,
            "tickets_per_technician": 1,
            "billable_ratio": 100,
        },
        "2026-03-03": {"avg_ttr_minutes": 120, "active_technicians": 1, "tickets_per_technician": 1},
    },
    breakdown=[
        ("billable_ratio", "2026-03-02", None, 1, None, "", 48, 48),
        ("business_ttr_minutes", "2026-03-02", 12, 1, 3, "Printer", 80, 1),
        ("business_ttr_minutes", "2026-03-03", 12, 2, 3, "Printer", 120, 1),
        ("csat", "2026-03-02", 12, 1, 3, "Printer", 5, 1),
        ("fcr", "2026-03-02", 12, 1, 3, "Printer", 1, 1),
        ("fcr", "2026-03-03", 12, 2, 3, "Printer", 1, 1),
        ("first_response_minutes", "2026-03-02", 12, 1, 3, "Printer", 15, 1),
        ("nps", "2026-03-02", 12, 1, 3, "Printer", -1, 1),
        ("one_touch", "2026-03-02", 12, 1, 3, "Printer", 1, 1),
        ("one_touch", "2026-03-03", 12, 2, 3, "Printer", 0, 1),
        ("reopened", "2026-03-02", 12, 1, 3, "Printer", 0, 1),
        ("reopened", "2026-03-03", 12, 2, 3, "Printer", 0, 1),
        ("sla_breaches", "2026-03-02", 12, 1, 3, "Printer", 1, None),
        ("ttr_minutes", "2026-03-02", 12, 1, 3, "Printer", 90, 1),
        ("ttr_minutes", "2026-03-03", 12, 2, 3, "Printer", 120, 1),
        ("utilisation", "2026-03-02", None, 1, None, "", 48, 480),
        ("worked_days", "2026-03-02", None, 1, None, "", 1, None),
    ],
)
