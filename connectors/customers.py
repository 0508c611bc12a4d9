"""Streams that are read for each of the vendor's customers on its own: one that can't be read stops no other."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import structlog
from django.db import connection
from django.db.models import Case, F, When
from django.utils import timezone

from connectors import walks
from connectors.base import Page, Stream, Walk
from connectors.errors import Retry, StopConnection, StopCustomer, StopStream, SyncProblem, Unanswered
from connectors.models import CustomerMapping, RawVendorCustomer, StreamState, SyncRun
from connectors.paging import several_ahead

if TYPE_CHECKING:
    from connectors.walks import Session, WalkOf, Way

# After so many customers in a row that don't answer, it is the vendor that is down.
SILENT_IN_A_ROW = 3
CUSTOMERS_AT_ONCE = 4
NAMED_IN_A_SENTENCE = 3
Access = RawVendorCustomer.Access
# What only a person can mend is tried again once an hour, not every five minutes.
PATIENCE = timedelta(hours=1)
TRIED_HOURLY = (Access.NOT_CONSENTED,)
GRAVEST_FIRST = (Access.NOT_CONSENTED, Access.FAILING, Access.MISSING_ROLE, Access.NOT_LICENSED)
Begun = Callable[[], Iterator[Page]]  # what a customer answers; raises what went wrong
REMEMBER = """
UPDATE raw_vendor_customers AS customer
SET
    access = told.access,
    access_message = told.message,
    access_checked_at = %(now)s
FROM UNNEST(%(customers)s::text[], %(accesses)s::text[], %(messages)s::text[]) AS told (external_id, access, message)
WHERE customer.source_id = %(source)s AND customer.external_id = told.external_id
"""
log = structlog.get_logger(__name__)


def due(session: "Session", stream: Stream) -> Iterator[tuple[SyncRun.Mode, "WalkOf"]]:
    """All customers' walks of one kind make one run."""
    states = {
        state.customer: state
        for state in StreamState.objects.filter(connection=session.link, stream=stream.name)
    }
    changes: dict[str, Way] = {}
    sweeps: dict[str, Way] = {}
    modes = set()
    for customer in _readable(session):
        for mode, way in walks.due(session, stream, states.get(customer)):
            (sweeps if mode is SyncRun.Mode.SWEEP else changes)[customer] = way
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
        customers = customers.exclude(access__in=TRIED_HOURLY, access_checked_at__gt=just_tried)
    has_failed = Case(When(access=Access.FAILING, then=F("access_checked_at")))
    return list(
        customers.order_by(has_failed.asc(nulls_first=True), "external_id").values_list(
            "external_id", flat=True
        )
    )


def _walk_each(way_of: Mapping[str, "Way"], session: "Session", stream: Stream, run: SyncRun) -> None:
    """A few are asked at once, so that one that hangs keeps nobody waiting; what they answer is taken in one by one."""
    troubled: dict[str, SyncProblem] = {}
    silent = 0
    with closing(_asked(way_of, session, stream)) as asked:
        for walk, begun in asked:
            problem = _take(way_of[walk.customer], session, stream, run, walk, begun)
            session.asked.setdefault(walk.customer, []).extend([problem] if problem else [])
            silent = silent + 1 if isinstance(problem, Retry) else 0
            if problem and silent >= SILENT_IN_A_ROW:
                raise problem
            if problem and not _is_unlicensed(problem):
                troubled[walk.customer] = problem
    if troubled:
        raise StopStream(_sentence(session, troubled, len(way_of)))


def _asked(
    way_of: Mapping[str, "Way"], session: "Session", stream: Stream
) -> Generator[tuple[Walk, Begun], None, None]:
    """Only the downloads are in other threads: what to ask is looked up in this one, which has the database."""

    def begin(walk: Walk) -> Iterator[Page]:
        pages = session.client.pages(stream, walk)
        return chain([first], pages) if (first := next(pages, None)) else pages

    still_asked = (customer for customer in way_of if not _is_given_up(session, customer))
    walks = (way_of[customer].ask(session, stream, customer) for customer in still_asked)
    return several_ahead(begin, walks, CUSTOMERS_AT_ONCE)


def _take(
    way: "Way", session: "Session", stream: Stream, run: SyncRun, walk: Walk, begun: Begun
) -> SyncProblem | None:
    try:
        way.take(session, stream, run, walk, begun())
    except StopConnection:
        raise
    except SyncProblem as problem:
        return problem
    except Exception as problem:
        log.exception("sync failed", connection=session.link.id, stream=stream.name, customer=walk.customer)
        return StopStream(f"Something unexpected happened ({type(problem).__name__}).")
    return None


def _is_given_up(session: "Session", customer: str) -> bool:
    """Whoever did not answer, asked to be left alone or let nobody in does so for all streams."""
    return any(
        isinstance(problem, Unanswered)
        or (isinstance(problem, Retry) and problem.after_seconds is not None)
        or (isinstance(problem, StopCustomer) and problem.access == Access.NOT_CONSENTED)
        for problem in session.asked.get(customer, ())
    )


def _is_unlicensed(problem: SyncProblem) -> bool:
    """A product that a customer did not buy is no trouble, only shown."""
    return isinstance(problem, StopCustomer) and problem.access == Access.NOT_LICENSED


def _sentence(session: "Session", troubled: Mapping[str, SyncProblem], of: int) -> str:
    known = RawVendorCustomer.objects.filter(source=session.link, external_id__in=troubled)
    names = {customer.external_id: str(customer) for customer in known}
    told = [f"{names[each]}: {problem}" for each, problem in islice(troubled.items(), NAMED_IN_A_SENTENCE)]
    rest = " The list of customers shows the others." if len(troubled) > NAMED_IN_A_SENTENCE else ""
    return f"{len(troubled)} of {of} customers could not be read. {' '.join(told)}{rest}"


def remember(session: "Session") -> None:
    """Show with each customer what came of asking for it."""
    told = [_told(problems) for problems in session.asked.values()]
    parameters: dict[str, Any] = {
        "source": session.link.id,
        "now": timezone.now(),
        "customers": list(session.asked),
        "accesses": [access for access, _ in told],
        "messages": [message for _, message in told],
    }
    with connection.cursor() as cursor:
        cursor.execute(REMEMBER, parameters)


def _told(problems: Iterable[SyncProblem]) -> tuple[str, str]:
    """The gravest of what keeps us from reading a customer, and all of it in sentences."""
    in_order = sorted(problems, key=lambda problem: GRAVEST_FIRST.index(_access(problem)))
    access = _access(in_order[0]) if in_order else Access.OK
    return access, " ".join(dict.fromkeys(map(str, in_order)))


def _access(problem: SyncProblem) -> str:
    return problem.access if isinstance(problem, StopCustomer) else Access.FAILING
