"""Service accounts of the pretend Google: their key files, and the endpoint that gives tokens for signed assertions.

docs: developers.google.com/identity/protocols/oauth2/service-account, "Preparing to make an authorized API call"
"""

from __future__ import annotations

import base64
import json
import secrets
import time
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from planning_bot.sandbox.sheets_errors import json_response

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from planning_bot.sandbox.connection import Response

ACCOUNT = "planning-bot@sandbox.iam.gserviceaccount.com"
AUDIENCE = "https://oauth2.googleapis.com/token"  # docs: "aud": always this value
SHEETS, SHEETS_READONLY = (f"https://www.googleapis.com/auth/spreadsheets{end}" for end in ("", ".readonly"))
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_HOUR, _SKEW = 3600, 300


@dataclass(frozen=True)
class Token:
    """An access token: whose it is, what for, and until when (seconds since the epoch)."""

    email: str
    scopes: frozenset[str]
    expires_at: float


class RefusedError(Exception):
    """A token that is not given, with the error of RFC 6749 and a description."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.answer = {"error": error, "error_description": description}


@dataclass
class Accounts:
    """The service accounts that have a key, by e-mail address, and the tokens that they were given."""

    keys: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)

    def write_key_file(self, folder: Path, email: str, token_uri: str) -> Path:
        """Write the file that Google's console offers once, when a key is made."""
        key_id = self.keys.setdefault(email, secrets.token_hex(20))
        path = folder / f"{email.partition('@')[0]}.json"
        content = {
            "type": "service_account",
            "project_id": "sandbox",
            "private_key_id": key_id,
            "private_key": _private_pem(),
            "client_email": email,
            "client_id": "100000000000000000000",
            "token_uri": token_uri,
            "universe_domain": "googleapis.com",
        }
        path.write_text(json.dumps(content, indent=2), encoding="utf-8")
        path.chmod(0o600)
        return path

    def respond(self, body: bytes) -> Response:
        """Answer a request for a token."""
        try:
            return json_response(self._grant(parse_qs(body.decode(errors="replace"))))
        except RefusedError as refused:
            return json_response(refused.answer, 400)

    def _grant(self, form: dict[str, list[str]]) -> dict[str, Any]:
        if form.get("grant_type") != [_GRANT]:
            raise RefusedError("unsupported_grant_type", "Invalid grant_type")
        claims = self._verified(form.get("assertion", [""])[0])
        scopes = frozenset(str(claims.get("scope", "")).split())
        if not scopes or not scopes <= {SHEETS, SHEETS_READONLY}:
            raise RefusedError("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        access_token = f"ya29.sandbox-{secrets.token_hex(24)}"
        self.tokens[access_token] = Token(claims["iss"], scopes, time.time() + _HOUR)
        return {"access_token": access_token, "expires_in": _HOUR - 1, "token_type": "Bearer"}

    def _verified(self, assertion: str) -> dict[str, Any]:
        """Return the claims of an assertion that one of the accounts has signed, for this audience, just now."""
        try:
            head, claims, signature = (_decoded(part) for part in assertion.split("."))
            header, content = json.loads(head), json.loads(claims)
        except ValueError:
            raise RefusedError("invalid_grant", "Bad Request") from None
        if content.get("iss") not in self.keys:
            raise RefusedError("invalid_grant", "Invalid grant: account not found")
        is_signed = _is_signed(assertion.rpartition(".")[0].encode(), signature)
        if header.get("alg") != "RS256" or header.get("kid") != self.keys[content["iss"]] or not is_signed:
            raise RefusedError("invalid_grant", "Invalid JWT Signature.")
        if content.get("aud") != AUDIENCE:
            raise RefusedError("invalid_grant", "Invalid JWT: Failed audience check.")
        issued, expires, now = content.get("iat", 0), content.get("exp", 0), time.time()
        if not (issued - _SKEW <= now < expires <= issued + _HOUR):
            raise RefusedError("invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes)")
        return dict(content)


@cache
def _private_key() -> RSAPrivateKey:
    """Make one key for all accounts of this process. A real one has 2048 bits; this is read ten times faster."""
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - needed with Sheets alone

    return rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - it guards nothing


def _private_pem() -> str:
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415 - needed with Sheets alone

    pem = _private_key().private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    return pem.decode()


def _is_signed(signed: bytes, signature: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - needed with Sheets alone
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import padding  # noqa: PLC0415

    try:
        _private_key().public_key().verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
