"""Which company a vendor's customer is: by what the vendor's entry says, by name, or as a person decided.

Keyed by stable ids: once mapped, a customer keeps its company whatever either is called later. A person's
decision is never overwritten; it only goes where its company unmistakably went.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db import connection, transaction

from connectors import company_merges, dirty
from connectors.likeness import plain
from connectors.models import CustomerMapping, JoinState, RawCompany, RawVendorCustomer

Customer = tuple[int, str]  # the connection and the vendor's id
Mappings = Mapping[Customer, CustomerMapping]
Method = CustomerMapping.Method
DELETED = "deleted"

# A site that nobody mapped is whom its account is; one that was left out is nobody.
COMPANY_OF_CUSTOMER = """
SELECT
    customer.source_id,
    customer.external_id AS customer_id,
    CASE WHEN own.id IS NULL THEN of_account.company_id ELSE own.company_id END AS company_id,
    COALESCE(own.id, of_account.id) IS NOT NULL
        AND CASE WHEN own.id IS NULL THEN of_account.company_id ELSE own.company_id END IS NULL AS is_left_out
FROM raw_vendor_customers AS customer
LEFT JOIN connectors_customermapping AS own
    ON own.source_id = customer.source_id AND own.customer_id = customer.external_id
LEFT JOIN connectors_customermapping AS of_account
    ON of_account.source_id = customer.source_id
        AND of_account.customer_id = customer.parent_id
        AND customer.parent_id <> ''
"""

SAVE = """
INSERT INTO connectors_customermapping (source_id, customer_id, company_id, method, decided_by, decided_at)
SELECT source_id, customer_id, company_id, method, '', NOW()
FROM UNNEST(%s::bigint[], %s::text[], %s::bigint[], %s::text[]) AS found (source_id, customer_id, company_id, method)
ON CONFLICT (source_id, customer_id) DO UPDATE
SET
    company_id = EXCLUDED.company_id,
    method = EXCLUDED.method,
    decided_at = NOW(),
    merged_from = NULL,
    merged_at = NULL
WHERE connectors_customermapping.method <> 'person'
"""

WITHDRAW = """
DELETE FROM connectors_customermapping AS mapping
USING UNNEST(%s::bigint[], %s::text[]) AS gone (source_id, customer_id)
WHERE mapping.source_id = gone.source_id
    AND mapping.customer_id = gone.customer_id
    AND mapping.method <> 'person'
"""

HAS_ROWS = """
WITH concerned AS (
    SELECT customer.source_id, customer.external_id AS customer_id
    FROM raw_vendor_customers AS customer
    JOIN UNNEST(%s::bigint[], %s::text[]) AS changed (source_id, customer_id)
        ON changed.source_id = customer.source_id
            AND changed.customer_id IN (customer.external_id, customer.parent_id)
)
SELECT EXISTS (SELECT FROM raw_security_alerts JOIN concerned USING (source_id, customer_id))
    OR EXISTS (SELECT FROM raw_devices JOIN concerned USING (source_id, customer_id))
"""


@dataclass(frozen=True)
class Found:
    company: int
    method: str


class Companies:
    """The desk's companies, to be found by what people call them."""

    def __init__(self) -> None:
        living = RawCompany.objects.filter(deleted_at=None)
        rows = list(living.values_list("external_id", "identifier", "name").order_by("external_id"))
        self.ids = {id_ for id_, _, _ in rows}
        self.names = {id_: plain(name) for id_, _, name in rows}
        said = [(text, id_) for id_, identifier, _ in rows for text in {str(id_), identifier.casefold()}]
        self._by_said = _unambiguous(said)
        self._by_name = _unambiguous((name, id_) for id_, name in self.names.items())

    def said(self, crm_id: str) -> int | None:
        return self._by_said.get(crm_id.strip().casefold())

    def named(self, name: str) -> int | None:
        return self._by_name.get(plain(name))


def refresh() -> bool:
    """Map what maps by itself. Whether any customer is somebody else now."""
    followed = company_merges.follow()
    customers = list(RawVendorCustomer.objects.all())
    mappings = {(each.source_id, each.customer_id): each for each in CustomerMapping.objects.all()}
    found = _found(customers, mappings)
    overruled = _overruled_accounts(customers, mappings, found)
    new = {key: each for key, each in found.items() if key not in overruled}
    gone = [key for key in overruled & mappings.keys() if mappings[key].method != Method.PERSON]
    _write(new, gone)
    moved = [key for key, each in new.items() if _company_of(key, mappings) != each.company]
    _restate([*followed, *moved, *gone])
    return bool(followed or moved or gone)


