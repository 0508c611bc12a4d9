"""What browsers are told to refuse, on whatever is answered."""

import pytest
from django.test import Client
from unfold.settings import CONFIG_DEFAULTS

from config.embedded import PROJECT


def policy(response) -> dict[str, str]:
    said = response["Content-Security-Policy"].split("; ")
    return dict(part.split(" ", 1) for part in said)


@pytest.mark.parametrize(
    "address",
    ["/login/", "/admin/", "/nowhere/", "/healthz", "/api/v1/docs/", "/api/"],
)
def test_every_answer_forbids_scripts_in_pages_and_anything_from_elsewhere(db, address):
    response = Client(HTTP_HOST="north.localhost").get(address)
    told = policy(response)
    assert all(
        "unsafe-inline" not in where and "http" not in where and "*" not in where for where in told.values()
    )
    assert (told["object-src"], told["base-uri"], told["frame-ancestors"]) == ("'none'", "'none'", "'none'")
    assert response["Cross-Origin-Opener-Policy"] == response["Referrer-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]


def test_only_the_themes_pages_may_make_functions_of_text(db):
    client = Client(HTTP_HOST="north.localhost")
    assert "unsafe-eval" in policy(client.get("/login/"))["script-src"]
    assert "unsafe-eval" not in policy(client.get("/api/v1/docs/"))["script-src"]


def test_a_host_that_is_nobodys_says_so_under_the_same_policy(db):
    response = Client(HTTP_HOST="nobody.localhost").get("/")
    assert response.status_code == 404
    assert policy(response)["default-src"] == "'self'"


def test_the_api_docs_carry_no_script_or_style_themselves(db):
    client = Client(HTTP_HOST="north.localhost")
    page = client.get("/api/v1/docs/").content.decode()
    assert "<style" not in page
    assert page.count("<script") == page.count("<script src=") == 3
    script = client.get("/api/v1/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")
    assert "validatorUrl" in script.content.decode()


def test_the_stylesheet_has_every_colour_that_the_theme_knows():
    sheet = (PROJECT / "config" / "static" / "deskmetry.css").read_text()
    for name, weights in CONFIG_DEFAULTS["COLORS"].items():
        assert [weight for weight in weights if f"--color-{name}-{weight}:" not in sheet] == []
