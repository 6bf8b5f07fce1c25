"""Accounts of a hub for trying out: names and digests of passwords in a file that only the hub can read."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from pathlib import Path
from typing import Any

from jupyterhub.auth import Authenticator
from traitlets import Unicode

_COST: dict[str, int] = {"n": 2**14, "r": 8, "p": 1}


class PasswordFile(Authenticator):
    """Lets in who knows the password that ``hash_passwords`` has written the digest of."""

    file = Unicode(help="The file.").tag(config=True)

    async def authenticate(self, handler: Any, data: dict[str, str]) -> str | None:
        """Return the account's name, or None where name and password do not belong together."""
        entries = json.loads(Path(self.file).read_text())
        nobody = {"salt": "", "digest": ""}  # an unknown name takes as long as a wrong password
        entry = entries.get(data["username"], nobody)
        digest = _digest(data["password"], bytes.fromhex(entry["salt"]))
        return data["username"] if hmac.compare_digest(digest, entry["digest"]) else None


def hash_passwords(passwords: dict[str, str]) -> str:
    """Return the content of a file of accounts.

    Parameters
    ----------
    passwords : dict
        By the account's name.

    Returns
    -------
    str
        JSON; no password can be read off it.
    """
    salts = {name: secrets.token_bytes(16) for name in passwords}
    entries = {
        name: {"salt": salts[name].hex(), "digest": _digest(password, salts[name])}
        for name, password in passwords.items()
    }
    return json.dumps(entries, indent=2)


def _digest(password: str, salt: bytes) -> str:
    return hashlib.scrypt(password.encode(), salt=salt, **_COST).hex()
