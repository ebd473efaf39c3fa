"""JSON that people look at, at a terminal or in a file: what cannot be seen in it stands there by its number.

Programs read the same from it; a terminal is not told to move its cursor or to turn words around.
"""

from __future__ import annotations

import json
import re
from typing import Any

# What JSON itself does not escape: the C1 controls, and what is invisible or changes directions (Unicode TR 36).
_UNSEEN = re.compile(
    "[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def readable_json(value: Any, **options: Any) -> str:
    """Give JSON with all that people can read as it is, and the rest escaped."""
    return _UNSEEN.sub(lambda char: json.dumps(char[0])[1:-1], json.dumps(value, ensure_ascii=False, **options))
