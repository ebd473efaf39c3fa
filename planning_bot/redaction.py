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
    from_environment = (os.environ.get(name, "").strip() for name in VARIABLES)
    for secret in sorted(_known.union(from_environment), key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            text = _without(text, secret)
    return text


def _without(text: str, secret: str) -> str:
    for form, needle in _forms(secret):
        if needle in text:
            text = _pattern(form).sub(INSTEAD, text)
    return text


@functools.cache
def _forms(secret: str) -> tuple[tuple[str, str], ...]:
    """Give each form of a secret with a part of it that looks the same in every spelling, which is found fast."""
    forms = (secret, *_in_base64(secret))
    return tuple((form, max(re.findall(r"[A-Za-z0-9]*", form), key=len)) for form in forms)


@functools.cache
def _pattern(form: str) -> re.Pattern[str]:
    """Give a pattern for a text as it is, URL-encoded, and as JSON, HTML, Markdown and Python escape it."""
    return re.compile("".join(map(_spelled, form)))


def _in_base64(secret: str) -> tuple[str, ...]:
    """Give the three ways in which base64 spells a part of a longer text, less the characters shared with the rest."""
    content = secret.encode("utf-8", "replace")
    whole = (base64.b64encode(bytes(before) + content).decode() for before in range(3))
    cut = (text[(0, 2, 3)[before] :] for before, text in enumerate(whole))
    return tuple(re.sub(r"[^=]=+$", "", text) for text in cut)


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
