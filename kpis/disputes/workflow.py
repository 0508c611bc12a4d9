"""What becomes of a dispute: opened, withdrawn, upheld, declined, taken back. Every step is an event for good.

What a technician or manager may not do is refused with a ValidationError in words for them.
"""

from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from connectors.dirty import Reason, mark_tickets
from connectors.models import RawTicket
from kpis.decisions import assignees
from kpis.models import Dispute, DisputeEvent

Status, Effect, Kind = Dispute.Status, Dispute.Effect, DisputeEvent.Kind
ONCE = "one_open_dispute"


def dispute(ticket: RawTicket, member_id: int, kind: str, words: str, user: User) -> Dispute:
    try:
        with transaction.atomic():
            opened = Dispute.objects.create(
                source_id=ticket.source_id,
                ticket_id=ticket.external_id,
                member_id=member_id,
                kind=kind,
                words=words,
                opened_by=user,
                opened_at=timezone.now(),
            )
            _tell(opened, Kind.OPENED, user, words)
    except IntegrityError as error:
        raise _already_open(error) from error
    return opened


def withdraw(one: Dispute, user: User) -> None:
    with transaction.atomic():
        _save(_locked_open(one), status=Status.WITHDRAWN)
        _tell(one, Kind.WITHDRAWN, user, "")


def uphold(one: Dispute, credited_to: int | None, words: str, user: User) -> None:
    """The ticket counts for that technician from now on, or for none; the days it plays a part in are made anew."""
    with transaction.atomic():
        locked = _locked_open(one)
        _refuse_judging_oneself(locked, user)
        apply(locked, credited_to)
        _save(locked, **_decided(user, words))
        _tell(locked, Kind.UPHELD, user, words)
        _restate(locked)


def apply(one: Dispute, credited_to: int | None) -> None:
    """What it means for the figures."""
    effect = Effect.EXCLUDE if credited_to is None else Effect.CREDIT
    _save(one, status=Status.UPHELD, effect=effect, credited_to=credited_to, decided_at=timezone.now())


def decline(one: Dispute, words: str, user: User) -> None:
    if not words.strip():
        raise ValidationError(_("Say why you decline; the technician reads it."))
    with transaction.atomic():
        locked = _locked_open(one)
        _refuse_judging_oneself(locked, user)
        _save(locked, status=Status.DECLINED, **_decided(user, words))
        _tell(locked, Kind.DECLINED, user, words)


def take_back(one: Dispute, words: str, user: User) -> None:
    """A decision that was wrong: the dispute is open again, and the ticket counts as it did before."""
    try:
        with transaction.atomic():
            locked = Dispute.objects.select_for_update().get(pk=one.pk)
            if locked.status not in (Status.UPHELD, Status.DECLINED):
                raise ValidationError(_("There is no decision to take back."))
            was_upheld = locked.status == Status.UPHELD
            nothing = {"effect": "", "credited_to": None, "decided_by": None, "decided_at": None}
            _save(locked, status=Status.OPEN, decision_words="", **nothing)
            _tell(locked, Kind.REOPENED, user, words)
            if was_upheld:
                _restate(locked)
    except IntegrityError as error:
        raise _already_open(error) from error


def _locked_open(one: Dispute) -> Dispute:
    """As it is now; nobody else decides before we have."""
    locked = Dispute.objects.select_for_update().get(pk=one.pk)
    if locked.status != Status.OPEN:
        told = {"status": locked.get_status_display().lower()}
        raise ValidationError(_("This dispute is not open any more: it is %(status)s.") % told)
    return locked


def _refuse_judging_oneself(one: Dispute, user: User) -> None:
    """Unless there is nobody else to do it."""
    if one.opened_by_id == user.pk and assignees().exclude(pk=user.pk).exists():
        raise ValidationError(_("Somebody else has to decide about your own dispute."))


def _already_open(error: IntegrityError) -> Exception:
    if ONCE not in str(error):
        return error
    return ValidationError(_("This ticket is disputed already; the dispute waits for a manager's decision."))


def _decided(user: User, words: str) -> dict[str, Any]:
    return {"decided_by": user, "decided_at": timezone.now(), "decision_words": words.strip()}


def _restate(one: Dispute) -> None:
    mark_tickets(one.source_id, [one.ticket_id], Reason.DISPUTE)


def _save(one: Dispute, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(one, name, value)
    one.save(update_fields=list(fields))


def _tell(one: Dispute, kind: DisputeEvent.Kind, user: User, words: str) -> None:
    DisputeEvent.objects.create(
        dispute=one,
        happened_at=timezone.now(),
        kind=kind,
        user=user,
        username=user.get_username(),
        words=words.strip(),
        effect=one.effect,
        credited_to=one.credited_to,
    )
