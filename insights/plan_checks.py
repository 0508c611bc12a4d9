"""What must be so for a project's dates, costs, owner and ticket; said in sentences for the manager."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from connectors.models import RawTicket
from insights.models import Proposal
from kpis.decisions import assignees


def check_plan(proposal: Proposal) -> None:
    start, end = proposal.planned_start, proposal.planned_end
    if start and end and end < start:
        raise ValidationError(_("The planned end lies before the planned start."))
    amounts = (proposal.planned_cost, proposal.actual_cost, proposal.actual_hours)
    if any(amount is not None and amount < 0 for amount in amounts):
        raise ValidationError(_("Costs and hours cannot be negative."))
    if proposal.owner_id and not assignees().filter(pk=proposal.owner_id).exists():
        raise ValidationError(_("Choose an owner who may see projects."))
    ticket = proposal.project_ticket_id
    if ticket is not None and not RawTicket.objects.filter(external_id=ticket).exists():
        raise ValidationError(_("There is no ticket %s at the desk.") % ticket)


def checked_start(proposal: Proposal, started_on: date | None, today: date) -> date:
    """Not before it was accepted: what it is compared with would contain its own effect."""
    accepted_on = proposal.baseline.until
    day = started_on or today
    _check_past(day, today)
    if day < accepted_on:
        raise ValidationError(
            _("A project cannot start before it was accepted, on %s.") % date_format(accepted_on)
        )
    return day


def checked_end(proposal: Proposal, finished_on: date | None, today: date) -> date:
    day = finished_on or today
    _check_past(day, today)
    if proposal.started_on and day < proposal.started_on:
        raise ValidationError(_("The project cannot end before it started."))
    return day


def check_until(until: date | None, today: date) -> None:
    if until is None or until <= today:
        raise ValidationError(_("Choose a day to come, until which this is put off."))


def _check_past(day: date, today: date) -> None:
    if day > today:
        raise ValidationError(_("Choose a day that is not in the future."))