def decide(customers: Iterable[RawVendorCustomer], company: int | None, by: str) -> None:
    """A person says whom these customers are; None: nobody that counts."""
    said = {"company_id": company, "method": Method.PERSON, "decided_by": by}
    chosen = said | {"merged_from": None, "merged_at": None}
    with transaction.atomic():
        ask_again()
        keys = [_key(customer) for customer in customers]
        for source, customer in keys:
            CustomerMapping.objects.update_or_create(source_id=source, customer_id=customer, defaults=chosen)
        _restate(keys)


def forget(customers: Iterable[RawVendorCustomer]) -> None:
    """Take back what was decided: what maps by itself does so again, the rest is unmapped."""
    with transaction.atomic():
        ask_again()
        keys = [_key(customer) for customer in customers]
        for source, customer in keys:
            CustomerMapping.objects.filter(source=source, customer_id=customer).delete()
        _restate(keys)


def ask_again() -> None:
    """Devices and alerts are to be joined anew with the companies; waits for a joining that is under way."""
    JoinState.objects.update(reached_at=None)


def _found(customers: Collection[RawVendorCustomer], mappings: Mappings) -> dict[Customer, Found]:
    """What differs from the mappings there are."""
    companies = Companies()
    namesakes = Counter(_name_key(each) for each in customers if _is_living(each))
    found = {}
    for customer in customers:
        current = mappings.get(_key(customer))
        is_settled = current is not None and current.company_id in companies.ids
        may_go_by_name = not (is_settled or customer.is_default or namesakes[_name_key(customer)] > 1)
        if said := companies.said(customer.crm_id):
            found[_key(customer)] = Found(said, Method.CRM_ID)
        elif may_go_by_name and (named := companies.named(customer.name)):
            found[_key(customer)] = Found(named, Method.NAME)
    return {key: each for key, each in found.items() if _is_news(mappings.get(key), each)}


def _overruled_accounts(
    customers: Iterable[RawVendorCustomer], mappings: Mappings, found: Mapping[Customer, Found]
) -> set[Customer]:
    """Accounts with a site that is another company: the MSP's own, which says nothing about its sites."""

    def company_of(key: Customer) -> int | None:
        return found[key].company if key in found else _company_of(key, mappings)

    of_sites = [(_key(each), (each.source_id, each.parent_id)) for each in customers if each.parent_id]
    return {account for site, account in of_sites if company_of(site) not in (None, company_of(account))}


def _write(new: Mapping[Customer, Found], gone: Collection[Customer]) -> None:
    with connection.cursor() as cursor:
        if new:
            companies = [each.company for each in new.values()]
            cursor.execute(SAVE, [*_columns(new), companies, [each.method for each in new.values()]])
        if gone:
            cursor.execute(WITHDRAW, _columns(gone))


def _restate(keys: Collection[Customer]) -> None:
    """Figures of all days change with a mapping, if there is anything to count."""
    if not keys:
        return
    with connection.cursor() as cursor:
        cursor.execute(HAS_ROWS, _columns(keys))
        if cursor.fetchone()[0]:
            dirty.mark_everything(dirty.Reason.REMAPPING)


def _is_living(customer: RawVendorCustomer) -> bool:
    return customer.state != DELETED and not customer.deleted_at and not customer.is_default


def _is_news(current: CustomerMapping | None, found: Found) -> bool:
    if current is None or current.method == Method.PERSON:
        return current is None
    return (current.company_id, current.method) != (found.company, found.method)


def _company_of(key: Customer, mappings: Mappings) -> int | None:
    return mappings[key].company_id if key in mappings else None


def _key(customer: RawVendorCustomer) -> Customer:
    return customer.source_id, customer.external_id


def _name_key(customer: RawVendorCustomer) -> tuple[int, str, str]:
    return customer.source_id, customer.level, plain(customer.name)


def _columns(keys: Iterable[Customer]) -> list[list[int] | list[str]]:
    pairs = list(keys)
    return [[source for source, _ in pairs], [customer for _, customer in pairs]]


def _unambiguous(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    ids: dict[str, set[int]] = {}
    for text, id_ in pairs:
        ids.setdefault(text, set()).add(id_)
    return {text: min(of_text) for text, of_text in ids.items() if text and len(of_text) == 1}
