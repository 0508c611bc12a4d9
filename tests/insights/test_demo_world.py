"""What the simulated MSP planted is found, proposed and measured for what it was: 18 months of a desk, over HTTP."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from config import demo_projects
from config.demo_projects import PastProject
from connectors.models import Connection, RawTimeEntry
from connectors.simulators.connectwise import ConnectWiseSimulator
from connectors.simulators.world import World
from connectors.sync import sync
from insights.models import ProjectMeasurement, Proposal, TicketTopic, TopicRegistry
from tenants.context import tenant
from tenants.people import Person, create_user
from tenants.roles import Role
from tests.chain.test_figures_hold import connect

NOW = datetime(2026, 3, 16, 15, 30, tzinfo=UTC)
MONTH = timedelta(days=30.4)
STANDING = ("proposed", "accepted", "in_progress", "done", "measured")


@contextmanager
def told() -> Iterator[World]:
    """The world behind the tenant north, synced and with its whole past told; made once, as it takes a while."""
    with tenant("north"):
        world = World.build(seed=1, now=NOW, months=18)
        with ConnectWiseSimulator({"msp": world}) as simulator:
            connect(simulator)
            assert not [run.error for run in sync(Connection.objects.get()) if run.error]
        create_user(Person(username="manager", role=Role.MANAGER))
        demo_projects.tell([_told(project) for project in world.truth.projects], NOW)
        yield world


def _told(project) -> PastProject:
    return PastProject(project.topic, project.started_at, project.finished_at, project.company_ids)


def planted(desk: World, proposal: Proposal) -> str:
    """What most of the tickets behind a proposal really are."""
    truth = desk.truth.topics
    ids = TicketTopic.objects.filter(topic__root=proposal.topic, is_core=True).values_list(
        "ticket_id", flat=True
    )
    return Counter(truth[ticket] for ticket in ids if ticket in truth).most_common(1)[0][0]


def tickets_of(desk: World, topic: str, since: datetime, until: datetime = NOW) -> int:
    gone = desk.truth.merged_tickets
    return sum(
        ticket.topic == topic and since <= ticket.opened_at < until and ticket.id not in gone
        for ticket in desk.tickets
    )


def all_planted_problems_with_ten_tickets_a_month_are_proposed(desk: World) -> None:
    found = {planted(desk, one) for one in Proposal.objects.filter(scope="desk", status__in=STANDING)}
    frequent = {
        topic
        for topic in set(desk.truth.topics.values()) - {"", "one-off", "migration", "refresh"}
        if tickets_of(desk, topic, NOW - 4 * MONTH) >= 40 and tickets_of(desk, topic, NOW - MONTH) >= 10
    }
    assert len(frequent) >= 15
    assert frequent - found == set()


def nothing_that_happens_once_is_proposed(desk: World) -> None:
    assert "one-off" not in {planted(desk, proposal) for proposal in Proposal.objects.all()}


def measured(archetype: str) -> ProjectMeasurement:
    return ProjectMeasurement.objects.filter(proposal__archetype=archetype, is_final=True).get()


def holds(result: ProjectMeasurement, reduction: float) -> bool:
    """Whether the interval that was measured has what was planted in it."""
    assert result.ticket_reduction_low is not None
    assert result.ticket_reduction_high is not None
    return result.ticket_reduction_low <= reduction <= result.ticket_reduction_high


def projects_that_worked_are_measured_as_improved_by_what_was_planted(desk: World) -> None:
    for project in desk.truth.projects:
        if project.reduction:
            result = measured(demo_projects.ARCHETYPES[project.topic])
            assert result.verdict == "improved", project.name
            assert holds(result, project.reduction)
            assert result.saved_minutes_per_month
            assert result.saved_minutes_per_month > 0


def the_project_that_did_nothing_is_not_measured_as_improved(desk: World) -> None:
    result = measured(demo_projects.ARCHETYPES["backup-failed"])
    assert result.verdict in ("no_detectable_effect", "underpowered", "worsened")
    assert holds(result, 0)


def a_spike_promises_no_more_than_the_usual_tickets_cost(desk: World) -> None:
    """Three weeks of three times the tickets lie in the baseline, and must not be taken for what is usual."""
    [spike] = desk.truth.spikes
    [proposal] = [
        one
        for one in Proposal.objects.filter(scope="desk", status="proposed")
        if planted(desk, one) == spike.topic
    ]
    usual_months = (spike.since - (NOW - 10 * MONTH)) / MONTH
    usual_tickets = tickets_of(desk, spike.topic, NOW - 10 * MONTH, spike.since) / usual_months
    minutes_per_ticket = _minutes_of(desk, spike.topic) / tickets_of(desk, spike.topic, NOW - 10 * MONTH)
    usual_minutes = usual_tickets * minutes_per_ticket
    assert float(proposal.saved_minutes_per_month) < usual_minutes * 0.75


def _minutes_of(desk: World, topic: str) -> float:
    of_topic = {
        ticket.id for ticket in desk.tickets if ticket.topic == topic and ticket.opened_at >= NOW - 10 * MONTH
    }
    entries = RawTimeEntry.objects.filter(ticket_id__in=of_topic, deleted_at=None)
    return float(sum(entries.values_list("minutes", flat=True)))


def test_what_was_planted_is_found_proposed_and_measured_for_what_it_was(db):
    with told() as desk:
        all_planted_problems_with_ten_tickets_a_month_are_proposed(desk)
        nothing_that_happens_once_is_proposed(desk)
        projects_that_worked_are_measured_as_improved_by_what_was_planted(desk)
        the_project_that_did_nothing_is_not_measured_as_improved(desk)
        a_spike_promises_no_more_than_the_usual_tickets_cost(desk)
    with tenant("south"):
        assert not Proposal.objects.exists()
        assert not TopicRegistry.objects.exists()
