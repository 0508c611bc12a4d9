"""Credentials at rest: encrypted with the first of CREDENTIAL_KEYS, readable with any of them."""

import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class CredentialsUnreadable(Exception):
    """No configured key decrypts what is stored."""

    def __init__(self) -> None:
        super().__init__(
            "The saved credentials cannot be decrypted: CREDENTIAL_KEYS lacks the key they were saved with. "
            "Put that key back, or enter the credentials again."
        )


class Secrets(dict[str, str]):
    """A vendor's credentials, which never show their values when printed or logged."""

    def __repr__(self) -> str:
        return f"Secrets({', '.join(self)})"

    __str__ = __repr__


def encrypt(secrets: dict[str, str]) -> bytes:
    return _cipher().encrypt(json.dumps(secrets).encode())


def decrypt(stored: bytes) -> Secrets:
    try:
        return Secrets(json.loads(_cipher().decrypt(bytes(stored))))
    except InvalidToken:
        raise CredentialsUnreadable from None


def rotate(stored: bytes) -> bytes:
    """The same secrets under the first key."""
    try:
        return _cipher().rotate(bytes(stored))
    except InvalidToken:
        raise CredentialsUnreadable from None


def _cipher() -> MultiFernet:
    try:
        return MultiFernet([Fernet(key.strip()) for key in settings.CREDENTIAL_KEYS])
    except ValueError:
        raise ImproperlyConfigured(
            "CREDENTIAL_KEYS holds something that is not a key. Make one with: python manage.py new_credential_key"
        ) from None
