"""API tokens for BI tools: made, looked over and revoked. A token itself is shown once, when it is made.

Managers keep their own; owners see everybody's and may make one for somebody else.
"""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from config.access import Area, May, RoleAdmin, may, role_for
from config.empty import to_add
from config.sites import tenant_site
from config.words import shown
from tenants import tokens
from tenants.models import ApiToken
from tenants.roles import Role

STATES = {"valid": _("Valid"), "expired": _("Expired"), "revoked": _("Revoked")}
STATE_COLOURS = {"valid": "success", "expired": "warning", "revoked": "danger"}


class TokenForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean_expires_at(self) -> datetime | None:
        moment: datetime | None = self.cleaned_data["expires_at"]
        if moment and moment <= timezone.now():
            raise forms.ValidationError(_("This is in the past. Choose a later moment, or leave it empty."))
        return moment


class TokenAdmin(RoleAdmin):
    area = Area.TOKENS
    plural = _("API tokens")
    when_empty = to_add(
        _("With a token, a BI tool reads the figures from the API and sees what you may see."),
        _("Make a token"),
        "tenants_apitoken",
    )
    form = TokenForm
    list_display = ["name", "user", "hint", "state", "created_at", "last_used_at", "expires_at"]
    list_select_related = ["user"]
    search_fields = ["name", "user__username"]
    change_form_outer_before_template = "tenants/token_state.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiToken]:
        kept: QuerySet[ApiToken] = super().get_queryset(request)
        return kept if _is_owner(request) else kept.filter(user=cast(User, request.user))

    def page_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        if obj is None:
            return [(None, {"fields": ["name", *(["user"] if _is_owner(request) else []), "expires_at"]})]
        dates = ["created_at", "last_used_at", "expires_at", "revoked_at"]
        return [(None, {"fields": ["name", "user", "hint", "state"]}), (_("Dates"), {"fields": dates})]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        people = User.objects.filter(is_active=True, groups__isnull=False)
        kwargs |= {"queryset": people.distinct().order_by("username"), "initial": request.user.pk}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """A token stays what it is; it can only be revoked."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, _form: Any, _change: bool) -> None:
        user = obj.user if _is_owner(request) else cast(User, request.user)
        made, obj.plain = tokens.issue(user, obj.name, obj.expires_at)
        obj.pk, obj.user, obj.hint = made.pk, user, made.hint

    def response_add(self, request: HttpRequest, obj: Any, _post_url_continue: Any = None) -> HttpResponse:
        """Not a redirect: on its way to another page the token would have to be kept somewhere."""
        context = self.admin_site.each_context(request) | {
            "title": _("Your new API token"),
            "token": obj,
            "plain": obj.plain,
            "api": request.build_absolute_uri(reverse("api-index")),
            "opts": self.opts,
        }
        return TemplateResponse(request, "tenants/new_token.html", context)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.revoke))
        return [path("<int:pk>/revoke/", view, name="token_revoke"), *super().get_urls()]

    def revoke(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not may(request, May.CHANGE, self.area):
            raise PermissionDenied
        token = self.get_object(request, str(pk))
        if token is None:
            raise Http404
        tokens.revoke(token)
        self.log_change(request, token, [{"changed": {"fields": ["revoked_at"]}}])
        self.message_user(request, _("Revoked: whatever uses this token is refused from now on."))
        return redirect("admin:tenants_apitoken_change", pk)

    @shown(_("State"), label=STATE_COLOURS)
    def state(self, token: ApiToken) -> tuple[str, str]:
        is_expired = token.expires_at is not None and token.expires_at <= timezone.now()
        state = "revoked" if token.revoked_at else "expired" if is_expired else "valid"
        return state, str(STATES[state])


def _is_owner(request: HttpRequest) -> bool:
    return role_for(request) is Role.OWNER


tenant_site.register(ApiToken, TokenAdmin)
