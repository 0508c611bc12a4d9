"""What lists of figures and findings share: the names behind their ids, and filters by client and board."""

from typing import Any, cast

from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.access import RoleAdmin
from config.words import shown
from connectors.admin.lists import ByExternalId
from connectors.models import RawBoard, RawCompany
from kpis import names, segments
from tenants.models import TenantSettings


class CompanyFilter(ByExternalId):
    title = _("client")
    parameter_name = column = "company"
    table = RawCompany


class BoardFilter(ByExternalId):
    title = _("board")
    parameter_name = column = "board"
    table = RawBoard


class NamedRows(RoleAdmin):
    """Rows with ids of companies, boards and technicians: the names of a page are looked up at once."""

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        changelist: ChangeList = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        found = names_of(rows)
        for row in rows:
            row.names = found
        changelist.result_list = cast(Any, rows)
        return changelist

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            row.names = names_of([row])
        return row

    @shown(_("Client"), ordering="company")
    def company_name(self, row: Any) -> str:
        return row.names.company(row.company)  # type: ignore[no-any-return]

    @shown(_("Board"), ordering="board")
    def board_name(self, row: Any) -> str:
        return row.names.board(row.board)  # type: ignore[no-any-return]

    @shown(_("Technician"))
    def technician_name(self, row: Any) -> str:
        return row.names.technician(row.technician)  # type: ignore[no-any-return]


def names_of(rows: list[Any]) -> names.Names:
    cells = [(row.kpi, row.metric, row.segment) for row in rows if hasattr(row, "segment")]
    return names.Names(
        companies=names.companies(row.company for row in rows),
        boards=names.boards(row.board for row in rows),
        technicians=names.technicians({row.technician for row in rows}, TenantSettings.load().privacy_mode),
        segments=segments.named(cells),
    )
