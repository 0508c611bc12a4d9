"""Which role may do what on the tenant's pages, and what they tell of technicians; the admin classes that obey."""

from enum import StrEnum
from typing import Any

from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db.models import BooleanField, JSONField
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from config.empty import WhenEmpty
from config.words import WORDS, column, structure
from tenants.models import TenantSettings
from tenants.roles import Role, role_of


class Area(StrEnum):
    """What pages are about; every admin class belongs to one."""

    PEOPLE = "people"
    SETUP = "setup"
    SETTINGS = "settings"
    TOKENS = "tokens"
    CONNECTIONS = "connections"
    SYNC = "sync"
    DATA = "data"
    MAPPING = "mapping"
    MEMBERS = "members"
    FIGURES = "figures"
    TEAM = "team"
    FINDINGS = "findings"
    DISPUTES = "disputes"
    LEXICON = "lexicon"
    TOPICS = "topics"
    PROPOSALS = "proposals"
    LANGUAGE_MODEL = "language_model"


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
        Area.SETUP: EDIT,
        Area.PEOPLE: KEEP,
        Area.SETTINGS: ALL,
        Area.TOKENS: KEEP,
        Area.CONNECTIONS: KEEP,
        Area.SYNC: SEE,
        Area.DATA: SEE,
        Area.MAPPING: EDIT,
        Area.MEMBERS: EDIT,
        Area.FIGURES: SEE,
        Area.TEAM: SEE,
        Area.FINDINGS: EDIT,
        Area.DISPUTES: EDIT,
        Area.LEXICON: ALL,
        Area.TOPICS: EDIT,
        Area.PROPOSALS: EDIT,
        Area.LANGUAGE_MODEL: ALL,
    },
    Role.MANAGER: {
        Area.SETUP: SEE,
        Area.TOKENS: KEEP,
        Area.SYNC: SEE,
        Area.DATA: SEE,
        Area.MAPPING: EDIT,
        Area.MEMBERS: SEE,
        Area.FIGURES: SEE,
        Area.TEAM: SEE,
        Area.FINDINGS: EDIT,
        Area.DISPUTES: EDIT,
        Area.LEXICON: ALL,
        Area.TOPICS: EDIT,
        Area.PROPOSALS: EDIT,
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
    # Columns, filters and lookups that tell who did the work: there only while the MSP names technicians.
    tells_who: frozenset[str] = frozenset()
    list_fullwidth = True
    list_per_page = 50
    show_full_result_count = False  # a second count of a table with hundreds of thousands of rows
    actions: Any = None
    when_empty: WhenEmpty | None = None

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

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        told = self.story_of(request, obj) if obj else {}
        return super().render_change_form(request, context | told, add, change, form_url, obj)

    def story_of(self, _request: HttpRequest, _row: Any) -> dict[str, Any]:
        """What the page of a row tells besides its columns, for the page's own templates."""
        return {}

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        kept_back = self._kept_back()
        return [self._named(name) for name in super().get_list_display(request) if name not in kept_back]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        kept_back = self._kept_back()
        return [each for each in super().get_list_filter(request) if _asked_of(each) not in kept_back]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Any column can be asked for in an address."""
        if lookup.partition("__")[0] in self._kept_back():
            raise PermissionDenied(
                _("Your settings do not name technicians, so nothing can be looked up by person.")
            )
        return bool(super().lookup_allowed(lookup, value, request))

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> list[Any]:
        links = super().get_list_display_links(request, self.list_display)
        return [self._named(name) for name in links]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        for choice in changelist.filter_specs:
            choice.title = WORDS.get(getattr(choice, "field_path", ""), choice.title)
        changelist.when_empty = self.when_empty
        changelist.is_narrowed = bool(changelist.query or changelist.get_filters_params())
        return changelist

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [self._named(name) for name in super().get_readonly_fields(request, obj)]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        only_shown, kept_back = set(super().get_readonly_fields(request, obj)), self._kept_back()
        is_form = self.has_change_permission(request, obj) or obj is None

        def named(name: str) -> Any:
            return name if is_form and name not in only_shown else self._named(name)

        return [
            (
                title,
                options | {"fields": [named(name) for name in options["fields"] if name not in kept_back]},
            )
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

    def _kept_back(self) -> frozenset[str]:
        is_told = not self.tells_who or TenantSettings.load().names_technicians
        return frozenset() if is_told else self.tells_who

    def _named(self, name: Any) -> Any:
        """Django's own name for a column, or ours where it is a field that has one."""
        if not isinstance(name, str) or hasattr(self, name):
            return name
        try:
            field = self.opts.get_field(name)
        except FieldDoesNotExist:
            return name
        if isinstance(field, JSONField):
            return structure(name)
        return column(name, isinstance(field, BooleanField)) if name in WORDS else name


def _asked_of(choice: Any) -> Any:
    """Which column a filter is about: a name, a name with its filter, or a filter that names it."""
    return choice[0] if isinstance(choice, tuple) else getattr(choice, "parameter_name", choice)
