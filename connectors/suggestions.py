"""Which company a customer is likely to be, for a person to confirm or not.

For one that nothing maps, that with the name most like its own; for one whose company is gone, where the tickets went.
"""

from hashlib import blake2b

from django.db.models import Exists, OuterRef, QuerySet

from connectors import company_merges
from connectors.likeness import Likeness, plain
from connectors.mapping import Companies
from connectors.models import CustomerMapping, CustomerSuggestion, JoinState, RawVendorCustomer

NAMES = "names"
Reason = CustomerSuggestion.Reason


def refresh(state: JoinState) -> None:
    CustomerSuggestion.objects.filter(reason=Reason.MERGE).delete()
    _propose_names(state)
    _propose_merges()


def _propose_merges() -> None:
    """Those that were too unsure to be followed."""
    CustomerSuggestion.objects.bulk_create(
        CustomerSuggestion(
            source_id=mapping.source_id,
            customer_id=mapping.customer_id,
            company_id=merge.into,
            score=round(merge.share, 2),
            reason=Reason.MERGE,
        )
        for merge in company_merges.seen()
        for mapping in CustomerMapping.objects.filter(company_id=merge.gone)
    )


def _propose_names(state: JoinState) -> None:
    """Comparing names takes a while, so it is done only when they are others than last time."""
    customers, companies = list(unmapped().exclude(is_default=True)), Companies()
    compared = repr(([(each.source_id, each.external_id, each.name) for each in customers], companies.names))
    fingerprint = blake2b(compared.encode(), digest_size=16).hexdigest()
    if state.seen.get(NAMES) == fingerprint:
        return
    likeness = Likeness(companies.names)
    closest = [(customer, likeness.closest(plain(customer.name))) for customer in customers]
    CustomerSuggestion.objects.filter(reason=Reason.NAME).delete()
    CustomerSuggestion.objects.bulk_create(
        CustomerSuggestion(
            source_id=customer.source_id,
            customer_id=customer.external_id,
            company_id=found[0],
            score=round(found[1], 2),
            reason=Reason.NAME,
        )
        for customer, found in closest
        if found
    )
    state.seen[NAMES] = fingerprint


def unmapped() -> QuerySet[RawVendorCustomer]:
    """Neither mapped nor left out, nor covered by its account, nor an account whose sites are mapped each."""
    decided = CustomerMapping.objects.filter(source=OuterRef("source"))
    sites = RawVendorCustomer.objects.filter(source=OuterRef("source"), parent_id=OuterRef("external_id"))
    return (
        RawVendorCustomer.objects.exclude(Exists(decided.filter(customer_id=OuterRef("external_id"))))
        .exclude(Exists(decided.filter(customer_id=OuterRef("parent_id"))))
        .exclude(Exists(sites), level=RawVendorCustomer.Level.ACCOUNT)
        .order_by("source", "external_id")
    )
