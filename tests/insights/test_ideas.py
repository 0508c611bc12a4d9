"""For whom a project is proposed: the desk, or a client that stands out; and each ticket counts for one of them."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.cases import WEEKS, Case, Cases, Period
from insights.ideas import CLIENT_BAR, DESK_BAR, ROLLS_UP_AT, Decided, Supply

UNTIL = date(2026, 6, 1)
PERIOD = Period(UNTIL - timedelta(weeks=WEEKS), UNTIL)
TOPIC, KIND = 7, "password_self_service"
DESK = ("desk", None, TOPIC, KIND)


def client(company: int, topic: int = TOPIC, kind: str = KIND) -> tuple[str, int, int, str]:
    return "client", company, topic, kind


def cases_of(by_client: dict[int, int], *, requesters: int = 8, other_tickets: int = 200, **spread) -> Cases:
    """So many tickets of each client in sixteen weeks, of a desk on which each client has as many others."""
    cases = Cases(PERIOD)
    for company, number in by_client.items():
        cases.of_topic[TOPIC] += tickets(company, number, requesters, **spread)
        cases.client_tickets[company] = other_tickets + number
    cases.of_topic[TOPIC].sort(key=lambda case: case.day)
    return cases


def tickets(company: int, number: int, requesters: int = 8, days: int = 112) -> list[Case]:
    return [
        Case(
            ticket=(1, company * 10_000 + n),
            company=company,
            day=UNTIL - timedelta(days=1 + n * days // number),
            requester=f"{company} {n % requesters}",
            is_from_monitoring=False,
            hours=0.5,
            charged_hours=0.0,
        )
        for n in range(number)
    ]


def decided(*rows: tuple[tuple[str, int | None, int, str], str]) -> Decided:
    made = Decided()
    for key, status in rows:
        made.add(key, status)
    return made


def ideas(cases: Cases, *rows) -> dict[str | int, int]:
    """Of the desk and of clients, with how many tickets count for each."""
    return {
        idea.company or "desk": idea.evidence.tickets
        for idea in Supply(TOPIC, KIND, cases, decided(*rows)).ideas()
    }


EVEN = dict.fromkeys(range(1, 9), 16)
ONE_STANDS_OUT = EVEN | {3: 90}
THREE_STAND_OUT = dict.fromkeys(range(1, 21), 8) | {3: 90, 4: 80, 5: 100}


@pytest.mark.parametrize(
    ("by_client", "expected"),
    [
        (EVEN, {"desk": 128}),
        ({1: 20, 2: 20}, {"desk": 40}),
        ({1: 12, 2: 12}, {}),  # 8 in 30 days
        (ONE_STANDS_OUT, {"desk": 112, 3: 90}),
        ({1: 3, 2: 3, 3: 3, 4: 30}, {4: 30}),
        ({1: 90}, {"desk": 90}),  # nobody to stand out from
        (THREE_STAND_OUT, {"desk": 17 * 8 + 270}),
    ],
    ids=[
        "even",
        "two clients",
        "too few",
        "one stands out",
        "only one has it",
        "one client",
        "three stand out",
    ],
)
def test_the_scope_follows_from_who_has_the_tickets(by_client, expected):
    assert ideas(cases_of(by_client)) == expected


def test_clients_that_stand_out_roll_up_from_three_on():
    [desk] = Supply(TOPIC, KIND, cases_of(THREE_STAND_OUT), Decided()).ideas()
    assert [part.company for part in desk.parts] == [3, 4, 5]
    assert ROLLS_UP_AT == 3


def test_a_client_with_more_of_everything_does_not_stand_out():
    cases = cases_of(ONE_STANDS_OUT)
    cases.client_tickets[3] = 1200
    assert ideas(cases) == {"desk": 202}


def test_chance_makes_no_client_stand_out():
    by_chance = dict(enumerate([2, 9, 4, 6, 3, 5, 8, 1, 4, 7, 5, 2, 6, 3, 4, 5, 10, 3, 6, 4], start=1))
    assert list(ideas(cases_of(by_chance))) == ["desk"]


@pytest.mark.parametrize(
    "spread",
    [{"requesters": 2}, {"requesters": 1}, {"requesters": 8, "days": 4}],
    ids=["two people", "one person", "four days"],
)
def test_few_people_or_few_days_are_no_pattern(spread):
    assert ideas(cases_of({1: 45}, **spread)) == {}


def test_one_sender_of_45_tickets_beside_a_few_others_makes_no_pattern():
    cases = cases_of({1: 6, 2: 5}, requesters=3)
    cases.of_topic[TOPIC] += tickets(9, 45, requesters=1, days=30)
    cases.client_tickets[9] = 245
    assert ideas(cases) == {}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], {"desk": 112, 3: 90}),
        ([(DESK, "rejected")], {}),
        ([(DESK, "measured")], {}),
        ([(DESK, "accepted")], {}),
        ([(DESK, "in_progress")], {}),
        ([(DESK, "done")], {}),
        ([(DESK, "snoozed")], {}),
        ([(DESK, "withdrawn")], {"desk": 112, 3: 90}),
        ([(client(3), "rejected")], {"desk": 202}),
        ([(client(3), "accepted")], {"desk": 112}),
        ([(client(3), "snoozed")], {"desk": 112}),
        ([(client(3), "done")], {"desk": 112}),
        ([(client(3), "measured")], {"desk": 112}),
        ([(client(3, kind="other"), "in_progress")], {"desk": 112}),
        ([(("desk", None, TOPIC, "other"), "rejected")], {"desk": 112, 3: 90}),
        ([(("desk", None, TOPIC, "other"), "accepted")], {}),
    ],
)
def test_what_people_decided_is_neither_proposed_again_nor_counted_twice(rows, expected):
    assert ideas(cases_of(ONE_STANDS_OUT), *rows) == expected


def test_what_is_proposed_lasts_until_it_is_clearly_not_supported_any_more():
    weaker = cases_of({1: 9, 2: 9})  # 5 in 30 days
    assert ideas(weaker) == {}
    assert ideas(weaker, (DESK, "proposed")) == {"desk": 18}
    assert ideas(cases_of({1: 6, 2: 6}), (DESK, "proposed")) == {}
    assert (DESK_BAR.tickets, CLIENT_BAR.tickets) == (7, 4)


def test_a_spike_is_expected_again_only_in_part():
    cases = cases_of(EVEN)
    cases.of_topic[8] = [case._replace(ticket=(1, -n)) for n, case in enumerate(cases.of_topic[TOPIC])]
    cases.of_topic[9] = cases.of_topic[8][::2]
    steady = Supply(TOPIC, KIND, cases, Decided()).ideas()[0].rate_shrinkage
    cases.of_topic[TOPIC] += [case for company in EVEN for case in tickets(company, 20, days=14)]
    spike = Supply(TOPIC, KIND, cases, Decided()).ideas()[0].rate_shrinkage
    assert spike < 0.9 * steady
    assert spike < 0.9


STATUSES = st.sampled_from(
    ["proposed", "snoozed", "accepted", "in_progress", "done", "measured", "rejected", "withdrawn"]
)
KEYS = st.one_of(
    st.just(DESK), st.integers(1, 6).map(client), st.integers(1, 6).map(lambda one: client(one, kind="x"))
)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.integers(1, 6), st.integers(1, 120), min_size=1),
    st.dictionaries(KEYS, STATUSES, max_size=6),
)
def test_no_ticket_ever_counts_for_two_ideas_or_for_one_that_is_taken(by_client, rows):
    cases = cases_of(by_client)
    made = Supply(TOPIC, KIND, cases, decided(*rows.items())).ideas()
    counts = Counter(ticket for idea in made for ticket in idea.evidence.all_tickets)
    assert set(counts.values()) <= {1}
    blocked = {key for key, status in rows.items() if status not in ("proposed", "withdrawn")}
    assert not blocked & {idea.key for idea in made}
    held = {key[1] for key in blocked if key[0] == "client" and rows[key] != "rejected"}
    assert not {ticket[1] // 10_000 for ticket in counts} & held
    assert all(0 < idea.rate_shrinkage <= 1 for idea in made)
    assert len({idea.key for idea in made}) == len(made)


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.integers(1, 6), st.integers(1, 120), min_size=1), st.randoms())
def test_ideas_do_not_depend_on_the_order_of_tickets(by_client, chance):
    cases, shuffled = cases_of(by_client), cases_of(by_client)
    chance.shuffle(shuffled.of_topic[TOPIC])
    key_numbers = [
        [
            (idea.key, idea.evidence.weekly_hours, idea.rate_shrinkage)
            for idea in Supply(TOPIC, KIND, its, Decided()).ideas()
        ]
        for its in (cases, shuffled)
    ]
    assert key_numbers[0] == key_numbers[1]
