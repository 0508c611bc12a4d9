"""What a tenant's tables know of people, companies and machines, and what the MSP keeps private."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Model

from connectors.models import (
    Device,
    RawCompany,
    RawDevice,
    RawMember,
    RawSecurityAlert,
    RawTicket,
    RawVendorCustomer,
)
from insights.models import PrivateWord


@dataclass(frozen=True, repr=False)
class Known:
    """As it is written in the tables."""

    people: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    companies: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    private_words: frozenset[str] = frozenset()
    private_patterns: frozenset[str] = frozenset()

    @classmethod
    def of_tenant(cls) -> "Known":
        kinds = PrivateWord.Kind
        return cls(
            people=_column(RawTicket, "contact_name") | _column(RawMember, "name"),
            accounts=_column(RawMember, "identifier") | _column(RawSecurityAlert, "user_name"),
            companies=_column(RawCompany, "name")
            | _column(RawCompany, "identifier")
            | _column(RawVendorCustomer, "name"),
            hosts=_column(Device, "hostname")
            | _column(RawDevice, "hostname")
            | _column(RawSecurityAlert, "host_name"),
            private_words=frozenset(_private(kinds.WORD)),
            private_patterns=frozenset(_private(kinds.PATTERN)),
        )


def _column(table: type[Model], name: str) -> frozenset[str]:
    rows = table._default_manager.exclude(**{name: ""})
    return frozenset(rows.order_by().values_list(name, flat=True).distinct())


def _private(kind: str) -> Iterable[str]:
    return PrivateWord.objects.filter(kind=kind).values_list("text", flat=True)
