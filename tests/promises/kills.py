"""Kills the program in this process at a request of a given number, as a kill would end it: nothing runs on."""

from __future__ import annotations

import contextlib
import itertools
import threading
from typing import TYPE_CHECKING, Any
from unittest import mock

import requests
from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    from collections.abc import Iterator

MOMENTS = ("before", "written", "answered")


class KilledError(BaseException):
    """Not an Exception: nothing of the program may catch it, as nothing survives a kill."""


@contextlib.contextmanager
def killed(at: int, moment: str) -> Iterator[list[str]]:
    """Kill the program at its request of that number: before it, after its write, or after its answer."""
    lock, dead = threading.Lock(), threading.Event()
    fired: list[str] = []
    numbers = itertools.count(1)
    mine = threading.local()
    send_once, send = HTTPAdapter.send, requests.Session.send

    def strike(request: requests.PreparedRequest) -> None:
        dead.set()
        fired.append(f"{request.method} {request.path_url}")
        raise KilledError

    def on_the_wire(adapter: HTTPAdapter, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        with lock:
            if dead.is_set():
                raise KilledError
            mine.number = next(numbers)
            if mine.number == at and moment == "before":
                strike(request)
        response = send_once(adapter, request, *args, **kwargs)
        if mine.number == at and moment == "written":
            response.close()
            strike(request)
        return response

    def answered(session: requests.Session, request: requests.PreparedRequest, **kwargs: Any) -> Any:
        response = send(session, request, **kwargs)
        if mine.number == at and moment == "answered":
            strike(request)
        return response

    with (
        mock.patch.object(HTTPAdapter, "send", on_the_wire),
        mock.patch.object(requests.Session, "send", answered),
        contextlib.suppress(KilledError),
    ):
        yield fired
