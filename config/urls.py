"""Addresses on a tenant's host."""

from django.urls import URLPattern, URLResolver, include, path

from config import views
from config.sites import tenant_site
from connectors import callbacks
from kpis import profile

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("login/", views.sign_in, name="login"),
    path("logout/", views.sign_out, name="logout"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", tenant_site.urls),
    path("me/", profile.me, name="me"),
    path("technicians/<int:number>/", profile.technician, name="technician"),
    path("api/", include("config.api")),
    path("hooks/<slug:vendor>/<int:pk>/<str:key>/", callbacks.receive, name="callback"),
]
