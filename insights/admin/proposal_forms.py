"""What the forms of an improvement project send, read into what the workflow takes; sentences for what is not."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from insights import workflow
from insights.models import Proposal
from kpis.decisions import assignees

Deed = Callable[[Proposal, User, datetime, QueryDict], None]
LARGEST = Decimal(10) ** 8


def day(sent: Mapping[str, Any], name: str) -> date | None:
    text = sent.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValidationError(_("“%s” is no date.") % text) from None


def amount(sent: Mapping[str, Any], name: str) -> Decimal | None:
    """With a point or a comma, as people write."""
    text = sent.get(name, "").strip().replace(" ", "").replace("\u202f", "").replace(",", ".")
    try:
        value = Decimal(text) if text else None
    except InvalidOperation:
        raise ValidationError(_("“%s” is no number.") % text) from None
    if value is not None and (not value.is_finite() or abs(value) >= LARGEST):
        raise ValidationError(_("“%s” is no number.") % text)
    return value


def whole(sent: Mapping[str, Any], name: str) -> int | None:
    text = sent.get(name, "").strip().lstrip("#")
    if text and not (text.isdecimal() and len(text) < 18):
        raise ValidationError(_("“%s” is no number of a ticket.") % text)
    return int(text) if text else None


def owner(sent: Mapping[str, Any]) -> User | None:
    name = sent.get("owner", "")
    found = assignees().filter(username=name).first()
    if name and found is None:
        raise ValidationError(_("Choose an owner who may see projects."))
    return found


def planned(sent: QueryDict) -> dict[str, Any]:
    """Only what the form has."""
    days, amounts = ("planned_start", "planned_end"), ("planned_cost", "actual_cost", "actual_hours")
    found: dict[str, Any] = {name: day(sent, name) for name in days if name in sent}
    found |= {name: amount(sent, name) for name in amounts if name in sent}
    if "owner" in sent:
        found["owner"] = owner(sent)
    if "project_ticket_id" in sent:
        found["project_ticket_id"] = whole(sent, "project_ticket_id")
    return found


def chosen_companies(sent: QueryDict) -> list[int] | None:
    """None where nothing could be chosen."""
    if "chooses" not in sent:
        return None
    return [int(text) for text in sent.getlist("company") if text.isdecimal() and len(text) < 18]


def accept(one: Proposal, user: User, now: datetime, sent: QueryDict) -> None:
    plan = {name: value for name, value in planned(sent).items() if name in workflow.PLANNED}
    workflow.accept(one, user, now, chosen_companies(sent), **plan)


def start(one: Proposal, user: User, now: datetime, sent: QueryDict) -> None:
    workflow.start(one, user, now, day(sent, "started_on"))


def finish(one: Proposal, user: User, now: datetime, sent: QueryDict) -> None:
    spent = {name: amount(sent, name) for name in ("actual_cost", "actual_hours")}
    workflow.finish(one, user, now, day(sent, "finished_on"), **spent)


def reject(one: Proposal, user: User, now: datetime, sent: QueryDict) -> None:
    workflow.reject(one, user, now, sent.get("reason", ""))


def snooze(one: Proposal, user: User, now: datetime, sent: QueryDict) -> None:
    workflow.snooze(one, user, now, day(sent, "until"))


def reopen(one: Proposal, user: User, now: datetime, sent: QueryDict) -> None:
    workflow.reopen(one, user, now, sent.get("reason", ""))


def comment(one: Proposal, user: User, now: datetime, sent: QueryDict) -> None:
    workflow.comment(one, user, now, sent.get("text", ""))


def plan(one: Proposal, user: User, now: datetime, sent: QueryDict) -> None:
    workflow.plan(one, user, now, **planned(sent))


DEEDS: dict[str, Deed] = {
    deed.__name__: deed for deed in (accept, start, finish, reject, snooze, reopen, comment, plan)
}
