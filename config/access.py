"""Which role may do what on the tenant's pages: the one table, and the admin classes that obey it."""

from enum import StrEnum
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import BooleanField, JSONField
from django.http import HttpRequest
from django.utils.text import capfirst
from unfold.admin import ModelAdmin

from config.words import WORDS, column
from tenants.roles import Role, role_of


class Area(StrEnum):
    """What pages are about; every admin class belongs to one."""

    PEOPLE = "people"
    SETTINGS = "settings"
    TOKENS = "tokens"
    CONNECTIONS = "connections"
    SYNC = "sync"
    DATA = "data"
    MAPPING = "mapping"
    MEMBERS = "members"
    FIGURES = "figures"
    FINDINGS = "findings"


class May(StrEnum):
    VIEW = "view"
    ADD = "add"
    CHANGE = "change"
    DELETE = "delete"


SEE = frozenset({May.VIEW})
EDIT = frozenset({May.VIEW, May.CHANGE})
KEEP = frozenset({May.VIEW, May.ADD, May.CHANGE})
ALL = frozenset(May)

# Technicians have no row: their own page is all they see. Nobody changes what a sync brought or the
# engine computed; nobody deletes people or connections, which are switched off so that history stays.
GRANTS: dict[Role, dict[Area, frozenset[May]]] = {
    Role.OWNER: {
        Area.PEOPLE: KEEP,
        Area.SETTINGS: ALL,
        Area.TOKENS: KEEP,
        Area.CONNECTIONS: KEEP,
        Area.SYNC: SEE,
        Area.DATA: SEE,
        Area.MAPPING: EDIT,
        Area.MEMBERS: EDIT,
        Area.FIGURES: SEE,
        Area.FINDINGS: EDIT,
    },
    Role.MANAGER: {
        Area.TOKENS: KEEP,
        Area.SYNC: SEE,
        Area.DATA: SEE,
        Area.MAPPING: EDIT,
        Area.MEMBERS: SEE,
        Area.FIGURES: SEE,
        Area.FINDINGS: EDIT,
    },
}


def role_for(request: HttpRequest) -> Role | None:
    """Asked dozens of times while a page is made, looked up once."""
    if not hasattr(request, "role"):
        request.role = role_of(request.user)  # type: ignore[attr-defined]
    return request.role  # type: ignore[attr-defined, no-any-return]


def may(request: HttpRequest, action: May, area: Area) -> bool:
    role = role_for(request)
    return role is not None and action in GRANTS.get(role, {}).get(area, frozenset())


class ByRole:
    """Answers Django's permission questions from the table instead of from permission rows."""

    area: Area

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request, May.VIEW, self.area)

    def has_view_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        return may(request, May.VIEW, self.area)

    def has_add_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        return may(request, May.ADD, self.area)

    def has_change_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        return may(request, May.CHANGE, self.area)

    def has_delete_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        return may(request, May.DELETE, self.area)


class RoleAdmin(ByRole, ModelAdmin):  # type: ignore[misc]
    """A page of the tenant's site. `plural` names it; columns go by their names for people."""

    plural: Any
    list_fullwidth = True
    list_per_page = 50
    show_full_result_count = False  # a second count of a table with hundreds of thousands of rows
    actions: Any = None

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        named = {"title": capfirst(self.plural), "plural": self.plural}
        return super().changelist_view(request, named | (extra_context or {}))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        named = {"plural": self.plural, "show_save_and_add_another": False}
        return super().changeform_view(request, object_id, form_url, named | (extra_context or {}))

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [self._named(name) for name in super().get_list_display(request)]

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> list[Any]:
        links = super().get_list_display_links(request, self.list_display)
        return [self._named(name) for name in links]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        for choice in changelist.filter_specs:
            choice.title = WORDS.get(getattr(choice, "field_path", ""), choice.title)
        return changelist

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [self._named(name) for name in super().get_readonly_fields(request, obj)]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        only_shown = set(super().get_readonly_fields(request, obj))
        is_form = self.has_change_permission(request, obj) or obj is None

        def named(name: str) -> Any:
            return name if is_form and name not in only_shown else self._named(name)

        return [
            (title, options | {"fields": [named(name) for name in options["fields"]]})
            for title, options in self.page_fieldsets(request, obj)
        ]

    def page_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """What get_fieldsets is elsewhere; its names are put into words afterwards."""
        return list(super().get_fieldsets(request, obj))

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.label = WORDS.get(db_field.name, field.label)
        return field

    def _named(self, name: Any) -> Any:
        """Django's own name for a column, or ours where it is a field that has one."""
        if not isinstance(name, str) or name not in WORDS or hasattr(self, name):
            return name
        try:
            field = self.opts.get_field(name)
        except FieldDoesNotExist:
            return name
        return name if isinstance(field, JSONField) else column(name, isinstance(field, BooleanField))
