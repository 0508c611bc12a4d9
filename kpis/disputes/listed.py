"""A technician's own disputes, and what others' disputes brought them, as their page shows it."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from connectors.models import RawTicket
from kpis.models import Dispute

Status = Dispute.Status
MOST_ROWS = 50

DECIDED_AFTER = Q(decided_at__gt=OuterRef("decided_at")) | Q(
    decided_at=OuterRef("decided_at"), id__gt=OuterRef("id")
)
LATEST = ~Exists(
    Dispute.objects.filter(
        DECIDED_AFTER, status=Status.UPHELD, source=OuterRef("source"), ticket_id=OuterRef("ticket_id")
    )
)


@dataclass(frozen=True)
class OwnDisputes:
    """`credited` are tickets that count for the technician because a manager said so; it is not told at whose word."""

    disputes: list[Dispute]
    credited: list[Dispute]

    def __bool__(self) -> bool:
        return bool(self.disputes or self.credited)


def own(member_id: int) -> OwnDisputes:
    """The latest first, each with its ticket's `summary`."""
    told = with_summary(Dispute.objects.all())
    credited = told.filter(LATEST, status=Status.UPHELD, credited_to=member_id).order_by("-decided_at", "-id")
    return OwnDisputes(
        disputes=list(told.filter(member_id=member_id)[:MOST_ROWS]), credited=list(credited[:MOST_ROWS])
    )


def with_summary(disputes: QuerySet[Dispute]) -> QuerySet[Dispute]:
    ticket = RawTicket.objects.filter(source=OuterRef("source"), external_id=OuterRef("ticket_id"))
    return disputes.annotate(summary=Subquery(ticket.values("summary")[:1]))


def count_open() -> int:
    return Dispute.objects.filter(status=Status.OPEN).count()
