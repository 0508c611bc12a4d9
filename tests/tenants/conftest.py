"""Requests by host name, and what the whole folder expects of pytest."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client


def pytest_configure(config: pytest.Config) -> None:
    """A clean clone has no collected static files."""
    config.addinivalue_line("filterwarnings", "ignore:No directory at:UserWarning")


@pytest.fixture(autouse=True)
def _hash_passwords_quickly(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def get(db) -> Callable[..., Any]:
    def ask(path: str, host: str = "north.localhost", token: str | None = None, **headers: str) -> Any:
        authorization = {"authorization": f"Bearer {token}"} if token else {}
        client = Client(raise_request_exception=False)
        return client.get(path, headers={"host": host} | authorization | headers)

    return ask
