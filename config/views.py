"""Signing in and out, where everybody starts, and the public host's signpost."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse_lazy
from unfold.widgets import BASE_INPUT_CLASSES

from config.sites import operator_site, tenant_site, to_home
from tenants.context import PUBLIC_SCHEMA
from tenants.directory.models import Domain


class SignInForm(AuthenticationForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = " ".join(BASE_INPUT_CLASSES)


class SignIn(LoginView):
    """The one sign-in page of a host, for every role; leads back to where somebody wanted to go."""

    template_name = "login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_public = self.request.tenant.schema_name == PUBLIC_SCHEMA  # type: ignore[attr-defined]
        site = operator_site if is_public else tenant_site
        own = {"site_name": "Deskmetry" if is_public else self.request.tenant.name}  # type: ignore[attr-defined]
        return site.each_context(self.request) | super().get_context_data(**kwargs) | own


class Welcome(PasswordResetConfirmView):
    """Where somebody with a new account chooses a password; the address works once."""

    template_name = "welcome.html"
    post_reset_login = True
    success_url = reverse_lazy("home")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {"site_name": self.request.tenant.name}  # type: ignore[attr-defined]
        return tenant_site.each_context(self.request) | super().get_context_data(**kwargs) | own

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        for field in form.fields.values():
            field.widget.attrs["class"] = " ".join(BASE_INPUT_CLASSES)
        return form


sign_in = SignIn.as_view()
sign_out = LogoutView.as_view()
welcome = Welcome.as_view()


@login_required
def home(request: HttpRequest) -> HttpResponse:
    return to_home(request)


def signpost(request: HttpRequest) -> HttpResponseBase:
    """Names the tenants only where everything runs on one machine for a demo."""
    domains = Domain.objects.none()
    if settings.EMBEDDED:
        domains = (
            Domain.objects.filter(is_primary=True)
            .exclude(tenant__schema_name=PUBLIC_SCHEMA)
            .select_related("tenant")
        )
    port = request.get_port()
    suffix = "" if port in {"80", "443"} else f":{port}"
    signs = [(domain.tenant.name, f"{request.scheme}://{domain.domain}{suffix}/login/") for domain in domains]
    return render(request, "signpost.html", {"signs": signs})
