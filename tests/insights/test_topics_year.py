"""A year passes: topics stay what they are, and a problem that nobody had before is put before a person in time."""

import sys
from collections import Counter
from datetime import timedelta

from insights.models import Topic, TopicEvent
from insights.topics.assignment import assign
from insights.topics.bootstrap import bootstrap
from insights.topics.review import find_candidates
from tenants.context import tenant
from tests.factories import at
from tests.insights.corpus import NONE, year
from tests.insights.desk_of_topics import decided, everything_decided, receive

START = at("2026-01-01 00:00")
PROBLEMS = [
    "toner",
    "vpn",
    "mfa",
    "password",
    "wifi",
    "onboarding",
    "disk_alert",
    "excel_howto",
    "erp",
    "monitor",
]
LEARNED_DAYS, NEW_FROM_DAY, DAYS = 90, 200, 364
# Weekly when it matters, else less often, to save the suite's time.
REVIEWED_ON = (*range(LEARNED_DAYS, 196, 14), *range(196, 225, 7), *range(252, DAYS + 1, 28))


def test_in_a_year_no_ticket_changes_topic_none_drifts_and_a_new_problem_is_found_within_three_weeks(north):
    said = list(year(3, START, per_day=7, new_from_day=NEW_FROM_DAY, days=DAYS, problems=PROBLEMS))
    receive(said)
    with tenant("south"):
        receive(said[:50])
    bootstrap(START + timedelta(days=LEARNED_DAYS))
    seen: dict[int, object] = {}
    found_on: dict[int, int] = {}
    for day in REVIEWED_ON:
        now = START + timedelta(days=day)
        assign(now)
        found = find_candidates(now)
        rows = {ticket: row for ticket, row in decided().items() if row[1]}
        assert seen.items() <= rows.items()
        seen |= rows
        if day >= NEW_FROM_DAY and (new := [topic for topic in found if "badge" in topic.name_en.lower()]):
            found_on |= {topic.id: day for topic in new}
    about = {10_001 + number: each for number, each in enumerate(said)}
    minted = TopicEvent.objects.filter(kind="found", topic__registry_version__gt=1).count()
    first = min(found_on.values())
    sys.stdout.write(f"the new problem of day {NEW_FROM_DAY} was found on day {first}; {minted} candidates\n")
    assert first <= NEW_FROM_DAY + 21
    of_badge = [ticket for ticket, (topic, _) in decided().items() if topic in found_on]
    share = len(of_badge) / sum(each.about == "badge" for each in said)
    sys.stdout.write(f"the candidates have {share:.0%} of its tickets\n")
    assert sum(about[ticket].about == "badge" for ticket in of_badge) > 0.8 * len(of_badge)
    assert share > 0.5
    assert not any(seen.get(ticket) for ticket in of_badge)
    assert drifted(about, seen) == {}
    with tenant("south"):
        assert not Topic.objects.exists()
        assert everything_decided() == []


def drifted(about, seen) -> dict[str, list[float]]:
    """Problems whose share of tickets that count is another one in the second half of the time after learning."""
    half = START + timedelta(days=(LEARNED_DAYS + DAYS) / 2)
    learned = START + timedelta(days=LEARNED_DAYS)
    true: Counter[tuple[str, bool]] = Counter()
    counted: Counter[tuple[str, bool]] = Counter()
    for ticket, each in about.items():
        if each.opened_at >= learned and each.about not in (NONE, "badge"):
            true[each.about, each.opened_at >= half] += 1
            counted[each.about, each.opened_at >= half] += ticket in seen
    shares = {name: [counted[name, late] / true[name, late] for late in (False, True)] for name in PROBLEMS}
    return {name: pair for name, pair in shares.items() if abs(pair[1] / max(pair[0], 0.01) - 1) > 0.25}
