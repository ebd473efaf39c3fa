"""The pretend Google over HTTP, as a service account and without any library of Google's."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests
from google.auth import crypt, jwt

from planning_bot.sandbox.sheets_accounts import AUDIENCE, SHEETS

if TYPE_CHECKING:
    from pathlib import Path

    from planning_bot.sandbox import Sandbox

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def assertion(key_file: Path, **claims: Any) -> str:
    """Sign the claims of a service account, some of them replaced."""
    key = json.loads(key_file.read_text())
    now = int(time.time())
    usual = {"iss": key["client_email"], "aud": AUDIENCE, "scope": SHEETS, "iat": now, "exp": now + 3600}
    return jwt.encode(crypt.RSASigner.from_service_account_info(key), usual | claims).decode()


def ask_for_token(box: Sandbox, signed: str, grant_type: str = GRANT) -> requests.Response:
    """Exchange an assertion for a token."""
    form = {"grant_type": grant_type, "assertion": signed}
    return requests.post(f"{box.url}/token", data=form, timeout=5)


def connect(box: Sandbox, folder: Path, scope: str = SHEETS) -> Google:
    """Give the API as the service account of the sandbox."""
    answer = ask_for_token(box, assertion(box.sheets.service_account_file(folder), scope=scope))
    return Google(box, answer.json()["access_token"])


@dataclass
class Google:
    """The Sheets API with one token."""

    box: Sandbox
    token: str

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send one request below /v4/spreadsheets/."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return requests.request(method, f"{self.box.url}/v4/spreadsheets/{path}", headers=headers, timeout=5, **options)

    def get(self, path: str, **params: Any) -> Any:
        """Return the JSON of a GET that succeeds."""
        response = self.call("GET", path, params=params)
        assert response.status_code == 200, response.text
        return response.json()

    def write(self, method: str, path: str, body: Any, **params: Any) -> Any:
        """Return the JSON of a write that succeeds."""
        response = self.call(method, path, json=body, params=params)
        assert response.status_code == 200, response.text
        return response.json()

    def refused(self, method: str, path: str, **options: Any) -> tuple[int, str, str]:
        """Return the code, the status and the message of a refusal."""
        error = self.call(method, path, **options).json()["error"]
        return error["code"], error["status"], error["message"]
