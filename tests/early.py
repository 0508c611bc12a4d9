"""Loaded before pytest-django: gives the suite servers and secrets of its own, beside any demo's."""

import os
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

PROJECT = Path(__file__).resolve().parent.parent
os.environ.setdefault("DESKMETRY_VAR", str(PROJECT / "var" / "test"))
os.environ.setdefault("DESKMETRY_THROWAWAY", "1")
if os.environ.get("DATABASE_URL"):
    os.environ.setdefault("SECRET_KEY", "only-for-tests")
    os.environ.setdefault("CREDENTIAL_KEYS", Fernet.generate_key().decode())
    os.environ.setdefault("ALLOW_PRIVATE_VENDOR_HOSTS", "1")
    os.environ.setdefault("SECURE_COOKIES", "0")

from config import embedded  # noqa: E402 - reads what was set above

embedded.attach_unless_configured()


@pytest.hookimpl(tryfirst=True)  # xdist has an answer of its own
def pytest_xdist_auto_num_workers() -> int:
    """Two per core, because a third of the time tests wait for servers, workers and browsers."""
    return 2 * (os.cpu_count() or 1)
