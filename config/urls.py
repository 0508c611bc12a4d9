"""Addresses on a tenant's host."""

from django.urls import URLPattern, URLResolver, include, path

from config import brand, views
from config.sites import tenant_site
from connectors import callbacks
from kpis.disputes.pages import dispute
from kpis.profile import views as profile

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("login/", views.sign_in, name="login"),
    path("logout/", views.sign_out, name="logout"),
    path("welcome/<uidb64>/<token>/", views.welcome, name="welcome"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("brand/colours.css", brand.colours, name="brand_colours"),
    path("brand/logo", brand.logo, name="brand_logo"),
    path("admin/", tenant_site.urls),
    path("me/", profile.me, name="me"),
    path("me/dispute/<int:source>/<int:ticket>/", dispute, name="dispute"),
    path("me/work/<slug:figure>/", profile.my_work, name="my_work"),
    path("me/definitions/", profile.definitions, name="definitions"),
    path("technicians/<int:number>/", profile.technician, name="technician"),
    path("technicians/<int:number>/work/<slug:figure>/", profile.technicians_work, name="technicians_work"),
    path("api/", include("config.api")),
    path("hooks/<slug:vendor>/<int:pk>/<str:key>/", callbacks.receive, name="callback"),
]
