"""What people decide about improvement projects: each step is checked, locked against others, and told in an event.

`proposal.version` is what the decider saw; when somebody else was faster, they get a sentence and nothing is lost.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from connectors.models import DirtyDay
from insights import baseline
from insights.models import Proposal, ProposalEvent
from insights.plan_checks import check_plan, check_until, checked_end, checked_start
from insights.roi import Forecast
from kpis.calendar import day_of

Status, Kind = Proposal.Status, ProposalEvent.Kind
UNDECIDED = (Status.PROPOSED, Status.SNOOZED)
# Where a step may start. An end may be corrected until it is measured; what was rejected, only people bring back.
FROM: dict[str, tuple[str, ...]] = {
    Status.ACCEPTED: UNDECIDED,
    Status.IN_PROGRESS: (Status.ACCEPTED,),
    Status.DONE: (Status.IN_PROGRESS, Status.DONE),
    Status.MEASURED: (Status.DONE,),
    Status.SNOOZED: UNDECIDED,
    Status.REJECTED: (*UNDECIDED, Status.ACCEPTED, Status.IN_PROGRESS),
    Status.PROPOSED: (Status.REJECTED, Status.SNOOZED),
}
PLANNED = ("owner", "planned_start", "planned_end", "planned_cost")
SPENT = ("actual_cost", "actual_hours", "project_ticket_id")


def accept(
    proposal: Proposal,
    user: User | None,
    now: datetime,
    companies: Collection[int] | None = None,
    **planned: Any,
) -> None:
    """For these clients, or for all that it is about. What it will be measured against is frozen."""
    with _step(proposal, Status.ACCEPTED, user, now) as (current, told):
        if current.rolled_into_id:
            raise ValidationError(
                _("“%s” is part of a project for several clients: decide about that one.") % current.name
            )
        _set(current, _known(planned, PLANNED))
        check_plan(current)
        frozen = baseline.freeze(current, now, companies)
        _expect(current, frozen.forecast)
        told["baseline"] = baseline.snapshot_of(frozen)


def _expect(proposal: Proposal, forecast: dict[str, Any]) -> None:
    """Of the clients that get it, which may be fewer than was proposed."""
    if forecast == proposal.forecast:
        return
    expected = Forecast.from_json(forecast)
    proposal.forecast = forecast
    proposal.saved_minutes_per_month = Decimal(f"{expected.saved_minutes_per_month:.2f}")
    proposal.net_value_p10 = Decimal(f"{expected.net_value_p10:.2f}")


def start(proposal: Proposal, user: User | None, now: datetime, started_on: date | None = None) -> None:
    with _step(proposal, Status.IN_PROGRESS, user, now) as (current, _told):
        current.started_on = checked_start(current, started_on, day_of(now))


def finish(
    proposal: Proposal,
    user: User | None,
    now: datetime,
    finished_on: date | None = None,
    actual_cost: Decimal | None = None,
    actual_hours: Decimal | None = None,
) -> None:
    """From the day after it on is counted. Said again of a finished project, it corrects its end."""
    with _step(proposal, Status.DONE, user, now) as (current, told):
        current.finished_on = checked_end(current, finished_on, day_of(now))
        spent = {"actual_cost": actual_cost, "actual_hours": actual_hours}
        _set(current, {name: value for name, value in spent.items() if value is not None})
        check_plan(current)
        told |= {"finished_on": str(current.finished_on)}
        baseline.set_measuring_day(current)


def reject(proposal: Proposal, user: User | None, now: datetime, reason: str, note: str = "") -> None:
    """For ever, unless a person reopens it; a project that runs is called off."""
    if not reason.strip():
        raise ValidationError(_("Say why this is rejected; it will not be proposed again."))
    text = ": ".join(part.strip() for part in (reason, note) if part.strip())
    with _step(proposal, Status.REJECTED, user, now, text) as (current, told):
        current.status_reason = text
        told |= {"reason": reason.strip(), "note": note.strip()}


def snooze(proposal: Proposal, user: User | None, now: datetime, until: date | None) -> None:
    check_until(until, day_of(now))
    with _step(proposal, Status.SNOOZED, user, now) as (current, told):
        current.snoozed_until = until
        told["until"] = str(until)


def reopen(proposal: Proposal, user: User | None, now: datetime, note: str = "") -> None:
    with _step(proposal, Status.PROPOSED, user, now, note.strip()) as (current, _told):
        _set(current, {"status_reason": "", "started_on": None})


def comment(proposal: Proposal, user: User | None, now: datetime, text: str) -> None:
    if not text.strip():
        raise ValidationError(_("Write something first."))
    with transaction.atomic():
        current = _locked(proposal)
        tell(current, Kind.COMMENTED, user, now, before=current.status, text=text.strip())


def plan(proposal: Proposal, user: User | None, now: datetime, **planned: Any) -> None:
    """Owner, dates, costs and the ticket of the project; only what is given changes."""
    with transaction.atomic():
        current = _locked(proposal)
        _check_seen(current, proposal.version)
        before = {name: getattr(current, name) for name in _known(planned, (*PLANNED, *SPENT))}
        _set(current, planned)
        check_plan(current)
        changed = {name: [_plain(was), _plain(planned[name])] for name, was in before.items()}
        changed = {name: both for name, both in changed.items() if both[0] != both[1]}
        if changed:
            current.version += 1
            current.save(update_fields=[*changed, "version"])
            tell(current, Kind.PLANNED, user, now, before=current.status, more={"changed": changed})
    proposal.refresh_from_db()


def mark_measured(proposal: Proposal, now: datetime, more: dict[str, Any]) -> None:
    """The one step that no person takes, whatever they saw: the day that was fixed at acceptance has come."""
    proposal.refresh_from_db(fields=["version"])
    with _step(proposal, Status.MEASURED, None, now) as (_current, told):
        told |= more


@contextmanager
def _step(
    proposal: Proposal, to: Proposal.Status, user: User | None, now: datetime, text: str = ""
) -> Iterator[tuple[Proposal, dict[str, Any]]]:
    """Yields the row as it is now, for what goes with the step, and what the event is to keep beside the usual."""
    told: dict[str, Any] = {}
    with transaction.atomic():
        current = _locked(proposal)
        _check_seen(current, proposal.version)
        _check_step(current, to)
        before, current.status = current.status, to
        current.version += 1
        if to != Status.SNOOZED:
            current.snoozed_until = None
        yield current, told
        current.save()
        kind = Kind.MEASURED if to == Status.MEASURED else Kind.MOVED
        tell(current, kind, user, now, before=before, text=text, more=told)
        mark(now)
    proposal.refresh_from_db()


def _check_seen(current: Proposal, version: int) -> None:
    if current.version == version:
        return
    last = current.events.filter(kind__in=(Kind.MOVED, Kind.MEASURED, Kind.PLANNED)).last()
    named = _named(current) | {"who": (last.username if last else "") or _("the program")}
    if last and last.kind == Kind.PLANNED:
        raise ValidationError(
            _("Meanwhile %(who)s has changed the plan of “%(name)s”. Look at it again.") % named
        )
    raise ValidationError(
        _("Meanwhile %(who)s has moved “%(name)s” on: it is %(status)s. Look at it again.") % named
    )


def _check_step(current: Proposal, to: Proposal.Status) -> None:
    if current.status not in FROM[to]:
        raise ValidationError(
            _("“%(name)s” is %(status)s, so this cannot be done with it.") % _named(current)
        )


def _named(proposal: Proposal) -> dict[str, str]:
    return {"name": proposal.name, "status": proposal.get_status_display().lower()}


def _locked(proposal: Proposal) -> Proposal:
    return Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)


def _known(fields: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    unknown = set(fields) - set(names)
    if unknown:
        raise TypeError(f"not to be planned: {', '.join(sorted(unknown))}")
    return fields


def _set(proposal: Proposal, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        setattr(proposal, name, value)


def _plain(value: Any) -> str:
    """As it can be compared and kept: 12 and 12.00 are the same cost."""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return "" if value is None else str(value)


def tell(
    proposal: Proposal,
    kind: ProposalEvent.Kind,
    user: User | None,
    now: datetime,
    *,
    before: str = "",
    text: str = "",
    more: dict[str, Any] | None = None,
) -> ProposalEvent:
    return ProposalEvent.objects.create(
        proposal=proposal,
        kind=kind,
        happened_at=now,
        happened_on=day_of(now),
        user=user,
        username=user.get_username() if user else "",
        before=before,
        after=proposal.status,
        text=text,
        saved_minutes_per_month=proposal.saved_minutes_per_month,
        snapshot={"evidence": proposal.evidence, "forecast": proposal.forecast} | (more or {}),
    )


def mark(now: datetime) -> None:
    DirtyDay.objects.create(day=day_of(now), reason=DirtyDay.Reason.PROJECT)
