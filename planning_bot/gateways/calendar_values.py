"""Values of a calendar's properties: moments, and who is named. Raises ValueError for what is none."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planning_bot.gateways.calendar_outline import Block

_MOMENT = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z?))?")
_CLOSER = ("RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID", "DURATION")
_ESCAPED = re.compile(r"\\([\\;,:nN\"])")


def read_moment(text: str) -> datetime:
    """Read `20241202`, `20241202T090000` or `20241202T090000Z`; a day is its midnight."""
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text[:30]!r} is no day or time of a calendar")
    try:
        moment = datetime.strptime(f"{found[1]}{found[2] or '000000'}", "%Y%m%d%H%M%S")  # noqa: DTZ007 - as it stands
    except ValueError:
        raise ValueError(f"there is no moment {text.strip()}") from None
    return moment.replace(tzinfo=UTC) if found[3] else moment


def span_of(event: Block) -> tuple[date, date] | None:
    """Give the days between which a single event lies, to the day before and after; None if that needs a closer look.

    An event without an end of its own, or one whose times are in question, needs one.
    """
    values = [event.values("DTSTART"), event.values("DTEND")]
    if any(len(found) != 1 for found in values) or any(event.values(name) for name in _CLOSER):
        return None
    try:
        start, end = (read_moment(found[0]) for found in values)
    except ValueError:
        return None
    kinds = {len(found[0].strip()) > len("20241202") for found in values}
    return (start.date(), end.date()) if start.date() <= end.date() and len(kinds) == 1 else None


class Names:
    """Finds members in events: by a word of the summary, or the local part of an attendee's or organizer's address."""

    def __init__(self, usernames: Iterable[str]) -> None:
        self._members = {name.casefold(): name for name in usernames}
        words = "|".join(re.escape(name) for name in sorted(self._members, key=len, reverse=True))
        # A username has dots and dashes in it: `igor` is no word of "igor.drozdov", but one of "igor."
        self._word = re.compile(rf"(?<!\w)(?<!\w[.@-])@?({words})(?![.-]?\w)", re.IGNORECASE)

    def of(self, event: Block) -> frozenset[str]:
        """Give the members whose event it is."""
        summary = unicodedata.normalize("NFC", _ESCAPED.sub(_plain, event.value("SUMMARY")))
        words = {found[1].casefold() for found in self._word.finditer(summary)}
        addresses = [*event.values("ATTENDEE"), *event.values("ORGANIZER")]
        words |= {_local_part(address).casefold() for address in addresses}
        return frozenset(self._members[word] for word in words if word in self._members)


def _plain(escaped: re.Match[str]) -> str:
    return "\n" if escaped[1] in "nN" else escaped[1]


def _local_part(address: str) -> str:
    address = unquote(address.strip())
    bare = address[7:] if address[:7].casefold() == "mailto:" else address
    return bare.partition("@")[0].strip()
