"""Print a new key for CREDENTIAL_KEYS. It is kept nowhere."""

from typing import Any

from cryptography.fernet import Fernet
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Print a new key for CREDENTIAL_KEYS. Put it in front of the others, separated by a comma."
    requires_system_checks: list[str] = []

    def handle(self, *_: Any, **_options: Any) -> None:
        self.stdout.write(Fernet.generate_key().decode())
