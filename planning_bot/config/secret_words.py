"""Secrets that somebody wrote into the file: found, reported, and never repeated."""

from __future__ import annotations

import re

ADVICE = (
    "secrets come from the environment: GITLAB_TOKEN, SLACK_BOT_TOKEN, GOOGLE_APPLICATION_CREDENTIALS;"
    " take this out of the file, and revoke it if the file was shared"
)

# GitLab's prefixes by name, since a username may be glenn-johnson (docs: security/tokens, token prefixes).
_VALUE = re.compile(
    r"(?:gl(?:pat|oas|dt|rtr?|cbt|ptt|ft|imt|agent|soat|ffct|wt)-|xox[a-z]-|xapp-|gh[a-z]_|ya29\.|AIza)[A-Za-z0-9_.-]{6,}"
    r"|-----BEGIN[ A-Z]*PRIVATE KEY-----"
)
_CREDENTIALS = re.compile(r"(?<=://)[^/\s@]+(?=@)")
_KEY = re.compile(r"token|password|passwd|secret|private_?key|api_?key|credential", re.IGNORECASE)


def is_secret_key(key: str) -> bool:
    """Whether an unknown key of this name was meant to hold a secret."""
    return _KEY.search(key) is not None


def is_secret_value(value: str) -> bool:
    """Whether ``value`` holds what looks like a token or a private key."""
    return _VALUE.search(value) is not None


def without_secrets(text: str) -> str:
    """``text`` with everything that looks like a secret taken out."""
    return _CREDENTIALS.sub("[hidden]", _VALUE.sub("[hidden]", text))
