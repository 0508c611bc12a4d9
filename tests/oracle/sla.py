"""Which tickets missed what was promised, and on which day that counts."""

from datetime import date, datetime

from tests.oracle.clock import Clock
from tests.oracle.tickets import Ticket

STAGES = (
    ("respond_goal_at", "responded_at"),
    ("plan_goal_at", "planned_at"),
    ("resolve_goal_at", "resolved_at"),
)


def breach_day(ticket: Ticket, clock: Clock, now: datetime) -> date | None:
    """None when nothing was missed."""
    if any(ticket.row[goal] for goal, _ in STAGES):
        missed = missed_goals(ticket, now)
        return clock.local_day(min(missed)) if missed else None
    if ticket.last_closure and ticket.row["is_in_sla"] is False:
        return clock.local_day(ticket.last_closure)
    return None


def missed_goals(ticket: Ticket, now: datetime) -> list[datetime]:
    """A stage that never happened is judged by the ticket's end, or by now while it is open."""
    goals = []
    for goal, actual in STAGES:
        promised = ticket.row[goal]
        happened = ticket.row[actual] or ticket.last_closure or now
        if promised and happened > promised:
            goals.append(promised)
    return goals
