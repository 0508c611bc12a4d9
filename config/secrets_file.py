"""Secrets of an embedded deployment, made once and kept under var/ for its owner's eyes only.

Refuses to serve production, which is given its secrets by the environment.
"""

import fcntl
import json
import os
from pathlib import Path
from secrets import token_urlsafe

from cryptography.fernet import Fernet


def value(var: Path, name: str) -> str:
    """The kept secret of this name; all of them are made at the first call."""
    var.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(var / "secrets.json", os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        text = file.read()
        kept: dict[str, str] = json.loads(text) if text else {}
        if name not in kept:
            kept = {"SECRET_KEY": token_urlsafe(48), "CREDENTIAL_KEYS": Fernet.generate_key().decode()} | kept
            file.seek(0)
            json.dump(kept, file)
            file.truncate()
        return kept[name]
