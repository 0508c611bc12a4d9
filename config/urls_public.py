"""Addresses on the public host: the operators and a signpost."""

from django.urls import URLPattern, URLResolver, include, path

from config import views
from config.sites import operator_site

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.signpost, name="signpost"),
    path("login/", views.sign_in, name="login"),
    path("logout/", views.sign_out, name="logout"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", operator_site.urls),
]
