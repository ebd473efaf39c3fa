"""How Google says no: its errors in JSON, and what the faults of the sandbox look like here."""

from __future__ import annotations

import json
from typing import Any

from planning_bot.sandbox.connection import Response

_NAMES = {  # google.rpc.Code, beside the status that each goes with
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
}
_QUOTA = (
    "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute per user' of service"
    " 'sheets.googleapis.com' for consumer 'project_number:4711'."
)
_QUOTA_DETAILS = [
    {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "RATE_LIMIT_EXCEEDED",
        "domain": "googleapis.com",
        "metadata": {"service": "sheets.googleapis.com", "quota_limit": "ReadRequestsPerMinutePerUser"},
    }
]
_FAULTS = {  # the kinds of `faults` that are Google's own; the others (HTML, resets, ...) look alike everywhere
    "401": (401, "Request had invalid authentication credentials."),
    "403": (403, "The caller does not have permission"),
    "404": (404, "Requested entity was not found."),
    "429": (429, _QUOTA),
    "429-bare": (429, _QUOTA),
    "500": (500, "Internal error encountered."),
    "503": (503, "The service is currently unavailable."),
}


class SheetsError(Exception):
    """An answer other than the one that was asked for."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status
        self.message = message


def unparseable(text: str) -> SheetsError:
    """Return the 400 for a range in no known notation, or of a tab that does not exist."""
    return SheetsError(400, f"Unable to parse range: {text}")


def not_modelled(what: str) -> SheetsError:
    """Refuse what the sandbox does not know, naming it."""
    return SheetsError(501, f"The sandbox does not know {what}")


def error_response(status: int, message: str) -> Response:
    """Return an error in Google's shape (recorded: 403 and 404; the quota's has details and no Retry-After)."""
    error: dict[str, Any] = {"code": status, "message": message, "status": _NAMES[status]}
    if message == _QUOTA:
        error["details"] = _QUOTA_DETAILS
    return json_response({"error": error}, status)


def json_response(payload: Any, status: int = 200) -> Response:
    """Return JSON as Google's front end does."""
    body = json.dumps(payload, ensure_ascii=False, indent=2).encode() + b"\n"
    return Response(status, {"Content-Type": "application/json; charset=UTF-8"}, body)


def fault_response(kind: str) -> Response | None:
    """Return what stands in for the answer under a fault of this kind; None for what is no answer of Google's."""
    return error_response(*_FAULTS[kind]) if kind in _FAULTS else None
