"""The public host: a signpost for everybody, and the operators' pages."""

import pytest
from django.contrib.auth.models import User
from django.test import Client


@pytest.fixture
def visitor(both):
    return Client(HTTP_HOST="localhost")


@pytest.fixture
def operator(visitor):
    visitor.force_login(User.objects.create_superuser("operator", password="correct-horse-9"))
    return visitor


def test_the_signpost_names_tenants_in_a_demo_only(visitor, settings):
    settings.EMBEDDED = True
    assert "north.localhost" in visitor.get("/").content.decode()
    settings.EMBEDDED = False
    text = visitor.get("/").content.decode()
    assert "north" not in text.lower()
    assert "Ask whoever runs Deskmetry" in text


@pytest.mark.parametrize("page", ["", "directory/msp/", "directory/domain/", "auth/user/", "auth/user/add/"])
def test_operators_see_tenants_and_their_domains(operator, page):
    assert operator.get(f"/admin/{page}").status_code == 200


@pytest.mark.parametrize("page", ["connectors/rawticket/", "kpis/kpidaily/", "tenants/tenantsettings/"])
def test_operators_see_no_tenants_data(operator, page):
    assert operator.get(f"/admin/{page}").status_code == 404


def test_an_msp_page_suspends_but_never_deletes(operator):
    from tenants.directory.models import Msp

    msp = Msp.objects.get(schema_name="north")
    assert operator.get(f"/admin/directory/msp/{msp.pk}/change/").status_code == 200
    assert operator.get(f"/admin/directory/msp/{msp.pk}/delete/").status_code == 403


def test_a_tenants_owner_is_nobody_on_the_public_host(visitor):
    person = {"username": "owner", "password": "correct-horse-9"}
    assert "form" in visitor.post("/login/", person).context
    assert visitor.get("/admin/").status_code == 302


def test_what_is_not_there_is_said_in_plain_words(visitor):
    response = visitor.get("/nowhere/")
    assert response.status_code == 404
    assert "Nothing here" in response.content.decode()
