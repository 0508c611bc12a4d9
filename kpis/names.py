"""Names for the ids in figures, looked up in bulk; technicians' names only as far as the MSP allows."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from connectors.models import RawBoard, RawCompany, RawMember
from connectors.models.desk import NamedRow
from tenants.context import current_schema
from tenants.models import TenantSettings

Privacy = TenantSettings.Privacy
TOPICS = "SELECT id, CASE WHEN %s THEN name_fr ELSE name_en END FROM topics WHERE id = ANY(%s)"


def companies(ids: Iterable[int | None]) -> dict[int, str]:
    return _names(RawCompany, ids)


def boards(ids: Iterable[int | None]) -> dict[int, str]:
    return _names(RawBoard, ids)


def topics(ids: Iterable[int | None]) -> dict[int, str]:
    """In the reader's language."""
    wanted = [number for number in set(ids) if number is not None]
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(TOPICS, [(get_language() or "").startswith("fr"), wanted])
        return dict(cursor.fetchall())


def technicians(ids: Collection[int | None], privacy: str) -> dict[int, str]:
    """Names or pseudonyms, as the MSP's privacy mode says."""
    if privacy == Privacy.NAMED:
        return _names(RawMember, ids)
    return {number: pseudonym(number) for number in ids if number is not None}


def pseudonym(member_id: int) -> str:
    return _("Technician %s") % _alias(member_id)[:4].upper()


def address_id(member_id: int, privacy: str) -> int:
    """How a technician's page is addressed: next to a pseudonym, the real id would tell who that is."""
    return member_id if privacy == Privacy.NAMED else pseudonymous_id(member_id)


def at_address(number: int, privacy: str) -> int | None:
    return number if privacy == Privacy.NAMED else behind_pseudonymous_id(number)


def pseudonymous_id(member_id: int) -> int:
    """Made of the same alias, with so many digits that two people never share one; exact in every BI tool."""
    return int(_alias(member_id)[:12], 16)


def behind_pseudonymous_id(number: int) -> int | None:
    """Whose it is, for filters: a filter by the real id would give away who is who."""
    ids = RawMember.objects.order_by().values_list("external_id", flat=True)
    return next((member_id for member_id in ids if pseudonymous_id(member_id) == number), None)


def _alias(member_id: int) -> str:
    """The same for a person from day to day, and not to be traced back without the secret key."""
    secret = f"{settings.SECRET_KEY}/{current_schema()}/{member_id}"
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True)
class Names:
    """Everything that a page of rows needs to be readable."""

    companies: dict[int, str]
    boards: dict[int, str]
    technicians: dict[int, str]
    segments: dict[tuple[str, str, str], str] = field(default_factory=dict)  # by KPI, metric and segment

    def company(self, number: int | None) -> str:
        return _named(self.companies, number)

    def board(self, number: int | None) -> str:
        return _named(self.boards, number)

    def technician(self, number: int | None) -> str:
        return _named(self.technicians, number)


def _named(names: dict[int, str], number: int | None) -> str:
    return "" if number is None else names.get(number, f"#{number}")


def _names(table: type[NamedRow], ids: Iterable[int | None]) -> dict[int, str]:
    wanted = {number for number in ids if number is not None}
    rows = table._default_manager.filter(external_id__in=wanted)
    return dict(rows.values_list("external_id", "name")) if wanted else {}
