"""Takes secrets out of whatever is shown, saved or logged, in any spelling in which they travel.

Whoever reads a secret tells it here (`learn`), before anything else is done with it. What is shown is redacted at the
end, so that no way from one to the other has to be thought of: a message, a traceback, a server's answer.
"""

from __future__ import annotations

import base64
import functools
import os
import re
from urllib.parse import unquote, urlsplit

VARIABLES = ("GITLAB_TOKEN", "SLACK_BOT_TOKEN")
INSTEAD = "[secret]"
_SHORTEST = 8  # what is shorter cannot be told from words
_PART_OF_AN_ADDRESS = 16  # from here on a part of an address is taken for a secret of its own
_ENTITIES = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}

_known: set[str] = set()


def learn(*secrets: str) -> None:
    """Take out these secrets from now on, and each line of those that have several, such as a private key."""
    lines = (line.strip() for secret in secrets for line in secret.splitlines())
    _known.update(line for line in lines if len(line) >= _SHORTEST and not line.startswith("-----"))


def learn_address(address: str) -> None:
    """Take out a secret address: as a whole, without its host, and the long parts of its path."""
    try:
        parts = urlsplit(address)
    except ValueError:
        learn(address)
        return
    behind_the_host = f"{parts.path}?{parts.query}" if parts.query else parts.path
    pieces = [behind_the_host, parts.path, *re.split(r"[/&=?]", behind_the_host)]
    long_ones = [piece for piece in pieces if len(piece) >= _PART_OF_AN_ADDRESS]
    learn(*(spelling for text in (address, *long_ones) for spelling in (text, unquote(text))))


def redact(text: str) -> str:
    """Give a text without the secrets that are known, those in the environment included."""
    found = _known.union(value.strip() for name in VARIABLES if len(value := os.environ.get(name, "")) >= _SHORTEST)
    return _pattern(frozenset(found)).sub(INSTEAD, text) if found else text


@functools.lru_cache(maxsize=8)
def _pattern(secrets: frozenset[str]) -> re.Pattern[str]:
    forms = {form for secret in secrets for form in (secret, *_in_base64(secret))}
    return re.compile("|".join(_in_any_spelling(form) for form in sorted(forms, key=lambda form: (-len(form), form))))


def _in_base64(secret: str) -> tuple[str, ...]:
    """Give the three ways in which base64 spells a part of a longer text, less the characters shared with the rest."""
    content = secret.encode("utf-8", "replace")
    whole = (base64.b64encode(bytes(before) + content).decode() for before in range(3))
    cut = (text[(0, 2, 3)[before] :] for before, text in enumerate(whole))
    return tuple(re.sub(r"[^=]=+$", "", text) for text in cut)


def _in_any_spelling(form: str) -> str:
    """Give a pattern for a text as it is, URL-encoded, and as JSON, HTML, Markdown and Python escape it."""
    return "".join(map(_spelled, form))


@functools.cache
def _spelled(char: str) -> str:
    if char.isascii() and char.isalnum():
        return char
    code = f"{ord(char):x}"
    ways = [
        re.escape(char),
        "".join(f"%(?:25)*(?i:{byte:02x})" for byte in char.encode("utf-8", "replace")),
        rf"(?i:u{ord(char):04x}|x{code:0>2}|&#(?:x{code}|{ord(char)});)",
        *([f"&{_ENTITIES[char]};"] if char in _ENTITIES else []),
        *({"+": ["-"], "/": ["_"]}.get(char, [])),  # base64 for addresses
    ]
    return rf"\\*(?:{'|'.join(ways)})"
