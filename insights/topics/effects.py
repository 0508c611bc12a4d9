"""What a decision about a topic would change of history, and which projects it concerns, before anybody takes it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from insights.described import Ticket
from insights.models import ProjectBaseline, Proposal, TicketTopic, Topic
from tenants.models import TenantSettings

Status = Proposal.Status
MEASURED_AGAINST_IT = (Status.ACCEPTED, Status.IN_PROGRESS, Status.DONE)

MOVED = """
WITH moved AS (
    SELECT ticket.source_id, ticket.external_id, ticket.opened_at
    FROM raw_tickets AS ticket
    INNER JOIN UNNEST(%(sources)s::bigint[], %(tickets)s::bigint[]) AS chosen (source, id)
        ON ticket.source_id = chosen.source AND ticket.external_id = chosen.id
    WHERE ticket.deleted_at IS NULL AND ticket.merged_into IS NULL
),
worked AS (
    SELECT entry.started_at, entry.minutes
    FROM raw_time_entries AS entry
    INNER JOIN moved ON moved.source_id = entry.source_id AND moved.external_id = entry.ticket_id
    LEFT JOIN raw_members AS member
        ON member.source_id = entry.source_id AND member.external_id = entry.member_id
    WHERE entry.deleted_at IS NULL AND NOT COALESCE(member.is_automation, FALSE)
),
touched AS (
    SELECT (opened_at AT TIME ZONE %(zone)s)::date AS day
    FROM moved
    UNION
    SELECT (started_at AT TIME ZONE %(zone)s)::date
    FROM worked
)
SELECT
    (SELECT COUNT(*) FROM touched),
    (SELECT COUNT(*) FROM moved),
    (SELECT COALESCE(SUM(minutes), 0) FROM worked)
"""


@dataclass(frozen=True)
class Effect:
    """`refusal` says why it can't be done now; empty: it can."""

    days: int
    tickets: int
    minutes: float
    proposals: tuple[str, ...]
    refusal: str

    @property
    def hours(self) -> float:
        return self.minutes / 60


def effect(
    moving: Collection[Ticket], topics: Sequence[Topic], is_refused_while_measured: bool = True
) -> Effect:
    zone = TenantSettings.load().zone.key
    chosen = {"sources": [source for source, _ in moving], "tickets": [ticket for _, ticket in moving]}
    with connection.cursor() as cursor:
        cursor.execute(MOVED, chosen | {"zone": zone})
        days, tickets, minutes = cursor.fetchone()
    concerned = Proposal.objects.filter(topic__in=topics).exclude(status=Status.WITHDRAWN)
    refusal = measured_by(topics) if is_refused_while_measured else ""
    return Effect(days, tickets, float(minutes), tuple(concerned.values_list("name", flat=True)), refusal)


def own_tickets(root: Topic) -> list[Ticket]:
    """All that are a topic's or its aliases' own by their words, whether they count at the moment or not."""
    return _tickets(TicketTopic.objects.filter(topic__root=root))


def direct_tickets(topic: Topic) -> list[Ticket]:
    """Those that its own prototype recognises, without its aliases'."""
    return _tickets(TicketTopic.objects.filter(topic=topic))


def _tickets(rows: QuerySet[TicketTopic]) -> list[Ticket]:
    alike = rows.filter(similarity__gte=F("topic__core_similarity"))
    return list(alike.order_by("source", "ticket_id").values_list("source_id", "ticket_id"))


def refuse_while_measured(topics: Sequence[Topic]) -> None:
    if refusal := measured_by(topics):
        raise ValidationError(refusal)


def measured_by(topics: Sequence[Topic]) -> str:
    """A topic that changed between before and after would be measured as an effect."""
    ids = {topic.id for topic in topics}
    running = Proposal.objects.filter(status__in=MEASURED_AGAINST_IT)
    project = running.filter(topic__in=ids).first()
    if project is None:
        project = next((one for one in running.select_related("baseline") if _compares_with(one, ids)), None)
    if project is None:
        return ""
    return (
        _("The project “%s” is being measured on this topic. Wait until it has been measured.") % project.name
    )


def _compares_with(project: Proposal, topics: set[int]) -> bool:
    frozen = getattr(project, "baseline", None)
    if frozen is None or frozen.design != ProjectBaseline.Design.TOPICS:
        return False
    return any(control.get("id") in topics for control in frozen.controls)
