"""compose.yaml says what the code understands, so that it cannot rot unnoticed; no Docker is needed to know."""

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from cryptography.fernet import Fernet
from django.core.management import get_commands

from config.celery import Scheduler, app
from config.embedded import PROJECT

SETTINGS = (PROJECT / "config" / "settings.py").read_text()
REQUIRED = {"DATABASE_URL", "CELERY_BROKER_URL", *re.findall(r'required\(\s*"([A-Z_]+)"', SETTINGS)}
READ = {*re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', SETTINGS), *REQUIRED, "DESKMETRY_VAR"}
ENTERED = {
    "SECRET_KEY": "only-for-tests",
    "CREDENTIAL_KEYS": Fernet.generate_key().decode(),
    "POSTGRES_PASSWORD": "a-password",
    "BASE_DOMAIN": "desk.example.com",
}
EFFECTS = """
import json
from django.conf import settings
database = settings.DATABASES["default"]
print(json.dumps({
    "database": [database[name] for name in ("HOST", "PORT", "NAME", "USER", "PASSWORD")],
    "hosts": settings.ALLOWED_HOSTS,
    "private": settings.ALLOW_PRIVATE_VENDOR_HOSTS,
    "secure": settings.SESSION_COOKIE_SECURE,
    "proxy": settings.SECURE_PROXY_SSL_HEADER,
}))
"""


@cache
def services() -> dict[str, Any]:
    return dict(yaml.safe_load((PROJECT / "compose.yaml").read_text())["services"])


OURS = sorted(name for name, service in services().items() if "build" in service)
OTHERS = sorted(set(services()) - set(OURS))


def filled(text: str) -> str:
    """As compose fills ${NAME:?…} from the .env file; a name that nobody is asked for is an error here."""
    return re.sub(r"\$\{([A-Z_]+)[^}]*\}", lambda found: ENTERED[found[1]], text)


def environment(service: str) -> dict[str, str]:
    return {name: filled(value) for name, value in services()[service]["environment"].items()}


def test_web_workers_and_scheduler_are_there():
    assert OURS == ["beat", "insights-worker", "migrate", "web", "worker"]


@pytest.mark.parametrize("service", OURS)
def test_every_variable_is_one_that_the_settings_read_and_none_that_is_required_is_missing(service):
    assert set(environment(service)) - READ == set()
    assert REQUIRED - set(environment(service)) == set()


@pytest.mark.parametrize("service", OURS)
def test_addresses_lead_to_services_that_are_there_and_waited_for(service):
    for name in ("DATABASE_URL", "CELERY_BROKER_URL"):
        host = urlsplit(environment(service)[name]).hostname
        assert host in OTHERS
        assert services()[service]["depends_on"][host] == {"condition": "service_healthy"}
        assert "healthcheck" in services()[host]


def test_the_settings_understand_what_they_are_given():
    given = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", EFFECTS],
        cwd=PROJECT,
        env=given | {"DJANGO_SETTINGS_MODULE": "config.settings"} | environment("web"),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    effects = json.loads(done.stdout)
    postgres = services()["postgres"]["environment"]
    account = [postgres[name] for name in ("POSTGRES_DB", "POSTGRES_USER")]
    assert effects["database"] == ["postgres", "5432", *account, ENTERED["POSTGRES_PASSWORD"]]
    assert ".desk.example.com" in effects["hosts"]
    assert (effects["private"], effects["secure"]) == (False, True)
    assert effects["proxy"] == ["HTTP_X_FORWARDED_PROTO", "https"]


@pytest.mark.parametrize("service", OURS)
def test_every_command_exists(service):
    program, *rest = services()[service]["command"].split()
    assert (Path(sys.executable).parent / program).exists()
    if program == "python":
        assert rest[0] == "manage.py"
        assert rest[1] in get_commands()


def test_images_are_pinned_and_of_a_version_that_the_readme_promises():
    images = {name: services()[name]["image"] for name in OTHERS}
    recipe = services()["web"]["build"]["dockerfile_inline"]
    images["python"] = re.findall(r"^FROM (\S+)$", recipe, re.MULTILINE)[0]
    versions = {name: re.findall(r":(\d[\d.]*)", image) for name, image in images.items()}
    assert all(versions.values()), images
    assert int(versions["postgres"][0].split(".")[0]) >= 15
    assert versions["python"][0] in (PROJECT / "README.md").read_text()


def test_the_image_is_built_with_the_same_uv_as_everything_else():
    (version,) = re.findall(r"^UV_VERSION := (\S+)$", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    assert f"uv=={version}" in services()["web"]["build"]["dockerfile_inline"]


def test_the_readme_names_what_has_to_be_entered():
    asked = set(re.findall(r"\$\{([A-Z_]+):\?", (PROJECT / "compose.yaml").read_text()))
    assert asked == set(ENTERED)
    assert all(f"`{name}`" in (PROJECT / "README.md").read_text() for name in asked)


def test_the_scheduler_makes_the_folder_that_it_remembers_in(tmp_path):
    """A container's, and a fresh clone's, is not there at the first start."""
    scheduler = Scheduler(app=app, schedule_filename=str(tmp_path / "not" / "there" / "celerybeat-schedule"))
    scheduler.close()
    assert list((tmp_path / "not" / "there").iterdir())
