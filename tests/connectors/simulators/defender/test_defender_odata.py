"""The language of $filter, told by a table of what it says about one document."""

from typing import Any

import pytest

from connectors.simulators.defender import clock
from connectors.simulators.defender.odata import BadFilter, Kind, parse

PROPERTIES: dict[str, Kind] = {
    "status": "text",
    "assignedTo": "text",
    "title": "text",
    "lastUpdateDateTime": "moment",
    "incidentId": "number",
    "isExcluded": "flag",
    "customer/tenantId": "text",
}
DOCUMENT: dict[str, Any] = {
    "status": "inProgress",
    "assignedTo": None,
    "title": "It's Ann's laptop",
    "lastUpdateDateTime": "2026-03-02T08:10:00.0045113Z",
    "incidentId": 412,
    "isExcluded": False,
    "customer": {"tenantId": "abc"},
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("status eq 'inProgress'", True),
        ("status eq 'INPROGRESS'", True),
        ("status ne 'new'", True),
        ("status in ('new', 'resolved')", False),
        ("status in ('new','inProgress')", True),
        ("not (status eq 'new')", True),
        ("assignedTo eq null", True),
        ("assignedTo ne null", False),
        ("assignedTo ne 'ann'", True),
        ("title eq 'It''s Ann''s laptop'", True),
        ("contains(title, 'ann')", True),
        ("startswith(title,'It')", True),
        ("endswith(title,'It')", False),
        ("contains(assignedTo,'a')", False),
        ("not contains(title,'printer') and incidentId gt 400", True),
        ("incidentId eq 412 and isExcluded eq false", True),
        ("incidentId ge 413 or incidentId le 411", False),
        ("customer/tenantId eq 'abc'", True),
        ("lastUpdateDateTime ge 2026-03-02T08:10:00.0045113Z", True),
        ("lastUpdateDateTime gt 2026-03-02T08:10:00.0045112Z", True),
        ("lastUpdateDateTime gt 2026-03-02T08:10:00.0045113Z", False),
        ("lastUpdateDateTime eq 2026-03-02T08:10:00.0045113Z", True),
        ("lastUpdateDateTime lt 2026-03-02T09:10:01+01:00", True),
        ("lastUpdateDateTime ge 2026-03-02", True),
        ("status eq 'new' and status eq 'x' or incidentId eq 412", True),
        ("status eq 'new' and (status eq 'x' or incidentId eq 412)", False),
    ],
)
def test_a_filter_says_this(text: str, holds: bool) -> None:
    assert parse(text, PROPERTIES)(DOCUMENT) is holds


@pytest.mark.parametrize(
    "text",
    [
        "investigationState eq 'queued'",
        "lastUpdateDateTime ge '2026-03-02T08:10:00Z'",
        "lastUpdateDateTime ge 2026-03-02T08:10:00",
        "lastUpdateDateTime ge 2026-03-02T08:10:00 00:00",
        "lastUpdateDateTime ge 2026-13-02T08:10:00Z",
        "status eq inProgress",
        "status = 'new'",
        "status eq 'new",
        "status eq",
        "status eq 'new' and",
        "(status eq 'new'",
        "status eq 'new')",
        "incidentId eq '412'",
        "status in ()",
        "contains(lastUpdateDateTime,'2026')",
        "status gt null",
        "",
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(BadFilter):
        parse(text, PROPERTIES)


def test_a_moment_keeps_its_seventh_digit() -> None:
    assert clock.read("2026-03-02T08:10:00.0045113Z") - clock.read("2026-03-02T08:10:00.0045112Z") == 1
    assert clock.read("2026-03-02T08:10:00.5Z") == clock.read("2026-03-02T08:10:00Z") + 5_000_000
