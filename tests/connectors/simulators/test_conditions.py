"""The query language of ConnectWise, as a table of meanings and against plain Python predicates."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.simulators.connectwise.conditions import BadConditions, parse

from .wire import walk

TICKET = {
    "id": 48211,
    "summary": "VPN drops [hourly]",
    "board": {"id": 1, "name": "Help Desk"},
    "closedFlag": False,
    "actualHours": 1.25,
    "contactName": "Élise O'Neil",
    "customFields": [{"caption": "RootCause", "value": "ISP"}],
    "communicationItems": [{"value": "a@b.example"}, {"value": "514"}],
    "_info": {"lastUpdated": "2026-03-02T18:40:33Z", "dateEntered": "2026-03-02T14:02:11Z"},
}


@pytest.mark.parametrize(
    "conditions",
    [
        "id=48211",
        "id = 48211 and closedFlag = False",
        "Id in (1, 48211)",
        "not (id = 5)",
        "id != 5",
        "actualHours >= 1.25 and actualHours < 2",
        'summary = "vpn drops [hourly]"',
        "summary like 'VPN*'",
        "summary like '%drops%'",
        'summary = "VPN*"',
        "summary contains 'drops'",
        'summary not contains "printer"',
        'summary not like "printer*"',
        'summary like "*[[]hourly]"',
        'contactName = "Élise O\'Neil"',
        "Board/Id = 1",
        'board/name in ("Network","Help Desk")',
        "board/id not in (2,3)",
        "owner/id = null",
        "owner = null and board != null",
        "ClosedFlag=FALSE",
        "lastUpdated > [2026-03-02T18:40:32Z]",
        "_info/lastUpdated >= [2026-03-02T18:40:33Z]",
        "lastUpdated >= [2026-03-02T18:40:33.000000]",
        "dateEntered < [2026-03-03]",
        "(id = 1 or id = 48211) and (closedFlag = true or board/id = 1)",
        "id = 1 or id = 48211",
        "communicationItems/value like '*@b.example'",
    ],
)
def test_these_conditions_match(conditions: str) -> None:
    assert parse(conditions).matches(TICKET)


@pytest.mark.parametrize(
    "conditions",
    [
        "id = 1",
        "id = 1 and id = 48211",
        "not id = 48211",
        "summary = 'vpn'",
        "summary like 'drops'",
        "closedFlag = true",
        "lastUpdated > [2026-03-02T18:40:33Z]",
        "dateEntered < [2026-03-02T14:02:11Z]",
        "owner/id = 3",
        "board/id in (2,3)",
        "id = 1 or id = 2 and closedFlag = false",
    ],
)
def test_these_conditions_do_not_match(conditions: str) -> None:
    assert not parse(conditions).matches(TICKET)


@pytest.mark.parametrize(
    "conditions",
    [
        "summary = VPN",
        "id = ",
        "id",
        "id == 1",
        "(id = 1",
        "id = 1)",
        "id = 1 and",
        "id in 1",
        "id in (1",
        "summary like 5",
        "lastUpdated > 2026-03-02",
        "lastUpdated > [yesterday]",
        "lastUpdated > [2026-03-02T18:40:32 00:00]",
        "id > null",
        'summary = "unfinished',
        "id = 1 id = 2",
        "; drop table",
    ],
)
def test_these_conditions_are_refused(conditions: str) -> None:
    with pytest.raises(BadConditions):
        parse(conditions)


def test_a_field_that_does_not_exist_is_refused(api: httpx.Client) -> None:
    reply = api.get("service/tickets", params={"conditions": "summry = 'x'"})
    assert reply.status_code == 400
    assert "must be in quotes" in reply.json()["message"]


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda value, limit: value == limit,
    "!=": lambda value, limit: value != limit,
    "<": lambda value, limit: value < limit,
    "<=": lambda value, limit: value <= limit,
    ">": lambda value, limit: value > limit,
    ">=": lambda value, limit: value >= limit,
}
NUMBERS = st.integers(-5, 5)
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\"'\\*%[]?\x00", exclude_categories=["Cs"]), max_size=8
)
DATES = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(
    lambda at: at.replace(microsecond=0, tzinfo=UTC)
)
Case = tuple[str, Callable[[dict[str, Any]], bool]]


def number_case(operator: str, limit: int) -> Case:
    return f"size {operator} {limit}", lambda record: COMPARISONS[operator](record["size"], limit)


def date_case(operator: str, limit: datetime) -> Case:
    return (
        f"at {operator} [{limit:%Y-%m-%dT%H:%M:%SZ}]",
        lambda record: COMPARISONS[operator](datetime.fromisoformat(record["at"]), limit),
    )


def text_case(part: str) -> Case:
    return f'ref/name contains "{part}"', lambda record: part.lower() in record["ref"]["name"].lower()


def both(left: Case, right: Case) -> Case:
    return f"({left[0]}) and ({right[0]})", lambda record: left[1](record) and right[1](record)


def either(left: Case, right: Case) -> Case:
    return f"({left[0]}) OR ({right[0]})", lambda record: left[1](record) or right[1](record)


def negated(case: Case) -> Case:
    return f"not ({case[0]})", lambda record: not case[1](record)


OPERATORS = st.sampled_from(sorted(COMPARISONS))
CASES = st.recursive(
    st.builds(number_case, OPERATORS, NUMBERS)
    | st.builds(date_case, OPERATORS, DATES)
    | st.builds(text_case, TEXTS),
    lambda inner: st.builds(both, inner, inner) | st.builds(either, inner, inner) | st.builds(negated, inner),
    max_leaves=6,
)
RECORDS = st.builds(
    lambda size, at, name: {"size": size, "at": f"{at:%Y-%m-%dT%H:%M:%SZ}", "ref": {"name": name}},
    NUMBERS,
    DATES,
    TEXTS,
)


@given(case=CASES, records=st.lists(RECORDS, max_size=6))
def test_conditions_select_what_the_same_python_predicate_selects(
    case: Case, records: list[dict[str, Any]]
) -> None:
    conditions, predicate = case
    assert [r for r in records if parse(conditions).matches(r)] == [r for r in records if predicate(r)]


@pytest.mark.parametrize(
    ("conditions", "predicate"),
    [
        ("closedFlag = false", lambda row: not row["closedFlag"]),
        ('recordType = "ServiceTicket"', lambda row: row["recordType"] == "ServiceTicket"),
        ("contact = null", lambda row: "contact" not in row),
        ("id > 10010", lambda row: row["id"] > 10010),
        ("id >= 10010 and id > 10020", lambda row: row["id"] > 10020),
        ("id > 10010 and id <= 10020", lambda row: 10010 < row["id"] <= 10020),
        ("lastUpdated >= [2026-02-20T00:00:00Z]", lambda row: row["_info"]["lastUpdated"] >= "2026-02-20"),
        ("lastUpdated < [2026-02-20T00:00:00Z]", lambda row: row["_info"]["lastUpdated"] < "2026-02-20"),
        ("dateEntered >= [2026-02-20T00:00:00Z]", lambda row: row["_info"]["dateEntered"] >= "2026-02-20"),
        ("not lastUpdated >= [2026-02-20T00:00:00Z]", lambda row: row["_info"]["lastUpdated"] < "2026-02-20"),
    ],
)
def test_the_wire_filters_like_python(
    api: httpx.Client, conditions: str, predicate: Callable[[dict[str, Any]], bool]
) -> None:
    expected = [row for row in walk(api, "service/tickets") if predicate(row)]
    assert expected
    for forward_only in (False, True):
        assert walk(api, "service/tickets", conditions=conditions, forward_only=forward_only) == expected
    assert api.get("service/tickets/count", params={"conditions": conditions}).json() == {
        "count": len(expected)
    }


@pytest.mark.parametrize(("operator", "is_included"), [(">", False), (">=", True), ("=", True)])
def test_the_second_of_the_last_update_itself_is_a_boundary(
    api: httpx.Client, operator: str, is_included: bool
) -> None:
    row = walk(api, "service/tickets")[30]
    conditions = f"lastUpdated {operator} [{row['_info']['lastUpdated']}]"
    assert (row in walk(api, "service/tickets", conditions=conditions)) == is_included


def test_child_conditions_filter_inside_arrays(api: httpx.Client) -> None:
    contact = api.get("company/contacts").json()[3]
    mail = contact["communicationItems"][0]["value"]
    found = api.get("company/contacts", params={"childConditions": f'communicationItems/value like "{mail}"'})
    assert found.json() == [contact]


def test_custom_field_conditions_filter_by_caption_and_value(api: httpx.Client) -> None:
    rows = walk(api, "service/tickets", customFieldConditions='caption="RootCause" AND value != null')
    assert rows
    assert all(row["customFields"][0]["value"] for row in rows)


def test_long_conditions_go_into_the_body_of_a_search(api: httpx.Client) -> None:
    wanted = ", ".join(str(number) for number in range(10_001, 12_001))
    rows = api.post(
        "service/tickets/search", params={"pageSize": 5}, json={"conditions": f"id in ({wanted})"}
    )
    assert len(rows.json()) == 5
