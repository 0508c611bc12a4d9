"""Every customer of a security vendor with whom it is, what waits for a person, and what that withholds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from connectors.mapping import Customer
from connectors.models import (
    CustomerMapping,
    CustomerSuggestion,
    RawCompany,
    RawDevice,
    RawSecurityAlert,
    RawVendorCustomer,
)

WITHHELD_DAYS = 90


class Standing(models.TextChoices):
    """In the order in which they need a person."""

    BROKEN = "broken", _("Company is gone")
    SUGGESTED = "suggested", _("To be confirmed")
    UNMAPPED = "unmapped", _("Not mapped")
    MAPPED = "mapped", _("Mapped")
    BY_SITES = "by_sites", _("Its sites are mapped")
    LEFT_OUT = "left_out", _("Left out")


PROPOSABLE = (Standing.BROKEN, Standing.SUGGESTED)
WAITING = (Standing.BROKEN, Standing.SUGGESTED, Standing.UNMAPPED)


@dataclass(frozen=True)
class Waiting:
    """What counts for no client until somebody has decided."""

    customers: int
    alerts: int
    devices: int


def waiting() -> Waiting:
    customers = with_alerts(queue()).filter(standing__in=WAITING)
    told = list(customers.values_list("source_id", "external_id", "standing", "alerts"))
    nobodys = [row for row in told if row[2] != Standing.BROKEN]
    in_use = RawDevice.objects.filter(deleted_at=None, is_excluded=False)
    devices = in_use.filter(rows_of((source, customer) for source, customer, *_rest in nobodys))
    return Waiting(len(told), sum(alerts for *_rest, alerts in nobodys), devices.count())


def since() -> datetime:
    return timezone.now() - timedelta(days=WITHHELD_DAYS)


def with_company() -> QuerySet[Any]:
    """Customers with `company_id`: their own, or that of their account. The same as COMPANY_OF_CUSTOMER."""
    decided = CustomerMapping.objects.filter(source=OuterRef("source"))
    own = decided.filter(customer_id=OuterRef("external_id"))
    of_account = decided.filter(customer_id=OuterRef("parent_id")).exclude(customer_id="")
    customers: QuerySet[Any] = RawVendorCustomer.objects.all()
    found: QuerySet[Any] = customers.annotate(
        mapping_id=Subquery(own.values("id")),
        is_decided=Exists(own) | Exists(of_account),
        company_id=Case(
            When(mapping_id__isnull=False, then=Subquery(own.values("company_id"))),
            default=Subquery(of_account.values("company_id")),
        ),
    )
    return found


def queue() -> QuerySet[Any]:
    """With `standing`, `company_name`, and where something `is_proposed` what, why (`reason`) and its `score`."""
    of_customer = {"source": OuterRef("source"), "customer_id": OuterRef("external_id")}
    suggestion = CustomerSuggestion.objects.filter(**of_customer)
    sites = RawVendorCustomer.objects.filter(source=OuterRef("source"), parent_id=OuterRef("external_id"))
    living = RawCompany.objects.filter(external_id=OuterRef("company_id"), deleted_at=None)
    found: QuerySet[Any] = (
        with_company()
        .annotate(
            company_name=company_name(),
            suggested_id=Subquery(suggestion.values("company_id")),
            reason=Subquery(suggestion.values("reason")),
            score=Subquery(suggestion.values("score")),
            standing=Case(
                When(is_decided=True, company_id=None, then=Value(Standing.LEFT_OUT)),
                When(Q(is_decided=True) & ~Exists(living), then=Value(Standing.BROKEN)),
                When(is_decided=True, then=Value(Standing.MAPPED)),
                When(Exists(sites), level=RawVendorCustomer.Level.ACCOUNT, then=Value(Standing.BY_SITES)),
                When(suggested_id__isnull=False, then=Value(Standing.SUGGESTED)),
                default=Value(Standing.UNMAPPED),
            ),
        )
        .annotate(
            is_proposed=Q(standing__in=PROPOSABLE, suggested_id__isnull=False),
            rank=Case(*(When(standing=standing, then=Value(rank)) for rank, standing in enumerate(Standing))),
            suggested_name=Subquery(
                RawCompany.objects.filter(external_id=OuterRef("suggested_id")).values("name")[:1]
            ),
        )
    )
    return found


def with_alerts(customers: QuerySet[Any]) -> QuerySet[Any]:
    """With `alerts`, how many it had lately, that what matters most comes first."""
    alerts = RawSecurityAlert.objects.filter(
        source=OuterRef("source"),
        customer_id=OuterRef("external_id"),
        detected_at__gt=since(),
        deleted_at=None,
    )
    counted = alerts.order_by().values("customer_id").annotate(count=Count("id")).values("count")
    found: QuerySet[Any] = customers.annotate(alerts=Coalesce(Subquery(counted), 0))
    return found


def customers_of(company: int) -> Q:
    """Rows whose customer is this company, for tables that know their customer only."""
    return rows_of(with_company().filter(company_id=company).values_list("source_id", "external_id"))


def rows_of(customers: Iterable[Customer]) -> Q:
    of_source: dict[int, list[str]] = {}
    for source, customer in customers:
        of_source.setdefault(source, []).append(customer)
    conditions = (Q(source=source, customer_id__in=ids) for source, ids in of_source.items())
    return reduce(or_, conditions, Q(pk=None))


def company_name() -> Subquery:
    """Of rows with a `company_id`; what is deleted at the desk keeps its name."""
    companies = RawCompany.objects.filter(external_id=OuterRef("company_id"))
    return Subquery(companies.order_by(F("deleted_at").desc(nulls_first=True)).values("name")[:1])
