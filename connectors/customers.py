"""Streams that are read for each of the vendor's customers on its own: one that can't be read stops no other."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog
from django.db.models import Case, F, When
from django.utils import timezone

from connectors import walks
from connectors.base import Stream
from connectors.errors import Retry, StopConnection, StopCustomer, StopStream, SyncProblem
from connectors.models import CustomerMapping, RawVendorCustomer, StreamState, SyncRun

if TYPE_CHECKING:
    from connectors.walks import Session, WalkOf

# After so many customers in a row that don't answer, it is the vendor that is down.
SILENT_IN_A_ROW = 3
NAMED_IN_A_SENTENCE = 3
# What only a person can mend is tried again once an hour, not every five minutes.
PATIENCE = timedelta(hours=1)
Access = RawVendorCustomer.Access
MENDED_BY_PEOPLE = (Access.NOT_CONSENTED,)
# And these concern one stream alone.
OF_ONE_STREAM = (Access.MISSING_ROLE, Access.NOT_LICENSED)
log = structlog.get_logger(__name__)


def due(session: "Session", stream: Stream) -> Iterator[tuple[SyncRun.Mode, "WalkOf"]]:
    """All customers' walks of one kind make one run."""
    states = {
        state.customer: state
        for state in StreamState.objects.filter(connection=session.link, stream=stream.name)
    }
    changes: dict[str, WalkOf] = {}
    sweeps: dict[str, WalkOf] = {}
    modes = set()
    for customer in _readable(session):
        for mode, walk in walks.due(session, stream, states.get(customer)):
            (sweeps if mode is SyncRun.Mode.SWEEP else changes)[customer] = walk
            modes.add(mode)
    if changes:
        is_first = SyncRun.Mode.INCREMENTAL not in modes
        yield SyncRun.Mode.BACKFILL if is_first else SyncRun.Mode.INCREMENTAL, partial(_walk_each, changes)
    if sweeps:
        yield SyncRun.Mode.SWEEP, partial(_walk_each, sweeps)


def _readable(session: "Session") -> list[str]:
    """Not those that a person left out, nor those that wait for a person.

    Those that failed come last, so that they keep nobody waiting, and of them the one that was tried longest ago first.
    """
    left_out = CustomerMapping.objects.filter(source=session.link, company_id=None)
    customers = RawVendorCustomer.objects.filter(source=session.link, deleted_at=None)
    customers = customers.exclude(external_id__in=left_out.values("customer_id"))
    if session.extent is walks.Extent.CHANGES:
        just_tried = timezone.now() - PATIENCE
        customers = customers.exclude(access__in=MENDED_BY_PEOPLE, access_checked_at__gt=just_tried)
    has_failed = Case(When(access=Access.FAILING, then=F("access_checked_at")))
    return list(
        customers.order_by(has_failed.asc(nulls_first=True), "external_id").values_list(
            "external_id", flat=True
        )
    )


def _walk_each(
    walk_of: Mapping[str, "WalkOf"], session: "Session", stream: Stream, run: SyncRun, _customer: str = ""
) -> None:
    troubled: list[str] = []
    silent = 0
    for customer, walk in walk_of.items():
        before = session.asked.get(customer)
        if before and not _is_of_one_stream(before):
            continue
        problem = _walk_one(walk, session, stream, run, customer)
        session.asked[customer] = problem or before
        silent = silent + 1 if isinstance(problem, Retry) else 0
        if problem:
            troubled.append(customer)
        if problem and silent >= SILENT_IN_A_ROW:
            raise problem
    serious = [customer for customer in troubled if not _is_unlicensed(session.asked[customer])]
    if serious:
        raise StopStream(_sentence(session, serious, len(walk_of)))


def _walk_one(
    walk: "WalkOf", session: "Session", stream: Stream, run: SyncRun, customer: str
) -> SyncProblem | None:
    try:
        walk(session, stream, run, customer)
    except StopConnection:
        raise
    except SyncProblem as problem:
        return problem
    except Exception as problem:
        log.exception("sync failed", connection=session.link.id, stream=stream.name, customer=customer)
        return StopStream(f"Something unexpected happened ({type(problem).__name__}).")
    return None


def _is_of_one_stream(problem: SyncProblem) -> bool:
    return isinstance(problem, StopCustomer) and problem.access in OF_ONE_STREAM


def _is_unlicensed(problem: SyncProblem | None) -> bool:
    """A product that a customer did not buy is no trouble, only shown."""
    return isinstance(problem, StopCustomer) and problem.access == Access.NOT_LICENSED


def _sentence(session: "Session", troubled: list[str], of: int) -> str:
    known = RawVendorCustomer.objects.filter(source=session.link, external_id__in=troubled)
    names = {customer.external_id: str(customer) for customer in known}
    told = [f"{names[each]}: {session.asked[each]}" for each in troubled[:NAMED_IN_A_SENTENCE]]
    rest = " The list of customers shows the others." if len(troubled) > NAMED_IN_A_SENTENCE else ""
    return f"{len(troubled)} of {of} customers could not be read. {' '.join(told)}{rest}"


def remember(session: "Session") -> None:
    """Show with each customer what came of asking for it."""
    for customer, problem in session.asked.items():
        RawVendorCustomer.objects.filter(source=session.link, external_id=customer).update(
            access=_access(problem), access_message=str(problem or ""), access_checked_at=timezone.now()
        )


def _access(problem: SyncProblem | None) -> str:
    if problem is None:
        return Access.OK
    return problem.access if isinstance(problem, StopCustomer) else Access.FAILING
