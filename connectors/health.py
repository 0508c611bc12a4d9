"""How a connection is, and what a person has to know or do: working, late, failing by itself, needing attention."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connectors.crypto import CredentialsUnreadable
from connectors.errors import StopStream
from connectors.models import Connection, CustomerMapping, RawVendorCustomer
from connectors.rhythm import STAGGER_SECONDS, SYNC_EVERY_SECONDS
from connectors.turns import is_running

# Three rounds without success, the last of which may have waited for its turn.
LATE_AFTER = timedelta(seconds=3 * SYNC_EVERY_SECONDS + STAGGER_SECONDS)
ENDING_SOON = timedelta(days=30)
NAMED_IN_A_SENTENCE = 3
# Whatever their streams may still bring, a person has to do something at the vendor.
CANNOT_BE_READ = (RawVendorCustomer.Access.NOT_CONSENTED, RawVendorCustomer.Access.MISSING_ROLE)


class Kind(StrEnum):
    NEW = "new"
    OK = "ok"
    LATE = "late"
    FAILING = "failing"
    ATTENTION = "attention"
    PAUSED = "paused"

    @property
    def label(self) -> str:
        return {
            Kind.NEW: _("Not synced yet"),
            Kind.OK: _("Working"),
            Kind.LATE: _("Late"),
            Kind.FAILING: _("Failing"),
            Kind.ATTENTION: _("Needs attention"),
            Kind.PAUSED: _("Paused"),
        }[self]


@dataclass(frozen=True)
class Health:
    kind: Kind
    since: datetime | None = None
    sentence: str = ""

    @property
    def is_well(self) -> bool:
        return self.kind in (Kind.OK, Kind.NEW, Kind.PAUSED)


def remember(link: Connection, problems: Sequence[Exception], message: str) -> None:
    """What the last sync came to."""
    now = timezone.now()
    link.status = _status(problems)
    link.status_message = message
    link.failing_since = (link.failing_since or now) if problems else None
    if not problems:
        link.last_success_at = now
    link.save(update_fields=["status", "status_message", "failing_since", "last_success_at"])


def _status(problems: Sequence[Exception]) -> Connection.Status:
    """What stops a stream tells people what to do; everything else passes by itself."""
    if any(isinstance(problem, StopStream | CredentialsUnreadable) for problem in problems):
        return Connection.Status.ATTENTION
    return Connection.Status.FAILING if problems else Connection.Status.OK


def of(link: Connection) -> Health:
    return of_each([link])[0]


def of_each(links: Sequence[Connection]) -> list[Health]:
    concerning = _concerning()
    return [_of(link, concerning.get(link.id, [])) for link in links]


def _of(link: Connection, concerning: Sequence[RawVendorCustomer]) -> Health:
    if not link.is_enabled:
        return Health(Kind.PAUSED, sentence=_("Nothing is read until somebody resumes it."))
    if link.failing_since:
        return Health(Kind(link.status), link.failing_since, link.status_message)
    if is_late(link):
        late = _(
            "No sync has been completed since then, although one is due every few minutes. "
            "Whoever runs Deskmetry should check that its workers and its scheduler are running."
        )
        return Health(Kind.LATE, _last_good(link), late)
    if concerning:
        barred = [customer for customer in concerning if customer.access in CANNOT_BE_READ]
        ending = [customer for customer in concerning if customer not in barred]
        return Health(Kind.ATTENTION, sentence=" ".join(filter(None, (_barred(barred), _renewals(ending)))))
    return Health(Kind(link.status), sentence=link.status_message)


def is_late(link: Connection) -> bool:
    """Not while it is being synced: a first load may take hours."""
    if not link.is_enabled or link.failing_since:
        return False
    return timezone.now() - _last_good(link) > LATE_AFTER and not is_running(link)


def _last_good(link: Connection) -> datetime:
    return link.last_success_at or link.created_at


def _concerning() -> dict[int, list[RawVendorCustomer]]:
    """Per connection the customers whom we may not read, or soon not any more, as a Microsoft partner's (GDAP)."""
    left_out = CustomerMapping.objects.filter(
        source=OuterRef("source"), customer_id=OuterRef("external_id"), company_id=None
    )
    concerning = RawVendorCustomer.objects.filter(
        Q(ends_at__lt=timezone.now() + ENDING_SOON) | Q(access__in=CANNOT_BE_READ), deleted_at=None
    )
    found: dict[int, list[RawVendorCustomer]] = {}
    for customer in concerning.exclude(Exists(left_out)).order_by("ends_at", "name", "id"):
        found.setdefault(customer.source_id, []).append(customer)
    return found


def _barred(barred: Sequence[RawVendorCustomer]) -> str:
    """Said all the time, though these are not asked for at every sync."""
    if not barred:
        return ""
    names = ", ".join(map(str, barred[:NAMED_IN_A_SENTENCE]))
    return _(
        "These customers cannot be read: %(customers)s. The list of customers says what to do for each."
    ) % {"customers": names + _and_more(len(barred))}


def _renewals(ending: Sequence[RawVendorCustomer]) -> str:
    if not ending:
        return ""
    told = ", ".join(map(_when, ending[:NAMED_IN_A_SENTENCE]))
    return _(
        "The permission to read these customers has to be renewed at the vendor (for Microsoft: their GDAP "
        "relationship): %(customers)s."
    ) % {"customers": told + _and_more(len(ending))}


def _and_more(count: int) -> str:
    rest = count - NAMED_IN_A_SENTENCE
    return ngettext(" and %d other", " and %d others", rest) % rest if rest > 0 else ""


def _when(customer: RawVendorCustomer) -> str:
    name, left = str(customer), (customer.ends_at or timezone.now()) - timezone.now()
    if left <= timedelta():
        return _("%(name)s (has ended)") % {"name": name}
    when = ngettext("%(name)s (ends in %(days)d day)", "%(name)s (ends in %(days)d days)", left.days)
    return when % {"name": name, "days": left.days}
